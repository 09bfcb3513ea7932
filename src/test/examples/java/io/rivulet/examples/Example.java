package io.rivulet.examples;

import io.rivulet.kit.Await;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** One of the folders of {@code examples/}: a copy of it, built by Maven against the jar of this build. */
final class Example {

    /** Of this run alone, with the number of its process: it is installed for the examples, and taken away again. */
    private static final String UNDER_TEST = "under-test-";
    private static final String VERSION = UNDER_TEST + ProcessHandle.current().pid();
    private static final Path TARGET = Path.of("target/examples").toAbsolutePath();
    private static final Path MAVEN = Path.of(System.getProperty("examples.maven.home"));
    private static final Path REPOSITORY = Path.of(System.getProperty("examples.maven.repository"));
    private static final Path INSTALLED = REPOSITORY.resolve("io/rivulet/rivulet");
    private static final String PATHS = "org.apache.maven.plugins:maven-dependency-plugin:3.11.0:build-classpath";

    private final Path folder;

    private Example(Path folder) {
        this.folder = folder;
    }

    /** Builds an example. {@code as} names the copy, {@code settings} are for Maven: {@code -Dserver=jetty}. */
    static Example build(String name, String as, String... settings) throws IOException {
        Path folder = Files.createDirectories(TARGET.resolve(as));
        delete(folder.resolve("rivulet-data")); // the log of an earlier run, in which topics have ended
        copy(Path.of("examples", name), folder);
        List<String> command = new ArrayList<>(List.of(MAVEN.resolve("bin/mvn").toString(), "-B", "-ntp", "-q",
            "-Dmaven.repo.local=" + REPOSITORY, "-Drivulet.version=" + VERSION, "-DincludeScope=runtime",
            "-Dmdep.outputFile=" + folder.resolve("paths")));
        if (System.getProperty("examples.maven.offline").endsWith("true")) {
            command.add("-o");
        }
        command.addAll(List.of(settings));
        command.addAll(List.of("package", PATHS));
        Path said = folder.resolve("maven.txt");
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true)
            .redirectOutput(said.toFile());
        builder.environment().put("MAVEN_OPTS", "-XX:TieredStopAtLevel=1");
        Process maven = builder.start();
        try {
            if (!maven.waitFor(10, TimeUnit.MINUTES) || maven.exitValue() != 0) {
                throw new AssertionError(String.join(" ", command) + "\n" + Files.readString(said));
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while Maven builds " + as, e);
        } finally {
            maven.destroyForcibly();
        }
        return new Example(folder);
    }

    /** A file of the build. */
    Path file(String name) {
        return folder.resolve("target").resolve(name);
    }

    /** The folder that its program runs in. */
    Path folder() {
        return folder;
    }

    /** The jars that it runs with. */
    List<String> libraries() throws IOException {
        return List.of(Files.readString(folder.resolve("paths")).strip().split(":")).stream()
            .map(path -> path.substring(path.lastIndexOf('/') + 1)).toList();
    }

    /** Starts its program; {@code at} finds the port in a line that it says. */
    Running run(String main, Pattern at, String... words) throws IOException {
        Files.createDirectories(folder.resolve("tmp"));
        List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java"),
            "-Xmx256m", "-XX:TieredStopAtLevel=1", "-Djava.io.tmpdir=" + folder.resolve("tmp"), "-cp",
            folder.resolve("target/classes") + ":" + Files.readString(folder.resolve("paths")).strip(), main));
        command.addAll(List.of(words));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("RIVULET_") || name.startsWith("SPRING_"));
        return new Running(builder.start(), at);
    }

    /** A program that runs. */
    static final class Running implements AutoCloseable {
        private final Process process;
        private final Pattern at;
        private final List<String> said = Collections.synchronizedList(new ArrayList<>());
        private final Thread reader = new Thread(this::read, "test-example");

        Running(Process process, Pattern at) {
            this.process = process;
            this.at = at;
            reader.setDaemon(true);
            reader.start();
        }

        private void read() {
            try (BufferedReader out = process.inputReader(StandardCharsets.UTF_8)) {
                out.lines().forEach(said::add);
            } catch (IOException | java.io.UncheckedIOException e) {
                said.add("its output cannot be read: " + e);
            }
        }

        /** Waits for its port. */
        int port() {
            return Await.get(() -> "the port in " + said(), Duration.ofMinutes(2), () -> {
                if (!process.isAlive()) {
                    throw new AssertionError("it ended: " + said());
                }
                return List.copyOf(said).stream().map(at::matcher).filter(Matcher::find)
                    .map(found -> Integer.valueOf(found.group(1))).findFirst().orElse(null);
            });
        }

        /** All lines so far. */
        String said() {
            return String.join("\n", List.copyOf(said));
        }

        /** SIGTERM, as an operator's stop. Its last words are read: to destroy a process closes its output. */
        void terminate() {
            process.toHandle().destroy();
        }

        /** Waits until it is gone; gives its status. */
        int awaitGone() {
            try {
                if (!process.waitFor(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                    throw new AssertionError("the process does not end: " + said());
                }
                reader.join(Await.LIMIT.toMillis());
                return process.exitValue();
            } catch (InterruptedException e) {
                throw new AssertionError("interrupted while a process ends", e);
            }
        }

        @Override
        public void close() {
            process.destroyForcibly();
            awaitGone();
        }
    }

    /** Installs this build's jar and pom, and nothing else of it: that is what users get. */
    static void install() throws IOException {
        forget();
        Path folder = Files.createDirectories(INSTALLED.resolve(VERSION));
        Path jar = Path.of(System.getProperty("war", "target/rivulet.war")).resolveSibling("rivulet-classes.jar");
        Files.write(folder.resolve("rivulet-" + VERSION + "-classes.jar"), Files.readAllBytes(jar));
        Files.writeString(folder.resolve("rivulet-" + VERSION + ".pom"), Files.readString(Path.of("pom.xml"))
            .replaceFirst("(<artifactId>rivulet</artifactId>\\s*<version>)[^<]*", "$1" + VERSION));
    }

    /** Takes away what was installed, also by a run that was killed. */
    static void forget() throws IOException {
        if (!Files.isDirectory(INSTALLED)) {
            return;
        }
        try (Stream<Path> versions = Files.list(INSTALLED)) {
            for (Path version : versions.filter(Example::isOver).toList()) {
                delete(version);
            }
        }
    }

    private static void delete(Path folder) throws IOException {
        if (Files.isDirectory(folder)) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }

    private static boolean isOver(Path version) {
        String name = version.getFileName().toString();
        return name.equals(VERSION) || name.startsWith(UNDER_TEST)
            && ProcessHandle.of(Long.parseLong(name.substring(UNDER_TEST.length()))).isEmpty();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path path = from.relativize(file);
                if (!path.startsWith("target") && !path.startsWith("rivulet-data")) {
                    Files.createDirectories(to.resolve(path).getParent());
                    Files.write(to.resolve(path), Files.readAllBytes(file));
                }
            }
        }
    }
}
