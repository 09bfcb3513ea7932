package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
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
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Every way to publish, seen by somebody who listens. */
@OnEveryContainer
class PublishIT {

    @RegisterExtension
    static final SharedServer SHARED = SharedServer.with(Token::believedBy);

    private final Server server = SHARED.server();
    private final String topic = SHARED.topic();
    private final Publisher publisher = SHARED.publisher();
    private EventStream stream;

    PublishIT(Container container) {
    }

    @BeforeEach
    void listen() throws IOException {
        stream = EventStream.to(server).topic(topic).open();
        stream.awaitHello();
    }

    @AfterEach
    void leave() {
        stream.close();
    }

    @Test
    void theCurlOfTheReadmePublishes() throws IOException {
        WireResponse answer = WireClient.exchange(server, "POST /api/updates HTTP/1.1\r\nHost: localhost:"
            + server.port() + "\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\nContent-Length: "
            + (17 + topic.length()) + "\r\nContent-Type: application/x-www-form-urlencoded\r\n"
            + "Connection: close\r\n\r\ntopic=" + topic + "&data=hello");
        assertEquals(200, answer.status(), answer.text());
        assertTrue(answer.header("Content-Type").startsWith("text/plain"));
        Dispatched event = stream.awaitEvent();
        assertEquals("hello", event.data());
        assertEquals(answer.text().trim(), event.id());
    }

    @Test
    void aRawBodyIsTheDataByteForByteWhateverItsType() throws IOException {
        String query = "?topic=" + topic;
        for (String type : List.of("application/x-www-form-urlencoded", "text/plain", "application/json",
            "image/svg+xml", "application/octet-stream")) {
            Publisher.accepted(publisher.post(query, type, "topic=no&data=%41+b\n[1]"));
            stream.awaitData("topic=no&data=%41+b\n[1]");
        }
        Publisher.accepted(publisher.post(query, Map.of(), "no type".getBytes(StandardCharsets.UTF_8)));
        stream.awaitData("no type");
    }

    @Test
    void aFormInPartsIsAFormAndWhatIsNoTextInUtf8IsConvertedOrRefused() throws IOException {
        String parts = "--x\r\nContent-Disposition: form-data; name=\"data\"; filename=\"a.txt\"\r\n\r\na file\r\n"
            + "--x--\r\n";
        Publisher.accepted(publisher.post("?topic=" + topic, "multipart/form-data; boundary=x", parts));
        stream.awaitData("a file");
        Publisher.accepted(publisher.post("?topic=" + topic, Map.of("Content-Type", "text/plain; charset=utf-16"),
            "wide".getBytes(StandardCharsets.UTF_16)));
        stream.awaitData("wide");
        assertEquals(415, publisher.post("?topic=" + topic, Map.of("Content-Encoding", "gzip"), new byte[9]).status());
        assertEquals(415, publisher.post("?topic=" + topic, "text/plain; charset=klingon", "x").status());
    }

    @Test
    void theQueryOfARawBodyNamesIdTypeAndRetry() throws IOException {
        String id = Publisher.accepted(publisher.post("?topic=" + topic + "&topic=x&type=t&retry=900&id=" + topic,
            "text/plain", "x"));
        assertEquals(topic, id);
        assertEquals(new Dispatched("t", "x", topic), stream.awaitEvent());
        assertEquals(900, stream.retryMs());
    }

    @Test
    void putCountsAsPost() throws IOException {
        Publisher.accepted(publisher.exchange("PUT", "?topic=" + topic, Map.of(),
            "a file\n".getBytes(StandardCharsets.UTF_8)));
        stream.awaitData("a file\n");
    }

    @Test
    void aChunkedBodyIsOne() throws IOException {
        WireResponse answer = WireClient.exchange(server, "POST /api/updates?topic=" + topic
            + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            + "3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n");
        assertEquals(200, answer.status(), answer.text());
        stream.awaitData("abcde");
    }

