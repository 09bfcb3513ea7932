package io.rivulet.feed;

import com.google.gson.JsonObject;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;

/**
 * {@code earthquakes}: a week that the U.S. Geological Survey recorded, replayed faster and over again. Each event says
 * when it really happened. The replay stands still while nobody listens. Run by the thread {@code rivulet-feed}.
 */
final class EarthquakeFeed implements TickingFeed {

    static final String TOPIC = "earthquakes";
    static final String TYPE = "earthquake";
    private static final Duration EVERY = Duration.ofMillis(250);
    /** A pause longer than this was no replay: a stalled thread or a changed clock. */
    private static final Duration STEP_MAX = Duration.ofSeconds(2);
    private static final int BATCH_MAX = 100;

    /** One of the week, with its data ready. */
    private record Quake(Instant time, JsonObject data) {
    }

    private final Tap tap;
    private final int speed;
    private final List<Quake> week;
    private int next;
    private Instant replayed;
    private Instant last;

    /** {@code speed}: how many times faster than it happened. */
    EarthquakeFeed(Publisher hub, int speed) {
        this.tap = new Tap(hub, TOPIC, TYPE);
        this.speed = speed;
        this.week = read(speed);
        this.replayed = week.get(0).time();
    }

    @Override
    public List<String> topics() {
        return List.of(TOPIC);
    }

    @Override
    public Duration tick(Instant now) {
        if (!tap.isOpen()) {
            last = null;
            return EVERY;
        }
        if (last != null) {
            Duration step = Duration.between(last, now);
            if (!step.isNegative()) {
                replayed = replayed.plus((step.compareTo(STEP_MAX) > 0 ? STEP_MAX : step).multipliedBy(speed));
            }
        }
        last = now;
        List<JsonObject> due = new ArrayList<>();
        while (next < week.size() && due.size() < BATCH_MAX && !week.get(next).time().isAfter(replayed)) {
            due.add(week.get(next++).data());
        }
        if (!due.isEmpty()) {
            tap.pour(due);
        }
        if (next == week.size()) {
            next = 0;
            replayed = week.get(0).time();
        }
        return EVERY;
    }

    private static List<Quake> read(int speed) {
        List<Quake> week = new ArrayList<>();
        try (InputStream in = EarthquakeFeed.class.getResourceAsStream("earthquakes.tsv");
             BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            lines.readLine();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                week.add(quake(line.split("\t"), speed));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("earthquakes.tsv belongs to this jar and cannot be read", e);
        }
        return List.copyOf(week);
    }

    private static Quake quake(String[] column, int speed) {
        JsonObject json = new JsonObject();
        json.addProperty("happened", column[0]);
        json.addProperty("magnitude", new BigDecimal(column[1]));
        json.addProperty("place", column[6]);
        json.addProperty("type", column[5]);
        json.addProperty("depthKm", new BigDecimal(column[2]));
        json.addProperty("longitude", new BigDecimal(column[3]));
        json.addProperty("latitude", new BigDecimal(column[4]));
        json.addProperty("speed", speed);
        return new Quake(Instant.parse(column[0]), json);
    }
}
