package io.rivulet.hub;

import io.rivulet.auth.Grant;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.Event;
import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.hub.dialect.Dialect;
import io.rivulet.hub.presence.Presence;
import io.rivulet.hub.presence.PresenceTeller;
import io.rivulet.hub.publish.Committer;
import io.rivulet.hub.publish.PendingPublish;
import io.rivulet.hub.publish.PublishQueue;
import io.rivulet.hub.resume.HistoryPages;
import io.rivulet.hub.resume.Placed;
import io.rivulet.hub.resume.Resume;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.StartPoint;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.hub.stream.Admission;
import io.rivulet.hub.stream.EndReason;
import io.rivulet.hub.stream.FanOut;
import io.rivulet.hub.stream.FeedSources;
import io.rivulet.hub.stream.GoLive;
import io.rivulet.hub.stream.Heartbeat;
import io.rivulet.hub.stream.HistoryRead;
import io.rivulet.hub.stream.NewestRead;
import io.rivulet.hub.stream.Outlet;
import io.rivulet.hub.stream.ReadBudget;
import io.rivulet.hub.stream.Readers;
import io.rivulet.hub.stream.Shard;
import io.rivulet.hub.stream.ShardSetup;
import io.rivulet.hub.stream.StreamNames;
import io.rivulet.hub.stream.StreamOwner;
import io.rivulet.hub.stream.Subscriber;
import io.rivulet.hub.tail.TailRing;
import io.rivulet.hub.tail.TransientTopics;
import io.rivulet.log.EventLog;
import io.rivulet.log.LogRange;
import io.rivulet.metrics.Metrics;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.topic.Topic;
import io.rivulet.topic.TopicSelection;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The running parts of a hub that has a log: built in flow order, closed in the same. */
final class RunningHub {

    private static final Logger LOG = LoggerFactory.getLogger(RunningHub.class);
    private static final long TICK_MS = 500;
    private static final long JOIN_MS = 2_000;
    private static final int RING_SLOTS_MAX = 1 << 18;
    private static final int BYTES_PER_SLOT = 256;
    /** Streams that began together end apart: each a random part, at most a fifth, before the greatest age. */
    private static final int AGE_SPREAD = 5;

    private final EventLog log;
    private final StreamNames names;
    private final Metrics metrics;
    private final PublishQueue queue;
    private final Thread committer;
    private final FanOut fanOut;
    private final Readers readers;
    private final HistoryRead history;
    private final TailRing ring;
    private final Resume resume;
    private final HistoryPages pages;
    private final ExecutorService answers;
    private final ScheduledExecutorService ticker;
    private final LongSupplier retryMs;
    private final Settings settings;
    private final InstantSource clock;
    private final Presence presence;
    private final PresenceTeller teller;

