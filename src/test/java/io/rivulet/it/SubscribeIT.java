package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Inside;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.SharedServer;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import io.rivulet.mercure.Token;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A stream, from its first byte to its end. */
@OnEveryContainer
class SubscribeIT {

    @RegisterExtension
    static final SharedServer SHARED =
        SharedServer.with(builder -> Token.believedBy(builder).set("cors.origins", "https://app.example.com"));

    private final Server server = SHARED.server();
    private final String topic = SHARED.topic();
    private final Publisher publisher = SHARED.publisher();

    SubscribeIT(Container container) {
    }

    @Test
    void theFirstBytesComeAtOnceAndAreRetryCommentAndHello() throws IOException {
        try (WireClient client = WireClient.to(server)) {
            client.send("GET /api/updates?topic=" + topic + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            WireResponse head = client.readHead();
            assertEquals(200, head.status());
            StringBuilder text = new StringBuilder();
            try (var body = client.body(head)) {
                while (text.indexOf("\n\n") < 0) {
                    text.append((char) body.read());
                }
            }
            assertTrue(text.toString().matches("(?s)retry: [234][0-9]{3}\n:\nevent: rivulet.hello\ndata: \\{.*}\n"
                + "id: urn:rivulet:[A-Z2-7]{26}\n\n"), text.toString());
        }
    }

    @Test
    void theHeadersKeepCachesAndProxiesFromTouchingIt() throws IOException {
        try (EventStream stream = EventStream.to(server).topic(topic).open()) {
            assertTrue(stream.header("Content-Type").matches("text/event-stream(;\\s*charset=(?i:utf-8))?"));
            assertEquals("no-store, no-cache, no-transform", stream.header("Cache-Control"));
            assertEquals("no", stream.header("X-Accel-Buffering"));
            assertEquals("?1", stream.header("Incremental"));
            assertEquals("nosniff", stream.header("X-Content-Type-Options"));
            for (String absent : List.of("Connection", "Content-Length", "Content-Encoding", "ETag", "Expires",
                "Set-Cookie", "Last-Modified")) {
                assertNull(stream.header(absent), absent);
            }
        }
    }

    /** Of a stream of several topics a browser could not tell from which an event is. */
    @Test
    void inEnvelopesEventsNameTheirTopicsAndHistoryHasTheSameLines() throws IOException {
        try (EventStream stream = EventStream.to(server).topic(topic).query("envelope", "json")
            .query("envelope.data", "json").open()) {
            stream.awaitHello();
            String id = publisher.publish(topic, "{\"n\": 1}");
            String line = stream.awaitEvent().data();
            assertTrue(line.matches("\\{\"topics\":\\[\"" + topic + "\"],\"type\":null,\"id\":\"" + id
                + "\",\"time\":\"[^\"]+Z\",\"data\":\\{\"n\": 1}}"), line);
            assertEquals(id, stream.events().get(0).id());
            assertEquals(line + "\n", WireClient.exchange(server, "GET /api/events?format=ndjson&envelope=json&"
                + "envelope.data=json&topic=" + topic + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                .text());
        }
    }

    @Test
    void helloSaysWhoAndWhatAndFromWhere() throws IOException {
        try (EventStream stream = EventStream.to(server).topic(topic).topic("x").open();
             EventStream other = EventStream.to(server).topic(topic).open()) {
            JsonObject hello = stream.awaitHello();
            assertEquals("live", hello.get("resumed").getAsString());
            assertEquals("[\"" + topic + "\",\"x\"]", hello.get("topics").toString());
            assertEquals(0, hello.get("missed").getAsInt());
            assertNotEquals(hello.get("connection"), other.awaitHello().get("connection"));
            assertNotEquals(hello.get("secret"), other.awaitHello().get("secret"));
            assertTrue(hello.get("secret").getAsString().length() >= 20, "a secret of 128 bits at least");
            assertFalse(hello.has("as") || hello.has("until"), "nobody in particular, and without an end");
        }
        long end = Instant.now().getEpochSecond() + 600;
        try (EventStream reader = EventStream.to(server).topic(topic).header("Authorization", "Bearer "
            + Token.v1().subscribe(topic).claim("sub", "\"reader\"").claim("exp", Long.toString(end)).sign()).open()) {
            JsonObject hello = reader.awaitHello();
            assertEquals("reader " + Instant.ofEpochSecond(end), hello.get("as").getAsString() + " "
                + hello.get("until").getAsString());
        }
    }

    @Test
    void withoutATopicItIsTheClockEverySecond() throws IOException {
        try (EventStream stream = EventStream.to(server).open()) {
            Instant first = time(stream.awaitEvent());
            Instant second = time(stream.awaitEvent());
            Instant third = time(stream.awaitEvent());
            assertTrue(Duration.between(first, third).toMillis() >= 1_500, first + " " + second + " " + third);
            assertTrue(Duration.between(first, Instant.now()).abs().toSeconds() < 60);
        }
    }

    private static Instant time(Dispatched tick) {
        JsonObject json = JsonParser.parseString(tick.data()).getAsJsonObject();
        assertEquals("[time]", json.keySet().toString());
        assertEquals("message", tick.type());
        assertTrue(tick.id().startsWith("urn:rivulet:"));
        return Instant.parse(json.get("time").getAsString());
    }

    @Test
    void typeIdAndManyLinesArriveAsTheyWerePublished() throws IOException {
        try (EventStream stream = EventStream.to(server).topic(topic).open()) {
            stream.awaitHello();
            String id = Publisher.accepted(publisher.form("topic", topic, "data", "one\ntwo\r\nthree\rfour\n",
                "type", "greeting", "id", topic + "/own"));
            assertEquals(topic + "/own", id);
            assertEquals(new Dispatched("greeting", "one\ntwo\nthree\nfour\n", id), stream.awaitEvent());
            String made = publisher.publish(topic, "é✓😀");
            assertEquals(new Dispatched("message", "é✓😀", made), stream.awaitEvent());
            assertTrue(made.matches("urn:rivulet:[A-Z2-7]{26}"), made);
        }
    }

    @Test
    void retryReachesThoseWhoListenAndNoneWhoReplay() throws IOException {
        try (EventStream stream = EventStream.to(server).topic(topic).open()) {
            stream.awaitHello();
            long before = stream.retryMs();
            Publisher.accepted(publisher.form("topic", topic, "data", "x", "retry", "7000"));
            stream.awaitData("x");
            assertEquals(7_000, stream.retryMs(), "was " + before);
        }
        try (EventStream late = EventStream.to(server).topic(topic).since("earliest").open()) {
            late.awaitData("x");
            assertNotEquals(7_000, late.retryMs());
        }
    }

    @Test
    void onlyWhatWasAskedForArrivesAndEachOnce() throws IOException {
        try (EventStream one = EventStream.to(server).topic(topic).open();
             EventStream two = EventStream.to(server).topic(topic).topic(topic + "/b").topic(topic).open();
             EventStream all = EventStream.to(server).topic("*").open()) {
            List.of(one, two, all).forEach(EventStream::awaitHello);
            publisher.publish(topic, "a");
            publisher.publish(topic + "/b", "b");
            publisher.publish(topic.toUpperCase(java.util.Locale.ROOT), "c");
            Publisher.accepted(publisher.form("topic", topic + "/b", "topic", topic, "data", "both"));
            publisher.publish(topic, "end");
            one.awaitData("a", "both", "end");
            two.awaitData("a", "b", "both", "end");
            // somebody who listens to everything sets all feeds going, too
            List<String> ours = List.of("a", "b", "c", "both", "end");
            Await.until("the end", () -> all.events().stream().anyMatch(e -> e.data().equals("end")));
            assertEquals(ours, all.events().stream().map(Dispatched::data).filter(ours::contains).toList());
        }
    }

    @Test
    void aSilentStreamBeats() throws IOException {
        try (WireClient client = WireClient.to(server)) {
            client.send("GET /api/updates?topic=" + topic + "&heartbeat=1 HTTP/1.1\r\nHost: localhost\r\n\r\n");
            var body = client.body(client.readHead());
            StringBuilder text = new StringBuilder();
            while (!text.toString().endsWith("\n\n:\n:\n")) {
                text.append((char) body.read());
            }
        }
    }

    @Test
    void aScriptMaySeeTheBeat() throws IOException {
        try (EventStream stream = EventStream.to(server).topic(topic).query("heartbeat", "event").open()) {
            Dispatched beat = stream.awaitType("rivulet.heartbeat");
            assertEquals(stream.awaitHelloId(), beat.id(), "a beat moves no cursor");
        }
    }

    @Test
    void headAnswersWithHeadersOnly() throws IOException {
        try (WireClient client = WireClient.to(server)) {
            String request = " /api/updates?topic=" + topic + " HTTP/1.1\r\nHost: localhost\r\n";
            WireResponse head = client.send("HEAD" + request + "\r\n").readHead();
            assertEquals(200, head.status());
            assertTrue(head.header("Content-Type").startsWith("text/event-stream"));
            assertEquals(404, client.send("GET /nothing HTTP/1.1\r\nHost: localhost\r\n\r\n").read().status(),
                "the connection is free for the next request: HEAD opened no stream");
        }
    }

    @Test
    void optionsTellsAPageWhatItMaySend() throws IOException {
        WireResponse answer = WireClient.exchange(server, "OPTIONS /api/updates HTTP/1.1\r\nHost: localhost\r\n"
            + "Origin: https://app.example.com\r\nAccess-Control-Request-Method: GET\r\n"
            + "Access-Control-Request-Headers: last-event-id\r\nConnection: close\r\n\r\n");
        assertEquals(2, answer.status() / 100);
        assertEquals("https://app.example.com", answer.header("Access-Control-Allow-Origin"));
        assertTrue(answer.header("Access-Control-Allow-Headers").contains("Last-Event-ID"));
        assertTrue(Integer.parseInt(answer.header("Access-Control-Max-Age")) > 0);
        assertTrue(answer.headers().get("vary").toString().contains("Origin"));
    }

    @Test
    void aPageOfAnAllowedOriginMayReadAndAnotherMayNot() throws IOException {
        for (String origin : List.of("https://app.example.com", "http://localhost:5173")) {
            try (EventStream stream = EventStream.to(server).topic(topic).header("Origin", origin).open()) {
                assertEquals(origin, stream.header("Access-Control-Allow-Origin"));
            }
        }
        try (EventStream stream = EventStream.to(server).topic(topic).header("Origin", "https://evil.test").open()) {
            assertNull(stream.header("Access-Control-Allow-Origin"));
        }
    }

    @Test
    void http10IsServedWithoutChunks() throws IOException {
        try (WireClient client = WireClient.to(server)) {
            client.send("GET /api/updates?topic=" + topic + " HTTP/1.0\r\n" + Token.header()
                + "Host: localhost\r\n\r\n");
            WireResponse head = client.readHead();
            assertEquals(200, head.status());
            assertNull(head.header("Transfer-Encoding"));
            byte[] begin = new byte[7];
            for (int i = 0; i < begin.length; i++) {
                begin[i] = (byte) client.readByte();
            }
            assertEquals("retry: ", new String(begin, StandardCharsets.US_ASCII));
        }
    }

    @Test
    void aSlashAtTheEndIsNoRedirect() throws IOException {
        try (WireClient client = WireClient.to(server)) {
            client.send("GET /api/updates/?topic=" + topic + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
            assertEquals(200, client.readHead().status());
        }
    }

    @Test
    void whatAcceptsAnythingIsServedToo() throws IOException {
        for (String accept : new String[] {null, "*/*", "text/event-stream, text/html;q=0.5"}) {
            try (EventStream stream = EventStream.to(server).topic(topic).header("Accept", accept).open()) {
                assertEquals(200, stream.status(), "Accept: " + accept);
            }
        }
    }

    @Test
    void whoLeavesIsForgotten() throws IOException {
        EventStream politely = EventStream.to(server).topic(topic).query("heartbeat", "1").open();
        EventStream abruptly = EventStream.to(server).topic(topic).query("heartbeat", "1").open();
        politely.awaitHello();
        abruptly.awaitHello();
        long ended = Inside.of(server).count("streams_ended");
        politely.close();
        abruptly.cut();
        abruptly.close();
        Await.until("both are forgotten within two beats and a little", Duration.ofSeconds(5),
            () -> Inside.of(server).count("streams_ended") >= ended + 2);
    }

    /** A write that fails must end its own request only: containers give the next connection the same objects. */
    @Test
    void whoLeavesTakesNobodyElseWithHim() throws IOException {
        for (int round = 0; round < 60; round++) {
            EventStream[] streams = new EventStream[8];
            for (int i = 0; i < streams.length; i++) {
                streams[i] = EventStream.to(server).topic(topic).query("heartbeat", "1").open();
            }
            for (EventStream stream : streams) {
                stream.awaitHello();
                if (round % 2 == 0) {
                    stream.cut();
                }
                stream.close();
            }
            Await.pass(Duration.ofMillis(round % 3 * 20));
        }
    }

    @Test
    void manyStreamsOfOneClientDoNotHinderPublishing() throws IOException {
        EventStream[] streams = new EventStream[40];
        for (int i = 0; i < streams.length; i++) {
            streams[i] = EventStream.to(server).topic(topic).open();
        }
        for (EventStream stream : streams) {
            stream.awaitHello();
        }
        publisher.publish(topic, "to all");
        for (EventStream stream : streams) {
            stream.awaitData("to all");
            stream.close();
        }
    }

    @Test
    void aPrivateEventReachesWhoMayReadEverything() throws IOException {
        try (EventStream stream = EventStream.to(server).topic(topic).open()) {
            stream.awaitHello();
            WireResponse answer = publisher.form("topic", topic, "data", "secret", "private", "on");
            assertEquals(200, answer.status());
            stream.awaitData("secret");
        }
    }
}
