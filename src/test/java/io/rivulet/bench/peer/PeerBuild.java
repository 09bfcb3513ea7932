package io.rivulet.bench.peer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.stream.Stream;

/**
 * Builds the peers of Java below the output folder with the Maven that runs this: each framework with classes and a lib
 * folder of its own, so that no two versions of Jetty or Netty mix. Done again only when a source or POM has changed.
 */
final class PeerBuild {

    private static final Path SOURCES = Path.of("src/test/bench/peers");

    private final Path out;
    private final Properties maven;
    private boolean built;

    /** {@code maven} has what the profile passes: {@code maven.home}, {@code repository}, {@code offline} and so on. */
    PeerBuild(Path out, Properties maven) {
        this.out = out.toAbsolutePath();
        this.maven = maven;
    }

    /** The class path of a peer. */
    String classPath(Peer peer) throws IOException {
        if (!built) {
            build();
            built = true;
        }
        return out.resolve(peer.folder()).resolve("classes") + ":" + out.resolve(peer.folder()).resolve("lib/*");
    }

    private void build() throws IOException {
        Path stamp = out.resolve("built");
        String wanted = fingerprint();
        if (Files.exists(stamp) && Files.readString(stamp).equals(wanted)) {
            return;
        }
        Programs.run(command());
        Files.writeString(stamp, wanted);
    }

    private List<String> command() {
        String home = maven.getProperty("bench.maven.home", "");
        List<String> command = new ArrayList<>(List.of(home.isEmpty() ? "mvn" : home + "/bin/mvn", "-B", "-q", "-f",
            SOURCES.resolve("pom.xml").toString(), "process-classes", "-Dbench.out=" + out,
            "-Djetty.version=" + maven.getProperty("bench.jetty.version")));
        if (maven.getProperty("bench.maven.offline", "false").equals("true")) {
            command.add("-o");
        }
        option(command, "bench.maven.repository", "-Dmaven.repo.local=");
        String settings = maven.getProperty("bench.maven.settings", "");
        if (!settings.isEmpty() && Files.exists(Path.of(settings))) {
            command.addAll(List.of("-s", settings));
        }
        return command;
    }

    private void option(List<String> command, String key, String option) {
        String value = maven.getProperty(key, "");
        if (!value.isEmpty()) {
            command.add(option + value);
        }
    }

    /** Jetty's version, and of each file its name, length and time. */
    private String fingerprint() throws IOException {
        StringBuilder print = new StringBuilder(maven.getProperty("bench.jetty.version")).append('\n');
        try (Stream<Path> files = Files.walk(SOURCES)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                print.append(file).append(' ').append(Files.size(file)).append(' ')
                    .append(Files.getLastModifiedTime(file)).append('\n');
            }
        }
        return print.toString();
    }
}
