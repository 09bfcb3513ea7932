package io.rivulet.hub.publish;

import io.rivulet.event.Event;
import io.rivulet.event.EventFrame;
import io.rivulet.event.IdSeal;
import io.rivulet.event.Position;
import io.rivulet.hub.stream.FanOut;
import io.rivulet.hub.tail.EndedTopics;
import io.rivulet.hub.tail.SharedLife;
import io.rivulet.hub.tail.TailRing;
import io.rivulet.hub.tail.TransientTopics;
import io.rivulet.log.Digest;
import io.rivulet.log.EventLog;
import io.rivulet.log.LogAway;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogFailure;
import io.rivulet.log.LogMoved;
import io.rivulet.log.LogRange;
import io.rivulet.log.LogRecord;
import io.rivulet.log.TransientRelay;
import io.rivulet.metrics.Metrics;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.metrics.Metrics.Sample;
import io.rivulet.refusal.LastingLoop;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import java.io.IOException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The one sequencer: it takes groups from the queue, appends the durable events as one commit, gives each event its
 * position, shows all to the ring, and answers. Its own thread, {@code rivulet-commit}; it does no network I/O and runs
 * nobody's callback.
 *
 * <p>The next group gathers by itself while one commit syncs, so there is no timer: a lone publish waits for nobody,
 * and under load the groups grow.
 */