    private RunningHub(Settings settings, InstantSource clock, LongSupplier nanos, Metrics metrics, EventLog log,
                       GoLive handOver, StreamNames names, Consumer<Subscriber> ended, Predicate<Grant> banned,
                       Presence presence) {
        this.log = log;
        this.names = names;
        this.metrics = metrics;
        this.settings = settings;
        this.clock = clock;
        this.presence = presence;
        long retryMin = settings.get(SettingsTable.RETRY_MIN).toMillis();
        long retryMax = settings.get(SettingsTable.RETRY_MAX).toMillis();
        retryMs = () -> names.between(retryMin, retryMax);
        queue = new PublishQueue(settings.get(SettingsTable.PUBLISH_QUEUE_BYTES));
        fanOut = new FanOut(settings.get(SettingsTable.LAG_MAX).toMillis(), clock);
        ReadBudget readBudget = new ReadBudget(settings.get(SettingsTable.READ_BYTES));
        readers = new Readers(readBudget);
        history = new HistoryRead(log);
        answers = Executors.newSingleThreadExecutor(daemon("rivulet-answer"));
        ticker = Executors.newSingleThreadScheduledExecutor(daemon("rivulet-tick"));

        LogRange range = log.range();
        Position start = Position.ofDurable(range.head());
        String startId = log.seal().seal(range.epoch(), range.head(), 0, range.headNonce());
        long bytes = settings.get(SettingsTable.RING_BYTES);
        TransientTopics transients = new TransientTopics(bytes);
        int slots = (int) Math.max(1024, Math.min(RING_SLOTS_MAX, Long.highestOneBit(bytes / BYTES_PER_SLOT)));
        ring = new TailRing(bytes, slots, start, startId, frame -> left(frame, transients));
        teller = presence.isOn() ? new PresenceTeller(presence, this::publishOwn) : null;
        presence.open(ring, teller == null ? changed -> { } : teller::changed);
        List<String> transientTopics = settings.get(SettingsTable.TRANSIENT_TOPICS);
        resume = new Resume(log, ring, transients,
            topics -> mayBeTransient(topics, transientTopics) || presence.mayBeAmong(topics));
        pages = new HistoryPages(log, resume);
        Heartbeat.CursorDue cursors = Heartbeat.CursorDue.of(settings.get(SettingsTable.LOG_RETAIN_BYTES),
            settings.get(SettingsTable.LOG_RETAIN_AGE).toMillis(), settings.get(SettingsTable.LOG_RETAIN_EVENTS));
        int shards = Runtime.getRuntime().availableProcessors();
        FeedSources sources = new FeedSources(ring, transients, history, new NewestRead(log, transients, history),
            readBudget, handOver);
        ShardSetup setup = new ShardSetup(sources, log, readers, metrics, clock, nanos, start, startId,
            settings.get(SettingsTable.BACKLOG_EVENTS), ended, retryMs, cursors, banned, answers, presence,
            settings.get(SettingsTable.WRITE_BYTES) / shards, names,
            settings.get(SettingsTable.STALL_TIMEOUT).toNanos(),
            settings.get(SettingsTable.CONFLATE_TOPICS_MAX), settings.get(SettingsTable.CONFLATE_BYTES) / shards);
        for (int i = 1; i <= shards; i++) {
            fanOut.add(new Shard(setup, i));
        }
        committer = new Thread(
            new Committer(queue, log, ring, transients, fanOut, answers, metrics, clock), "rivulet-commit");
        committer.setDaemon(true);
    }

    static RunningHub start(Settings settings, InstantSource clock, LongSupplier nanos, Metrics metrics, EventLog log,
                            GoLive handOver, StreamNames names, Consumer<Subscriber> ended, Predicate<Grant> banned,
                   Presence presence) {
        RunningHub engine = new RunningHub(settings, clock, nanos, metrics, log, handOver, names, ended, banned,
            presence);
        engine.readers.start();
        engine.fanOut.shards().forEach(Shard::start);
        engine.committer.start();
        engine.ticker.scheduleAtFixedRate(
            engine::tick, TICK_MS, TICK_MS, TimeUnit.MILLISECONDS);
        if (engine.teller != null) {
            engine.teller.start();
        }
        return engine;
    }

    private void tick() {
        fanOut.shards().forEach(shard -> shard.post(shard::tick));
        if (teller != null) {
            teller.tick();
        }
    }

    /** A tick now, and the end of it: for tests that own the time. */
    CompletableFuture<?> tickNow() {
        tick();
        return fanOut.ask(shard -> true);
    }

    private void left(EventFrame frame, TransientTopics transients) {
        if (frame.isPresence()) {
            presence.evicted(frame.position());
        } else {
            transients.evicted(frame);
        }
    }

    /** Past the rules for publishers: what the hub itself tells. */
    private CompletableFuture<List<String>> publishOwn(List<Event> events) {
        return publish(new PendingPublish(events, null, true));
    }

    CompletableFuture<List<String>> publish(PendingPublish pending) {
        queue.offer(pending);
        return pending.answer;
    }

