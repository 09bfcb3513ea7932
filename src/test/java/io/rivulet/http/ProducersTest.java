package io.rivulet.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.event.TopicEnd;
import io.rivulet.http.updates.Door;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpTester;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Publishers that number their events: each is taken once, whatever is sent again. */
class ProducersTest {

    private Door door;

    @BeforeEach
    void start() throws Exception {
        door = Tokens.door("transient.topics", "passing");
    }

    @AfterEach
    void stop() {
        door.close();
    }

    private static String of(String subject, long epoch, long seq) {
        return "\nProducer-Id: p/1\nProducer-Epoch: " + epoch + "\nProducer-Seq: " + seq
            + Tokens.bearer(Tokens.of(subject, "*"));
    }

    private HttpTester.Response one(long epoch, long seq, String data) throws Exception {
        return door.send("POST /api/updates?topic=a" + of("ann", epoch, seq), data);
    }

    private HttpTester.Response lines(long epoch, long seq, String body) throws Exception {
        return door.send("POST /api/updates?stream=lines&topic=a" + of("ann", epoch, seq), body);
    }

    private HttpTester.Response where(String subject, String query) throws Exception {
        return door.send("GET /api/producers/p/1" + query + (subject == null ? Tokens.bearer(Tokens.operator())
            : Tokens.bearer(Tokens.of(subject, "*"))), "");
    }

    @Test
    void anEventThatComesAgainIsNotPublishedAgainAndGetsItsId() throws Exception {
        String first = one(1, 5, "x").getContent();
        String second = one(1, 6, "y").getContent();
        assertEquals(first, one(1, 5, "x").getContent());
        assertEquals(second, one(1, 6, "y").getContent());
        assertEquals(2, door.log().range().head());
        assertEquals("{\"id\":\"p/1\",\"epoch\":1,\"nextSeq\":7,\"lastId\":\"" + second.strip() + "\"}",
            where("ann", "").getContent());
    }

    @Test
    void anOlderEpochIsShutOutAndIsToldTheLaterOne() throws Exception {
        assertEquals(200, one(1, 0, "x").getStatus());
        assertEquals(200, one(2, 0, "of the next").getStatus());
        HttpTester.Response answer = one(1, 1, "y");
        assertEquals(403, answer.getStatus());
        assertEquals("2", answer.get("Producer-Epoch"));
        assertTrue(answer.getContent().contains("urn:rivulet:problem:fenced")
            && answer.getContent().contains("\"epoch\":2"), answer.getContent());
        assertEquals(403, lines(1, 1, "y").getStatus());
        assertEquals(2, door.log().range().head());
    }

    @Test
    void aHoleIsRefusedAndTheNextNumberIsTold() throws Exception {
        assertEquals(200, one(1, 0, "x").getStatus());
        HttpTester.Response answer = one(1, 2, "z");
        assertEquals(409, answer.getStatus());
        assertEquals("1", answer.get("Producer-Expected-Seq"));
        assertTrue(answer.getContent().contains("urn:rivulet:problem:out-of-sequence")
            && answer.getContent().contains("\"expectedSeq\":1"), answer.getContent());
        assertEquals("1", lines(1, 2, "z").get("Producer-Expected-Seq"));
        assertEquals(1, door.log().range().head());
    }

    @Test
    void linesThatWereTakenArePassedOverAndCounted() throws Exception {
        assertTrue(lines(1, 0, "a\nb\nc\n").getContent().endsWith("\"count\":3}"));
        HttpTester.Response answer = lines(1, 1, "b\nc\nd\ne");
        assertTrue(answer.getContent().endsWith("\"count\":4}"), answer.getContent());
        assertEquals(5, door.log().range().head());
        assertEquals("e", door.newest().text());
        assertEquals("{\"first\":null,\"last\":null,\"count\":2}", lines(1, 3, "d\ne").getContent());
        assertTrue(where("ann", "").getContent().contains("\"nextSeq\":5"));
        assertEquals(200, one(1, 5, "f").getStatus());
    }

    @Test
    void anEndIsPublishedThoughAllLinesBeforeItWereTaken() throws Exception {
        assertTrue(lines(1, 0, "a\nb\n").getContent().endsWith("\"count\":2}"));
        String again = "POST /api/updates?stream=lines&topic=a&end" + of("ann", 1, 0);
        for (int i = 0; i < 2; i++) {
            HttpTester.Response answer = door.send(again, "a\nb\n");
            assertTrue(answer.getContent().endsWith("\"count\":2}"), answer.getContent());
            assertEquals(3, door.log().range().head());
        }
        assertEquals(TopicEnd.FINISHED, door.newest().end());
        assertTrue(where("ann", "").getContent().contains("\"nextSeq\":2"), "the end has no number");
        assertEquals(200, door.send("POST /api/updates?topic=b" + of("ann", 1, 2), "x").getStatus());
    }

