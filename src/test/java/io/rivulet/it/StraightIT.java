package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Inside;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import io.rivulet.mercure.Token;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** On Jetty a stream that has begun is written straight to its socket, and nobody can tell. */
@Tag("once")
class StraightIT {

    private static Server server;

    @BeforeAll
    static void start() {
        server = Token.believedBy(Server.in(Container.JETTY)).sendBuffer(4_096).set("backlog.events", "8").start();
    }

    @AfterAll
    static void stop() {
        Await.until("no stream is left", () -> Inside.of(server).streams() == 0);
        server.close();
    }

    private static long straight() {
        return Inside.of(server).count("streams_straight");
    }

    @Test
    void itIsSoFromTheSecondWriteOn() throws IOException {
        long before = straight();
        try (EventStream stream = EventStream.to(server).topic("one").open();
             Publisher publisher = Publisher.to(server)) {
            stream.awaitHello();
            publisher.publish("one", "a");
            publisher.publish("one", "b");
            stream.awaitData("a", "b");
        }
        assertEquals(before + 1, straight());
    }

    @Test
    void theResponseEndsAsAnyOtherAndTheConnectionGoesOn() throws IOException {
        long before = straight();
        try (WireClient client = WireClient.to(server); Publisher publisher = Publisher.to(server)) {
            client.send("GET /api/updates?topic=end HTTP/1.1\r\nHost: localhost\r\n\r\n");
            WireResponse head = client.readHead();
            InputStream body = client.body(head);
            String hello = read(body, "id: ");
            publisher.publish("end", "x".repeat(100));
            read(body, "x\n");
            assertEquals(before + 1, straight());
            delete(JsonParser.parseString(hello.substring(hello.indexOf('{'), hello.indexOf('}') + 1)).getAsJsonObject()
                .get("connection").getAsString());
            String rest = new String(body.readAllBytes(), StandardCharsets.UTF_8);
            assertTrue(rest.matches("(?s).*retry: [0-9]+\n:\n:\n"), rest);
            client.send("GET /health/ready HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertEquals(200, client.read().status());
        }
    }

    @Test
    void aReaderThatStallsInsideChunksOfAnySizeGetsEveryByte() throws IOException {
        try (EventStream stream = EventStream.to(server).topic("sizes").receiveBuffer(2_048).open();
             Publisher publisher = Publisher.to(server)) {
            stream.awaitHello();
            stream.stall();
            List<String> sent = IntStream.range(0, 120)
                .mapToObj(i -> i + "-" + "v".repeat(i % 40 == 39 ? 300_000 : i * 37 % 5_000)).toList();
            for (String data : sent) {
                publisher.publish("sizes", data);
            }
            stream.resume();
            Await.until("all have come", () -> stream.events().size() == sent.size());
            assertEquals(sent, stream.events().stream().map(Dispatched::data).toList());
            assertEquals(1, stream.connections());
        }
        assertTrue(Inside.of(server).count("fell_behind") > 0, "it was never behind: nothing was shown");
    }

    @Test
    void aStalledStreamThatIsClosedIsCutAtOnceAndInsideAnEvent() throws IOException {
        try (WireClient client = WireClient.to(server.port(), 2_048); Publisher publisher = Publisher.to(server)) {
            client.send("GET /api/updates?topic=cut HTTP/1.1\r\nHost: localhost\r\n\r\n");
            InputStream body = client.body(client.readHead());
            String hello = read(body, "id: ");
            for (int i = 0; i < 40; i++) {
                publisher.publish("cut", "w".repeat(20_000));
            }
            delete(JsonParser.parseString(hello.substring(hello.indexOf('{'), hello.indexOf('}') + 1)).getAsJsonObject()
                .get("connection").getAsString());
            Await.until("its end", () -> Inside.of(server).streams() == 0);
            assertThrows(EOFException.class, body::readAllBytes, "half an event must not look like an end");
        }
    }

    @Test
    void aClientThatLeavesWhileItIsWrittenToIsForgotten() throws IOException {
        try (WireClient client = WireClient.to(server.port(), 2_048); Publisher publisher = Publisher.to(server)) {
            client.send("GET /api/updates?topic=gone HTTP/1.1\r\nHost: localhost\r\n\r\n");
            read(client.body(client.readHead()), "id: ");
            for (int i = 0; i < 40; i++) {
                publisher.publish("gone", "w".repeat(20_000));
            }
            client.reset();
            Await.until("its end", () -> Inside.of(server).streams() == 0);
        }
    }

    @Test
    void whereTheBodyIsNotInChunksItIsWrittenTheUsualWay() throws IOException {
        long before = straight();
        for (String version : List.of("HTTP/1.0\r\n", "HTTP/1.1\r\nConnection: close\r\n")) {
            try (WireClient client = WireClient.to(server); Publisher publisher = Publisher.to(server)) {
                client.send("GET /api/updates?topic=plain " + version + Token.header() + "Host: localhost\r\n\r\n");
                InputStream body = client.body(client.readHead());
                read(body, "id: ");
                publisher.publish("plain", "one");
                publisher.publish("plain", "two");
                assertFalse(read(body, "data: two\n").contains("\r"), version);
            }
        }
        assertEquals(before, straight());
    }

    @Test
    void aSettingTurnsItOff() throws IOException {
        try (Server usual = Server.in(Container.JETTY).set("jetty.straight", "false").start();
             EventStream stream = EventStream.to(usual).topic("t").open(); Publisher publisher = Publisher.to(usual)) {
            stream.awaitHello();
            publisher.publish("t", "x");
            stream.awaitData("x");
            assertEquals(0, Inside.of(usual).count("streams_straight"));
        }
    }

    private static void delete(String connection) throws IOException {
        String host = "localhost:" + server.port();
        assertEquals(204, WireClient.exchange(server, "DELETE /api/connections/" + connection + " HTTP/1.1\r\nHost: "
            + host + "\r\nOrigin: http://" + host + "\r\n\r\n").status());
    }

    private static String read(InputStream body, String upTo) throws IOException {
        StringBuilder text = new StringBuilder();
        while (text.indexOf(upTo) < 0) {
            int b = body.read();
            if (b < 0) {
                throw new EOFException("the stream ended after " + text);
            }
            text.append((char) b);
        }
        return text.toString();
    }
}
