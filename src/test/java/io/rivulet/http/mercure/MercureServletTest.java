package io.rivulet.http.mercure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.http.updates.Door;
import org.eclipse.jetty.http.HttpTester;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The hub as Mercure has it: what is asked, how it is refused, what a publish answers. */
class MercureServletTest {

    private static final String PATH = "/.well-known/mercure";
    private static final String POST = "POST " + PATH + "\nContent-Type: application/x-www-form-urlencoded";

    private static Door door;

    @BeforeAll
    static void open() throws Exception {
        door = Door.dev("matchers.max", "3", "topic.bytes.max", "60");
    }

    @AfterAll
    static void close() {
        door.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"match=a", "match=*", "match_exact=a+b", "match_urlpattern=/books/:id", "match=a&match=a",
        "match=a&match_exact=b&match_urlpattern=c", "match=a&unknown=1&since=never&heartbeat=9999",
        "match=a&lastEventID=x",
        "match", "match=&match=a", "match_urlpattern=", "match=a&x=%FF&%C3=y&last=%FF",
        "match=a&access_token=x&authorization=y"})
    void matchersOfThreeKindsInAnyMixAreTakenAndUnknownParametersIgnored_SUB_04(String query) throws Exception {
        String answer = door.head(PATH + "?" + query);
        assertTrue(answer.startsWith("HTTP/1.1 200"), answer);
        assertTrue(answer.contains("Content-Type: text/event-stream;charset=utf-8\r\n"), answer);
        assertTrue(!answer.contains("Last-Event-ID"), answer);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "x=1|no match parameter", "match=a&last_event_id=%FF|last_event_id is no valid UTF-8",
        "Match=a|Match is no matcher", "MATCH=a|MATCH is no matcher",
        "matchurlpattern=a|is no matcher", "match=b&match_exactly=a|match_exactly is no matcher",
        "matchRegexp=a|is no matcher", "matches=a|is no matcher", "match=%0A|U+000A", "match=%E2%80%8B|U+200B",
        "match=%FF|UTF-8", "match_urlpattern=%28|URL pattern", "match=a&match=b&match=c&match=d|rivulet.matchers.max",
        "match=1234567890123456789012345678901234567890123456789012345678901|61 bytes",
        "topic=a|rivulet.mercure.legacy=true", "match=a&topic=a|rivulet.mercure.legacy=true"})
    void whatCannotBeMatchedIsRefused_SUB_05_06_07_08_09(String query, String part) throws Exception {
        HttpTester.Response answer = door.get(PATH + "?" + query);
        assertEquals(400, answer.getStatus());
        assertTrue(answer.getContent().contains(part), answer.getContent());
    }

    /** A stream keeps them while it lasts: a hundred of the longest would be far more than what is reckoned for one. */
    @Test
    void theTextsOfAllMatchersTogetherAreBounded() throws Exception {
        String head = "QUERY " + PATH + "\nContent-Type: application/x-www-form-urlencoded\nLast-Event-ID: earliest";
        try (Door usual = Door.dev()) {
            String many = ("match=" + "x".repeat(4_000) + '&').repeat(17);
            HttpTester.Response answer = usual.send(head, many);
            assertEquals(400, answer.getStatus());
            assertTrue(answer.getContent().contains("65536"), answer.getContent());
            try (Door.Reading few = usual.reading("GET " + PATH + "?match=" + "x".repeat(4_000))) {
                few.awaitLine("HTTP/1.1 200");
            }
        }
    }

    @Test
    void whatAllPatternsTogetherTakeOnceCompiledIsBounded() throws Exception {
        try (Door usual = Door.dev()) {
            StringBuilder many = new StringBuilder("GET /api/updates?topic=a");
            for (int i = 0; i < 99; i++) {
                many.append("&topic=%7Bx").append(i).append(":1000%7D");
            }
            HttpTester.Response answer = usual.send(many.toString(), "");
            assertEquals(400, answer.getStatus());
            assertTrue(answer.getContent().contains("together they may take 524288"), answer.getContent());
            try (Door.Reading one = usual.reading("GET /api/updates?topic=a&topic=%7Bx0:1000%7D")) {
                one.awaitLine("HTTP/1.1 200");
            }
        }
    }

    @Test
    void queryAsksForTheUnionOfQueryAndBody_SUB_02() throws Exception {
        String head = "QUERY " + PATH + "?match=a\nContent-Type: application/x-www-form-urlencoded; charset=utf-8";
        HttpTester.Response answer = door.send(head + "\nTest-Take: head", "matches=b");
        assertEquals(400, answer.getStatus());
        assertTrue(answer.getContent().contains("matches is no matcher"), answer.getContent());
        assertEquals(415, door.send("QUERY " + PATH + "?match=a\nContent-Type: text/plain", "match=b").getStatus());
        assertEquals(413, door.send(head + "\nContent-Length: 9999999", "x").getStatus());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "topic=a&data=1&id=x|x", "topic=a&id=x|x", "topic=a&id=%C3%A4+%E2%82%AC|\u00e4 \u20ac",
        "topic=a&id=urn:rivulet:mine|urn:rivulet:mine", "topic=a&type=open&id=y&retry=0&private=off&foo=1&foo=2|y",
        "topic=a&topic=b&id=z&retry=12345678901234567890|z"})
    void aPublishAnswersItsIdAsText_PUB_09_11_14_15(String form, String id) throws Exception {
        HttpTester.Response answer = door.send(POST + "\nAccept: application/json", form);
        assertEquals(200, answer.getStatus(), answer.getContent());
        assertTrue(answer.get("Content-Type").replace(" ", "").equalsIgnoreCase("text/plain;charset=utf-8"));
        assertEquals(id, answer.getContent());
    }

    @Test
    void anIdMayRepeatAndIsAppendedEachTime() throws Exception {
        long before = door.published();
        for (int i = 0; i < 2; i++) {
            assertEquals("again", door.send(POST, "topic=a&data=" + i + "&id=again").getContent());
        }
        assertEquals(before + 2, door.published());
    }

    @Test
    void withAKeyARepeatIsAppendedOnce() throws Exception {
        long before = door.published();
        String first = door.send(POST + "\nIdempotency-Key: k1", "topic=a&data=1").getContent();
        assertEquals(first, door.send(POST + "\nIdempotency-Key: k1", "topic=a&data=1").getContent());
        assertEquals(before + 1, door.published());
    }

    @Test
    void dataIsOptionalAndPrivateCountsByBeingThere_PUB_07_08() throws Exception {
        assertEquals(200, door.send(POST, "topic=a&private=0").getStatus());
        assertEquals("", door.newest().text());
        assertTrue(door.newest().isPrivate());
        assertEquals(200, door.send(POST, "topic=a").getStatus());
        assertTrue(!door.newest().isPrivate());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
        "data=x|400|no topic", "``|400|no topic", "topic=|400|topic", "topic=*|400|reserved", "topic=a%00|400|U+0000",
        "topic=/.well-known/mercure/x|400|namespace", "topic=a&id=earliest|400|reserved",
        "topic=a&id=%23x|400|reserved",
        "topic=a&id=a%0Ab|400|U+000A", "topic=a&type=mercure|400|reserved", "topic=a&type=rivulet.x|400|reserved",
        "topic=a&type=%E2%80%8B|400|U+200B", "topic=a&retry=1s|400|digits", "topic=a&retry=-1|400|digits",
        "topic=a&data=%C3|400|UTF-8",
        "topic=1234567890123456789012345678901234567890123456789012345678901|413|61 bytes"})
    void aFormWithOneFaultIsRefused_PUB_02_04_05_06_09_12_13_17(String form, int status, String part) throws Exception {
        HttpTester.Response answer = door.send(POST, form);
        assertEquals(status, answer.getStatus());
        assertTrue(answer.getContent().contains(part), answer.getContent());
    }

    @Test
    void fieldsComeFromTheBodyOnlyAndAnotherContentTypeHasNoTopic_PUB_02_19() throws Exception {
        String wrong = "POST " + PATH + "?topic=a\nContent-Type: ";
        for (String type : new String[] {"text/plain", "application/json", "multipart/mixed; boundary=x"}) {
            HttpTester.Response answer = door.send(wrong + type, "topic=a");
            assertEquals(400, answer.getStatus(), type);
            assertTrue(answer.getContent().contains("no topic"), answer.getContent());
        }
        assertEquals(400, door.send("POST " + PATH + "?topic=a\nContent-Type: application/x-www-form-urlencoded",
            "data=x").getStatus());
        assertEquals(200, door.send(wrong + "Application/X-WWW-Form-URLEncoded", "topic=a").getStatus());
    }

    @Test
    void aCursorIsAnsweredWithThePlaceWhereTheStreamBegins_REC_06() throws Exception {
        String id = door.send(POST, "topic=place&data=1&id=%C3%A9t%C3%A9").getContent();
        assertEquals("\u00e9t\u00e9", id);
        String known = door.head(PATH + "?match=place&last_event_id=%C3%A9t%C3%A9");
        assertTrue(known.contains("Mercure-Last-Event-ID: "), known);
        assertEquals("earliest", header(door.head(PATH + "?match=place&last_event_id=unknown")));
        assertEquals("earliest", header(door.head(PATH + "?match=place&last_event_id=earliest")));
        assertTrue(header(door.head(PATH + "?match=place&last_event_id=")).startsWith("urn:rivulet:"));
        assertNull(header(door.head(PATH + "?match=place")));
    }

    @Test
    void otherMethodsAreNamed() throws Exception {
        HttpTester.Response answer = door.send("PUT " + PATH, "topic=a");
        assertEquals(405, answer.getStatus());
        assertEquals("GET, HEAD, POST, QUERY, OPTIONS", answer.get("Allow"));
        assertEquals("GET, HEAD, POST, QUERY, OPTIONS", door.send("OPTIONS " + PATH, "").get("Allow"));
    }

    private static String header(String answer) {
        return answer.lines().filter(line -> line.startsWith("Mercure-Last-Event-ID: "))
            .map(line -> line.substring("Mercure-Last-Event-ID: ".length())).findFirst().orElse(null);
    }
}
