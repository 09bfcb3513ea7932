package io.rivulet.hub;

import io.rivulet.auth.Grant;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.Event;
import io.rivulet.event.Nodes;
import io.rivulet.heap.HeapBytes;
import io.rivulet.hub.presence.Presence;
import io.rivulet.hub.presence.PresenceNotes;
import io.rivulet.hub.presence.SubscriptionDocument;
import io.rivulet.hub.publish.PendingPublish;
import io.rivulet.hub.publish.Producers;
import io.rivulet.hub.publish.Publication;
import io.rivulet.hub.publish.PublishIntake;
import io.rivulet.hub.publish.PublishRates;
import io.rivulet.hub.publish.PublishRules;
import io.rivulet.hub.resume.Caller;
import io.rivulet.hub.resume.History;
import io.rivulet.hub.resume.HistoryPages;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.StartPoint;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.hub.resume.TopicState;
import io.rivulet.hub.stream.Census;
import io.rivulet.hub.stream.Connections;
import io.rivulet.hub.stream.EndReason;
import io.rivulet.hub.stream.Interest;
import io.rivulet.hub.stream.Outlet;
import io.rivulet.hub.stream.StreamCaps;
import io.rivulet.hub.stream.StreamNames;
import io.rivulet.hub.stream.Subscriber;
import io.rivulet.hub.stream.Subscription;
import io.rivulet.hub.stream.feed.GoLive;
import io.rivulet.hub.tail.TailRing;
import io.rivulet.log.EventLog;
import io.rivulet.metrics.Metrics;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.refusal.LastingLoop;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The hub: publish, subscribe and read history, for the doors and for code in the same JVM. Any thread.
 *
 * <p>A hub exists before its log does: to open a log may take long, and meanwhile the doors must answer. Until
 * {@link #open} gives it a log, publishes and streams are refused as {@code NOT_OPEN}; after {@link #close} they are
 * again, and streams already once {@link #drain} has begun. So the log and all that runs on it are parts of
 * {@link RunningHub}, and what must outlive that change is here: rules, caps, rates, and the lists of streams.
 */
public final class Hub implements AutoCloseable {

    /** To have a stream ended that met an error while it opened. */
    private static final int TRIES = 6;

    private final Settings settings;
    private final TopicSpace topics;
    private final InstantSource clock;
    private final Metrics metrics;
    private final PublishRules rules;
    private final PublishIntake intake;
    private final StreamNames names = new StreamNames();
    private final Interest interest;
    private final StreamCaps caps;
    private final PublishRates rates;
    private final Connections connections;
    private final Accounts accounts;
    private final Presence presence;
    private final GoLive goLive;
    private final LongSupplier nanos;
    private final Drain drain;
    private final AlarmClock alarms = new AlarmClock();
    private final TopicWatches watches;
    private volatile Predicate<Grant> banned = grant -> false;
    private volatile RunningHub running;
    private volatile Supplier<String> whyNotOpen = () -> null;
    private volatile boolean closed;
    /** Whether nobody has taken over: for some time there will be no hub here. */
    private volatile boolean leaving;

    /** A hub without a log yet: until {@link #open} publishes and streams are refused as {@code NOT_OPEN}. */
    public Hub(Settings settings, TopicSpace topics, InstantSource clock, Metrics metrics) {
        this(settings, topics, clock, metrics, new StreamCaps(settings, metrics), GoLive.EXACT, System::nanoTime);
    }

    /**
     * With parts that a test looks into or replaces: the counts of streams, the decision about going live, which a test
     * breaks on purpose, and the ticker of time limits.
     */
    Hub(Settings settings, TopicSpace topics, InstantSource clock, Metrics metrics, StreamCaps caps, GoLive goLive,
        LongSupplier nanos) {
        this.nanos = nanos;
        this.settings = settings;
        this.topics = topics;
        this.clock = clock;
        this.metrics = metrics;
        this.rules = new PublishRules(settings, topics);
        this.intake = new PublishIntake(settings, topics);
        this.goLive = goLive;
        this.interest = new Interest(settings.get(SettingsTable.PATTERNS_MAX));
        this.presence = new Presence(settings.get(SettingsTable.PRESENCE), SubscriptionDocument.hubPath(topics), clock);
        this.caps = caps;
        this.connections = new Connections(names, clock);
        this.accounts = new Accounts(caps, interest, connections, metrics);
        this.rates = new PublishRates(settings, System::nanoTime, metrics);
        this.drain = new Drain(settings.get(SettingsTable.DRAIN), nanos, connections::open, this::endStreams);
        this.watches = new TopicWatches(this::isHeard, alarms, nanos);
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

    /** The list of active subscriptions; never null. */
    public Presence presence() {
        return presence;
    }

    /** How its streams are let go before it closes; never null. */
    public Drain drain() {
        return drain;
    }

    /** Runs tasks of code in the same JVM at their time; never null. */
    public Alarms alarms() {
        return alarms;
    }

    /** What such code wants to know of single topics; never null. */
    public TopicWatches watches() {
        return watches;
    }

    /** What callers have and operators see is of all these nodes from now on. */
    public void share(Nodes nodes) {
        PresenceNotes.share(presence, nodes);
        caps.share(nodes);
        drain.share(nodes);
        rates.share(nodes, beat -> alarms.after(PublishRates.BEAT, beat));
        watches.share(topic -> connections.listeners().isHeard(topic));
    }

    private void endStreams(double gone, boolean isLast) {
        RunningHub parts = running;
        if (parts != null) {
            parts.drain(gone, isLast);
        }
    }

    /** Keeps out the holders of these grants: asked for each stream that opens, and for all by {@link #endBanned}. */
    public void bans(Predicate<Grant> isBanned) {
        banned = isBanned;
    }

    /** Ends the streams of those who are banned now, within a second; to be called after a ban was noted. */
    public void endBanned() {
        RunningHub parts = running;
        if (parts != null) {
            parts.endBanned();
        }
    }

    /** Caps the number of streams, each of so many KiB; 0 for any number. The start-up knows what fits. */
    public void streamsMax(int max, int streamKib) {
        caps.totalMax(max, streamKib);
    }

    /** Begins to serve from this log, once until {@link #pause}. The caller closes the log, after {@link #close}. */
    public synchronized void open(EventLog log) {
        if (running != null) {
            throw new IllegalStateException("the hub is open already");
        }
        connections.begin(log);
        if (!closed) {
            running = RunningHub.start(settings, clock, nanos, metrics, log, goLive, names, this::retryMs, accounts,
                grant -> banned.test(grant), presence, topics, (topic, hasEnded) -> watches.stopped(topic,
                    hasEnded ? TopicWatches.Stop.ENDED : TopicWatches.Stop.CANCELLED));
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
            RunningHub parts = running();
            rates.take(publication.grant(), publication.events());
            CompletableFuture<List<String>> answer = parts.publish(intake.take(publication));
            if (watches.sees(publication.events())) {
                answer.thenRun(() -> watches.published(publication.events()));
            }
            return answer;
        } catch (Refused e) {
            metrics.add(Count.REFUSED);
            throw e;
        }
    }

    /**
     * Publishes for somebody who can wait: as {@link #publish(Publication)}, but where the subject publishes too fast,
     * or the queue is full, nothing is done and the answer is null. The caller comes again a moment later.
     *
     * @throws Refused for any other reason; the caller counts it
     */
    public CompletableFuture<List<String>> tryPublish(Publication publication) {
        try {
            refuseBanned(publication.grant());
            rules.check(publication);
            PendingPublish pending = intake.take(publication);
            RunningHub parts = running();
            return parts.hasRoom(pending) && rates.tryTake(publication.grant(), publication.events())
                ? parts.publish(pending) : null;
        } catch (Refused e) {
            if (e.reason() == Refused.Reason.OVERLOADED) {
                return null; // others took the room between the two looks
            }
            throw e;
        }
    }

    /** Checks whether this event keeps the rules; throws {@link Refused} when it does not. */
    public void check(Event event, Grant grant) {
        rules.check(new Publication(List.of(event), grant, null));
    }

    /** So many events of one topic may be published at once, at most. */
    public int atOnce() {
        return rates.atOnce();
    }

    /**
     * Checks whether this caller might publish an event now. The doors ask before they read the body.
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
     * Looks up where a stream would begin, for doors that must say it before the stream does. A caller that does not
     * wait any more cancels the answer: the look-up then ends soon.
     *
     * @return completed on a reader thread of the hub's; fails with {@link Refused} when the log cannot be asked
     * @throws Refused when the store is not open, the caller is banned, or too many look-ups wait
     */
    public CompletableFuture<StartPoint.Placed> place(SubscribeRequest request) {
        RunningHub parts = serving();
        refuseBanned(request.grant());
        return parts.lookUps().ask(Caller.of(request.grant(), request.peer()), request.topics().weight(),
            "the place to begin at", work -> parts.opener().place(request, work));
    }

    /**
     * Whether all topics that this stream asks for may have ended. If so, {@link #place} tells whether anything is left
     * for it. Without the disk; of none while there is no log.
     */
    public boolean mayBeOver(SubscribeRequest request) {
        RunningHub parts = running;
        return parts != null && !closed && parts.opener().mayEnd(request);
    }

    /**
     * Opens a stream. From now on a thread of the hub writes to the outlet, whenever its container says so.
     *
     * @throws Refused when the store is not open, the caller is banned, or there are too many streams or patterns, in
     *                 all or of this caller
     */
    public Subscription subscribe(SubscribeRequest request, Outlet outlet) {
        return subscribe(request, null, outlet);
    }

    /** The same from a start that was looked up before, by {@link #place}. */
    public Subscription subscribe(SubscribeRequest request, StartPoint.Placed placed, Outlet outlet) {
        StreamOpener opener = serving().opener();
        refuseBanned(request.grant());
        Accounts.refuseOperators(request, request.grant());
        TailRing.Mark now = opener.now(); // before a feed can hear of the stream and publish for it
        Subscriber s = accounts.admit(opener, connections.sessions().found(request), outlet);
        try {
            connections.add(s); // before a thread of the hub's can end it
            metrics.add(Count.STREAMS_OPENED);
            opener.open(s, placed, now);
        } catch (RuntimeException | Error e) {
            boolean told = false;
            for (int tries = 0; !told && tries < TRIES; tries++) {
                try {
                    s.gone(EndReason.FAULT); // by its shard, which gives back what it was counted for
                    told = true;
                } catch (RuntimeException | Error again) {
                    continue; // the caller hears of what came first
                }
            }
            throw e;
        }
        return s;
    }

    private void refuseBanned(Grant grant) {
        if (banned.test(grant)) {
            throw Refused.because(Refused.Reason.BANNED, "this subject or token is banned");
        }
    }

    /**
     * Reads history: durable events only, oldest first. A caller that does not wait any more cancels the answer: the
     * look-up then ends soon.
     *
     * @param caller who is charged for it
     * @param after the id to begin after, or null for {@code since}
     * @param limit at most so many events
     * @param room  the memory that the caller has: asked for each event, on the reader thread
     * @return completed on a reader thread of the hub's; fails with {@link Refused}
     * @throws Refused when the store is not open, or too many look-ups wait, in all or of this caller
     */
    public CompletableFuture<History> history(Caller caller, TopicSelection topics, Grant grant, Since since,
                                              String after, int limit, HistoryPages.Room room) {
        RunningHub parts = running();
        return parts.lookUps().ask(caller, topics.weight(), "the history",
            work -> parts.pages().page(new HistoryPages.Asked(topics, grant, since, after, limit, room), work));
    }

    /**
     * Where a producer of this identity stands; null for one that is not known.
     *
     * @throws Refused when the store is not open, or too many look-ups wait
     */
    public CompletableFuture<Producers.Standing> standing(Grant.Identity of, String producer, Caller caller) {
        return running().standing(caller, PublishIntake.producer(of, producer));
    }

    /** The same for code in the same JVM. */
    public CompletableFuture<History> history(TopicSelection topics, Grant grant, Since since, String after,
                                              int limit) {
        return history(Caller.of(grant, null), topics, grant, since, after, limit, HistoryPages.Room.ENDLESS);
    }

    /**
     * Asks for the end of a topic, once: from then on its publisher is refused, but for an event that ends it. Who asks
     * again gets the same answer. The event that says so is private where the newest event of the topic is.
     *
     * @param grant one that may, which the caller has checked
     * @return the id of this event; fails with {@link Refused}, ENDED where the topic has ended
     * @throws Refused when the caller is banned, the topic cannot be one, or there is too much to do now
     */
    public CompletableFuture<String> cancel(String topic, Grant grant, Caller caller) {
        refuseBanned(grant);
        rules.checkTopic(topic, grant);
        RunningHub parts = running();
        rates.take(grant, List.of(Event.cancel(topic, false)));
        CompletableFuture<String> answer = new CompletableFuture<>();
        parts.lookUps().ask(caller, HeapBytes.string(topic), "the topic",
            work -> parts.states().isPrivate(topic, work))
            .thenCompose(isPrivate -> parts.publish(intake.cancel(topic, isPrivate))).whenComplete((ids, fault) -> {
                if (fault == null) {
                    answer.complete(ids.get(0));
                } else {
                    answer.completeExceptionally(fault instanceof CompletionException ? fault.getCause() : fault);
                }
            });
        return answer;
    }

    /** What is known of a topic, under these rights; {@link #history} has the rest of the promise. */
    public CompletableFuture<TopicState> topicState(String topic, Grant grant, Caller caller) {
        RunningHub parts = running();
        return parts.lookUps().ask(caller, HeapBytes.string(topic), "the topic",
            work -> parts.states().state(interest.tried(topic, work), grant, work));
    }

    /** The same of all topics behind this name, in their order, at most so many; for operators. */
    public CompletableFuture<List<TopicState>> topicStates(String after, int limit, Caller caller) {
        RunningHub parts = running();
        return parts.lookUps().ask(caller, HeapBytes.string(after), "the list of topics",
            work -> parts.states().page(after, limit, work));
    }

    /** How many open streams would get an event of this topic. */
    public int listeners(String topic) {
        return interest.listeners(topic);
    }

    /** Whether an open stream would get an event of this topic. Feeds ask before they work. */
    public boolean isHeard(String topic) {
        return interest.isHeard(topic);
    }

    /** More of the same: who names topics, and how long it takes to find out. */
    public Interest interest() {
        return interest;
    }

    /**
     * What the open streams amount to now; of none while there is no log.
     *
     * @return completed on a thread of the hub's; it may never be where the hub closes meanwhile
     */
    public CompletableFuture<Census> census() {
        RunningHub parts = running;
        return parts == null || closed ? CompletableFuture.completedFuture(new Census()) : parts.census();
    }

    /** What log and queues hold now; null while there is no log. */
    public HubSizes sizes() {
        RunningHub parts = running;
        return parts == null || closed ? null : parts.sizes();
    }

    /** Tries publishing and fan-out, without an event; null while there is no log. Nobody waits here. */
    public HubTrial attempt() {
        RunningHub parts = running;
        return parts == null || closed ? null : parts.attempt();
    }

    /** Why publishing fails now, or null when it works. */
    public String publishTrouble() {
        RunningHub parts = running;
        return parts == null || closed ? "the store is not open" : parts.trouble();
    }

    /**
     * After how many milliseconds a client is to come back: each time another one, so that clients that were cut
     * together do not come back together. Longer once the application ends, since a client that comes back before it
     * runs again meets the container's 404, at which EventSource stops for ever. It has not even begun to end before
     * the streams that are open then have had their time.
     */
    public long retryMs() {
        if (leaving || drain.isOn()) {
            long closingMs = settings.get(SettingsTable.RETRY_CLOSING).toMillis();
            return drain.paceLeftMs() + names.between(closingMs, closingMs + closingMs / 2);
        }
        long leastMs = settings.get(SettingsTable.RETRY_MIN).toMillis();
        // both may change between the two looks
        return names.between(leastMs, Math.max(leastMs, settings.get(SettingsTable.RETRY_MAX).toMillis()));
    }

    /**
     * Ends all streams, answers what is queued, ends all threads. Does not close the log. Idempotent; where it failed,
     * the next call ends what is left.
     */
    @Override
    public void close() {
        leaving = true;
        end();
    }

    /**
     * Ends the use of a log that is opened anew. All streams end, and their clients come back soon; meanwhile the hub
     * refuses as before its first {@link #open}, which follows.
     */
    public void pause() {
        RunningHub parts;
        synchronized (this) {
            parts = running;
            running = null;
        }
        if (parts != null) {
            parts.close();
        }
    }

    /** The same for a successor that serves already: clients may come back soon. */
    public void handOver() {
        end();
    }

    private void end() {
        RunningHub parts;
        synchronized (this) {
            closed = true;
            parts = running;
        }
        LastingLoop.each(drain::close); // also when it was closed before: an error may have come between
        if (parts != null) {
            parts.close();
        }
        watches.close(); // behind the answers: what was published has been told by now
        alarms.close();
    }

    /** Look-ups that wait: for tests. */
    int lookUps() {
        return running().lookUps().waiting();
    }

    /** A tick now, and the end of it: for tests that own the time. */
    CompletableFuture<?> tickNow() {
        return running().tickNow();
    }

    /** What keeps the store from opening, for those who are refused meanwhile; null where it only takes its time. */
    public void whyNotOpen(Supplier<String> reason) {
        whyNotOpen = reason;
    }

    /** The same for streams, which a hub that is about to end does not begin. */
    private RunningHub serving() {
        RunningHub parts = running();
        if (drain.isOn()) {
            throw Refused.because(Refused.Reason.NOT_OPEN, "the hub is about to end; its streams are ending");
        }
        return parts;
    }

    private RunningHub running() {
        RunningHub parts = running;
        if (parts == null || closed) {
            String why = whyNotOpen.get();
            throw Refused.because(Refused.Reason.NOT_OPEN, closed ? "the hub is closing"
                : why == null ? "the store is being opened; try again soon" : "the store is not open: " + why);
        }
        return parts;
    }
}
