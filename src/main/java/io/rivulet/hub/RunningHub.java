package io.rivulet.hub;

import io.rivulet.auth.Grant;
import io.rivulet.config.Setting;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.Event;
import io.rivulet.event.EventFrame;
import io.rivulet.event.IdSeal;
import io.rivulet.event.Position;
import io.rivulet.hub.presence.Presence;
import io.rivulet.hub.presence.PresenceTeller;
import io.rivulet.hub.publish.Committer;
import io.rivulet.hub.publish.PendingPublish;
import io.rivulet.hub.publish.Producers;
import io.rivulet.hub.publish.PublishIntake;
import io.rivulet.hub.publish.PublishQueue;
import io.rivulet.hub.resume.Caller;
import io.rivulet.hub.resume.HistoryPages;
import io.rivulet.hub.resume.Resume;
import io.rivulet.hub.resume.TopicStates;
import io.rivulet.hub.stream.Census;
import io.rivulet.hub.stream.FanOut;
import io.rivulet.hub.stream.Heartbeat;
import io.rivulet.hub.stream.Readers;
import io.rivulet.hub.stream.Shard;
import io.rivulet.hub.stream.ShardSetup;
import io.rivulet.hub.stream.StreamAccounts;
import io.rivulet.hub.stream.StreamNames;
import io.rivulet.hub.stream.feed.FeedSources;
import io.rivulet.hub.stream.feed.GoLive;
import io.rivulet.hub.stream.feed.HistoryRead;
import io.rivulet.hub.stream.feed.NewestRead;
import io.rivulet.hub.stream.feed.ReadBudget;
import io.rivulet.hub.tail.EndedTopics;
import io.rivulet.hub.tail.SharedLife;
import io.rivulet.hub.tail.TailRing;
import io.rivulet.hub.tail.TransientTopics;
import io.rivulet.log.Digest;
import io.rivulet.log.EventLog;
import io.rivulet.log.LogRange;
import io.rivulet.log.TransientRelay;
import io.rivulet.metrics.Metrics;
import io.rivulet.refusal.LastingLoop;
import io.rivulet.refusal.LastingTicker;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicList;
import io.rivulet.topic.TopicSpace;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life cycle of a hub that has a log: it builds the parts, starts their threads, ticks, and ends them. {@link Hub}
 * makes one when it opens and asks it for the parts; any thread.
 *
 * <p>The parts end in the order of the flow: first the queue and the committer, so that what was accepted is appended
 * and answered, then the shards, so that each stream hears of it, then the readers. Each is waited for, but not for
 * ever: a disk that hangs must not keep the container from stopping.
 */
final class RunningHub {

    private static final Logger LOG = LoggerFactory.getLogger(RunningHub.class);
    private static final long TICK_MS = 500;
    private static final long JOIN_MS = 2_000;
    /** Ticks after which what was not asked for again is let go of: ten seconds. */
    private static final int AGE_TICKS = 20;

    private final EventLog log;
    private final PublishQueue queue;
    private final Committer sequencer;
    private final Thread committer;
    private final FanOut fanOut;
    private final Readers readers;
    private final LookUps lookUps;
    private final StreamOpener opener;
    private final HistoryPages pages;
    private final TopicStates states;
    private final AnswerThread answers;
    private final LastingTicker ticker;
    private final PresenceTeller teller;
    private final TopicSpace topics;
    private final NewestRead newest;
    private final PublishIntake intake;
    /** Of the ticker. */
    private int ticks;

