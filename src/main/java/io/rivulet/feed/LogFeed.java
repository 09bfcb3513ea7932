package io.rivulet.feed;

import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * {@code logs/<name>}: the lines of a file as they are written, each once, without query strings and tokens. The
 * settings give the topic's name, so no client names a path. Run by the thread {@code rivulet-feed}.
 */
final class LogFeed implements TickingFeed {

    static final String PREFIX = "logs/";
    static final String TYPE = "log";
    private static final Logger LOG = LoggerFactory.getLogger(LogFeed.class);
    private static final Duration EVERY = Duration.ofMillis(250);
    /** Until the hub is asked again whether it has taken a batch; doubled as long as it has not. */
    private static final Duration SOON = Duration.ofMillis(2);
    private static final int BATCH_MAX = 200;

    private final String name;
    private final FileFollower file;
    private final Tap tap;
    private final List<JsonObject> waiting = new ArrayList<>();
    private int poured;
    private boolean failing;
    private Duration wait = EVERY;

    /** Follows a file; unless it is open to everybody its lines are private. */
    LogFeed(Publisher hub, String name, Path path, boolean isPublic) {
        this.name = name;
        this.file = new FileFollower(path);
        this.tap = new Tap(hub, PREFIX + name, TYPE, !isPublic);
    }

    @Override
    public List<String> topics() {
        return List.of(tap.topic());
    }

    @Override
    public Duration tick(Instant now) {
        if (!tap.isHeard()) {
            close();
            wait = EVERY;
        } else if (tap.isOpen()) {
            wait = pour();
        } else {
            wait = wait.compareTo(EVERY.dividedBy(2)) < 0 ? wait.multipliedBy(2) : EVERY;
        }
        return wait;
    }

    /** Hands on what is there, and comes back soon as long as there is more: as fast as the hub takes it. */
    private Duration pour() {
        boolean refused = !tap.isTaken();
        if (!refused) {
            waiting.subList(0, poured).clear();
        }
        poured = 0;
        if (waiting.isEmpty()) {
            read();
        }
        if (!waiting.isEmpty()) {
            poured = Math.min(BATCH_MAX, waiting.size());
            tap.pour(waiting.subList(0, poured));
        }
        return poured == 0 || refused ? EVERY : SOON;
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            tell(e);
        }
    }

    private void read() {
        try {
            for (String line : file.poll()) {
                JsonObject json = new JsonObject();
                json.addProperty("log", name);
                json.addProperty("line", Redaction.of(line));
                waiting.add(json);
            }
            failing = false;
        } catch (IOException e) {
            tell(e);
        }
    }

    /** Once per failure: the file followed may be the one this goes to. */
    private void tell(IOException e) {
        if (!failing) {
            LOG.warn("the file of {} cannot be read, which is tried again: {}", tap.topic(), e.toString());
        }
        failing = true;
    }
}
