package io.rivulet.http;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonParser;
import io.rivulet.event.Event;
import io.rivulet.event.TopicEnd;
import io.rivulet.http.updates.Door;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.eclipse.jetty.http.HttpTester;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every form of publish that is accepted: what the request says, and what event comes of it. */
class PublishingTest {

    private Door door;

    @BeforeEach
    void start() throws Exception {
        door = Door.dev();
    }

    @AfterEach
    void stop() {
        door.close();
    }

    @Test
    void aFormHasMercuresFields() throws Exception {
        HttpTester.Response answer = door.form("topic=news&topic=alt%2F1&data=hello+you%0Atwo&id=n1&type=note"
            + "&retry=1000&private=&_mine=ignored");
        assertEquals(200, answer.getStatus(), answer.getContent());
        assertEquals("text/plain;charset=utf-8", answer.get("Content-Type"));
        assertEquals("n1\n", answer.getContent());
        Event event = door.newest();
        assertEquals(List.of("news", "alt/1"), event.topics());
        assertEquals("hello you\ntwo", event.text());
        assertEquals("n1", event.id());
        assertEquals("note", event.type());
        assertEquals(1_000, event.retryMs());
        assertTrue(event.isPrivate());
    }

    @Test
    void theNameOfTheTypeInAStreamIsAnotherNameOfIt() throws Exception {
        assertEquals(200, door.form("topic=news&event=note").getStatus());
        assertEquals("note", door.newest().type());
    }

    @ParameterizedTest
    @CsvSource({"true,true", "on,true", "1,true", "'',true", "false,false", "off,false", "0,false", "No,false"})
    void privateIsWhatItsValueSays(String value, boolean isPrivate) throws Exception {
        assertEquals(200, door.form("topic=news&private=" + value).getStatus());
        assertEquals(isPrivate, door.newest().isPrivate());
    }

    @ParameterizedTest
    @CsvSource({"true,FINISHED", "'',FINISHED", "1,FINISHED", "false,", "No,"})
    void endInAFormIsWhatItsValueSays(String value, TopicEnd end) throws Exception {
        assertEquals(200, door.form("topic=run/1&data=last&end=" + value).getStatus());
        assertEquals(end, door.newest().end());
        assertEquals("last", door.newest().text());
    }

    @Test
    void endStandsInTheQueryAndInJsonAsWell() throws Exception {
        assertEquals(200, door.send("POST /api/updates?topic=run/1&end\nContent-Type: text/plain", "x").getStatus());
        assertEquals(TopicEnd.FINISHED, door.newest().end());
        assertEquals(200, door.send("POST /api/updates\nContent-Type: application/json",
            "[{\"topic\":\"a\",\"end\":false},{\"topic\":\"run/2\",\"end\":true}]").getStatus());
        assertEquals(TopicEnd.FINISHED, door.newest().end());
        assertEquals(200, door.send("POST /api/updates\nContent-Type: application/x-ndjson",
            "{\"topic\":\"run/3\",\"data\":\"z\",\"end\":true}\n").getStatus());
        assertEquals(TopicEnd.FINISHED, door.newest().end());
        assertEquals("z", door.newest().text());
    }

    @Test
    void oneObjectIsABatchOfOne() throws Exception {
        HttpTester.Response answer = door.send("POST /api/updates\nContent-Type: application/json; charset=utf8",
            "{\"topic\":\"news\",\"data\":\"x\",\"id\":\"one\"}");
        assertEquals(200, answer.getStatus(), answer.getContent());
        assertEquals("x", door.newest().text());
    }

    @Test
    void withoutAnIdTheHubGivesOne() throws Exception {
        assertTrue(door.form("topic=news").getContent().startsWith("urn:rivulet:"));
        assertEquals("", door.newest().text());
        assertFalse(door.newest().isPrivate());
    }

    @Test
    void fieldsThatABrowserSendsBlankAreAbsent() throws Exception {
        assertEquals(200, door.form("topic=news&data=x&id=&type=&retry=").getStatus());
        assertEquals(null, door.newest().id());
        assertEquals(null, door.newest().type());
        assertEquals(0, door.newest().retryMs());
    }

    @Test
    void withATopicInTheQueryTheBodyIsTheDataByteForByte() throws Exception {
        byte[] body = "topic=no&data=no\r\n%41+ü".getBytes(StandardCharsets.UTF_8);
        for (String type : List.of("application/x-www-form-urlencoded", "application/json", "image/png")) {
            HttpTester.Response answer = door.send("POST /api/updates?topic=a%20b&topic=c&type=t&retry=99&private\n"
                + "Content-Type: " + type, body);
            assertEquals(200, answer.getStatus(), answer.getContent());
            assertArrayEquals(body, door.newest().data());
        }
        assertEquals(List.of("a b", "c"), door.newest().topics());
        assertEquals("t", door.newest().type());
        assertEquals(500, door.newest().retryMs());
        assertTrue(door.newest().isPrivate());
    }

