package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Container;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.WireClient;
import java.io.EOFException;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Each chunk is closed by its line end at once (RFC 9112, 7.1). urllib3, below many clients of Python, waits for that
 * before it gives an event to its program: with a line end that comes with the next chunk every event comes one late.
 */
@OnEveryContainer
class ChunksIT {

    private final Container container;

    ChunksIT(Container container) {
        this.container = container;
    }

    @Test
    void theHelloAndEachEventAreWholeChunksWithoutWaitingForTheNext() throws IOException {
        // no heartbeat comes to the help of a chunk that is left open
        try (Server server = Server.in(container).set("heartbeat", "5m").start();
             WireClient client = open(server); Publisher publisher = Publisher.to(server)) {
            assertTrue(chunksUpTo(client, "\n\n").contains("event: rivulet.hello"));
            for (String data : List.of("one", "two", "z".repeat(100_000), "four")) {
                publisher.publish("t", data);
                assertTrue(chunksUpTo(client, "\n\n").contains("data: " + data + "\n"), data);
            }
        }
    }

    @Test
    void aStreamThatTheHubEndsEndsItsLastChunkAndTheBody() throws IOException {
        try (Server server = Server.in(container).set("connection.max.age", "2s").start();
             WireClient client = open(server); Publisher publisher = Publisher.to(server)) {
            chunksUpTo(client, "\n\n");
            publisher.publish("t", "x");
            chunksUpTo(client, "data: x\n");
            StringBuilder end = new StringBuilder();
            for (String chunk = chunk(client); !chunk.isEmpty(); chunk = chunk(client)) {
                end.append(chunk);
            }
            assertTrue(end.toString().matches("(?s).*retry: \\d+\n:\n(:\n)?"), end.toString());
            assertEquals("", line(client), "no trailers");
            client.send("GET /health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertEquals(200, client.read().status(), "the connection goes on");
        }
    }

    /** As by SIGTERM: also a Jetty, which closes its connections before it ends its applications. */
    @Test
    void aStreamOfAServerThatStopsEndsItsLastChunkAndTheBody() throws IOException {
        for (String straight : List.of("true", "false")) {
            try (Server server = Server.in(container).set("jetty.straight", straight).set("retry.closing", "12s")
                .start(); WireClient client = open(server)) {
                chunksUpTo(client, "\n\n");
                server.stop();
                StringBuilder end = new StringBuilder();
                for (String chunk = chunk(client); !chunk.isEmpty(); chunk = chunk(client)) {
                    end.append(chunk);
                }
                assertTrue(end.toString().matches("(?s)(.*\n)?retry: 1[2-8]\\d{3}\n:\n(:\n)?"), end.toString());
                assertEquals("", line(client), "no trailers");
            }
        }
    }

    private static WireClient open(Server server) throws IOException {
        WireClient client = WireClient.to(server);
        client.send("GET /api/updates?topic=t HTTP/1.1\r\nHost: localhost\r\n\r\n").readHead();
        return client;
    }

    /** Whole chunks, until their text contains this. */
    private static String chunksUpTo(WireClient client, String text) throws IOException {
        StringBuilder all = new StringBuilder();
        while (all.indexOf(text) < 0) {
            all.append(chunk(client));
        }
        return all.toString();
    }

    /** The next chunk, with the line end that closes it; "" for the last. */
    private static String chunk(WireClient client) throws IOException {
        int length = Integer.parseInt(line(client), 16);
        StringBuilder data = new StringBuilder();
        for (int i = 0; i < length; i++) {
            data.append((char) byteOf(client));
        }
        if (length > 0) {
            assertEquals("", line(client), "the chunk is closed");
        }
        return data.toString();
    }

    private static String line(WireClient client) throws IOException {
        StringBuilder line = new StringBuilder();
        while (line.length() < 2 || !line.substring(line.length() - 2).equals("\r\n")) {
            line.append((char) byteOf(client));
        }
        return line.substring(0, line.length() - 2);
    }

    private static int byteOf(WireClient client) throws IOException {
        int b = client.readByte();
        if (b < 0) {
            throw new EOFException("the connection ended inside a chunk");
        }
        return b;
    }
}
