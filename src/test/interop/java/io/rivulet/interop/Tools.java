package io.rivulet.interop;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.opentest4j.TestAbortedException;

/** What the machine has: programs are looked up, packages installed below {@code target}, or the test is skipped. */
final class Tools {

    private static final Path SOURCES = Path.of("src/test/interop");
    private static final long STEP_LIMIT_S = 900;

    private Tools() {
    }

    /** The program of one of these names on the PATH; without one the test is skipped. */
    static Path program(String... names) {
        return find(names).orElseThrow(() -> new TestAbortedException("no " + String.join(" or ", names)
            + " on the PATH"));
    }

    static Optional<Path> find(String... names) {
        for (String name : names) {
            for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
                Path program = Path.of(folder, name);
                if (Files.isExecutable(program)) {
                    return Optional.of(program);
                }
            }
        }
        return Optional.empty();
    }

    /** A copy of these sources below {@code target}, where everything may write. */
    static Path copy(String name) {
        Path folder = Path.of("target/interop", name).toAbsolutePath();
        try (Stream<Path> files = Files.walk(SOURCES.resolve(name))) {
            for (Path file : files.toList()) {
                Path to = folder.resolve(SOURCES.resolve(name).relativize(file).toString());
                if (Files.isDirectory(file)) {
                    Files.createDirectories(to);
                } else {
                    Files.copy(file, to, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Gets something from a registry; where that fails the test is skipped, with the tool's words. */
    static void fetch(Path folder, String... command) {
        String words = run(folder, command);
        if (words != null) {
            throw new TestAbortedException(String.join(" ", command) + ": " + words);
        }
    }

    /** Builds; that must work. */
    static void build(Path folder, String... command) {
        String words = run(folder, command);
        if (words != null) {
            throw new AssertionError(String.join(" ", command) + ": " + words);
        }
    }

    /** Null when it went well; else the end of what it said. */
    private static String run(Path folder, String... command) {
        File words = folder.resolve(command[1] + ".txt").toFile();
        try {
            Process process = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
                .redirectOutput(words).start();
            boolean ended = process.waitFor(STEP_LIMIT_S, TimeUnit.SECONDS);
            if (ended && process.exitValue() == 0) {
                return null;
            }
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            String text = Files.readString(words.toPath());
            return (ended ? "" : "not within " + STEP_LIMIT_S + " s; ") + text.substring(Math.max(0,
                text.length() - 1_000));
        } catch (IOException e) {
            return e.toString();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "interrupted";
        }
    }

    static List<String> command(Path program, String... arguments) {
        return Stream.concat(Stream.of(program.toString()), Stream.of(arguments)).toList();
    }
}