public final class Committer implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Committer.class);
    private static final TopicSelection ALL = TopicSelection.of(List.of(new TopicMatcher.Any()));
    private static final int READ_BYTES = 1 << 20;
    private static final long TROUBLE_MS = 10_000;

    private final PublishQueue queue;
    private final EventLog log;
    private final TailRing ring;
    private final TransientTopics transients;
    private final FanOut fanOut;
    private final Receipts receipts;
    private final Producers producers;
    private final RepeatedIds repeatedIds;
    private final EndedTopics ended;
    private final EndedRefusals endedRefusals;
    private final Leases leases;
    private final DeferredAnswers answers;
    private final Metrics metrics;
    private final InstantSource clock;
    private final LongSupplier nanos;

    /** The place of the newest event; the next transient event counts on from here. */
    private Position place;
    /**
     * The nonce of the commit at {@code place.durable()}. Not {@code log.range().headNonce()}: while a group is shown
     * that is already the group's nonce, but a transient event before its first durable one stands at an older place.
     */
    private int nonce;
    private boolean failing;
    /** Null where transient events of this node reach no other one: then all of them are shown at once. */
    private TransientRelay relay;
    /** The number of the batch that was shown last of those that nodes have relayed. */
    private long relayed;
    /** What is being shown of that; null between two. */
    private TransientRelay.Batch showing;
    /** What this node has just relayed, until it comes back with that number. */
    private List<PendingPublish> own = List.of();
    private long ownNumber;
    /** How many transient events of this node alone were shown behind that durable event. */
    private long ofNode;
    private long ofNodeAt;
    /** What the round has taken, also when it fails half-way. */
    private List<PendingPublish> taken = List.of();
    /** Whether the last round came to its end. */
    private boolean isDone = true;
    /** How long the round's append took, and of how many events; no events for none. */
    private long appendNs;
    private int appended;
    /** When the last fault was; 0 for never. */
    private volatile long faultMs;

    /**
     * Goes on behind the events before the ring; {@code answering} completes answers, {@code nanos} measures times.
     *
     * @param opened the range of the log where the ring begins: other nodes may have appended since
     */
    public Committer(PublishQueue queue, EventLog log, LogRange opened, TailRing ring, TransientTopics transients,
                     EndedTopics ended, FanOut fanOut, Executor answering, Metrics metrics, InstantSource clock,
                     LongSupplier nanos) {
        this.queue = queue;
        this.log = log;
        this.ring = ring;
        this.transients = transients;
        this.fanOut = fanOut;
        this.answers = new DeferredAnswers(answering);
        this.receipts = new Receipts(log, answers::give);
        this.producers = new Producers(log, ended, answers::give);
        this.repeatedIds = new RepeatedIds(log, transients, answers::give);
        this.ended = ended;
        this.endedRefusals = new EndedRefusals(ended, answers::give);
        this.leases = new Leases(log.leases(), nanos);
        this.metrics = metrics;
        this.clock = clock;
        this.nanos = nanos;
        this.place = Position.ofDurable(opened.head());
        this.nonce = opened.headNonce();
        log.beforeSync(answers::give);
        log.onForeign(queue::wake);
    }

    /** Transient events go through this, and those of all nodes are shown from this place on. Before it runs. */
    public void relayBy(TransientRelay all, Position start) {
        relay = all;
        place = start;
    }

    /** Makes rounds to the end: without this thread every publisher would wait for ever. */
    @Override
    public void run() {
        LastingLoop.run(LOG, "A group of publishes failed in {}; whether they were published is unknown",
            Thread.currentThread().getName(), this::takeAndCommit);
    }

    /** Takes a group and commits it; false at the end. What was taken is answered, whatever is thrown here. */
    private boolean takeAndCommit() throws IOException {
        if (!isDone) {
            queue.wake(); // whatever was to be shown is shown now: the next publish may be long in coming
            answerFailed();
        }
        isDone = false;
        appended = 0;
        List<PendingPublish> group = new ArrayList<>();
        taken = group;
        if (!queue.take(group)) {
            return false;
        }
        if (fanOut.isLagging(ring)) {
            answers.give();
            fanOut.awaitNotLagging(ring);
        }
        showMissing(log.range().head());
        showRelayed(place.durable());
        tryDisk(group);
        commit(group);
        answers.keep(group);
        if (queue.isEmpty()) {
            answers.give(); // a later publish finds this thread at work, or wakes it: no need to look again
        }
        isDone = true;
        if (appended > 0) {
            metrics.sample(Sample.APPEND, appendNs, appended); // last: nothing hangs on it
        }
        return true;
    }

    /** Tries the disk once for those of the group that want no more. */
    private void tryDisk(List<PendingPublish> group) {
        if (group.stream().noneMatch(PendingPublish::isTrial)) {
            return;
        }
        answers.give(); // the disk may take long
        Refused refusal = null;
        try {
            log.tryDisk();
        } catch (IOException | RuntimeException e) {
            boolean full = e instanceof LogFailure failure && failure.isFull();
            refusal = Refused.because(full ? Refused.Reason.STORE_FULL : Refused.Reason.STORE_FAILED,
                LogFailure.told(e), e);
        }
        for (PendingPublish pending : group) {
            if (pending.isTrial()) {
                pending.refusal = refusal;
            }
        }
    }

    /** Answers the group of a round that failed, and those that were kept; a round that fails here does it again. */
    private void answerFailed() {
        faultMs = clock.millis(); // before the answers: a publisher who was refused finds it in health
        for (int i = 0; i < taken.size(); i++) {
            PendingPublish pending = taken.get(i);
            if (pending.producer != null && !pending.isTransient) {
                producers.forget(pending.producer.producer()); // it may be published: the log knows
            }
            pending.refusal = pending.refusal == null ? PendingPublish.UNKNOWN : pending.refusal;
        }
        leases.failed(taken);
        answers.keep(taken);
        answers.give();
    }

    /** Where a producer stands, by its key; null for one that is not known. May wait for the disk. Any thread. */
    public Producers.Standing standing(Digest producer) throws IOException {
        return producers.standing(producer, () -> { });
    }

    /** The topics that wait for their publisher. */
    public Leases leases() {
        return leases;
    }

    /** Why publishes may fail: one did by a fault of the hub some seconds ago; else null. Any thread. */
    public String trouble() {
        long ms = faultMs;
        return ms != 0 && Math.abs(clock.millis() - ms) < TROUBLE_MS
            ? "a publish failed by a fault of the hub a moment ago; its log tells why" : null;
    }

    /** Appends a group as one commit, and shows it. Repetitions of earlier publishes are answered and not appended. */
    private void commit(List<PendingPublish> group) throws IOException {
        List<PendingPublish> numbered = producers.settle(receipts.settle(leases.withoutHeard(group)));
        List<PendingPublish> fresh = producers.withoutGaps(numbered, leases.begin(endedRefusals.settle(numbered)));
        boolean moved = !relay(fresh, false);
        List<LogEntry> entries = isStale(group) || moved ? null : append(fresh);
        while (entries == null) { // the events of other nodes may have answered some of it; its leases have begun
            List<PendingPublish> open = group.stream()
                .filter(p -> p.refusal == null && p.original == null && p.ids.isEmpty()).toList();
            numbered = producers.settle(receipts.settle(leases.withoutHeard(open)));
            fresh = producers.withoutGaps(numbered, endedRefusals.settle(numbered));
            entries = relay(fresh, false) ? append(fresh) : null;
        }
        LogFailure failure = log.range().failure(); // after the append, which may have begun the epoch
        if (failure != null && failure.isBeforeEpoch()) {
            refuse(fresh, failure, true);
        }
        show(fresh, entries);
        while (!relay(fresh, true)) {
            fresh = producers.settle(receipts.settle(fresh.stream().filter(p -> isOpen(p)).toList()));
        }
        endedRefusals.refuseWaiting();
        List<PendingPublish> appended = relay == null ? fresh : fresh.stream().filter(p -> !isRelayed(p)).toList();
        receipts.remember(appended);
        producers.remember(appended);
        leases.heard(group);
        count(group);
    }

    /**
     * Whether a hole in the numbers of a producer may be one of this node alone: the events before may have been
     * published at another node. Those are shown then, and the refusals are taken back.
     */
    private boolean isStale(List<PendingPublish> group) throws IOException {
        boolean caughtUp = false;
        for (int i = 0; i < group.size(); i++) {
            PendingPublish pending = group.get(i);
            if (pending.refusal instanceof Refused no && no.reason() == Refused.Reason.OUT_OF_SEQUENCE) {
                try {
                    caughtUp = caughtUp || log.catchUp();
                    pending.refusal = caughtUp ? null : no;
                } catch (LogAway e) {
                    pending.refusal = Refused.because(Refused.Reason.STORE_FAILED, e.getMessage()
                        + "; nothing was published", e);
                }
            }
        }
        if (caughtUp) {
            showMissing(log.range().head());
            showRelayed(place.durable());
        }
        return caughtUp;
    }

    /**
     * Relays the transient events of a group to all nodes, and shows them: they wait for no disk, so they go first. But
     * where a producer numbers durable events as well, one of those may be refused, and what follows must not be out.
     *
     * @param last whether everything else of the group is done
     * @return false when other nodes came first: their events are shown, and the group has to be settled once more
     */
    private boolean relay(List<PendingPublish> fresh, boolean last) throws IOException {
        if (relay == null) {
            return true;
        }
        boolean numbersOthers = !last && fresh.stream().anyMatch(p -> !p.isTransient && p.producer != null);
        List<PendingPublish> mine = fresh.stream()
            .filter(p -> isRelayed(p) && isOpen(p) && !(numbersOthers && p.producer != null)).toList();
        if (mine.isEmpty()) {
            return true;
        }
        repeatedIds.mark(mine);
        boolean depends = mine.stream().anyMatch(p -> p.receipt != null || p.producer != null);
        answers.give(); // the engine may take long
        try {
            ownNumber = relay.publish(records(mine, true), depends ? relayed : -1);
            own = mine;
            recovered();
        } catch (LogMoved e) {
            showMissing(log.range().head());
            showRelayed(place.durable());
            return false;
        } catch (IOException e) {
            refuse(mine, e, true);
            return true;
        }
        showMissing(log.range().head());
        showRelayed(place.durable());
        for (PendingPublish pending : own) {
            pending.refusal = PendingPublish.UNKNOWN; // it got lost on the way back
        }
        own = List.of();
        return true;
    }

    private boolean isRelayed(PendingPublish pending) {
        return relay != null && pending.isTransient && !pending.isOfNode;
    }

    private static boolean isOpen(PendingPublish pending) {
        return pending.refusal == null && pending.original == null && pending.ids.isEmpty();
    }

    private static List<LogRecord> records(List<PendingPublish> group, boolean ofTransients) {
        List<LogRecord> records = new ArrayList<>();
        for (PendingPublish pending : group) {
            for (int i = 0; pending.isTransient == ofTransients && i < pending.events.size(); i++) {
                records.add(new LogRecord(pending.events.get(i), i == 0 ? pending.receipt : null,
                    i == 0 ? pending.producer : null));
            }
        }
        return records;
    }

    private List<LogEntry> append(List<PendingPublish> fresh) throws IOException {
        repeatedIds.mark(fresh);
        List<LogRecord> records = records(fresh, false);
        return records.isEmpty() ? List.of() : append(records, fresh);
    }

    /**
     * The entries of a group; none when the disk refused them: transient events go on, so clocks tick meanwhile. Null
     * when other nodes came first: their events are shown by then, and the group has to be settled once more.
     */
    private List<LogEntry> append(List<LogRecord> records, List<PendingPublish> fresh) throws IOException {
        long head = log.range().head();
        long beganNs = nanos.getAsLong();
        try {
            List<LogEntry> entries = log.append(records, place.durable());
            metrics.add(Count.COMMITS);
            recovered();
            return entries;
        } catch (LogMoved e) {
            showMissing(log.range().head());
            return null;
        } catch (LogAway e) {
            metrics.add(Count.COMMIT_FAILURES);
            refuse(fresh, e, false);
            return List.of();
        } catch (IOException | RuntimeException e) {
            if (log.range().head() > head) {
                throw e; // not the disk's: the group is published, and the next round shows it
            }
            metrics.add(Count.COMMIT_FAILURES);
            refuse(fresh, e, false);
            producers.withoutGaps(fresh, fresh.stream().filter(pending -> pending.refusal == null).toList());
            return List.of();
        } finally {
            appendNs = nanos.getAsLong() - beganNs;
            appended = records.size();
        }
    }

    /**
     * Shows what the log holds up to here and the ring does not. In a cluster that is what other nodes have published.
     * In any log it is what a fault between the two has left: an event on the disk is published, so live streams get
     * it, too.
     */
    private void showMissing(long head) throws IOException {
        if (place.durable() >= head) {
            return;
        }
        while (place.durable() < head) {
            for (LogEntry entry : log.read(place.durable(), head, ALL, READ_BYTES).entries()) {
                showRelayed(entry.position() - 1);
                EventFrame frame = onDisk(entry);
                if (entry.event().isMark()) {
                    ended.showing(frame);
                }
                if (entry.producer() != null) {
                    producers.forget(entry.producer().producer());
                }
                leases.heard(entry.event());
                show(frame);
            }
        }
        fanOut.wake();
    }

    /** Shows a group in its order; {@code entries} are its durable events, which are on the disk now. */
    private void show(List<PendingPublish> group, List<LogEntry> entries) throws IOException {
        answers.give(); // to show the events may mean to wait for room in the ring
        if (!entries.isEmpty()) {
            showMissing(entries.get(0).position() - 1); // of other nodes, which came first
            showRelayed(entries.get(0).position() - 1);
        }
        fanOut.expect(nanos.getAsLong());
        int next = 0;
        for (PendingPublish pending : group) {
            if (pending.refusal == null && !isRelayed(pending)) {
                for (Event event : pending.events) {
                    EventFrame frame = pending.isTransient ? inMemory(event) : onDisk(entries.get(next++));
                    pending.ids.add(frame.id());
                    if (event.isMark()) {
                        ended.showing(frame);
                    }
                    show(frame);
                }
            }
        }
        showRelayed(place.durable());
        fanOut.wake();
    }

    /** Shows what nodes have relayed and what belongs behind that durable event, which is shown, or an earlier one. */
    private void showRelayed(long durable) {
        if (relay == null) {
            return;
        }
        if (showing != null) { // an error came between, and nobody knows how much of it was shown
            lost();
            relayed = showing.number();
            showing = null;
        }
        for (showing = relay.poll(durable); showing != null; showing = relay.poll(durable)) {
            TransientRelay.Batch batch = showing;
            int life = batch.life() == 0 ? 0 : IdSeal.lifeOf(batch.life());
            transients.share(transients.shared().next(life, place));
            if (!batch.isLoss() && batch.at() != place.durable()) {
                LOG.error("Events that belong behind {} have come only behind {}", batch.at(), place.durable());
                lost();
            } else if (batch.isLoss()) {
                lost();
            } else {
                show(batch);
            }
            relayed = batch.number();
            showing = null;
            fanOut.wake();
        }
    }

    /** Transient events of all nodes are missing here: whoever may want them is told when it comes back. */
    private void lost() {
        place = nextOfNode(); // nothing stands there; but what came before lies before it
        transients.share(transients.shared().lost(place));
        fanOut.endLost(transients::mayBeAmong);
    }

    private void show(TransientRelay.Batch batch) {
        SharedLife shared = transients.shared();
        boolean isOwn = !own.isEmpty() && batch.number() == ownNumber;
        fanOut.expect(nanos.getAsLong());
        List<String> ids = new ArrayList<>();
        for (LogRecord record : batch.records()) {
            long number = batch.before() + ids.size() + 1;
            Position next = Position.ofShared(place.durable(), shared.firstAt(place.durable()) + number);
            String id = log.seal().seal(shared.life(), place.durable(), number, nonce);
            EventFrame frame = new EventFrame(record.event(), next, true, id, batch.timeMs());
            ids.add(frame.id());
            if (record.event().isMark()) {
                ended.showing(frame);
            }
            if (!isOwn) {
                leases.heard(record.event());
            }
            show(frame);
        }
        remember(batch, ids);
        if (isOwn) {
            int next = 0;
            for (PendingPublish pending : own) {
                pending.ids.addAll(ids.subList(next, next + pending.events.size()));
                next += pending.events.size();
            }
            own = List.of();
        }
    }

    /** A key that comes again, at whichever node, gets the same answer; and so with the numbers of producers. */
    private void remember(TransientRelay.Batch batch, List<String> ids) {
        for (int i = 0; i < ids.size(); i++) {
            LogRecord record = batch.records().get(i);
            if (record.receipt() != null) {
                receipts.remember(record.receipt(), ids.subList(i, i + record.receipt().count()));
            }
            if (record.producer() != null) {
                producers.remember(record.producer(), ids.get(i + record.producer().count() - 1));
            }
        }
    }

    /** Shows one event to the shards; waits where the ring would evict an event that a shard has not dispatched. */
    private void show(EventFrame frame) {
        fanOut.awaitRoom(ring, frame.weight());
        Position next = frame.position();
        ring.add(frame);
        place = next; // and nothing between that could fail: else the event would be shown once more
        if (frame.isTransient() && !frame.isPresence() && !frame.isForOperators()) { // a newer one comes in a moment
            transients.added(frame);
        }
    }

    private EventFrame onDisk(LogEntry entry) {
        nonce = entry.nonce();
        return entry.frame(log.seal());
    }

    /** A transient event stands behind the last durable one, with a number of its own. */
    private EventFrame inMemory(Event event) {
        Position next = relay == null ? new Position(place.durable(), place.transients() + 1) : nextOfNode();
        String id = log.seal().seal(log.range().epoch(), next.durable(), next.own(), nonce);
        return new EventFrame(event, next, true, id, clock.millis());
    }

    /** Behind those of all nodes, with a number that no other one behind this durable event has. */
    private Position nextOfNode() {
        ofNode = ofNodeAt == place.durable() ? ofNode + 1 : 1;
        ofNodeAt = place.durable();
        return place.withOwn(ofNode);
    }

    /**
     * Nothing of the group is on the disk: its durable publishes are refused. Its transient ones go on, unless {@code
     * all}: before the epoch is on the disk there is no id for them that could not be another event's later.
     */
    private void refuse(List<PendingPublish> group, Exception e, boolean all) {
        boolean full = e instanceof LogFailure failure && failure.isFull();
        if (!failing) {
            failing = true; // once for a trouble, not once for each publish
            LOG.error("Publishing to {} fails: {}. Streams stay; it heals by itself.", all ? "all topics"
                : "durable topics", e.getMessage(), e);
        }
        LogAway away = e instanceof LogAway known ? known : null;
        Refused refusal = Refused.because(full ? Refused.Reason.STORE_FULL : Refused.Reason.STORE_FAILED,
            (full ? "the disk is full: " : away != null ? "" : "the disk refused the event: ") + LogFailure.told(e)
                + (away != null && away.isUnknown() ? "; whether the event was published is unknown"
                : "; nothing was published"), e);
        for (PendingPublish pending : group) {
            if (pending.refusal == null && (all || !pending.isTransient)) {
                pending.refusal = refusal;
            }
        }
    }

    private void recovered() {
        if (failing) {
            failing = false;
            LOG.info("Publishing works again.");
        }
    }

    private void count(List<PendingPublish> group) {
        for (PendingPublish pending : group) {
            if (pending.isTrial()) {
                continue;
            }
            Count what = pending.refusal != null ? Count.REFUSED
                : pending.ids.isEmpty() || pending.original != null ? Count.REPEATED : Count.PUBLISHED;
            metrics.add(what, what == Count.PUBLISHED ? pending.ids.size() : 1);
        }
    }
}