    private RunningHub(Settings settings, InstantSource clock, LongSupplier nanos, Metrics metrics, EventLog log,
                       GoLive goLive, StreamNames names, LongSupplier retryMs, StreamAccounts accounts,
                       Predicate<Grant> banned, Presence presence, TopicSpace topics, EndedTopics.Listener marked) {
        this.log = log;
        this.topics = topics;
        intake = new PublishIntake(settings, topics);
        queue = new PublishQueue(settings.get(SettingsTable.PUBLISH_QUEUE_BYTES));
        fanOut = new FanOut(settings.get(SettingsTable.LAG_MAX).toMillis(), clock);
        ReadBudget readBudget = new ReadBudget(settings.get(SettingsTable.READ_BYTES));
        readers = new Readers(readBudget);
        lookUps = new LookUps(readers, settings.get(SettingsTable.CONNECTIONS_ADDRESS_MAX),
            Runtime.getRuntime().maxMemory());
        answers = new AnswerThread();
        ticker = new LastingTicker(LOG, "A tick of {} failed once and comes again", "rivulet-tick", TICK_MS,
            this::tick);

        TransientRelay relay = log.relay();
        TransientRelay.Start begun = relay == null ? null : relay.begin();
        LogRange range = begun == null ? log.range() : begun.range();
        Position start = begun == null ? Position.ofDurable(range.head()) : begun.place();
        int life = begun == null || begun.life() == 0 ? 0 : IdSeal.lifeOf(begun.life());
        String startId = log.seal().seal(range.epoch(), life, 0, start, range.headNonce());
        long ringBytes = settings.get(SettingsTable.RING_BYTES);
        TransientTopics transients = new TransientTopics(
            TopicList.of(settings, SettingsTable.TRANSIENT_TOPICS, topics), ringBytes);
        if (begun != null) {
            transients.share(new SharedLife(life, 0, 0, start));
        }
        TailRing ring = TailRing.of(ringBytes, start, startId, frame -> evicted(frame, transients, presence));
        EndedTopics ended = new EndedTopics(log, (topic, end) -> answers.execute(() -> marked.marked(topic, end)));
        teller = presence.isOn() ? new PresenceTeller(presence, this::publishOwn) : null;
        presence.open(ring, teller == null ? changed -> { } : teller::changed);
        Setting<List<String>> setting = SettingsTable.TRANSIENT_TOPICS; // its default are the topics of the hub's feeds
        TopicList ofNode = TopicList.ofNames(setting.parse(setting.defaultText(), "default"));
        Resume resume = new Resume(log, ring, transients,
            asked -> transients.mayBeAmong(asked) || presence.mayBeAmong(asked),
            asked -> ofNode.mayBeAmong(asked) || presence.mayBeAmong(asked));
        pages = new HistoryPages(log, resume);
        states = new TopicStates(log, ring, transients, ended);
        HistoryRead history = new HistoryRead(log, transients);
        newest = new NewestRead(log, transients, history);
        FeedSources sources = new FeedSources(ring, transients, history, newest, readBudget, goLive);
        int shards = Runtime.getRuntime().availableProcessors();
        ShardSetup setup = new ShardSetup(sources, log, readers, metrics, clock, nanos, start, startId,
            settings.get(SettingsTable.BACKLOG_EVENTS), accounts, retryMs,
            Heartbeat.CursorDue.of(settings), banned, answers, presence,
            settings.get(SettingsTable.WRITE_BYTES) / shards, names,
            settings.get(SettingsTable.STALL_TIMEOUT).toNanos(), ended,
            settings.get(SettingsTable.CONFLATE_TOPICS_MAX), settings.get(SettingsTable.CONFLATE_BYTES) / shards);
        for (int i = 1; i <= shards; i++) {
            fanOut.add(new Shard(setup, i));
        }
        opener = new StreamOpener(settings, setup, fanOut, resume);
        sequencer = new Committer(queue, log, range, ring, transients, ended, fanOut, answers, metrics, clock, nanos);
        if (begun != null) {
            sequencer.relayBy(relay, start);
        }
        committer = new Thread(sequencer, "rivulet-commit");
        committer.setDaemon(true);
    }

    /** Builds the parts and starts their threads; {@code retryMs} is when a client is to come back. */
    static RunningHub start(Settings settings, InstantSource clock, LongSupplier nanos, Metrics metrics, EventLog log,
                            GoLive goLive, StreamNames names, LongSupplier retryMs, StreamAccounts accounts,
                            Predicate<Grant> banned, Presence presence, TopicSpace topics,
                            EndedTopics.Listener marked) {
        RunningHub hub = new RunningHub(settings, clock, nanos, metrics, log, goLive, names, retryMs, accounts, banned,
            presence, topics, marked);
        boolean started = false;
        try {
            hub.startThreads();
            started = true;
        } finally {
            if (!started) {
                hub.close(); // no thread more could be had: those that run end, for the log is opened once more
            }
        }
        return hub;
    }

    private void startThreads() {
        readers.start();
        fanOut.shards().forEach(Shard::start);
        committer.start();
        answers.start();
        ticker.start();
        if (teller != null) {
            teller.start();
        }
    }

