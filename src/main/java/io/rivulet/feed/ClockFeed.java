package io.rivulet.feed;

import com.google.gson.JsonObject;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/** {@code clock}: the time, on every second. Its events have no type, so that the shortest page shows them. */
final class ClockFeed implements TickingFeed {

    static final String TOPIC = "clock";
    private static final int SECOND_MS = 1_000;
    /** A timer may ring a little early; the second it meant is then not ticked again. */
    private static final int EARLY_MS = 20;

    private final Tap tap;

    ClockFeed(Publisher hub) {
        tap = new Tap(hub, TOPIC, null);
    }

    @Override
    public List<String> topics() {
        return List.of(TOPIC);
    }

    @Override
    public Duration tick(Instant now) {
        if (tap.isOpen()) {
            JsonObject json = new JsonObject();
            json.addProperty("time", now.truncatedTo(ChronoUnit.MILLIS).toString());
            tap.pour(json);
        }
        long leftMs = SECOND_MS - Math.floorMod(now.toEpochMilli(), SECOND_MS);
        return Duration.ofMillis(leftMs < EARLY_MS ? leftMs + SECOND_MS : leftMs);
    }
}
