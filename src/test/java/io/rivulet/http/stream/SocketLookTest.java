package io.rivulet.http.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Whether a client has left, as its socket tells. */
class SocketLookTest {

    private SocketChannel client;
    private SocketChannel server;
    private SocketLook look;

    @BeforeEach
    void connect() throws IOException {
        try (ServerSocketChannel door = ServerSocketChannel.open()) {
            door.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            client = SocketChannel.open(door.getLocalAddress());
            server = door.accept();
        }
        server.configureBlocking(false);
        look = new SocketLook(server);
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
    }

    @Test
    void aClientThatWaitsIsThereAndOneThatClosesHasLeft() throws IOException {
        for (int i = 0; i < 3; i++) {
            assertFalse(look.hasLeft());
        }
        client.close();
        Await.until("its end is seen", look::hasLeft);
    }

    @Test
    void aResetAndASocketThatIsClosedHereAreEnds() throws IOException {
        client.setOption(StandardSocketOptions.SO_LINGER, 0);
        client.close();
        Await.until("the reset is seen", look::hasLeft);
        server.close();
        assertTrue(look.hasLeft());
    }

    /** Half of a request must never be read by the container: it would answer 400, or something worse. */
    @Test
    void whatAClientSendsTooEarlyIsReadByNobody() throws IOException {
        client.write(ByteBuffer.wrap("GET / HTTP/1.1\r\n\r\n".getBytes(StandardCharsets.US_ASCII)));
        Await.until("it is seen", () -> !look.hasLeft() && isEof());
        assertFalse(look.hasLeft(), "its client is there");
        assertEquals(1, server.write(ByteBuffer.allocate(1)), "and its stream goes on");
        client.close();
        assertFalse(look.hasLeft(), "this is not seen any more: the next writes find out");
    }

    /** What the container would read: nothing before a look has met a byte, for the test would take it else. */
    private boolean isEof() {
        try {
            return server.socket().isInputShutdown() && server.read(ByteBuffer.allocate(9)) < 0;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
