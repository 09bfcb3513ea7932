package io.rivulet.kit;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Starts {@link ServerProcess} in a JVM of its own, and kills it without a warning. */
public final class OwnProcess implements AutoCloseable {

    private final Process process;
    private final int port;

    private OwnProcess(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /** Starts one with these arguments of {@link ServerProcess}; returns when it serves. */
    public static OwnProcess start(Path log, String... arguments) throws IOException {
        return startWithoutWaiting(log, arguments).awaitOpen();
    }

    /** Starts one; returns when its port is bound, its log may still be opening or another's. */
    public static OwnProcess startWithoutWaiting(Path log, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java"),
            "-Xmx256m", "-XX:TieredStopAtLevel=1", "-cp", System.getProperty("java.class.path"),
            ServerProcess.class.getName(), "war=" + System.getProperty("war", "target/rivulet.war")));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()))
            .start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        for (String line = out.readLine(); line != null; line = out.readLine()) {
            if (line.startsWith("ready ")) {
                return new OwnProcess(process, Integer.parseInt(line.substring("ready ".length())));
            }
        }
        process.destroyForcibly();
        throw new IOException("the server process ended before it was ready; see " + log);
    }

    /** Its port. */
    public int port() {
        return port;
    }

    /** Waits until its log is open. */
    public OwnProcess awaitOpen() {
        Await.until("the log of the process is open", Await.LIMIT.multipliedBy(3), // the JVM starts, too
            () -> Health.of(port, "").isOpen());
        return this;
    }

    /** SIGKILL; returns when it is gone. */
    public void kill() {
        process.destroyForcibly();
        awaitGone();
    }

    /** SIGTERM, as an operator's stop; returns when it is gone. */
    public void terminate() {
        process.destroy();
        awaitGone();
    }

    /** Whether it runs. */
    public boolean isAlive() {
        return process.isAlive();
    }

    private void awaitGone() {
        try {
            if (!process.waitFor(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                throw new AssertionError("the process does not end");
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while a process ends", e);
        }
    }

    @Override
    public void close() {
        kill();
    }
}
