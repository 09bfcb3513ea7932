package io.rivulet.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class EarthquakeFeedTest {

    private static final int SPEED = 240;
    private final FakeHub hub = new FakeHub("earthquakes");
    private final EarthquakeFeed feed = new EarthquakeFeed(hub, SPEED);
    private Instant now = Instant.parse("2026-11-23T12:00:00Z");

    @Test
    void anEventSaysWhenItReallyHappenedAndHowFastItIsReplayed() {
        feed.tick(now);
        assertEquals("earthquake", hub.events.get(0).type());
        assertEquals(List.of("{\"happened\":\"2018-01-31T01:49:59.650Z\",\"magnitude\":0.3,"
            + "\"place\":\"37km NNE of Amboy, Washington\",\"type\":\"earthquake\",\"depthKm\":3.3,"
            + "\"longitude\":-122.197,\"latitude\":46.203,\"speed\":240}"), hub.taken());
    }

    @Test
    void theSecondComesWhenItsTimeHasComeInScaledTime() {
        feed.tick(now);
        hub.taken();
        // the second of the week came 616.01 s after the first: 2.567 s at 240 times
        assertEquals(0, run(Duration.ofMillis(2_500)).size());
        assertEquals("20km NNE of Lima, Montana", run(Duration.ofMillis(250)).get(0).get("place").getAsString());
    }

    @Test
    void theReplayStandsStillWhileNobodyListensOrTheClockJumps() {
        feed.tick(now);
        hub.taken();
        hub.heard.clear();
        assertEquals(0, run(Duration.ofMinutes(10)).size());
        hub.heard.add("earthquakes");
        assertEquals(0, run(Duration.ofMillis(250)).size());
        now = now.plus(Duration.ofHours(1));
        feed.tick(now);
        now = now.minus(Duration.ofHours(2));
        feed.tick(now);
        assertTrue(hub.taken().size() <= 1);
    }

    @Test
    void theWholeWeekComesInOrderAndThenAgain() {
        List<JsonObject> all = new ArrayList<>();
        while (all.size() < 1_707 + 10) {
            all.addAll(run(Duration.ofMinutes(1)));
        }
        for (int i = 1; i < 1_707; i++) {
            assertFalse(happened(all.get(i)).isBefore(happened(all.get(i - 1))), "number " + i);
        }
        assertEquals(all.get(0), all.get(1_707));
    }

    private static Instant happened(JsonObject quake) {
        return Instant.parse(quake.get("happened").getAsString());
    }

    private List<JsonObject> run(Duration time) {
        for (long ms = 0; ms < time.toMillis(); ms += 250) {
            now = now.plusMillis(250);
            assertEquals(Duration.ofMillis(250), feed.tick(now));
        }
        return hub.takenJson();
    }
}
