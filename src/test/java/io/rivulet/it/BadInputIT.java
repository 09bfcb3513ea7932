package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Inside;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.SharedServer;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What must not work: each is refused precisely, publishes nothing and leaves nothing behind. */
@OnEveryContainer
class BadInputIT {

    @RegisterExtension
    static final SharedServer SHARED = SharedServer.with(builder -> builder.set("body.max", "64k")
        .set("topics.max", "5").set("matchers.max", "5").set("batch.max", "5").set("topic.bytes.max", "100"));

    private final Server server = SHARED.server();
    private final Publisher publisher = SHARED.publisher();
    private final Container container;
    private EventStream all;
    private long published;

    BadInputIT(Container container) {
        this.container = container;
    }

    @BeforeEach
    void listen() throws IOException {
        // not "*": somebody who listens to everything sets all feeds going
        all = EventStream.to(server).topic("t").topic("1").topic("end").open();
        all.awaitHello();
        published = Inside.of(server).count("published");
    }

    @AfterEach
    void nothingWasPublishedAndNothingIsLeft() throws IOException {
        try {
            assertEquals(published, Inside.of(server).count("published"), "something was published");
            all.assertNothingMore(publisher, "end");
        } finally {
            all.close();
        }
    }

    private static void assertProblem(int status, WireResponse answer, String... parts) {
        assertEquals(status, answer.status(), answer.text());
        assertEquals("application/problem+json", answer.header("Content-Type").split(";")[0]);
        JsonObject problem = answer.json();
        assertEquals(status, problem.get("status").getAsInt());
        for (String part : parts) {
            assertTrue(problem.get("detail").getAsString().contains(part), part + " is not in " + problem);
        }
    }