    @Test
    void putCountsAsPostAndAnEmptyBodyIsEmptyData() throws Exception {
        assertEquals(200, door.send("PUT /api/updates?topic=news", "x").getStatus());
        assertEquals("x", door.newest().text());
        assertEquals(200, door.send("PUT /api/updates?topic=news\nContent-Length: 0", "").getStatus());
        assertEquals("", door.newest().text());
    }

    @Test
    void anArrayIsABatchWithAnIdALine() throws Exception {
        HttpTester.Response answer = door.send("POST /api/updates\nContent-Type: application/json; charset=UTF-8",
            "[{\"topic\":\"a\",\"data\":\"1\",\"id\":\"x1\"},{\"topics\":[\"b\",\"c\"],\"data\":\"\\ud83c\\udf0a\","
            + "\"private\":true,\"type\":\"t\",\"retry\":2000}]");
        assertEquals(200, answer.getStatus(), answer.getContent());
        String[] ids = answer.getContent().split("\n");
        assertEquals(2, ids.length);
        assertEquals("x1", ids[0]);
        assertEquals(2, door.published());
        assertEquals(List.of("b", "c"), door.newest().topics());
        assertEquals("🌊", door.newest().text());
        assertEquals(2_000, door.newest().retryMs());
        assertTrue(door.newest().isPrivate());
    }

    @Test
    void linesAreABatchToo() throws Exception {
        HttpTester.Response answer = door.send("POST /api/updates\nContent-Type: application/x-ndjson",
            "{\"topic\":\"a\"}\r\n\n{\"topic\":\"b\",\"data\":\"2\"}");
        assertEquals(200, answer.getStatus(), answer.getContent());
        assertEquals(2, door.published());
        assertEquals("2", door.newest().text());
    }

    @Test
    void theAnswerMayBeJson() throws Exception {
        HttpTester.Response one = door.send("POST /api/updates?topic=a&id=i1\nAccept: application/json", "x");
        assertEquals("application/json", one.get("Content-Type"));
        assertEquals("{\"id\":\"i1\"}", one.getContent());
        HttpTester.Response many = door.send("POST /api/updates\nAccept: text/html, application/json;q=0.5\n"
            + "Content-Type: application/json", "[{\"topic\":\"a\",\"id\":\"i2\"}]");
        assertEquals(List.of("i2"), JsonParser.parseString(many.getContent()).getAsJsonObject().getAsJsonArray("ids")
            .asList().stream().map(e -> e.getAsString()).toList());
    }

    @Test
    void theSameKeyAndContentIsAnsweredTheSameAndAppendedOnce() throws Exception {
        String head = "POST /api/updates?topic=a\nIdempotency-Key: k1";
        String id = door.send(head, "x").getContent();
        assertEquals(id, door.send(head, "x").getContent());
        assertEquals(1, door.log().range().head());
        assertEquals(409, door.send(head, "y").getStatus());
        assertEquals(1, door.log().range().head());
    }

    @Test
    void anIdIsAKeyButNoHeaderOfTheSameText() throws Exception {
        assertEquals("k2\n", door.form("topic=a&id=k2&data=x").getContent());
        assertEquals("k2\n", door.form("topic=a&id=k2&data=x").getContent());
        assertEquals(409, door.form("topic=a&id=k2&data=y").getStatus());
        assertEquals(1, door.log().range().head());
        assertEquals(200, door.send("POST /api/updates?topic=a\nIdempotency-Key: k2", "z").getStatus());
        assertEquals(2, door.log().range().head());
    }

    @Test
    void aBatchIsOneUnitUnderItsIds() throws Exception {
        String head = "POST /api/updates\nContent-Type: application/json";
        String batch = "[{\"topic\":\"a\",\"id\":\"b1\"},{\"topic\":\"a\",\"id\":\"b2\"}]";
        assertEquals("b1\nb2\n", door.send(head, batch).getContent());
        assertEquals("b1\nb2\n", door.send(head, batch).getContent());
        assertEquals(2, door.log().range().head());
    }

