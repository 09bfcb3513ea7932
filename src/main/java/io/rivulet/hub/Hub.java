package io.rivulet.hub;

import io.rivulet.auth.Grant;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.Event;
import io.rivulet.limit.Refused;
import io.rivulet.log.EventLog;
import io.rivulet.metrics.Metrics;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.topic.TopicSelection;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * The hub: publish and subscribe, whatever the door. Made at start in the state "opening"; {@link #open} gives it its
 * log, {@link #close} ends it. Any thread.
 */
public final class Hub implements AutoCloseable {

    private static final int LOOK_UPS_MAX = 1_000;

    private final Settings settings;
    private final InstantSource clock;
    private final Metrics metrics;
    private final PublishRules rules;
    private final Names names = new Names();
    private final Interest interest = new Interest();
    private final AtomicInteger streams = new AtomicInteger();
    private final HandOver handOver;
    private volatile int streamsMax;
    private volatile Engine engine;
    private volatile boolean closed;

    /** A hub without a log yet: until {@link #open} publishes and streams are refused as {@code NOT_OPEN}. */
    public Hub(Settings settings, InstantSource clock, Metrics metrics) {
        this(settings, clock, metrics, HandOver.EXACT);
    }

    /** With another decision about going live: for the test that breaks it on purpose. */
    Hub(Settings settings, InstantSource clock, Metrics metrics, HandOver handOver) {
        this.settings = settings;
        this.clock = clock;
        this.metrics = metrics;
        this.rules = new PublishRules(settings);
        this.handOver = handOver;
        this.streamsMax = settings.get(SettingsTable.CONNECTIONS_MAX);
    }

    /** How many streams there may be at once; 0 for any number. Whoever knows the container says it. */
    public void streamsMax(int max) {
        streamsMax = max;
    }

    /** Begins to serve from this log; it stays the caller's to close, after {@link #close}. Once. */
    public synchronized void open(EventLog log) {
        if (engine != null) {
            throw new IllegalStateException("the hub is open already");
        }
        if (!closed) {
            engine = Engine.start(settings, clock, metrics, log, handOver, names, this::ended);
        }
    }

    /**
     * Publishes: checks the rules at once, appends with the next group commit.
     *
     * @return the ids in the order of the events, once they are as durable as their topics are; completed on a thread
     *     of the hub's for answers. Fails with {@link Refused} when the log could not take it
     * @throws Refused when a rule or a limit is broken, or the queue is full; nothing is published
     */
    public CompletableFuture<List<String>> publish(Publication publication) {
        try {
            rules.check(publication);
            return running().publish(PublishIntake.take(publication, settings));
        } catch (Refused e) {
            metrics.add(Count.REFUSED);
            throw e;
        }
    }

    /** Publishes one event of code in the same JVM. */
    public CompletableFuture<List<String>> publish(Event event) {
        return publish(Publication.of(event));
    }

    /**
     * Opens a stream. The outlet is written to by a thread of the hub's from now on, once its container says so.
     *
     * @throws Refused when the store is not open or there are too many streams
     */
    public Subscription subscribe(SubscribeRequest request, Outlet outlet) {
        Engine running = running();
        int max = streamsMax;
        int open = streams.incrementAndGet();
        if (max > 0 && open > max) {
            streams.decrementAndGet();
            throw Refused.because(Refused.Reason.OVERLOADED, "there are " + max
                + " streams, as many as allowed (rivulet.connections.max)");
        }
        interest.add(request.topics());
        metrics.add(Count.STREAMS_OPENED);
        return running.subscribe(request, outlet);
    }

    /**
     * Reads history: durable events only, oldest first.
     *
     * @param after the id to begin after, or null for {@code since}
     * @param limit at most so many events
     * @return completed on a reader thread of the hub's; fails with {@link Refused}
     */
    public CompletableFuture<History> history(TopicSelection topics, Grant grant, Since since, String after,
                                              int limit) {
        Engine running = running();
        if (running.readers().waiting() > LOOK_UPS_MAX) {
            throw Refused.because(Refused.Reason.OVERLOADED,
                "more than " + LOOK_UPS_MAX + " look-ups wait for the log");
        }
        CompletableFuture<History> answer = new CompletableFuture<>();
        running.readers().submit(() -> {
            try {
                answer.complete(running.pages().page(topics, grant, since, after, limit));
            } catch (Exception e) {
                answer.completeExceptionally(e instanceof Refused ? e : Refused.because(
                    Refused.Reason.STORE_FAILED, "the history cannot be read: " + e.getMessage(), e));
            }
        });
        return answer;
    }

    /** Whether anybody who is connected would get an event of this topic: what feeds ask before they work. */
    public boolean isHeard(String topic) {
        return interest.isHeard(topic);
    }

    /** Whether streams can be served now. */
    public boolean isOpen() {
        return engine != null && !closed;
    }

    /** Why publishing fails now, or null when it works. */
    public String publishTrouble() {
        Engine running = engine;
        if (running == null || closed) {
            return "the store is not open";
        }
        return running.trouble();
    }

    /** How many streams are open. */
    public int streams() {
        return streams.get();
    }

    /** Ends all streams, answers what is queued, ends all threads. Does not close the log. Idempotent. */
    @Override
    public void close() {
        Engine running;
        synchronized (this) {
            if (closed) {
                return;
            }
            closed = true;
            running = engine;
        }
        if (running != null) {
            running.close();
        }
    }

    private Engine running() {
        Engine running = engine;
        if (running == null || closed) {
            throw Refused.because(Refused.Reason.NOT_OPEN,
                closed ? "the hub is closing" : "the store is being opened; try again soon");
        }
        return running;
    }

    private void ended(Subscriber s) {
        streams.decrementAndGet();
        interest.remove(s.request.topics());
        metrics.add(Count.STREAMS_ENDED);
    }
}
