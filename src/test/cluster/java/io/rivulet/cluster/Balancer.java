package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** HAProxy before the nodes, set up by the file that docs/cluster.md names. */
final class Balancer implements AutoCloseable {

    private static final Path FILE = Path.of("deploy/haproxy.cfg");

    private final int port;
    private final Process process;

    private Balancer(int port, Process process) {
        this.port = port;
        this.process = process;
    }

    /** Whether this machine has it. */
    static boolean isThere() {
        return program() != null;
    }

    private static Path program() {
        return Stream.concat(Stream.of(System.getenv("PATH").split(File.pathSeparator)), Stream.of("/usr/sbin"))
            .map(place -> Path.of(place, "haproxy")).filter(Files::isExecutable).findFirst().orElse(null);
    }

    /** Starts it before the nodes at these ports of 127.0.0.1; the folder is its own. */
    static Balancer start(Path folder, int... nodes) throws IOException {
        int port = Redis.freePort();
        StringBuilder rules = new StringBuilder(Files.readString(FILE).replace("bind :80", "bind 127.0.0.1:" + port)
            .replaceAll("(?m)^(resolvers| +nameserver| +default-server resolvers| +server ).*\n", ""));
        for (int i = 0; i < nodes.length; i++) {
            rules.append("    server node").append(i + 1).append(" 127.0.0.1:").append(nodes[i]).append('\n');
        }
        Path file = Files.writeString(folder.resolve("haproxy.cfg"), rules);
        Path said = folder.resolve("haproxy.log");
        Balancer made = new Balancer(port, new ProcessBuilder(program().toString(), "-db", "-f", file.toString())
            .redirectErrorStream(true).redirectOutput(said.toFile()).start());
        Await.until("HAProxy is there, or has ended", () -> made.isOpen() || !made.process.isAlive());
        assertTrue(made.process.isAlive(), Files.readString(said));
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
    public void close() {
        process.destroyForcibly();
        try {
            assertTrue(process.waitFor(Await.LIMIT.toSeconds(), TimeUnit.SECONDS), "HAProxy does not end");
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while HAProxy ends", e);
        }
    }
}
