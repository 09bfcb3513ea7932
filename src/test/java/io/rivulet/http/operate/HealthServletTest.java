package io.rivulet.http.operate;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rivulet.http.updates.Door;
import io.rivulet.log.LogFailure;
import org.eclipse.jetty.http.HttpTester;
import org.junit.jupiter.api.Test;

/** Health: what a load balancer is told in each state of the store. */
class HealthServletTest {

    @Test
    void anOpenHubIsLiveAndReadyAndPublishes() throws Exception {
        try (Door door = Door.with()) {
            assertAnswer(200, "{\"status\":\"up\"}", door.get("/health/live"));
            assertAnswer(200, "{\"status\":\"ready\",\"publish\":true}", door.get("/health/ready"));
            assertAnswer(200, "{\"status\":\"ready\",\"publish\":true}", door.get("/health/ready?publish"));
            assertEquals(404, door.get("/health/other").getStatus());
            assertEquals(404, door.get("/health").getStatus());
        }
    }

    @Test
    void aHubWhoseStoreIsHeldByAnotherIsLiveButNotReadyAndNamesTheHolder() throws Exception {
        try (Door door = Door.opening()) {
            assertEquals(200, door.get("/health/live").getStatus());
            String body = "{\"status\":\"not ready\",\"reason\":\"the folder is held by /other\",\"publish\":false}";
            assertAnswer(503, body, door.get("/health/ready"));
            assertAnswer(503, body, door.get("/health/ready?publish"));
        }
    }

    @Test
    void aFullDiskTurnsNobodyAwayUnlessPublishingIsAskedFor() throws Exception {
        try (Door door = Door.dev()) {
            door.log().failWith(new LogFailure("no space left", true, null));
            assertEquals(507, door.send("POST /api/updates?topic=a", "x").getStatus());
            HttpTester.Response ready = door.get("/health/ready");
            assertEquals(200, ready.getStatus());
            assertEquals(true, ready.getContent().startsWith("{\"status\":\"ready\",\"publish\":false,"),
                ready.getContent());
            assertEquals(503, door.get("/health/ready?publish").getStatus());
        }
    }

    @Test
    void aLogThatOpenedToReadOnlyTakesNoTransientEventEither() throws Exception {
        try (Door door = Door.dev("transient.topics", "tick")) {
            LogFailure failure = new LogFailure("the epoch could not be written", true, null);
            door.log().failWith(failure);
            assertEquals(200, door.send("POST /api/updates?topic=tick", "x").getStatus());
            door.log().failWith(failure.beforeEpoch());
            for (String topic : new String[] {"tick", "a", "tick"}) {
                HttpTester.Response answer = door.send("POST /api/updates?topic=" + topic, "x");
                assertEquals(507, answer.getStatus());
                assertEquals(true, answer.getContent().contains("the epoch could not be written"),
                    answer.getContent());
            }
            assertEquals(200, door.get("/health/ready").getStatus());
            assertEquals(503, door.get("/health/ready?publish").getStatus());
            assertEquals(200, door.get("/api/events?topic=a").getStatus());
            door.log().failWith(null);
            assertEquals(200, door.send("POST /api/updates?topic=tick", "x").getStatus());
            assertEquals(200, door.get("/health/ready?publish").getStatus());
        }
    }

    private static void assertAnswer(int status, String body, HttpTester.Response answer) {
        assertEquals(body, answer.getContent());
        assertEquals(status, answer.getStatus());
        assertEquals("application/json", answer.get("Content-Type"));
        assertEquals("no-store", answer.get("Cache-Control"));
    }
}
