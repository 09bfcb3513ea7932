package io.rivulet.http.operate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.http.updates.Door;
import io.rivulet.kit.Await;
import org.eclipse.jetty.http.HttpTester;
import org.junit.jupiter.api.Test;

/** {@code /api/drain}: for operators alone, and what everybody else meets then. */
class DrainServletTest {

    private static final String NATIVE = "\nAccept: text/event-stream\nCache-Control: no-cache";

    @Test
    void anOperatorBeginsItAndSeesHowFarItIs() throws Exception {
        try (Door door = Door.dev("retry.closing", "40s");
             Door.Reading stream = door.reading("GET /api/updates?topic=t")) {
            stream.awaitLine("event: rivulet.hello");
            assertEquals(200, door.get("/health/ready").getStatus());
            assertEquals("serving", json(door.get("/api/drain")).get("state").getAsString());
            for (String run : new String[] {"0", "1", "x", ""}) { // there are no nodes
                assertEquals(404, door.send("POST /api/drain?run=" + run, "").getStatus(), run);
            }
            assertEquals("serving", json(door.get("/api/drain")).get("state").getAsString());
            HttpTester.Response begun = door.send("POST /api/drain", "");
            assertEquals(202, begun.getStatus());
            assertEquals("no-store", begun.get("Cache-Control"));
            assertEquals(1, json(begun).get("atBegin").getAsInt());
            Await.until("its end", () -> state(door).equals("drained"));
            assertEquals(0, door.hub.connections().open());
            assertEquals(202, door.send("POST /api/drain", "").getStatus(), "once more changes nothing");
            HttpTester.Response ready = door.get("/health/ready");
            assertEquals(503, ready.getStatus());
            assertEquals("{\"status\":\"not ready\",\"reason\":\"the hub is about to end; its streams are ending\","
                + "\"publish\":true}", ready.getContent());
            assertEquals(503, door.get("/health/ready?publish").getStatus());
            assertEquals(200, door.form("topic=t&data=x").getStatus());
            HttpTester.Response page = door.send("GET /api/updates?topic=t" + NATIVE, "");
            assertEquals(200, page.getStatus());
            assertTrue(page.getContent().matches("retry: [4-6]\\d{4}\n:\n"), page.getContent());
            HttpTester.Response program = door.get("/api/updates?topic=t");
            assertEquals(503, program.getStatus());
            assertTrue(program.getContent().contains("the hub is about to end"), program.getContent());
        }
    }

    @Test
    void nobodyElseMay() throws Exception {
        try (Door door = Door.with()) {
            assertEquals(403, door.send("POST /api/drain", "").getStatus());
            assertEquals(403, door.get("/api/drain").getStatus());
            assertEquals(200, door.get("/health/ready").getStatus());
            HttpTester.Response other = door.send("DELETE /api/drain", "");
            assertEquals(405, other.getStatus());
            assertEquals("GET, HEAD, POST, OPTIONS", other.get("Allow"));
        }
    }

    private static String state(Door door) {
        try {
            return json(door.get("/api/drain")).get("state").getAsString();
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }

    private static JsonObject json(HttpTester.Response answer) {
        return JsonParser.parseString(answer.getContent()).getAsJsonObject();
    }
}
