package io.rivulet.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.http.updates.Door;
import io.rivulet.kit.Await;
import io.rivulet.metrics.Metrics.Count;
import org.eclipse.jetty.http.HttpTester;
import org.junit.jupiter.api.Test;

/** Who publishes faster than one may, at the door: the answers, and what is not even read. */
class PublishRateTest {

    private static final String ANN = Tokens.bearer(Tokens.of("ann", "a"));
    private static final String FORM = "\nContent-Type: application/x-www-form-urlencoded" + ANN;
    private static final String BATCH = "POST /api/updates\nContent-Type: application/json";
    private static final String TWO = "[{\"topic\":\"a\",\"data\":\"1\"},{\"topic\":\"a\",\"data\":\"2\"}]";

    private long accepted;
    private long refused;

    /** The first answer that is a refusal, of requests that follow each other sooner than tokens come. */
    private HttpTester.Response untilRefused(Door door, String head, String body, int events) {
        return Await.value("a refusal", () -> {
            try {
                HttpTester.Response answer = door.send(head, body);
                if (answer.getStatus() == 200) {
                    accepted += events;
                    return null;
                }
                refused++;
                return answer;
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    @Test
    void itIs429WithTheSecondsUntilItFitsAndNothingOfItIsPublished() throws Exception {
        try (Door door = Tokens.door("publish.rate", "1", "publish.burst", "4")) {
            for (String path : new String[] {"/api/updates", "/.well-known/mercure"}) {
                HttpTester.Response answer = untilRefused(door, "POST " + path + FORM, "topic=a&data=x", 1);
                assertEquals(429, answer.getStatus());
                assertEquals("1", answer.get("Retry-After"));
                assertEquals("application/problem+json", answer.get("Content-Type"));
                assertTrue(answer.getContent().contains("urn:rivulet:problem:rate-limited")
                    && answer.getContent().contains("1 events a second (rivulet.publish.rate)"), answer.getContent());
            }
            HttpTester.Response batch = untilRefused(door, BATCH + ANN, TWO, 2);
            assertEquals(429, batch.getStatus());
            assertTrue(batch.get("Retry-After").matches("[12]"), "until both of them fit");
            assertEquals(200, door.send(BATCH + Tokens.bearer(Tokens.of("bob", "a")), TWO).getStatus(), "of another");
            assertEquals(accepted + 2, door.published());
            assertEquals(refused, door.metrics.get(Count.RATE_LIMITED));
            assertEquals(refused, door.metrics.get(Count.REFUSED));
        }
    }

    /** A body may be a megabyte long and take its time: the hub does not keep up with what it will refuse. */
    @Test
    void theBodyOfOneEventIsNotWaitedFor() throws Exception {
        try (Door door = Tokens.door("publish.rate", "1", "publish.burst", "4")) {
            String head = " HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n"
                + FORM.strip().replace("\n", "\r\n") + "\r\n\r\n";
            for (String path : new String[] {"/hasty", "/hasty?topic=a"}) {
                Await.until("it is refused", () -> {
                    untilRefused(door, BATCH + ANN, TWO, 2);
                    untilRefused(door, "POST /api/updates" + FORM, "topic=a", 1);
                    try {
                        return door.drip("POST " + path + head).getStatus() == 429; // 400 when a token came meanwhile
                    } catch (Exception e) {
                        throw new AssertionError(e);
                    }
                });
            }
        }
    }

    @Test
    void aBatchLargerThanTheBurstIsTooLargeAndNotToldToComeBack() throws Exception {
        try (Door door = Tokens.door("publish.rate", "1")) {
            HttpTester.Response answer = door.send(BATCH + ANN, TWO);
            assertEquals(413, answer.getStatus());
            assertNull(answer.get("Retry-After"));
            assertTrue(answer.getContent().contains("(rivulet.publish.burst)"), answer.getContent());
            assertEquals(0, door.published());
        }
    }
}
