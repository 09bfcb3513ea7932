package io.rivulet.bench.peer;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Programs of this machine. */
public final class Programs {

    private Programs() {
    }

    /** Where a program is; administrators' folders are looked through too, for nginx is there. */
    public static Optional<Path> find(String name) {
        String path = System.getenv("PATH") + File.pathSeparator + "/usr/sbin";
        return Stream.of(path.split(File.pathSeparator)).map(folder -> Path.of(folder, name))
            .filter(Files::isExecutable).findFirst();
    }

    /** Runs a command to its end; throws with what it said when it fails. */
    public static String run(List<String> command) throws IOException {
        return run(command, Map.of());
    }

    /** The same with more in its environment. */
    static String run(List<String> command, Map<String, String> environment) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        Process process = builder.start();
        process.getOutputStream().close();
        String said = new String(process.getInputStream().readAllBytes()).strip();
        try {
            if (process.waitFor() != 0) {
                throw new IOException(String.join(" ", command) + " failed: " + said);
            }
        } catch (InterruptedException e) {
            throw new IOException("interrupted in " + command.get(0), e);
        }
        return said;
    }

    /** The {@code java} that runs this. */
    public static String java() {
        return ProcessHandle.current().info().command().orElse("java");
    }
}
