package io.rivulet.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.rivulet.http.updates.Door;
import java.io.Closeable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.HttpTester;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Publishes that are refused: with which status, in which words, and that nothing of them is published. */
class PublishRefusalsTest {

    private static final String FORM = "POST /api/updates\nContent-Type: application/x-www-form-urlencoded";
    private static final String JSON = "POST /api/updates\nContent-Type: application/json";
    private static final String LINES = "POST /api/updates\nContent-Type: application/x-ndjson";

    private static Door door;

    @BeforeAll
    static void start() throws Exception {
        door = Door.dev("body.max", "2k", "topics.max", "3", "batch.max", "3", "topic.bytes.max", "20",
            "id.bytes.max", "16");
    }

    @AfterAll
    static void stop() {
        assertEquals(0, door.published());
        door.close();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "data=x|400|has no topic", "topic=&data=x|400|empty", "topic=*|400|reserved", "topic=a%0Ab|400|U+000A",
        "topic=a%00|400|U+0000", "topic=a%E2%80%AE|400|U+202E", "topic=mercure/x|400|namespace",
        "topic=a&id=x%0Ay|400|no printable ASCII", "topic=a&id=x%0Dy|400|no printable ASCII",
        "topic=a&id=x%00|400|no printable ASCII", "topic=a&id=%C3%A4|400|no printable ASCII",
        "topic=a&id=+x|400|space", "topic=a&id=x+|400|space", "topic=a&id=earliest|400|reserved",
        "topic=a&id=%23x|400|reserved", "topic=a&id=urn:rivulet:x|400|urn:rivulet:",
        "topic=a&type=open|400|open", "topic=a&type=error|400|error", "topic=a&type=mercure|400|reserved",
        "topic=a&type=rivulet.hello|400|reserved", "topic=a&type=x%0Aid:9|400|U+000A",
        "topic=a&retry=1x|400|digits", "topic=a&retry=-1|400|digits", "topic=a&retry=%D9%A1|400|digits",
        "topic=a&data=%FF|400|UTF-8", "topic=a&data=1&data=2|400|data is given 2 times",
        "topic=a&id=1&id=2|400|id is given 2 times", "topic=a&end=maybe|400|end is maybe; it must be true or false",
        "topic=a&topic=b&end|400|the event has end and 2 topics; an end is of exactly one topic",
        "topic=a&topic=b&topic=c&topic=d|413|4 topics; at most 3 are allowed (rivulet.topics.max)",
        "topic=123456789012345678901|413|21 bytes; at most 20 are allowed (rivulet.topic.bytes.max)",
        "topic=a&id=12345678901234567|413|17 bytes; at most 16 are allowed (rivulet.id.bytes.max)",
        "topic=a&type=12345678901234567|413|17 bytes; at most 16 are allowed (rivulet.id.bytes.max)"})
    void aFormWithOneFaultIsRefused(String form, int status, String part) throws Exception {
        assertRefused(status, part, door.send(FORM, form));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "``|400|no valid JSON", "{}|400|event 1: the event has no topic", "7|400|the body is a number",
        "[]|400|no event", "[1]|400|an event is a number",
        "[{}]|400|no topic", "[{\"topic\":1}]|400|topic is a number; it must be a string",
        "[{\"topic\":\"a\",\"data\":{}}]|400|data is an object; it must be a string",
        "[{\"topic\":\"a\",\"data\":null}]|400|data is null; it must be a string",
        "[{\"topic\":\"a\",\"data\":7}]|400|data is a number; it must be a string",
        "[{\"topic\":\"a\",\"data\":[\"x\"]}]|400|data is an array; it must be a string",
        "[{\"topic\":\"a\",\"data\":true}]|400|data is a boolean; it must be a string",
        "[{\"topics\":\"a\"}]|400|topics is a string; it must be an array",
        "[{\"topics\":[1]}]|400|a topic is a number", "[{\"topics\":[]}]|400|no topic",
        "[{\"topic\":\"a\",\"topics\":[\"b\"]}]|400|twice", "[{\"topic\":\"a\",\"topic\":\"b\"}]|400|twice",
        "[{\"topic\":\"a\",\"private\":1}]|400|private is a number; it must be true or false",
        "[{\"topic\":\"a\",\"lease\":30}]|400|lease is a number; it must be a string",
        "[{\"topic\":\"a\",\"lease\":\"30\"}]|400|it must be a time such as 500ms",
        "[{\"topic\":\"a\",\"lease\":\"25h\"}]|400|of 90000000 ms; it must be of 1000 ms to 24 hours",
        "[{\"topics\":[\"a\",\"b\"],\"lease\":\"1m\"}]|400|event 1: the event has a lease and 2 topics",
        "[{\"topic\":\"a\",\"end\":1}]|400|end is a number; it must be true or false",
        "[{\"topics\":[\"a\",\"b\"],\"end\":true}]|400|event 1: the event has end and 2 topics",
        "[{\"topic\":\"a\",\"retry\":\"1\"}]|400|retry is a string; it must be a number",
        "[{\"topic\":\"a\",\"retry\":1.5}]|400|digits", "[{\"topic\":\"a\",\"retry\":-1}]|400|digits",
        "[{\"topic\":\"a\",\"id\":\"\"}]|400|id is empty", "[{\"topic\":\"a\",\"colour\":\"x\"}]|400|colour is unknown",
        "[{\"topic\":\"a\",\"dat\":\"x\"}]|400|dat is unknown; perhaps data is meant",
        "[{\"topic\":\"a\",\"type\":\"x\",\"event\":\"y\"}]|400|two names of one field",
        "[{\"topic\":\"a\",\"data\":\"\\ud800\"}]|400|surrogate", "[{\"topic\":\"a\"}] x|400|no valid JSON",
        "[{\"topic\":\"a\"},]|400|the body is no valid JSON: it cannot be read at line 1, column",
        "[{'topic':'a'}]|400|no valid JSON", "[{\"topic\":\"a\"}|400|JSON",
        "[{\"topic\":\"a\"},{\"topic\":\"b\",\"type\":\"open\"}]|400|event 2: the type",
        "[{\"topic\":\"a\"},{\"topic\":\"mercure\"}]|400|event 2: a topic lies in the namespace",
        "[{\"topic\":\"a\"},{\"topic\":\"a\"},{\"topic\":\"a\"},{\"topic\":\"a\"}]|413|holds 4 events; at most 3"})
    void anArrayWithOneFaultIsRefusedAsAWhole(String json, int status, String part) throws Exception {
        assertRefused(status, part, door.send(JSON, json == null ? " " : json));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "{\"topic\":\"a\"};x|400|line 2 is no valid JSON", "{\"topic\":\"a\"};[]|400|event 2: an event is an array",
        "{\"topic\":\"a\"}{\"topic\":\"b\"}|400|line 1 is no valid JSON", ";;|400|no event",
        "{\"topic\":\"a\"};{\"topic\":\"a\"};{\"topic\":\"a\"};;{\"topic\":\"a\"}|413|holds 4 events; at most 3"})
    void linesWithOneFaultAreRefusedAsAWhole(String lines, int status, String part) throws Exception {
        assertRefused(status, part, door.send(LINES, lines.replace(';', '\n')));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {
        "POST /api/updates|415|content type is missing",
        "POST /api/updates;Content-Type: text/plain|415|text/plain",
        "POST /api/updates;Content-Type: application/x-www-form-urlencoded; charset=utf-16|415|is ASCII",
        "POST /api/updates?topic=a;Content-Type: text/plain; charset=klingon|415|charset=klingon; only utf-8",
        "POST /api/updates?topic=a;Content-Encoding: gzip|415|the Content-Encoding gzip",
        "POST /.well-known/mercure;Content-Encoding: br|415|the Content-Encoding br",
        "POST /api/updates?topic=a;Content-Type: text/plain; charset=utf-16le|400|no valid UTF-16LE",
        "POST /api/updates;Content-Type: multipart/form-data|400|has no boundary",
        "POST /.well-known/mercure;Content-Type: multipart/form-data|400|has no boundary",
        "POST /api/updates;Content-Type: multipart/form-data; boundary=b|400|a boundary",
        "POST /api/updates?type=x;Content-Type: application/x-www-form-urlencoded|400|the query has type but no topic",
        "POST /api/updates?end;Content-Type: application/x-www-form-urlencoded|400|the query has end but no topic",
        "POST /api/updates?topic=a&data=x|400|data stands in the query",
        "POST /api/updates?topic=%FF|400|UTF-8", "POST /api/updates?topic=a&topic=*|400|reserved",
        "POST /api/updates?topic=a;Idempotency-Key: 12345678901234567|400|17 bytes; at most 16",
        "POST /api/updates?topic=a;Idempotency-Key: ä|400|printable ASCII",
        "POST /api/updates?topic=a;Idempotency-Key: 1;Idempotency-Key: 2|400|2 times",
        "POST /api/updates?topic=a;Content-Length: 2049|413|2049 bytes; at most 2048 are allowed (rivulet.body.max)"})
    void aHeadWithOneFaultIsRefused(String head, int status, String part) throws Exception {
        String lines = head.replaceAll(";(?=[A-Z])", "\n");
        assertRefused(status, part, door.send(lines, head.contains("Content-Length") ? "" : "x"));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "name=topics;;a|400|the field topics is unknown; perhaps topic is meant",
        "filename=x;;a|400|part 1 has no name",
        "name=topic;a: b|400|headers of part 1 have no end", "name=topic;;a;--b|400|a boundary",
        "name=data;;x|400|has no topic",
        "name=topic;Content-Transfer-Encoding: base64;;YQ==|415|Content-Transfer-Encoding base64",
        "name=topic;Content-Type: text/plain; charset=x;;a|415|charset=x"})
    void aFormInPartsWithOneFaultIsRefused(String part, int status, String words) throws Exception {
        String text = "--b\r\nContent-Disposition: form-data; " + part.replaceAll("; (?=c)", ",,").replace(";", "\r\n")
            .replace(",,", "; ");
        assertRefused(status, words, door.send("POST /api/updates\nContent-Type: multipart/form-data; boundary=b",
            text + (part.endsWith("--b") ? "" : "\r\n--b--")));
    }

    @Test
    void aFormInPartsIsBoundedInAllThatItHas() throws Exception {
        String head = "POST /api/updates\nContent-Type: multipart/form-data; boundary=";
        try (Door roomy = Door.dev("topics.max", "3")) {
            assertRefused(413, "more than 103 parts", roomy.send(head + "b", ("--b\r\n" // three topics, 100 others
                + "Content-Disposition:form-data;name=\r\n\r\n\r\n").repeat(104) + "--b--"));
        }
        assertRefused(400, "71 characters; at most 70", door.send(head + "b".repeat(71), "x"));
        assertRefused(413, "3200 bytes in UTF-8; at most 2048", door.send("POST /api/updates?topic=a\n"
            + "Content-Type: text/plain; charset=iso-8859-1", "\u00e4".repeat(1_600).getBytes(
                StandardCharsets.ISO_8859_1)));
    }

    @Test
    void aBodyInChunksIsRefusedOnceItIsTooLong() throws Exception {
        assertRefused(413, "more than 2048 bytes", chunks("POST /api/updates?topic=a", "801\r\n" + "x".repeat(2049)
            + "\r\n0\r\n\r\n"));
    }

    @Test
    void aBodyThatEndsEarlyPublishesNothing() throws Exception {
        String head = "POST /api/updates?topic=a HTTP/1.1\r\nHost: localhost\r\n";
        for (String rest : new String[] {"Transfer-Encoding: chunked\r\n\r\n5\r\nab",
            "Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n", "Content-Length: 9\r\n\r\nshort"}) {
            HttpTester.Response answer = door.cut(head + rest);
            assertTrue(answer == null || answer.getStatus() == 400, rest);
            assertEquals(0, door.published());
        }
        assertEquals(200, door.get("/health/ready").getStatus());
    }

    @Test
    void aBodyThatDoesNotComeIsGivenUp() throws Exception {
        assertRefused(400, "did not come within 500 ms; 3 bytes came", door.drip("POST /hasty?topic=a HTTP/1.1\r\n"
            + "Host: localhost\r\nContent-Length: 9\r\n\r\nabc"));
    }

    @Test
    void publishersWhoDripHoldNoThread() throws Exception {
        List<Closeable> dripping = new ArrayList<>();
        for (int i = 0; i < 2 * Door.THREADS; i++) {
            dripping.add(door.begin("POST /api/updates?topic=a HTTP/1.1\r\nHost: localhost\r\n"
                + "Content-Length: 9\r\n\r\nabc"));
        }
        assertEquals(200, door.get("/health/live").getStatus());
        for (Closeable one : dripping) {
            one.close();
        }
        assertEquals(0, door.published());
    }

    @Test
    void dataThatIsNoUtf8IsRefusedInEveryForm() throws Exception {
        byte[] bad = {'[', '"', (byte) 0xff};
        assertRefused(400, "UTF-8", door.send("POST /api/updates?topic=a", bad));
        assertRefused(400, "UTF-8", door.send(JSON, bad));
        assertRefused(400, "UTF-8", door.send(LINES, bad));
        assertRefused(400, "UTF-8", door.send(FORM, bad));
    }

    @Test
    void asMuchAsTheLimitsAllowIsPublished() throws Exception {
        try (Door roomy = Door.dev("body.max", "2k", "topics.max", "3", "batch.max", "3", "topic.bytes.max", "20",
            "id.bytes.max", "16")) {
            assertEquals(200, roomy.send("POST /api/updates?topic=a", "x".repeat(2_048)).getStatus());
            assertEquals(200, roomy.send(FORM, "topic=12345678901234567890&topic=b&topic=c&id=1234567890123456"
                + "&type=1234567890123456").getStatus());
            assertEquals(200, roomy.send(JSON, "[{\"topic\":\"a\"},{\"topic\":\"a\"},{\"topic\":\"a\"}]").getStatus());
            assertEquals(5, roomy.published());
        }
    }

    private static HttpTester.Response chunks(String line, String body) throws Exception {
        return door.raw(ByteBuffer.wrap((line + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n"
            + "Connection: close\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII)));
    }

    private static void assertRefused(int status, String part, HttpTester.Response answer) {
        assertEquals(status, answer.getStatus(), answer.getContent());
        assertEquals("application/problem+json", answer.get("Content-Type"));
        String detail = JsonParser.parseString(answer.getContent()).getAsJsonObject().get("detail").getAsString();
        assertTrue(detail.contains(part), detail);
        assertEquals(0, door.published());
    }
}
