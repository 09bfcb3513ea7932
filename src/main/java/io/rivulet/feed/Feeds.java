package io.rivulet.feed;

import io.rivulet.config.Settings;
import io.rivulet.hub.Hub;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;

/** All feeds that the settings name, and the one thread that runs them. */
public final class Feeds implements AutoCloseable {

    /**
     * Builds the feeds; nothing runs before {@link #start}.
     *
     * @param accessLog this hub's own access log, which {@code logs/access} follows in dev mode; null for none
     * @throws io.rivulet.config.BadSetting when the file of {@code rivulet.feed.quotes} cannot be read
     */
    public Feeds(Settings settings, Hub hub, InstantSource clock, Path accessLog) {
    }

    /** Starts the thread {@code rivulet-feed}. Once. */
    public void start() {
    }

    /** Every topic that a feed publishes to. */
    public List<String> topics() {
        return List.of();
    }

    /** Whether the prices at {@code quotes/} are made up. */
    public boolean quotesAreSimulated() {
        return true;
    }

    /** Ends the thread and waits for it, at most two seconds. Idempotent. */
    @Override
    public void close() {
    }
}