    private WireResponse get(String query) throws IOException {
        return WireClient.exchange(server, "GET /api/updates?" + query
            + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
    }

    @Test
    void anIdWithWhatNoLineCanCarryIsRefused() throws IOException {
        for (String id : List.of("a\rb", "a\nb", "a\0b", "a\u0085", "ü", "a\u200Bb", " ", "\t")) {
            assertProblem(400, publisher.form("topic", "t", "data", "x", "id", id), "id");
        }
    }

    @Test
    void aTypeWithWhatNoLineCanCarryIsRefused() throws IOException {
        for (String type : List.of("a\rb", "a\nb", "a\0b", "\u007f")) {
            assertProblem(400, publisher.form("topic", "t", "data", "x", "type", type), "type");
        }
    }

    @Test
    void namesThatBelongToTheHubAreRefused() throws IOException {
        for (String type : List.of("rivulet.hello", "rivulet.", "rivulet.x", "mercure", "open", "error")) {
            assertProblem(400, publisher.form("topic", "t", "data", "x", "type", type), type);
        }
        for (String id : List.of("earliest", "#1", "urn:rivulet:AAAAAAAAAAAAAAAAAAAAAAAAAA", "urn:rivulet:x")) {
            assertProblem(400, publisher.form("topic", "t", "data", "x", "id", id), "id");
        }
        assertProblem(400, publisher.form("topic", "/.well-known/mercure/subscriptions/x", "data", "x"), "topic");
        assertProblem(400, publisher.form("topic", "*", "data", "x"), "*");
    }

    @Test
    void eachLimitPlusOneIsRefusedWithItsSetting() throws IOException {
        assertProblem(413, publisher.post("?topic=t", "text/plain", "x".repeat((64 << 10) + 1)),
            "rivulet.body.max");
        assertProblem(413, publisher.form("topic", "1", "topic", "2", "topic", "3", "topic", "4", "topic", "5",
            "topic", "6"), "rivulet.topics.max", "6");
        assertProblem(400, get("topic=1&topic=2&topic=3&topic=4&topic=5&topic=6"), "rivulet.matchers.max", "6");
        assertProblem(413, publisher.form("topic", "t".repeat(101), "data", "x"), "rivulet.topic.bytes.max", "101");
        assertProblem(400, get("topic=" + "t".repeat(101)), "rivulet.topic.bytes.max", "101");
        assertProblem(413, publisher.form("topic", "t", "id", "i".repeat(129)), "rivulet.id.bytes.max", "129");
        assertProblem(413, publisher.form("topic", "t", "type", "i".repeat(129)), "rivulet.id.bytes.max", "129");
        assertProblem(400, publisher.post("?topic=t", Map.of("Idempotency-Key", "k".repeat(129)), new byte[1]),
            "rivulet.id.bytes.max", "129");
        assertProblem(413, publisher.post("", "application/json", "[" + "{\"topic\":\"t\"},".repeat(5)
            + "{\"topic\":\"t\"}]"), "rivulet.batch.max", "5");
        assertProblem(413, publisher.post("", "application/x-ndjson", "{\"topic\":\"t\"}\n".repeat(6)),
            "rivulet.batch.max", "5");
        assertProblem(400, get("topic=t&since=last=10001"), "10000");
    }

    @Test
    void aChunkedBodyOverTheLimitIsRefusedBeforeItsEnd() throws IOException {
        try (WireClient client = WireClient.to(server)) {
            client.send("POST /api/updates?topic=t HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
            try {
                for (int i = 0; i < 64; i++) {
                    client.send("1000\r\n" + "x".repeat(4096) + "\r\n");
                }
                assertEquals(413, client.readHead().status());
            } catch (SocketException e) {
                // it has hung up already, which is a refusal, too
            }
        }
    }

    /** Told while it still writes, a client sees a reset instead: so the rest is read, and the connection lives on. */
    @Test
    void aClientThatStillWritesIsReadToItsEndBeforeItIsRefused() throws IOException {
        String token = "Authorization: Bearer " + "x".repeat(50) + "\r\n";
        String chunk = "8000\r\n" + "x".repeat(32_768) + "\r\n";
        for (List<String> body : List.of(
            List.of("Content-Length: 100000\r\n\r\n", "x".repeat(50_000), "x".repeat(50_000)),
            List.of("Transfer-Encoding: chunked\r\n\r\n", chunk, chunk, chunk, "0\r\n\r\n"))) {
            try (WireClient client = WireClient.to(server)) {
                assertProblem(401, sendSlowly(client, post(token, ""), body));
                assertProblem(413, sendSlowly(client, post("", ""), body), "rivulet.body.max");
                if (container == Container.JETTY) { // Tomcat hangs up after any 413
                    assertProblem(413, sendSlowly(client, post("", ""), body), "rivulet.body.max");
                }
            }
        }
    }

    /** Between any two pieces somebody else is answered: a hub that does not wait has answered by then. */
    private WireResponse sendSlowly(WireClient client, String head, List<String> pieces) throws IOException {
        client.send(head);
        for (String piece : pieces) {
            client.send(piece);
            assertEquals(200, WireClient.exchange(server,
                "GET /health/ready HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").status());
        }
        return client.read();
    }

    /** Who asks before sending is told at once, and never sends; who sends too much is not read for ever. */
    @Test
    void aClientThatWaitsForOurWordIsRefusedWithoutItsBody() throws IOException {
        try (WireClient client = WireClient.to(server)) {
            client.send(post("Expect: 100-continue\r\n", "Content-Length: 100000\r\n\r\n"));
            assertProblem(413, client.read(), "rivulet.body.max");
        }
        try (WireClient client = WireClient.to(server)) {
            client.send(post("", "Content-Length: 131073\r\n\r\n"));
            assertProblem(413, client.read(), "131073", "rivulet.body.max");
        }
    }

    @Test
    void aRefusalWaitsForNoBodyWhereThereIsNone() throws IOException {
        String token = "Authorization: Bearer " + "x".repeat(50) + "\r\n";
        try (WireClient client = WireClient.to(server)) {
            for (String body : List.of("\r\n", "Content-Length: 0\r\n\r\n", "Content-Length: 3\r\n\r\nabc",
                "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n")) {
                assertProblem(401, client.send(post(token, body)).read());
            }
        }
    }

    private static String post(String header, String rest) {
        return "POST /api/updates?topic=t HTTP/1.1\r\nHost: localhost\r\n" + header + rest;
    }

    @Test
    void dataThatIsNoUtf8IsRefused() throws IOException {
        byte[] bad = {'a', (byte) 0xC3, '('};
        assertProblem(400, publisher.post("?topic=t", Map.of(), bad), "UTF-8");
        assertProblem(400, publisher.post("", "application/x-www-form-urlencoded", "topic=t&data=%C3("), "UTF-8");
        assertProblem(400, publisher.post("", Map.of("Content-Type", "application/json"),
            "[{\"topic\":\"t\",\"data\":\"\u00e9\"}]".getBytes(StandardCharsets.ISO_8859_1)), "UTF-8");
        assertEquals(400, get("topic=%C3(").status());
    }

    @Test
    void aBodyThatIsNothingKnownIsRefused() throws IOException {
        assertProblem(415, publisher.post("", "text/plain", "topic=t&data=x"), "text/plain");
        assertProblem(415, publisher.post("", Map.of(), "topic=t&data=x".getBytes(StandardCharsets.US_ASCII)));
        assertProblem(415, publisher.post("", "multipart/mixed; boundary=x", "--x--"), "multipart");
        assertProblem(400, publisher.post("", "multipart/form-data; boundary=x", "--x--"), "topic");
        assertProblem(400, publisher.post("", "multipart/form-data; boundary=x", "--x"), "multipart");
        assertProblem(400, publisher.post("", "application/json", "{\"topics\":\"t\"}"));
        assertProblem(400, publisher.post("", "application/json", ""));
        assertProblem(400, publisher.post("", "application/json", "[]"));
        assertProblem(400, publisher.post("", "application/json", "[{}]"), "topic");
        assertProblem(400, publisher.post("", "application/json", "[".repeat(5_000)));
        assertProblem(400, publisher.form("data", "x"), "topic");
    }

    /** Jetty reads the character set as soon as somebody asks for the content type, and throws when it is unknown. */
    @Test
    void aCharacterSetThatNobodyKnowsIsNoFaultAtAnyPath() throws IOException {
        for (String path : List.of("/api/updates", "/.well-known/mercure", "/api/tokens/explain", "/api/bans",
            "/api/connections", "/api/events", "/health/ready", "/", "/nothing")) {
            for (String type : List.of("text/plain; charset=x", "text/plain; charset=*", "application/json;charset=x",
                "text/html; charset=\"", "; charset=x", "charset=x")) {
                WireResponse answer = WireClient.exchange(server, "POST " + path + " HTTP/1.1\r\nHost: localhost\r\n"
                    + "Content-Type: " + type + "\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");
                assertTrue(List.of(400, 404, 405, 415).contains(answer.status())
                    || path.endsWith("explain") && answer.status() == 200, path + " " + type + ": " + answer.text());
            }
        }
        assertProblem(415, publisher.post("", "application/x-www-form-urlencoded; charset=x", "topic=t&data=x"),
            "charset=x", "utf-8");
        assertProblem(415, publisher.post("", "text/plain; charset=x", "topic=t&data=x"), "text/plain");
        assertProblem(415, publisher.exchange("PUT", "", Map.of("Content-Type", "text/plain; charset=x"), new byte[1]));
    }

    @Test
    void aMethodThatIsNoneIsRefusedWithThoseThatAre() throws IOException {
        for (String method : List.of("DELETE", "PATCH", "TRACE", "BREW")) {
            WireResponse answer = WireClient.exchange(server, method
                + " /api/updates HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            // TRACE is forbidden by Jetty's own defaults for web applications, before the hub sees it
            assertTrue(answer.status() == 405 || answer.status() == 501
                || answer.status() == 403 && method.equals("TRACE"), method + ": " + answer.status());
            if (method.equals("DELETE")) {
                assertProblem(405, answer, "DELETE", "GET");
                assertTrue(answer.header("Allow").contains("POST"));
            }
        }
    }

    @Test
    void aMethodThatNobodyKnowsIsRefusedAtEachPathAndNeverTheServersFault() throws IOException {
        for (String path : List.of("/", "/index.html", "/home/app.js", "/nothing/here", "/api/nothing")) {
            for (String method : List.of("PATCH", "QUERY", "BREW")) {
                WireResponse answer = WireClient.exchange(server, method + " " + path
                    + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
                assertProblem(405, answer, method);
                assertTrue(answer.header("Allow").contains("GET"), method + " " + path);
            }
        }
    }

    @Test
    void whatIsNotBuiltYetIsNamedAndNeverIgnored() throws IOException {
        assertEquals(404, WireClient.exchange(server,
            "GET /api/nothing HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n").status());
    }

    @Test
    void aParameterThatCannotBeMeantIsRefused() throws IOException {
        for (String query : List.of("heartbeat=0", "heartbeat=301", "heartbeat=x", "heartbeat=", "since=soon",
            "since=last=0", "since=%2B1000000000-01-01T00:00:00Z",
            "topic=", "topic=a%0Ab", "topic=%00", "conflate=", "conflate=all", "rate=", "rate=1&rate=2",
            "conflate=topic&conflate=topic",
            "topic.rate=", "topic.rate=x", "topic.rate=0", "envelope=", "envelope=xml", "envelope.data=json")) {
            assertProblem(400, get("topic=t&" + query));
        }
        for (String rate : List.of("0", "10001", "-1", "1.5", "fast", "99999999999999999999")) {
            assertProblem(400, get("topic=t&rate=" + rate), "rate is " + rate, "1 to 10000");
        }
        assertProblem(400, publisher.form("topic", "t", "data", "x", "retry", "soon"), "retry");
        assertProblem(400, publisher.form("topic", "t", "data", "x", "retry", "-1"), "retry");
    }

    @Test
    void aBodyThatBreaksOffPublishesNothing() throws IOException {
        for (String head : List.of("Transfer-Encoding: chunked\r\n\r\n5\r\nab", "Content-Length: 10\r\n\r\nabc",
            "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
            "Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
            "Content-Length: 10\r\nContent-Type: application/x-www-form-urlencoded\r\n\r\ntopic=t&d")) {
            try (WireClient client = WireClient.to(server)) {
                client.send("POST /api/updates?topic=t HTTP/1.1\r\nHost: localhost\r\n" + head).endOutput();
                try {
                    int status = client.readHead().status();
                    assertTrue(status >= 400, head + " was answered " + status);
                } catch (EOFException | SocketException e) {
                    // hung up without an answer: the client cannot take it for published
                }
            }
        }
    }

    @Test
    void twoLengthsOfOneBodyAreRefused() throws IOException {
        WireResponse answer = WireClient.exchange(server, "POST /api/updates?topic=t HTTP/1.1\r\nHost: localhost\r\n"
            + "Content-Length: 3\r\nContent-Length: 4\r\nConnection: close\r\n\r\nabc");
        assertEquals(400, answer.status());
    }

    @Test
    void aHeadThatIsTooLongIsRefused() throws IOException {
        try (WireClient client = WireClient.to(server)) {
            try {
                client.send("GET /api/updates?topic=t HTTP/1.1\r\nHost: localhost\r\nLast-Event-ID: "
                    + "x".repeat(200_000) + "\r\n\r\n");
                int status = client.readHead().status();
                assertTrue(status == 431 || status == 400, "answered " + status);
            } catch (EOFException | SocketException e) {
                // hung up
            }
        }
    }

    @Test
    void aCursorOfAnySizeOrShapeIsAReset() throws IOException {
        for (String cursor : List.of("x".repeat(3_000), "'; DROP", "%00", "urn:rivulet:" + "z".repeat(2_000))) {
            try (EventStream stream = EventStream.to(server).topic("t").after(cursor).open()) {
                assertEquals("reset", stream.awaitHello().get("resumed").getAsString());
            }
        }
    }

    @Test
    void aTokenThatNobodyChecksIsNotTakenForGranted() throws IOException {
        String token = "x".repeat(50);
        assertProblem(401, publisher.post("?topic=t", Map.of("Authorization", "Bearer " + token), new byte[] {'x'}));
        assertProblem(400, publisher.post("?topic=t", Map.of("Authorization", "Bearer x"), new byte[] {'x'}));
        assertProblem(400, get("topic=t&access_token=" + token));
    }

    @Test
    void aPageOfAnotherSiteCannotPublishInDevMode() throws IOException {
        for (Map<String, String> headers : List.of(Map.of("Origin", "https://evil.test"),
            Map.of("Origin", "http://localhost:1"), Map.of("Referer", "https://evil.test/x"),
            Map.of("Origin", "null"), Map.of("Host", "evil.test"), Map.of("X-Forwarded-For", "1.2.3.4"),
            Map.of("Forwarded", "for=1.2.3.4"), Map.of("Via", "1.1 proxy"), Map.of("X-Real-IP", "127.0.0.1"))) {
            WireResponse answer = publisher.post("?topic=t", headers, new byte[] {'x'});
            assertProblem(403, answer, "rivulet.dev");
        }
    }
}
