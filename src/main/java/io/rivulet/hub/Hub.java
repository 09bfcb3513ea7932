package io.rivulet.hub;

import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.limit.Refused;
import io.rivulet.log.EventLog;
import io.rivulet.metrics.Metrics;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * The hub: publish and subscribe, whatever the door. Made at start in the state "opening"; {@link #open} gives it its
 * log, {@link #close} ends it. Any thread.
 */
public final class Hub implements AutoCloseable {

    private final Settings settings;
    private final InstantSource clock;
    private final Metrics metrics;

    /** A hub without a log yet: until {@link #open} publishes and streams are refused as {@code NOT_OPEN}. */
    public Hub(Settings settings, InstantSource clock, Metrics metrics) {
        this.settings = settings;
        this.clock = clock;
        this.metrics = metrics;
    }

    /** Begins to serve from this log. Once. */
    public void open(EventLog log) {
        throw new IllegalStateException();
    }

    /**
     * Publishes: checks the rules at once, appends with the next group commit.
     *
     * @return the ids in the order of the events, once they are as durable as their topics are; completed on a thread
     *     of the hub's for answers. Fails with {@link Refused} when the log could not take it
     * @throws Refused when a rule or a limit is broken, or the queue is full; nothing is published
     */
    public CompletableFuture<List<String>> publish(Publication publication) {
        throw new IllegalStateException();
    }

    /** Publishes one event of code in the same JVM. */
    public CompletableFuture<List<String>> publish(Event event) {
        return publish(Publication.of(event));
    }

    /** Whether anybody who is connected would get an event of this topic: what feeds ask before they work. */
    public boolean isHeard(String topic) {
        return false;
    }

    /**
     * Opens a stream. The outlet is written to by a thread of the hub's from now on, once its container says so.
     *
     * @throws Refused when the store is not open or there are too many streams
     */
    public Subscription subscribe(SubscribeRequest request, Outlet outlet) {
        throw new IllegalStateException();
    }

    /**
     * Reads history: durable events only, oldest first.
     *
     * @param after the id to begin after, or null for {@code since}
     * @param limit at most so many events
     * @return completed on a reader thread of the hub's; fails with {@link Refused}
     */
    public CompletableFuture<History> history(io.rivulet.topic.TopicSelection topics, io.rivulet.auth.Grant grant,
                                              Since since, String after, int limit) {
        throw new IllegalStateException();
    }

    /** Whether streams can be served now. */
    public boolean isOpen() {
        return false;
    }

    /** Why publishing fails now, or null when it works. */
    public String publishTrouble() {
        return null;
    }

    /** How many streams are open. */
    public int streams() {
        return 0;
    }

    /** Ends all streams, answers what is queued, ends all threads. Does not close the log. Idempotent. */
    @Override
    public void close() {
    }
}
