package io.rivulet.http.operate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.http.updates.Door;
import io.rivulet.kit.Await;
import io.rivulet.kit.Exposition;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.refusal.Refused.Reason;
import java.util.Locale;
import org.eclipse.jetty.http.HttpTester;
import org.junit.jupiter.api.Test;

/** {@code /metrics}: who may read it, and that it tells what the hub has done. */
class MetricsServletTest {

    @Test
    void onlyOperatorsReadItUnlessASettingOpensIt() throws Exception {
        try (Door door = Door.with()) {
            assertEquals(403, door.get("/metrics").getStatus());
            assertEquals("GET, HEAD, OPTIONS", door.send("OPTIONS /metrics", "").get("Allow"));
        }
        try (Door door = Door.with("token.key", "a secret that is long enough for HS256", "token.issuer", "i",
            "resource", "https://hub.example/.well-known/mercure")) {
            assertEquals(401, door.get("/metrics").getStatus());
        }
        try (Door door = Door.with("metrics.open", "true")) {
            assertEquals(200, door.get("/metrics").getStatus());
            assertEquals(405, door.send("DELETE /metrics", "").getStatus());
        }
    }

    @Test
    void itTellsWhatWasPublishedDeliveredAndRefused() throws Exception {
        try (Door door = Door.dev(); Door.Reading stream = door.reading("GET /api/updates?topic=a")) {
            Await.until("the stream is live", () -> scrape(door).value("rivulet_streams_lag", "age", "none") == 1);
            assertEquals(200, door.send("POST /api/updates?topic=a", "x").getStatus());
            assertEquals(400, door.send("POST /api/updates?topic=a&id=%0A", "x").getStatus());
            Await.until("it is delivered", () -> door.metrics.get(Count.DELIVERED_LIVE) == 1);
            Exposition told = scrape(door);
            assertEquals(1, told.value("rivulet_publish_events_total"));
            assertEquals(1, told.value("rivulet_delivered_events_total", "feed", "live"));
            stream.awaitLine("data: x");
            String event = stream.text().substring(stream.text().indexOf("data: x"));
            assertEquals(event.indexOf("\n\n") + 2, told.value("rivulet_delivered_live_bytes_total"), event);
            assertEquals(0, told.value("rivulet_replayed_bytes_total"));
            assertEquals(0, told.value("rivulet_delivered_events_total", "feed", "log"));
            assertEquals(1, told.value("rivulet_refusals_total", "reason", "malformed"));
            assertEquals(1, told.value("rivulet_streams", "transport", "http1"));
            assertEquals(1, told.value("rivulet_log_events"));
            assertEquals(1, told.value("rivulet_open"));
            assertEquals(1, told.value("rivulet_publishing"));
            Await.until("the append is sampled", () -> scrape(door).value("rivulet_append_seconds_count") == 1);
            Await.until("the batch is sampled", () -> scrape(door).value("rivulet_delivery_seconds_count") == 1);
        }
    }

    @Test
    void everyCounterAndEveryReasonIsThereFromTheBeginning() throws Exception {
        try (Door door = Door.dev()) {
            Exposition told = scrape(door);
            for (Reason reason : Reason.values()) {
                assertEquals(0, told.value("rivulet_refusals_total", "reason",
                    reason.name().toLowerCase(Locale.ROOT).replace('_', '-')));
            }
            long counters = told.meters().stream().filter(meter -> meter.name().startsWith("rivulet_")
                && meter.type().equals("counter")).mapToLong(meter -> meter.samples().size()).sum();
            assertEquals(Count.values().length + Reason.values().length, counters);
            assertTrue(told.names().contains("jvm_memory_used_bytes"));
        }
    }

    @Test
    void aHubWithoutItsLogTellsSo() throws Exception {
        try (Door door = Door.opening()) {
            Exposition told = scrape(door);
            assertEquals(0, told.value("rivulet_open"));
            assertEquals(0, told.value("rivulet_publishing"));
            assertEquals(0, told.value("rivulet_streams", "transport", "http1"));
        }
    }

    @Test
    void whoAsksForOpenMetricsGetsIt() throws Exception {
        try (Door door = Door.dev()) {
            HttpTester.Response answer =
                door.send("GET /metrics\nAccept: application/openmetrics-text;version=1.0.0,text/plain;q=0.5", "");
            assertTrue(answer.get("Content-Type").startsWith("application/openmetrics-text"));
            assertEquals(0, Exposition.of(answer.getContent(), true).value("rivulet_publish_events_total"));
        }
    }

    private static Exposition scrape(Door door) {
        try {
            HttpTester.Response answer = door.get("/metrics");
            assertEquals(200, answer.getStatus(), answer.getContent());
            assertTrue(answer.get("Content-Type").startsWith("text/plain; version=0.0.4"), answer.get("Content-Type"));
            return Exposition.of(answer.getContent(), false);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