    /** Where the stream begins; on a reader thread. */
    Placed place(SubscribeRequest request) throws IOException {
        StartPoint found = resume.find(request.resume());
        StartPoint start = presence.checked(request, found.cursor() == null ? found.at(ring.newest()) : found);
        boolean damage = history.meetsDamage(start.cursor());
        String told = request.dialect().startId(request.cursor(), start, damage,
            () -> resume.isNothingFor(request.grant()));
        return new Placed(start, damage, told);
    }

    /** A stream that nobody writes to yet; given a shard. */
    Subscriber admit(SubscribeRequest request, Outlet outlet) {
        Dialect dialect = request.dialect();
        long ageMs = dialect.maxAge(settings).toMillis();
        long nowMs = clock.millis();
        long agedMs = ageMs == 0 ? Long.MAX_VALUE : nowMs + names.between(ageMs - ageMs / AGE_SPREAD, ageMs);
        Admission admission = new Admission(names.next(), presence.isOn() ? names.nextUrn() : null, nowMs, agedMs,
            dialect.variant(settings));
        return new Subscriber(request, outlet, fanOut.assign(), admission);
    }

    /** Begins to serve it. */
    void open(Subscriber s, Placed placed) {
        StreamOwner<Subscriber> shard = s.owner();
        byte[] first = s.request().dialect().prelude(retryMs.getAsLong());
        shard.post(() -> shard.begin(s, first));
        if (placed != null) {
            attach(s, placed);
        } else if (s.request().cursor() == null && s.request().since() == Since.LATEST) {
            // now, not when the shard comes to it: what was answered before is old, what comes from now on is new
            StartPoint live = StartPoint.LIVE.at(ring.newest());
            shard.post(() -> shard.attach(s, live, false));
        } else {
            readers.submit(() -> placeAndAttach(s));
        }
    }

    /** Ends the streams of those who are banned, each between two events. */
    void endBanned() {
        fanOut.shards().forEach(shard -> shard.post(shard::endBanned));
    }

    Readers readers() {
        return readers;
    }

    HistoryPages pages() {
        return pages;
    }

    /** Why publishing fails now, or null. */
    String trouble() {
        LogRange range = log.range();
        return range.failure() == null ? null : range.failure().getMessage();
    }

    void close() {
        ticker.shutdownNow();
        queue.close();
        try {
            committer.join(JOIN_MS);
            fanOut.close();
            committer.join(JOIN_MS);
            for (Shard shard : fanOut.shards()) {
                shard.close(JOIN_MS);
            }
            if (teller != null) {
                teller.close(JOIN_MS);
            }
            readers.close();
            answers.shutdown();
            if (!answers.awaitTermination(JOIN_MS, TimeUnit.MILLISECONDS)) {
                answers.shutdownNow();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            LOG.warn("The hub was interrupted while it closed; its threads end without being waited for");
        } finally {
            fanOut.close();
            fanOut.shards().forEach(Shard::end);
            readers.end();
            if (teller != null) {
                teller.end();
            }
            answers.shutdown();
        }
    }

    private void placeAndAttach(Subscriber s) {
        if (s.hasLeft()) {
            return;
        }
        Placed placed;
        try {
            placed = place(s.request());
        } catch (IOException | RuntimeException e) {
            LOG.error("The cursor of stream {} could not be looked up; it is ended and will ask again",
                s.connection(), e);
            s.gone(EndReason.FAULT);
            return;
        }
        attach(s, placed);
    }

    private void attach(Subscriber s, Placed placed) {
        StartPoint start = placed.start();
        if (start.resumed() == StartPoint.Resumed.RESET) {
            metrics.add(Count.RESETS);
        }
        s.owner().post(() -> s.owner().attach(s, start, placed.damageTold()));
    }

    static boolean mayBeTransient(TopicSelection topics, List<String> patterns) {
        return patterns.stream().anyMatch(topic -> topic.endsWith(Topic.ANY)
            ? topics.mayMatchBeginning(topic.substring(0, topic.length() - 1)) : topics.matches(List.of(topic)));
    }

    private static ThreadFactory daemon(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }
}
