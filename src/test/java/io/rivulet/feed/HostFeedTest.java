package io.rivulet.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostFeedTest {

    private final FakeHub hub = new FakeHub("host");
    private final HostFeed feed = new HostFeed(hub);

    @Test
    void theFiguresAreThoseOfThisJvm() {
        assertEquals(Duration.ofSeconds(1), feed.tick(Instant.parse("2026-11-23T12:00:00Z")));
        assertEquals("host", hub.events.get(0).type());
        JsonObject host = hub.takenJson().get(0);
        assertEquals("2026-11-23T12:00:00Z", host.get("time").getAsString());
        long used = host.get("heapUsed").getAsLong();
        assertTrue(used > 0 && used <= host.get("heapMax").getAsLong(), host.toString());
        assertEquals(Runtime.getRuntime().maxMemory(), host.get("heapMax").getAsLong(), 64 << 20);
        assertTrue(host.get("threads").getAsInt() >= 2, host.toString());
        assertTrue(host.get("gcCount").getAsLong() >= 0 && host.get("gcTimeMs").getAsLong() >= 0, host.toString());
        if (host.has("cpuProcess")) {
            assertTrue(host.get("cpuProcess").getAsDouble() <= 1, host.toString());
        }
    }

    @Test
    void aCollectionIsCounted() {
        feed.tick(Instant.EPOCH);
        System.gc();
        feed.tick(Instant.EPOCH);
        List<JsonObject> both = hub.takenJson();
        assertTrue(both.get(1).get("gcCount").getAsLong() > both.get(0).get("gcCount").getAsLong());
    }

    @Test
    void nothingIsMeasuredWhileNobodyListens() {
        hub.heard.clear();
        feed.tick(Instant.EPOCH);
        assertEquals(List.of(), hub.taken());
    }
}
