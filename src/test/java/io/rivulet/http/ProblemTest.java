package io.rivulet.http;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.http.updates.Door;
import io.rivulet.log.LogFailure;
import io.rivulet.refusal.Refused.Reason;
import org.eclipse.jetty.http.HttpTester;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** How the hub says no, on the wire. */
class ProblemTest {

    @ParameterizedTest
    @CsvSource({"MALFORMED,400", "UNAUTHENTICATED,401", "FORBIDDEN,403", "NOT_FOUND,404", "METHOD,405", "CONFLICT,409",
        "TOO_LARGE,413", "UNSUPPORTED_TYPE,415", "TOO_MANY_STREAMS,429", "RATE_LIMITED,429", "NOT_OPEN,503",
        "OVERLOADED,503", "STORE_FAILED,503", "STORE_FULL,507"})
    void everyReasonHasItsStatus(Reason reason, int status) {
        assertEquals(status, Problem.status(reason));
    }

    @ParameterizedTest
    @EnumSource(Reason.class)
    void noReasonIsWithoutOne(Reason reason) {
        assertTrue(Problem.status(reason) >= 400);
    }

    @Test
    void aProblemSaysWhatAndCarriesTheRequestsId() throws Exception {
        try (Door door = Door.dev()) {
            HttpTester.Response answer = door.get("/api/events?limit=0");
            assertEquals("application/problem+json", answer.get("Content-Type"));
            JsonObject json = JsonParser.parseString(answer.getContent()).getAsJsonObject();
            assertEquals("urn:rivulet:problem:malformed", json.get("type").getAsString());
            assertEquals(400, json.get("status").getAsInt());
            assertTrue(json.get("detail").getAsString().contains("1 to 1000"));
            assertFalse(json.get("title").getAsString().isBlank());
            assertEquals(answer.get("X-Request-Id"), json.get("requestId").getAsString());
            assertNotEquals(answer.get("X-Request-Id"), door.get("/api/events?limit=0").get("X-Request-Id"));
        }
    }

    @Test
    void aMethodThatIsNoneIsToldWhichThereAre() throws Exception {
        try (Door door = Door.dev()) {
            for (String method : new String[] {"DELETE", "PATCH", "PROPFIND"}) {
                HttpTester.Response answer = door.send(method + " /api/updates", "");
                assertEquals(405, answer.getStatus());
                assertEquals("GET, HEAD, POST, PUT, OPTIONS", answer.get("Allow"));
            }
            assertEquals(405, door.send("POST /health/ready", "x").getStatus());
            assertEquals(405, door.send("POST /api/events", "x").getStatus());
        }
    }

    @Test
    void whatTheContainerRefusesIsAProblemToo() throws Exception {
        try (Door door = Door.dev()) {
            HttpTester.Response answer = door.get("/nothing");
            assertEquals(404, answer.getStatus());
            assertEquals("application/problem+json", answer.get("Content-Type"));
            assertEquals(404, door.get("/problem").getStatus());
        }
    }

    @Test
    void aFaultOfOursTellsNothingOfTheInside() throws Exception {
        try (Door door = Door.dev()) {
            HttpTester.Response answer = door.get("/broken");
            assertEquals(500, answer.getStatus());
            assertEquals("application/problem+json", answer.get("Content-Type"));
            assertFalse(answer.getContent().contains("secret") || answer.getContent().contains("Exception"),
                answer.getContent());
            assertEquals(answer.get("X-Request-Id"),
                JsonParser.parseString(answer.getContent()).getAsJsonObject().get("requestId").getAsString());
        }
    }

    @Test
    void aStoreThatIsNotOpenAsksToComeBack() throws Exception {
        try (Door door = Door.opening()) {
            HttpTester.Response answer = door.send("POST /api/updates?topic=a", "x");
            assertEquals(503, answer.getStatus());
            assertEquals("2", answer.get("Retry-After"));
            assertEquals(503, door.get("/api/events?topic=a").getStatus());
        }
    }

    @Test
    void aFullDiskIs507AndABrokenOne503AndBothHeal() throws Exception {
        try (Door door = Door.dev()) {
            door.log().failWith(new LogFailure("no space left", true, null));
            HttpTester.Response full = door.send("POST /api/updates?topic=a", "x");
            assertEquals(507, full.getStatus(), full.getContent());
            door.log().failWith(new LogFailure("input/output error", false, null));
            assertEquals(503, door.send("POST /api/updates?topic=a", "x").getStatus());
            door.log().failWith(null);
            assertEquals(200, door.send("POST /api/updates?topic=a", "x").getStatus());
            assertEquals(1, door.published());
        }
    }

    @Test
    void whatIsNoRefusalOfAccessHasNoChallenge() throws Exception {
        try (Door door = Door.dev()) {
            HttpTester.Response answer = door.get("/api/events?limit=0");
            assertNull(answer.get("WWW-Authenticate"));
            assertNull(answer.get("Retry-After"));
        }
    }
}