    @Test
    void http10Publishes() throws IOException {
        WireResponse answer = WireClient.exchange(server, "POST /api/updates?topic=" + topic
            + " HTTP/1.0\r\n" + Token.header() + "Host: localhost\r\nContent-Length: 3\r\n\r\nold");
        assertEquals(200, answer.status(), answer.text());
        stream.awaitData("old");
    }

    @Test
    void aJsonArrayIsABatch() throws IOException {
        WireResponse answer = publisher.post("", Map.of("Content-Type", "application/json", "Accept",
            "application/json"), ("""
            [{"topic":"%s","data":"a","type":"t"},{"topics":["%s","x"],"data":"b\\nc","id":"%s-own"},
             {"topic":"elsewhere","data":"no"},{"topic":"%s","data":"d"}]""").formatted(topic, topic, topic, topic)
            .getBytes(StandardCharsets.UTF_8));
        assertEquals(200, answer.status(), answer.text());
        var ids = JsonParser.parseString(answer.text()).getAsJsonObject().getAsJsonArray("ids");
        assertEquals(4, ids.size());
        assertEquals(new Dispatched("t", "a", ids.get(0).getAsString()), stream.awaitEvent());
        assertEquals(new Dispatched("message", "b\nc", topic + "-own"), stream.awaitEvent());
        assertEquals(new Dispatched("message", "d", ids.get(3).getAsString()), stream.awaitEvent());
    }

    @Test
    void ndjsonIsABatchToo() throws IOException {
        Publisher.accepted(publisher.post("", "application/x-ndjson",
            "{\"topic\":\"%s\",\"data\":\"a\"}\n{\"topic\":\"%s\",\"data\":\"b\"}\n".formatted(topic, topic)));
        stream.awaitData("a", "b");
    }

    @Test
    void aBatchWithOneFaultPublishesNothing() throws IOException {
        String good = "{\"topic\":\"" + topic + "\",\"data\":\"a\"}";
        for (String bad : List.of("{\"data\":\"no topic\"}", "{\"topic\":\"*\",\"data\":\"x\"}",
            "{\"topic\":\"t\",\"data\":\"x\",\"type\":\"rivulet.hello\"}", "{\"topic\":\"t\"",
            "{\"topic\":\"t\",\"id\":\"a\\nb\"}", "7", "null")) {
            WireResponse array = publisher.post("", "application/json", "[" + good + "," + bad + "," + good + "]");
            assertEquals(400, array.status(), bad + ": " + array.text());
            WireResponse lines = publisher.post("", "application/x-ndjson", good + "\n" + bad + "\n" + good);
            assertEquals(400, lines.status(), bad + ": " + lines.text());
        }
        stream.assertNothingMore(publisher, topic);
    }