    @Test
    void aBodyInChunksIsOne() throws Exception {
        HttpTester.Response answer = door.raw(java.nio.ByteBuffer.wrap(("POST /api/updates?topic=a HTTP/1.1\r\n"
            + "Host: localhost\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\n"
            + "3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII)));
        assertEquals(200, answer.getStatus());
        assertEquals("abcdefg", door.newest().text());
    }

    @Test
    void http10Publishes() throws Exception {
        try (Door old = Tokens.door()) { // not in dev mode, which takes it for a proxy's
            HttpTester.Response answer = old.raw(java.nio.ByteBuffer.wrap(("POST /api/updates?topic=a HTTP/1.0"
                + Tokens.bearer(Tokens.of("ann", "a")).replace("\n", "\r\n") + "\r\nHost: localhost\r\n"
                + "Content-Length: 1\r\n\r\nx").getBytes(StandardCharsets.US_ASCII)));
            assertEquals(200, answer.getStatus(), answer.getContent());
            assertEquals("x", old.newest().text());
        }
    }

    @Test
    void aRetryIsClamped() throws Exception {
        door.form("topic=a&retry=0");
        assertEquals(500, door.newest().retryMs());
        door.form("topic=a&retry=99999999999999999999999999");
        assertEquals(3_600_000, door.newest().retryMs());
    }

    private static final String PARTS = "Content-Type: multipart/form-data; boundary=\"----x\"";

    /** As curl and browsers write it: a preamble that nobody needs, a file, a field of the caller's own. */
    private static String parts(String... namesAndContents) {
        StringBuilder body = new StringBuilder("preamble\r\n");
        for (int i = 0; i < namesAndContents.length; i += 2) {
            body.append("------x\r\nContent-Disposition: form-data; name=").append(namesAndContents[i])
                .append("\r\n\r\n").append(namesAndContents[i + 1]).append("\r\n");
        }
        return body + "------x--\r\nepilogue";
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/updates", "/.well-known/mercure"})
    void aFormInPartsIsAFormLikeAnyOther(String path) throws Exception {
        HttpTester.Response answer = door.send("POST " + path + "\n" + PARTS, parts("\"topic\"", "a", "topic", "b",
            "\"data\"; filename=\"C:\\x \\\"y\\\".txt\"\r\nContent-Type: text/plain", "one\r\n--\r\n------\r\nü",
            "\"id\"", "p1", "\"type\"", "note", "\"_mine\"", ""));
        assertEquals(200, answer.getStatus(), answer.getContent());
        assertEquals("p1", answer.getContent().strip());
        Event event = door.newest();
        assertEquals(List.of("a", "b"), event.topics());
        assertEquals("one\r\n--\r\n------\r\nü", event.text());
        assertEquals("note", event.type());
    }

    @Test
    void aTopicInTheQueryStandsBesideTheFieldsOfAFormInParts() throws Exception {
        HttpTester.Response answer = door.send("POST /api/updates?topic=n&type=t\n" + PARTS,
            parts("\"data\"", "hello", "\"private\"", "true"));
        assertEquals(200, answer.getStatus(), answer.getContent());
        assertEquals("hello", door.newest().text());
        assertEquals(List.of("n"), door.newest().topics());
        assertEquals("t", door.newest().type());
        assertTrue(door.newest().isPrivate());
        assertEquals(200, door.send("POST /api/updates?topic=n\n" + PARTS, "------x--").getStatus());
        assertEquals("", door.newest().text());
    }

    @Test
    void aPartMayHaveACharacterSetOfItsOwnAndNoContent() throws Exception {
        byte[] body = ("------x\r\nContent-Disposition: form-data; name=data\r\nContent-Type: text/plain;charset="
            + "iso-8859-1\r\n\r\n\u00e4\r\n------x  \r\ncontent-disposition:form-data;name=type\r\n\r\n------x--")
            .getBytes(StandardCharsets.ISO_8859_1);
        HttpTester.Response answer = door.send("POST /api/updates?topic=n\n" + PARTS, body);
        assertEquals(200, answer.getStatus(), answer.getContent());
        assertEquals("ä", door.newest().text());
        assertEquals(null, door.newest().type());
    }

    @ParameterizedTest
    @CsvSource({"utf-16,UTF-16", "UTF-16LE,UTF-16LE", "'\"utf-16be\"',UTF-16BE", "iso-8859-1,ISO-8859-1",
        "windows-1252,windows-1252", "us-ascii,UTF-8", "utf8,UTF-8"})
    void textOfAnotherCharacterSetIsConverted(String said, String charset) throws Exception {
        byte[] raw = "Grüße".getBytes(charset);
        HttpTester.Response answer = door.send("POST /api/updates?topic=n\nContent-Type: text/plain; charset=" + said,
            raw);
        assertEquals(200, answer.getStatus(), answer.getContent());
        assertEquals("Grüße", door.newest().text());
        byte[] json = "[{\"topic\":\"n\",\"data\":\"süß\"}]".getBytes(charset);
        answer = door.send("POST /api/updates\nContent-Type: application/json; charset=" + said, json);
        assertEquals(200, answer.getStatus(), answer.getContent());
        assertEquals("süß", door.newest().text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"/api/updates", "/.well-known/mercure"})
    void aFormOfAnotherCharacterSetIsConverted(String path) throws Exception {
        assertEquals(200, door.send("POST " + path + "\nContent-Type: application/x-www-form-urlencoded;charset="
            + "ISO-8859-1", "topic=n&data=%FC+u").getStatus());
        assertEquals("ü u", door.newest().text());
    }
}
