package io.rivulet.bench.peer;

import io.rivulet.bench.drive.Pause;
import io.rivulet.bench.drive.Target;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** Starts a server on its core; what it says goes to a file of its own. */
final class Launch {

    private static final Duration START_LIMIT = Duration.ofSeconds(60);

    private final Path folder;

    /** {@code folder} is where the logs of the servers go. */
    Launch(Path folder) {
        this.folder = folder;
    }

    /** One that listens on a port of its own choice when it is ready. */
    Running atPort(String name, int port, List<String> command, Function<ProcessHandle, Target> target)
        throws IOException {
        if (listens(port)) {
            throw new IOException("port " + port + " of " + name + " is in use");
        }
        Process process = start(name, command, Map.of());
        boolean ready = Pause.forUpTo(START_LIMIT, () -> !process.isAlive() || listens(port));
        if (!ready || !process.isAlive()) {
            process.destroyForcibly();
            throw new IOException(name + " did not start; see " + log(name));
        }
        return new Running(target.apply(process.toHandle()), process, null);
    }

    /** One that says {@code ready <port>}. */
    Running saying(String name, List<String> command, Map<String, String> environment,
                   Function<Integer, Function<ProcessHandle, Target>> target) throws IOException {
        Process process = start(name, command, environment);
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("ready ")) {
                int port = Integer.parseInt(line.substring("ready ".length()));
                return new Running(target.apply(port).apply(process.toHandle()), process, out);
            }
        }
        throw new IOException(name + " did not start; see " + log(name));
    }

    private Process start(String name, List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(Core.SERVER.run(command))
            .redirectError(ProcessBuilder.Redirect.appendTo(log(name).toFile()));
        builder.environment().putAll(environment);
        if (!command.contains(BenchServers.MAIN)) {
            builder.redirectOutput(ProcessBuilder.Redirect.appendTo(log(name).toFile()));
        }
        Process process = builder.start();
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(process), "bench-end-" + name));
        return process;
    }

    private static void end(Process process) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        try {
            process.waitFor(5, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Path log(String name) throws IOException {
        return Files.createDirectories(folder).resolve(name.replaceAll("\\W+", "-") + ".log");
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket("127.0.0.1", port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false; // not yet
        }
    }
}
