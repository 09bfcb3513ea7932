package io.rivulet.hub;

import io.rivulet.auth.Grant;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.Event;
import io.rivulet.hub.presence.Presence;
import io.rivulet.hub.presence.SubscriptionDocument;
import io.rivulet.hub.publish.Publication;
import io.rivulet.hub.publish.PublishIntake;
import io.rivulet.hub.publish.PublishRates;
import io.rivulet.hub.publish.PublishRules;
import io.rivulet.hub.resume.History;
import io.rivulet.hub.resume.Placed;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.hub.stream.Connections;
import io.rivulet.hub.stream.EndReason;
import io.rivulet.hub.stream.GoLive;
import io.rivulet.hub.stream.Interest;
import io.rivulet.hub.stream.Outlet;
import io.rivulet.hub.stream.StreamCaps;
import io.rivulet.hub.stream.StreamNames;
import io.rivulet.hub.stream.Subscriber;
import io.rivulet.hub.stream.Subscription;
import io.rivulet.log.EventLog;
import io.rivulet.metrics.Metrics;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * The hub: publish and subscribe, whatever the door. Made at start in the state "opening"; {@link #open} gives it its
 * log, {@link #close} ends it. Any thread.
 */
public final class Hub implements AutoCloseable {

    private static final int LOOK_UPS_MAX = 1_000;

    private static final String LOCAL_URL = "http://localhost/.well-known/mercure";

    private final Settings settings;
    private final TopicSpace topics;
    private final InstantSource clock;
    private final Metrics metrics;
    private final PublishRules rules;
    private final StreamNames names = new StreamNames();
    private final Interest interest;
    private final StreamCaps caps;
    private final PublishRates rates;
    private final Connections connections = new Connections(names);
    private final Presence presence;
    private final GoLive handOver;
    private final LongSupplier nanos;
    private volatile Predicate<Grant> banned = grant -> false;
    private volatile RunningHub engine;
    private volatile boolean closed;

    /** A hub without a log yet: until {@link #open} publishes and streams are refused as {@code NOT_OPEN}. */
    public Hub(Settings settings, TopicSpace topics, InstantSource clock, Metrics metrics) {
        this(settings, topics, clock, metrics, GoLive.EXACT, System::nanoTime);
    }

    /** At the URL of the setting {@code resource}, else at the root of localhost. */
    public Hub(Settings settings, InstantSource clock, Metrics metrics) {
        this(settings, TopicSpace.of(settings.get(SettingsTable.RESOURCE).orElse(LOCAL_URL)), clock, metrics);
    }

    /**
     * With another decision about going live, for the test that breaks it on purpose, and another ticker, for those of
     * time limits.
     */
    Hub(Settings settings, TopicSpace topics, InstantSource clock, Metrics metrics, GoLive handOver,
        LongSupplier nanos) {
        this.nanos = nanos;
        this.settings = settings;
        this.topics = topics;
        this.clock = clock;
        this.metrics = metrics;
        this.rules = new PublishRules(settings, topics);
        this.handOver = handOver;
        this.interest = new Interest(settings.get(SettingsTable.PATTERNS_MAX));
        this.presence = new Presence(settings.get(SettingsTable.PRESENCE), SubscriptionDocument.hubPath(topics), clock);
        this.caps = new StreamCaps(settings, metrics);
        this.rates = new PublishRates(settings, System::nanoTime, metrics);
    }

    /** How topics are read here: the hub's own URL, and the matchers that follow from it. */
    public TopicSpace topics() {
        return topics;
    }

    /** The counters. */
    public Metrics metrics() {
        return metrics;
    }

    /** The open streams. */
    public Connections connections() {
        return connections;
    }

    /** Who is subscribed to what; never null. */
    public Presence presence() {
        return presence;
    }

    /** Who is to be kept out: asked for each stream that opens, and for all of them by {@link #endBanned}. */
    public void bans(Predicate<Grant> isBanned) {
        banned = isBanned;
    }

    /** Ends the streams of those who are banned now, within a second; to be called after a ban was noted. */
    public void endBanned() {
        RunningHub running = engine;
        if (running != null) {
            running.endBanned();
        }
    }

    /** How many streams there may be at once; 0 for any number. Whoever knows the container says it. */
    public void streamsMax(int max) {
        caps.totalMax(max);
    }

    /** Begins to serve from this log; it stays the caller's to close, after {@link #close}. Once. */
    public synchronized void open(EventLog log) {
        if (engine != null) {
            throw new IllegalStateException("the hub is open already");
        }
        if (!closed) {
            engine = RunningHub.start(settings, clock, nanos, metrics, log, handOver, names, this::ended,
                grant -> banned.test(grant), presence);
        }
    }

    /**
     * Publishes: checks the rules at once, appends with the next group commit.
     *
     * @return the ids in the order of the events, once they are as durable as their topics are; completed on a thread
     *     of the hub's for answers. Fails with {@link Refused} when the log could not take it
     * @throws Refused when the caller is banned, a rule or a limit is broken, the subject publishes too fast, or the
     *                 queue is full; nothing is published
     */
    public CompletableFuture<List<String>> publish(Publication publication) {
        try {
            refuseBanned(publication.grant()); // once more: a body may have taken its time since the caller was let in
            rules.check(publication);
            RunningHub running = running();
            rates.take(publication.grant(), publication.events().size());
            return running.publish(PublishIntake.take(publication, settings));
        } catch (Refused e) {
            metrics.add(Count.REFUSED);
            throw e;
        }
    }

    /**
     * Whether this caller might publish an event now: for doors, before they read it.
     *
     * @throws Refused when its subject publishes too fast
     */
    public void checkRate(Grant grant) {
        rates.check(grant);
    }

    /** Publishes one event of code in the same JVM. */
    public CompletableFuture<List<String>> publish(Event event) {
        return publish(Publication.of(event));
    }

    /**
     * Looks up where a stream would begin, for doors that must say it before the stream does.
     *
     * @return completed on a reader thread of the hub's; fails with {@link Refused} when the log cannot be asked
     * @throws Refused when the store is not open, the caller is banned, or too many look-ups wait
     */
    public CompletableFuture<Placed> place(SubscribeRequest request) {
        RunningHub running = running();
        refuseBanned(request.grant());
        return lookUp(running, "the cursor cannot be looked up", () -> running.place(request));
    }

    /**
     * Opens a stream. The outlet is written to by a thread of the hub's from now on, once its container says so.
     *
     * @throws Refused when the store is not open, the caller is banned, or there are too many streams or patterns, in
     *                 all or of this caller
     */
    public Subscription subscribe(SubscribeRequest request, Outlet outlet) {
        return subscribe(request, null, outlet);
    }

    /** The same at a place looked up before, by {@link #place}. */
    public Subscription subscribe(SubscribeRequest request, Placed placed, Outlet outlet) {
        RunningHub running = running();
        refuseBanned(request.grant());
        Subscriber s = admit(running, request, outlet);
        connections.add(s); // before a thread of the hub's can end it
        metrics.add(Count.STREAMS_OPENED);
        try {
            running.open(s, placed);
        } catch (RuntimeException | Error e) {
            s.gone(EndReason.FAULT); // by its shard, which gives back what it was counted for
            throw e;
        }
        return s;
    }

    /** Counts a stream and gives it a shard, or does neither. */
    private Subscriber admit(RunningHub running, SubscribeRequest request, Outlet outlet) {
        caps.enter(request);
        boolean interested = false;
        Subscriber s = null;
        try {
            interest.add(request.topics());
            interested = true;
            s = running.admit(request, outlet);
            return s;
        } finally {
            if (s == null) {
                if (interested) {
                    interest.remove(request.topics());
                }
                caps.leave(request);
            }
        }
    }

    private void refuseBanned(Grant grant) {
        if (banned.test(grant)) {
            throw Refused.because(Refused.Reason.BANNED, "this subject or token is banned");
        }
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
        RunningHub running = running();
        return lookUp(running, "the history cannot be read",
            () -> running.pages().page(topics, grant, since, after, limit));
    }

    private static <T> CompletableFuture<T> lookUp(RunningHub running, String trouble, Callable<T> question) {
        if (running.readers().waiting() > LOOK_UPS_MAX) {
            throw Refused.because(Refused.Reason.OVERLOADED,
                "more than " + LOOK_UPS_MAX + " look-ups wait for the log");
        }
        CompletableFuture<T> answer = new CompletableFuture<>();
        running.readers().submit(() -> {
            try {
                answer.complete(question.call());
            } catch (Exception e) {
                answer.completeExceptionally(e instanceof Refused ? e : Refused.because(
                    Refused.Reason.STORE_FAILED, trouble + ": " + e.getMessage(), e));
            }
        }, () -> answer.completeExceptionally(Refused.because(Refused.Reason.NOT_OPEN, "the hub is closing")));
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
        RunningHub running = engine;
        if (running == null || closed) {
            return "the store is not open";
        }
        return running.trouble();
    }

    /** How many streams are open. */
    public int streams() {
        return caps.total();
    }

    /** Ends all streams, answers what is queued, ends all threads. Does not close the log. Idempotent. */
    @Override
    public void close() {
        RunningHub running;
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

    /** Who is counted where: for tests. */
    public StreamCaps caps() {
        return caps;
    }

    /** A tick now, and the end of it: for tests that own the time. */
    CompletableFuture<?> tickNow() {
        return running().tickNow();
    }

    private RunningHub running() {
        RunningHub running = engine;
        if (running == null || closed) {
            throw Refused.because(Refused.Reason.NOT_OPEN,
                closed ? "the hub is closing" : "the store is being opened; try again soon");
        }
        return running;
    }

    private void ended(Subscriber s) {
        caps.leave(s.request());
        interest.remove(s.request().topics());
        connections.remove(s);
        metrics.add(Count.STREAMS_ENDED);
    }
}