    @Test
    void aBatchIsNumberedByItsFirstEvent() throws Exception {
        String head = "POST /api/updates\nContent-Type: application/x-ndjson" + of("ann", 1, 0);
        String ids = door.send(head, "{\"topic\":\"a\"}\n{\"topic\":\"b\"}").getContent();
        assertEquals(ids, door.send(head, "{\"topic\":\"a\"}\n{\"topic\":\"b\"}").getContent());
        assertEquals(200, one(1, 2, "x").getStatus());
        assertEquals(3, door.log().range().head());
    }

    @Test
    void whatIsInMemoryOnlyIsTakenOnceAsWell() throws Exception {
        String head = "POST /api/updates?topic=passing" + of("ann", 1, 0);
        String id = door.send(head, "x").getContent();
        assertEquals(id, door.send(head, "x").getContent());
        assertTrue(where("ann", "").getContent().contains("\"nextSeq\":1"));
    }

    @Test
    void nobodyMeetsTheProducerOfAnother() throws Exception {
        assertEquals(200, one(7, 7, "x").getStatus());
        assertEquals(404, where("bob", "").getStatus());
        assertEquals(200, door.send("POST /api/updates?topic=a" + of("bob", 1, 0), "y").getStatus());
        assertTrue(where("bob", "").getContent().contains("\"epoch\":1"));
        assertTrue(where(null, "?subject=ann").getContent().contains("\"epoch\":7"));
        assertEquals(403, where("bob", "?subject=ann").getStatus());
        assertEquals(401, door.send("GET /api/producers/p/1", "").getStatus());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "Producer-Id: a|the header Producer-Epoch is missing",
        "Producer-Epoch: 1|the header Producer-Id is missing",
        "Producer-Id: a;Producer-Epoch: 1;Producer-Seq: -1|the header Producer-Seq is \"-1\"",
        "Producer-Id: a;Producer-Epoch: 9007199254740992;Producer-Seq: 1|at most 9007199254740991 is allowed",
        "Producer-Id: \u00e9;Producer-Epoch: 1;Producer-Seq: 1|the header Producer-Id must be printable ASCII",
        "Producer-Id: a;Producer-Epoch: 1;Producer-Seq: 1;Idempotency-Key: k|an Idempotency-Key and a Producer-Id"})
    void allThreeHeadersOrNoneWithinTheirBounds(String headers, String why) throws Exception {
        for (String query : new String[] {"", "&stream=lines"}) {
            HttpTester.Response answer = door.send("POST /api/updates?topic=a" + query + "\n"
                + headers.replace(';', '\n') + Tokens.bearer(Tokens.of("ann", "*")), "x");
            assertEquals(400, answer.getStatus());
            assertTrue(query.isEmpty() ? answer.getContent().contains(why.replace("\"", "\\\"")) : true,
                answer.getContent());
        }
        assertEquals(0, door.log().range().head());
    }

    @Test
    void theEndOfATopicThatComesAgainIsNoNewOne() throws Exception {
        String head = "POST /api/updates?stream=lines&topic=run&end" + of("ann", 1, 0);
        assertTrue(door.send(head, "a\nb\n").getContent().endsWith("\"count\":2}"));
        HttpTester.Response again = door.send(head, "a\nb\n");
        assertEquals(200, again.getStatus(), again.getContent());
        assertTrue(again.getContent().endsWith("\"count\":2}"), again.getContent());
        assertEquals(2, door.log().range().head());
        HttpTester.Response late = door.send("POST /api/updates?stream=lines&topic=run" + of("ann", 1, 2), "c\n");
        assertEquals(409, late.getStatus());
        assertTrue(late.getContent().contains("\"taken\":0"), late.getContent());
    }

    /** Both are on their way at once, again and again; only one of each pair may be published. */
    @Test
    void ofRequestsThatAreDoubledAtOnceEachIsPublishedOnce() throws Exception {
        ExecutorService both = Executors.newFixedThreadPool(2);
        try {
            for (int seq = 0; seq < 60; seq += 2) {
                int number = seq;
                CompletableFuture<HttpTester.Response> twin = CompletableFuture.supplyAsync(() -> pair(number), both);
                HttpTester.Response one = pair(number);
                assertEquals(200, one.getStatus(), one.getContent());
                assertEquals(200, twin.get(20, TimeUnit.SECONDS).getStatus());
                assertEquals(seq + 2, door.log().range().head());
            }
        } finally {
            both.shutdown();
        }
    }

    private HttpTester.Response pair(int seq) {
        try {
            return lines(1, seq, seq + "\n" + (seq + 1) + "\n");
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
