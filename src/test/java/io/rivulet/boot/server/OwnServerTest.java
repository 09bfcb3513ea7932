package io.rivulet.boot.server;

import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rivulet.config.BadSetting;
import io.rivulet.config.Settings;
import io.rivulet.kit.Await;
import jakarta.servlet.ServletContextListener;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server of the runnable WAR before it serves: whom the system lets wait for it. */
class OwnServerTest {

    private static final int CROWD = 1_000;

    @TempDir
    private Path files;

    private OwnServer server(String... settings) throws IOException {
        Files.createDirectories(files.resolve("home"));
        return new OwnServer(Settings.with(settings), files.toUri(), new ServletContextListener() { });
    }

    /** A crowd that connects while nobody takes any of it. */
    private static List<SocketChannel> crowd(OwnServer server) throws IOException {
        server.listen();
        InetSocketAddress address = new InetSocketAddress("127.0.0.1", URI.create(server.url()).getPort());
        List<SocketChannel> crowd = new ArrayList<>();
        for (int i = 0; i < CROWD; i++) {
            SocketChannel one = SocketChannel.open();
            crowd.add(one);
            one.configureBlocking(false);
            one.connect(address);
        }
        return crowd;
    }

    private static long connected(List<SocketChannel> crowd) {
        return crowd.stream().filter(one -> {
            try {
                return one.finishConnect();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }).count();
    }

    private static void leave(List<SocketChannel> crowd) throws IOException {
        for (SocketChannel one : crowd) {
            one.close();
        }
    }

    /** Who finds no room there tries again after a second, and then after three. */
    @Test
    void aCrowdThatComesAtOnceFindsRoomInTheSystemsQueue() throws Exception {
        assumeTrue(systemsLimit() > CROWD, "a system that lets a program keep so many");
        try (OwnServer server = server("port", "0")) {
            List<SocketChannel> crowd = crowd(server);
            Await.until("all are connected", () -> connected(crowd) == CROWD);
            leave(crowd);
        }
        try (OwnServer server = server("port", "0", "accept.queue", "50")) {
            List<SocketChannel> crowd = crowd(server);
            assertTrue(connected(crowd) < 100, "the setting decides");
            leave(crowd);
        }
    }

    private static int systemsLimit() throws IOException {
        Path limit = Path.of("/proc/sys/net/core/somaxconn");
        if (!Files.exists(limit)) {
            return 0;
        }
        try (InputStream in = Files.newInputStream(limit)) {
            return Integer.parseInt(new String(in.readNBytes(20), StandardCharsets.US_ASCII).strip());
        }
    }

    @Test
    void theProxyProtocolNeedsProxiesThatAreTrusted() {
        assertTrue(assertThrows(BadSetting.class, () -> server("proxy.protocol", "true")).getMessage()
            .contains("rivulet.trusted.proxies"));
    }
}
