package io.rivulet.cluster;

import io.rivulet.kit.Await;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A PgBouncer before a PostgreSQL of the tests' own; as root it runs under PostgreSQL's account. */
final class PgBouncer implements AutoCloseable {

    private final int port;
    private final Path home;
    private final Process process;

    private PgBouncer(int port, Path home, Process process) {
        this.port = port;
        this.home = home;
        this.process = process;
    }

    /** Whether this machine has it. */
    static boolean isThere() {
        return program() != null;
    }

    private static Path program() {
        return Stream.concat(Stream.of(System.getenv("PATH").split(File.pathSeparator)), Stream.of("/usr/sbin"))
            .map(place -> Path.of(place, "pgbouncer")).filter(Files::isExecutable).findFirst().orElse(null);
    }

    /** Starts it in this mode for one user; {@code more} are lines of its file. */
    static PgBouncer start(Postgres server, String mode, String user, String password, String more) throws Exception {
        Path home = Files.createTempDirectory("rivulet-pgbouncer");
        int port = Redis.freePort();
        Files.writeString(home.resolve("users"), "\"" + user + "\" \"" + password + "\"\n");
        Path file = Files.writeString(home.resolve("pgbouncer.ini"), """
            [databases]
            postgres = host=127.0.0.1 port=%d
            [pgbouncer]
            listen_addr = 127.0.0.1
            listen_port = %d
            unix_socket_dir =
            auth_type = scram-sha-256
            auth_file = %s
            pool_mode = %s
            %s
            """.formatted(server.port(), port, home.resolve("users"), mode, more));
        Postgres.own(home);
        PgBouncer made = new PgBouncer(port, home, new ProcessBuilder(Postgres.asItself(program().toString(),
            file.toString())).redirectErrorStream(true).redirectOutput(home.resolve("log").toFile()).start());
        Await.until("PgBouncer takes connections, see " + home, made::isOpen);
        return made;
    }

    int port() {
        return port;
    }

    private boolean isOpen() {
        try (Socket socket = new Socket(InetAddress.getByName("127.0.0.1"), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        process.destroyForcibly();
        try {
            process.waitFor(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while PgBouncer ends", e);
        }
        try (Stream<Path> files = Files.walk(home)) {
            for (Path each : List.copyOf(files.sorted(Comparator.reverseOrder()).toList())) {
                Files.deleteIfExists(each);
            }
        }
    }
}
