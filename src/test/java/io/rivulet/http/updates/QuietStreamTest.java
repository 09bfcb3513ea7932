package io.rivulet.http.updates;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.hub.dialect.PlainDialect;
import io.rivulet.hub.dialect.QuietDialect;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpTester;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code hello=false}: a stream whose events are all published ones, for programs that take each for one. */
class QuietStreamTest {

    @Test
    void theFirstDataIsThatOfAPublishedEvent() throws Exception {
        try (Door door = Door.dev()) {
            String id = door.form("topic=news&data=first").getContent().strip();
            try (Door.Reading stream = door.reading("GET /api/updates?topic=news&hello=false&since=earliest")) {
                assertEquals("data: first", stream.awaitLine("data: "));
                assertEquals("id: " + id, stream.awaitLine("id: "));
                assertFalse(stream.text().contains("rivulet.") || stream.text().contains("secret"), stream.text());
            }
            try (Door.Reading stream = door.reading("GET /api/updates?topic=news&hello=false"
                + "&since=earliest&envelope=json")) {
                assertTrue(stream.awaitLine("data: ").contains("\"data\":\"first\""), stream.text());
            }
            try (Door.Reading stream = door.reading("GET /api/updates?topic=news&hello=true")) {
                assertEquals("event: rivulet.hello", stream.awaitLine("event: "));
            }
        }
    }

    @Test
    void aLossIsToldInACommentAndWithoutABlankLine() {
        assertEquals(": rivulet.gap missed=7\n", text(false, 7L));
        assertEquals(": rivulet.gap transient\n", text(true, null));
    }

    private static String text(boolean isTransient, Long missed) {
        byte[] gap = new QuietDialect(new PlainDialect()).gap(isTransient, missed, "id");
        return new String(gap, StandardCharsets.US_ASCII);
    }

    @ParameterizedTest
    @CsvSource({"hello=no,hello is no; it must be true or false", "hello=false&hello=true,given 2 times",
        "hello=false&heartbeat=event,hello=false for none"})
    void whatCannotBeMeantIsRefused(String query, String why) throws Exception {
        try (Door door = Door.dev()) {
            HttpTester.Response answer = door.get("/api/updates?topic=news&" + query);
            assertEquals(400, answer.getStatus());
            assertTrue(answer.getContent().contains(why), answer.getContent());
        }
    }
}
