package io.rivulet.http.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.http.updates.Door;
import org.eclipse.jetty.http.HttpTester;
import org.junit.jupiter.api.Test;

/** Outside dev mode: anybody reads what is public, nobody publishes, and the sentence names the setting. */
class AccessTest {

    @Test
    void publicTopicsMayBeReadFromAnywhere() throws Exception {
        try (Door door = Door.with()) {
            assertEquals(200, door.send("GET /api/events?topic=news\nTest-Peer: 192.0.2.7\nHost: hub.example\n"
                + "X-Forwarded-For: 198.51.100.1", "").getStatus());
        }
    }

    @Test
    void nobodyPublishesAndTheSettingThatOpensItIsNamed() throws Exception {
        try (Door door = Door.with()) {
            HttpTester.Response answer = door.send("POST /api/updates?topic=news", "x");
            assertEquals(403, answer.getStatus());
            assertTrue(answer.getContent().contains("rivulet.dev=true"), answer.getContent());
            assertEquals(0, door.published());
        }
    }

    @Test
    void withoutAnonymousNobodyReads() throws Exception {
        try (Door door = Door.with("anonymous", "false")) {
            HttpTester.Response answer = door.get("/api/events?topic=news");
            assertEquals(401, answer.getStatus());
            assertEquals("Bearer", answer.get("WWW-Authenticate"));
            assertTrue(answer.getContent().contains("rivulet.anonymous=false"), answer.getContent());
        }
    }
}
