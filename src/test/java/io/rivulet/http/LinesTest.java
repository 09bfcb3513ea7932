package io.rivulet.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.event.TopicEnd;
import io.rivulet.http.updates.Door;
import io.rivulet.metrics.Metrics.Count;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.eclipse.jetty.http.HttpTester;
import org.junit.jupiter.api.Test;

/** Bodies that are published line by line, without a network: how they become commits, and what ends them. */
class LinesTest {

    private static final String LINES = "POST /api/updates?stream=lines&topic=a";

    private static String lines(int n) {
        return IntStream.rangeClosed(1, n).mapToObj(i -> "line " + i + "\n").collect(Collectors.joining());
    }

    @Test
    void linesThatCameTogetherAreOneCommit() throws Exception {
        try (Door door = Door.dev()) {
            HttpTester.Response answer = door.send(LINES, lines(100));
            assertEquals(200, answer.getStatus(), answer.getContent());
            assertEquals("application/json", answer.get("Content-Type"));
            assertTrue(answer.getContent().endsWith("\"count\":100}"), answer.getContent());
            assertEquals(100, door.published());
            assertEquals("line 100", door.newest().text());
            assertEquals(1, door.metrics.get(Count.COMMITS));
        }
    }

    @Test
    void anEmptyBodyIsNoLine() throws Exception {
        try (Door door = Door.dev()) {
            assertEquals("{\"first\":null,\"last\":null,\"count\":0}", door.send(LINES + "\nContent-Length: 0", "")
                .getContent());
            assertEquals(0, door.published());
            assertEquals(200, door.send(LINES, "\n").getStatus());
            assertEquals(1, door.published());
            assertEquals("", door.newest().text());
        }
    }

    @Test
    void aBodyThatPausesForTooLongIsEnded() throws Exception {
        try (Door door = Door.dev("stream.idle", "1s")) {
            HttpTester.Response answer = door.drip(LINES + " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99\r\n\r\n"
                + "one\nhalf");
            assertEquals(400, answer.getStatus(), answer.getContent());
            assertTrue(answer.getContent().contains("nothing of the body has come for 1000 ms (rivulet.stream.idle)"),
                answer.getContent());
            assertTrue(answer.getContent().contains("\"taken\":1"), answer.getContent());
            assertEquals("one", door.newest().text());
        }
    }

    /** 429 would end the pipe that a person has set up; TCP slows it down instead. */
    @Test
    void whoSendsFasterThanItsRateIsSlowedAndNotRefused() throws Exception {
        try (Door door = Tokens.door("publish.rate", "400", "publish.burst", "400")) {
            HttpTester.Response answer = door.send(LINES + Tokens.bearer(Tokens.of("ann", "a")), lines(900));
            assertEquals(200, answer.getStatus(), answer.getContent());
            assertEquals(900, door.published());
            assertTrue(door.metrics.get(Count.COMMITS) >= 3, "no commit has more than the burst");
        }
    }

    @Test
    void aCharacterSetOfItsOwnIsConvertedLineByLineOrRefused() throws Exception {
        try (Door door = Door.dev()) {
            byte[] latin = "\u00e9\r\n\u00e8".getBytes(StandardCharsets.ISO_8859_1);
            assertEquals(200, door.send(LINES + "\nContent-Type: text/plain; charset=iso-8859-1", latin).getStatus());
            assertEquals("\u00e8", door.newest().text());
            assertEquals(415, door.send(LINES + "\nContent-Type: text/plain; charset=utf-16", "x").getStatus());
        }
    }

    @Test
    void theTopicEndsWithTheLastLineOfTheBody() throws Exception {
        try (Door door = Door.dev()) {
            HttpTester.Response answer = door.send(LINES + "&end", "one\ntwo\n");
            assertTrue(answer.getContent().endsWith("\"count\":2}"), answer.getContent());
            assertEquals(2, door.published());
            assertEquals("two", door.newest().text());
            assertEquals(TopicEnd.FINISHED, door.newest().end());
            answer = door.send("POST /api/updates?stream=lines&topic=b&end\nContent-Length: 0", "");
            assertTrue(answer.getContent().endsWith("\"count\":0}"), answer.getContent());
            assertEquals(3, door.published());
            assertEquals("FINISHED", door.newest().end() + door.newest().text());
            assertEquals(400, door.send("POST /api/updates?stream=lines&topic=b&topic=c&end", "x").getStatus());
        }
    }

    @Test
    void whoPublishesToACancelledTopicIsToldWithTheNextLineAndMayStillEndIt() throws Exception {
        try (Door door = Door.dev()) {
            assertEquals(200, door.send(LINES, "one\n").getStatus());
            assertTrue(door.send("POST /api/topics/cancel?topic=a\nContent-Length: 0", "").getStatus() < 300);
            HttpTester.Response answer = door.send(LINES, "two\n");
            assertEquals(409, answer.getStatus(), answer.getContent());
            assertTrue(answer.getContent().contains("\"cancelled\":true"), answer.getContent());
            answer = door.send(LINES + "&end", "the last word\n");
            assertEquals(200, answer.getStatus(), answer.getContent());
            assertEquals("the last word", door.newest().text());
        }
    }

    @Test
    void aKeyOfOnePublishIsRefused() throws Exception {
        try (Door door = Door.dev()) {
            HttpTester.Response answer = door.send(LINES + "\nIdempotency-Key: x", "x");
            assertEquals(400, answer.getStatus());
            assertTrue(answer.getContent().contains("is for one event or batch"), answer.getContent());
        }
    }
}