    private void tick() {
        endAbandoned();
        fanOut.shards().forEach(shard -> shard.post(shard::tick));
        if (teller != null) {
            teller.tick();
        }
        if (++ticks % AGE_TICKS == 0) {
            topics.age();
            newest.age();
            log.age();
        }
    }

    /** Ends the topics whose publisher was silent for longer than it had promised. */
    private void endAbandoned() {
        sequencer.leases().askEnds(lease -> queue.offer(intake.abandon(lease)));
    }

    /** A tick now, and the end of it: for tests that own the time. */
    CompletableFuture<?> tickNow() {
        tick();
        return fanOut.ask(shard -> true);
    }

    /** An event left the ring: the memory of losses notes it. Subscription events have a memory of their own. */
    private static void evicted(EventFrame frame, TransientTopics transients, Presence presence) {
        if (frame.isPresence()) {
            presence.evicted(frame.position());
        } else {
            transients.evicted(frame);
        }
    }

    /** Publishes the hub's own events: the rules for publishers do not hold for them. */
    private CompletableFuture<List<String>> publishOwn(List<Event> events) {
        return publish(PendingPublish.ofNode(events));
    }

    /** Where a producer stands, by its key. */
    CompletableFuture<Producers.Standing> standing(Caller caller, Digest producer) {
        return lookUps.ask(caller, 0, "the place of the producer", work -> sequencer.standing(producer));
    }

    /** Whether the queue would take it now. */
    boolean hasRoom(PendingPublish pending) {
        return queue.hasRoom(pending.weight());
    }

    CompletableFuture<List<String>> publish(PendingPublish pending) {
        queue.offer(pending);
        return pending.answer;
    }

    StreamOpener opener() {
        return opener;
    }

    /** Ends the streams of those who are banned, each between two events. */
    void endBanned() {
        fanOut.shards().forEach(shard -> shard.post(shard::endBanned));
    }

    /** Ends some streams: see {@link Drain.Ending}. */
    void drain(double gone, boolean isLast) {
        fanOut.shards().forEach(shard -> shard.post(() -> shard.drain(gone, isLast)));
    }

    LookUps lookUps() {
        return lookUps;
    }

    /** What the streams amount to now; completed on the thread for answers. */
    CompletableFuture<Census> census() {
        List<CompletableFuture<Census>> all = new ArrayList<>();
        for (Shard shard : fanOut.shards()) {
            CompletableFuture<Census> one = new CompletableFuture<>();
            all.add(one);
            shard.count(one);
        }
        return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new))
            .thenApply(done -> Census.sum(all.stream().map(CompletableFuture::join).toList()));
    }

    /** Lets a publish of nothing go the way of all others, and asks each shard for a word. */
    HubTrial attempt() {
        PendingPublish pending = PendingPublish.trial();
        try {
            queue.offer(pending);
        } catch (Refused e) {
            pending.answer.completeExceptionally(e);
        }
        return new HubTrial(pending.answer, fanOut.ask(shard -> true));
    }

    /** What the log holds now, and what waits to get into it. */
    HubSizes sizes() {
        return new HubSizes(log.size(), log.lag(), queue.bytes(), lookUps.waiting());
    }

    HistoryPages pages() {
        return pages;
    }

    TopicStates states() {
        return states;
    }

    /** Why publishing fails now, or null. */
    String trouble() {
        LogRange range = log.range();
        if (range.failure() != null) {
            return range.failure().getMessage();
        }
        return committer.isAlive() ? sequencer.trouble() : "the thread that publishes has ended";
    }

    /**
     * Ends all parts in the order of the flow. The committer may wait for a shard that does not dispatch any more; the
     * fan-out then lets it go. An interrupt or an error ends the waiting, but every thread is still told to end.
     */
    void close() {
        try {
            ticker.end();
            queue.close();
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
            answers.close(JOIN_MS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            LOG.warn("The hub was interrupted while it closed; its threads end without being waited for");
        } finally {
            LastingLoop.each(ticker::end, queue::close, fanOut::close, () -> fanOut.shards().forEach(Shard::end),
                readers::end, () -> {
                    if (teller != null) {
                        teller.end();
                    }
                }, answers::end);
        }
    }
}
