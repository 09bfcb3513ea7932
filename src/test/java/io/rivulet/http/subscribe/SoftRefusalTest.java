package io.rivulet.http.subscribe;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.http.updates.Door;
import org.eclipse.jetty.http.HttpTester;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The answer to a browser's EventSource that cannot be served now: a stream that ends, so that it comes back. */
class SoftRefusalTest {

    private static final String BROWSER = "\nAccept: text/event-stream\nCache-Control: no-cache";
    private static final String MERCURE = "GET /.well-known/mercure";
    private static final String START = "Mercure-Last-Event-ID";

    @Test
    void aHubThatEndsSendsClientsAwayForLongerThanOneThatOpens() throws Exception {
        try (Door opening = Door.opening()) {
            assertRetry(2_000, 4_000, opening.send("GET /api/updates?topic=a" + BROWSER, ""));
        }
        try (Door door = Door.dev()) {
            door.hub.close();
            assertRetry(12_000, 18_000, door.send("GET /api/updates?topic=a" + BROWSER, ""));
            assertRetry(12_000, 18_000, door.send(MERCURE + "?match=a" + BROWSER, ""));
        }
    }

    /** go-sse and reqwest-eventsource send no Cache-Control, and give up for good at a 503. */
    @Test
    void whileTheStoreOpensLibrariesAreToldAsBrowsersAreAndOthersByTheStatus() throws Exception {
        try (Door opening = Door.opening()) {
            assertRetry(2_000, 4_000, opening.send("GET /api/updates?topic=a\nAccept: text/event-stream", ""));
            assertRetry(2_000, 4_000, opening.send(MERCURE + "?match=a\nAccept: text/event-stream", ""));
            for (String accept : new String[] {"", "\nAccept: */*", "\nAccept: text/html\nCache-Control: no-cache"}) {
                assertEquals(503, opening.send("GET /api/updates?topic=a" + accept, "").getStatus(), accept);
            }
        }
    }

    /** Nothing came after the id that the client has, so its stream begins right behind that. */
    @ParameterizedTest
    @CsvSource({"?match=a&last_event_id=urn:x:1, urn:x:1", "?match=a&last_event_id=, earliest",
        "?match=a&last_event_id=earliest, earliest", "?match=a&last_event_id=a%0D%0AX-Forged:%20b, earliest",
        "?match=a&lastEventId=7, 7"})
    void atMercuresPathAClientWithACursorIsToldWhereItBeginsAlsoWhileTheStoreOpens_REC_06(String query, String told)
        throws Exception {
        try (Door opening = Door.opening()) {
            HttpTester.Response answer = opening.send(MERCURE + query + BROWSER, "");
            assertRetry(2_000, 4_000, answer);
            assertEquals(told, answer.get(START));
            assertNull(answer.get("X-Forged"));
        }
    }

    @Test
    void theHeaderWinsAndWithoutACursorThereIsNone_REC_06() throws Exception {
        try (Door opening = Door.opening()) {
            assertEquals("h", opening.send(MERCURE + "?match=a&last_event_id=q" + BROWSER + "\nLast-Event-ID: h", "")
                .get(START));
            assertNull(opening.send(MERCURE + "?match=a" + BROWSER, "").get(START));
            assertNull(opening.send("GET /api/updates?topic=a&last_event_id=q" + BROWSER, "").get(START));
            String query = "QUERY /.well-known/mercure\nContent-Type: application/x-www-form-urlencoded" + BROWSER;
            assertEquals("b", opening.send(query, "match=a&last_event_id=b").get(START));
        }
    }

    private static void assertRetry(int least, int most, HttpTester.Response answer) {
        assertEquals(200, answer.getStatus());
        String text = answer.getContent();
        assertTrue(text.matches("retry: [0-9]+\n:\n"), text);
        int ms = Integer.parseInt(text.substring(7, text.indexOf('\n')));
        assertTrue(ms >= least && ms <= most, text);
    }
}