    @Test
    void aBatchIsContiguousHoweverManyPublish() throws Exception {
        Thread[] others = new Thread[3];
        for (int t = 0; t < others.length; t++) {
            others[t] = new Thread(() -> {
                try (Publisher own = Publisher.to(server)) {
                    for (int i = 0; i < 30; i++) {
                        own.publish(topic, "single");
                    }
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            others[t].start();
        }
        String batch = "[" + "{\"topic\":\"%s\",\"data\":\"batch\"},".formatted(topic).repeat(9)
            + "{\"topic\":\"%s\",\"data\":\"batch\"}]".formatted(topic);
        for (int i = 0; i < 10; i++) {
            Publisher.accepted(publisher.post("", "application/json", batch));
        }
        for (Thread other : others) {
            other.join();
        }
        int run = 0;
        for (int i = 0; i < 190; i++) {
            boolean inBatch = stream.awaitEvent().data().equals("batch");
            assertTrue(inBatch || run % 10 == 0, "a batch was torn apart after " + run);
            run = inBatch ? run + 1 : 0;
        }
    }

    @Test
    void theAnswerMayBeJson() throws IOException {
        WireResponse answer = publisher.post("?topic=" + topic, Map.of("Accept", "application/json"),
            "x".getBytes(StandardCharsets.UTF_8));
        assertTrue(answer.header("Content-Type").startsWith("application/json"));
        assertEquals(stream.awaitEvent().id(), answer.json().get("id").getAsString());
    }

    @Test
    void theSameKeyAndContentIsAnsweredAgainAndAppendedOnce() throws IOException {
        Map<String, String> key = Map.of("Idempotency-Key", topic + "-key", "Content-Type", "text/plain");
        byte[] body = "once".getBytes(StandardCharsets.UTF_8);
        String first = Publisher.accepted(publisher.post("?topic=" + topic, key, body));
        assertEquals(first, Publisher.accepted(publisher.post("?topic=" + topic, key, body)));
        assertEquals(409, publisher.post("?topic=" + topic, key, "other".getBytes(StandardCharsets.UTF_8)).status());
        assertEquals(409, publisher.post("?topic=" + topic + "/b", key, body).status());
        stream.awaitData("once");
        stream.assertNothingMore(publisher, topic);
    }

    @Test
    void aClientGivenIdIsAKeyToo() throws IOException {
        assertEquals(topic, Publisher.accepted(publisher.form("topic", topic, "data", "once", "id", topic)));
        assertEquals(topic, Publisher.accepted(publisher.form("topic", topic, "data", "once", "id", topic)));
        assertEquals(409, publisher.form("topic", topic, "data", "twice", "id", topic).status());
        stream.awaitData("once");
        stream.assertNothingMore(publisher, topic);
    }

    @Test
    void aBatchIsOneUnitUnderItsKey() throws IOException {
        Map<String, String> headers = Map.of("Idempotency-Key", topic, "Content-Type", "application/json",
            "Accept", "application/json");
        byte[] batch = "[{\"topic\":\"%s\",\"data\":\"a\"},{\"topic\":\"%s\",\"data\":\"b\"}]".formatted(topic, topic)
            .getBytes(StandardCharsets.UTF_8);
        String first = Publisher.accepted(publisher.post("", headers, batch));
        assertEquals(first, Publisher.accepted(publisher.post("", headers, batch)));
        assertEquals(409, publisher.post("", headers, "[{\"topic\":\"%s\",\"data\":\"a\"}]".formatted(topic)
            .getBytes(StandardCharsets.UTF_8)).status());
        stream.awaitData("a", "b");
        stream.assertNothingMore(publisher, topic);
    }

    @Test
    void manyAtOnceWithOneKeyAppendOnce() throws Exception {
        String[] answers = new String[8];
        Thread[] threads = new Thread[answers.length];
        for (int t = 0; t < threads.length; t++) {
            int n = t;
            threads[t] = new Thread(() -> {
                try (Publisher own = Publisher.to(server)) {
                    answers[n] = Publisher.accepted(own.post("?topic=" + topic,
                        Map.of("Idempotency-Key", topic), "once".getBytes(StandardCharsets.UTF_8)));
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            threads[t].start();
        }
        for (Thread thread : threads) {
            thread.join();
        }
        assertEquals(1, java.util.Set.of(answers[0]).size());
        for (String answer : answers) {
            assertEquals(answers[0], answer);
        }
        stream.awaitData("once");
        stream.assertNothingMore(publisher, topic);
    }

    @Test
    void withoutAKeyTheSameIsPublishedTwice() throws IOException {
        assertNotEquals(publisher.publish(topic, "x"), publisher.publish(topic, "x"));
        stream.awaitData("x", "x");
    }

    @Test
    void whatIsAnsweredWasSeenInThatOrder() throws IOException {
        for (int i = 0; i < 50; i++) {
            String id = publisher.publish(topic, Integer.toString(i));
            Dispatched event = stream.awaitEvent();
            assertEquals(Integer.toString(i), event.data());
            assertEquals(id, event.id());
        }
    }
}
