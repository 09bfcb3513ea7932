package io.rivulet.hostile;

import io.rivulet.bench.peer.Core;
import io.rivulet.bench.peer.Programs;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * A server that answers 503 to whatever comes and hangs up: no server can do less for an attacker. It runs as a process
 * of its own on the hub's core, so that what the honest ones see beside it is what the machine and the load generator
 * make of so many requests, whatever the hub is.
 */
final class BareServer implements AutoCloseable {

    private static final byte[] ANSWER = ("HTTP/1.1 503 Service Unavailable\r\nRetry-After: 2\r\nContent-Length: 0\r\n"
        + "Connection: close\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
    private static final int READ_BYTES = 65_536;

    private final Process process;
    private final int port;

    /** Starts it; {@code log} gets what it says. */
    BareServer(Path log) throws IOException {
        List<String> command = new ArrayList<>(List.of(Programs.java(), "-Xmx32m", "-XX:+UseSerialGC", "-cp",
            System.getProperty("java.class.path"), BareServer.class.getName()));
        process = new ProcessBuilder(Core.SERVER.run(command)).redirectError(log.toFile()).start();
        BufferedReader out = process.inputReader(StandardCharsets.UTF_8);
        String line = out.readLine();
        if (line == null) {
            throw new IOException("the bare server did not start; see " + log);
        }
        port = Integer.parseInt(line);
    }

    int port() {
        return port;
    }

    @Override
    public void close() {
        process.destroyForcibly();
    }

    /** Says its port, and answers until it is killed. */
    public static void main(String[] none) throws IOException {
        Selector selector = Selector.open();
        ServerSocketChannel server = ServerSocketChannel.open().bind(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1_024);
        server.configureBlocking(false);
        server.register(selector, SelectionKey.OP_ACCEPT);
        System.out.println(server.socket().getLocalPort());
        ByteBuffer scrap = ByteBuffer.allocateDirect(READ_BYTES);
        while (true) {
            selector.select(key -> serve(selector, server, key, scrap));
        }
    }

    private static void serve(Selector selector, ServerSocketChannel server, SelectionKey key, ByteBuffer scrap) {
        try {
            if (key.isAcceptable()) {
                for (SocketChannel one = server.accept(); one != null; one = server.accept()) {
                    one.configureBlocking(false);
                    one.register(selector, SelectionKey.OP_READ);
                }
                return;
            }
            try (SocketChannel one = (SocketChannel) key.channel()) {
                one.read(scrap.clear());
                one.write(ByteBuffer.wrap(ANSWER));
            }
        } catch (IOException e) {
            key.cancel(); // the client has left
        }
    }
}
