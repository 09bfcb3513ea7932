package io.rivulet.hub;

import io.rivulet.auth.Grant;
import io.rivulet.event.EventFrame;
import io.rivulet.metrics.Metrics.Count;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One fan-out thread and its subscribers. A round: for at most 2 ms what others posted, then one batch from the
 * ring, each subscriber written once, then at most 2 ms of catching up. It takes no lock and touches no disk.
 */
final class Shard implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Shard.class);
    private static final int BATCH_MAX = 1024;
    private static final long FAILED_PAUSE_NS = 10_000_000;

    private final ShardSetup setup;
    private final TailRing ring;
    private final Joiner joiner;
    private final CatchUp catchUp;
    private final Passes passes;
    private final Thread thread;
    private final Mailbox mailbox;
    private final Moment moment;
    private final Writes writes;
    private final Roster roster;
    private final Ends ends;
    private final Lags lags;
    private final List<Subscriber> dirty = new ArrayList<>();
    private final Consumer<Subscriber> offer = this::offer;

    private volatile long dispatched;
    private volatile boolean closing;

    private long delivered;
    private EventFrame offering;
    private long offeringSequence;

    Shard(ShardSetup setup, int number) {
        this.setup = setup;
        this.ring = setup.ring();
        this.joiner = new Joiner(ring);
        this.moment = new Moment(setup);
        this.writes = new Writes(moment, new WriteBudget(setup.writeBytes()), setup.readers());
        this.roster = new Roster(setup, moment, writes);
        this.catchUp = new CatchUp(setup, this, moment, writes);
        this.passes = catchUp.passes();
        this.ends = new Ends(setup, this, roster.streams(), writes);
        this.lags = new Lags(ring, moment);
        this.mailbox = new Mailbox(ends::all);
        this.thread = new Thread(this, "rivulet-shard-" + number);
        thread.setDaemon(true);
        mailbox.ownedBy(thread);
    }

    // ---- any thread

    void start() {
        thread.start();
    }

    /** Runs {@code work} on the shard's thread. */
    void post(Runnable work) {
        mailbox.post(work);
    }

    /** There may be something new in the ring. */
    void wake() {
        mailbox.wake();
    }

    /** Streams it has or is about to have. */
    AtomicInteger assigned() {
        return roster.assigned();
    }

    long dispatched() {
        return dispatched;
    }

    /** Ends every stream after telling it when to come back, then the thread; waits at most {@code millis}. */
    void close(long millis) throws InterruptedException {
        end();
        thread.join(millis);
    }

    /** The same without waiting. */
    void end() {
        closing = true;
        mailbox.wake();
    }

    // ---- the shard's thread

    @Override
    public void run() {
        while (!closing) {
            try {
                moment.look();
                ends.look(moment.ms);
                boolean worked = mailbox.read(setup.nanos());
                worked |= dispatch();
                worked |= passes.round();
                worked |= catchUp.round();
                if (!worked) {
                    mailbox.sleepUnless(this::hasWork, passes.untilDueNs());
                }
            } catch (RuntimeException | Error e) {
                failed(e);
            }
        }
        ends.all();
        mailbox.close();
    }

    /** Without this thread its streams would be silent and publishers wait for ever, so it outlives any fault. */
    private void failed(Throwable e) {
        try {
            LOG.error("A round of {} failed; the shard goes on", thread.getName(), e);
        } catch (Error again) {
            // no memory even to say so
        }
        LockSupport.parkNanos(FAILED_PAUSE_NS);
    }

    /** Whether there is something to do now; its own thread. */
    boolean hasWork() {
        return ring.head() != dispatched || catchUp.isBusy() || passes.untilDueNs() <= 0 || closing;
    }

    /** Offers a batch of new events to those who asked for them, then writes each subscriber once. */
    private boolean dispatch() {
        long head = ring.head();
        long from = dispatched;
        if (from == head) {
            return false;
        }
        long to = Math.min(head, from + BATCH_MAX);
        for (long sequence = from + 1; sequence <= to; sequence++) {
            offering = ring.get(sequence);
            if (offering == null) {
                return false; // only while the hub closes does the ring not wait for the shards
            }
            offeringSequence = sequence;
            roster.forEach(offering.topics(), offer);
        }
        moment.place = offering.position();
        moment.placeId = offering.placeId();
        for (int i = 0; i < dirty.size(); i++) {
            Subscriber s = dirty.get(i);
            s.dirty = false;
            serve(s);
        }
        dirty.clear();
        joiner.clear();
        dispatched = to; // only now may the ring evict them
        countDelivered();
        return true;
    }

    private void offer(Subscriber s) {
        boolean live = s.state == Subscriber.State.LIVE;
        if (!live && !Passes.gathers(s) || s.offered >= offeringSequence || !s.wants(offering)) {
            return; // offered already, by another topic or by a round that failed and is made again
        }
        s.offered = offeringSequence;
        if (!live) {
            passes.gather(s, offering);
        } else if (!s.take(offeringSequence, offering, setup.backlogMax())) {
            fallBehind(s);
            if (Passes.gathers(s)) {
                passes.gather(s, offering);
            }
        } else if (!s.dirty) {
            s.dirty = true;
            dirty.add(s);
        }
    }

    /** Writes what a subscriber has to get, as far as its socket takes it; a fault costs this stream only. */
    void serve(Subscriber s) {
        try {
            tryServe(s);
        } catch (RuntimeException | Error e) {
            LOG.error("Stream {} failed and is ended", s.connection(), e);
            remove(s, Ending.FAULT);
        }
    }

    private void tryServe(Subscriber s) {
        boolean ready = false;
        while (s.state != Subscriber.State.ENDED && (ready = writes.mayWrite(s))) {
            if (s.state == Subscriber.State.LIVE && s.backlogSize > 0 && passes.room(s) >= s.backlogSize) {
                int before = s.backlogSize;
                byte[] bytes = joiner.next(s, writes.budget());
                if (bytes == null) {
                    fallBehind(s);
                } else {
                    delivered += before - s.backlogSize;
                    passes.sent(s, before - s.backlogSize);
                    writes.told(s, moment.place);
                    writes.write(s, bytes);
                }
            } else {
                break;
            }
        }
        if (s.state == Subscriber.State.ENDED) {
            return;
        }
        if (s.state == Subscriber.State.LIVE && s.backlogSize > 0 && s.window != null) {
            fallBehind(s); // no backlog: from here on the newest of each topic is enough
        }
        writes.noted(s, ready);
        if (s.state == Subscriber.State.BEHIND) {
            catchUp.goOn(s);
        } else if (s.state == Subscriber.State.ENDING) {
            ends.finish(s, moment.ms);
        }
    }

    /** A new subscriber gets its first bytes; its place comes later, by {@link #attach}. */
    void begin(Subscriber s, byte[] prelude) {
        if (s.state == Subscriber.State.ENDED) {
            return;
        }
        roster.add(s, prelude);
        if (ends.noted(s, moment.ms)) {
            serve(s);
        }
    }

    /** The place of a new subscriber is known. */
    void attach(Subscriber s, StartPoint found) {
        if (s.state != Subscriber.State.OPENING) {
            return;
        }
        Ending end = roster.place(s, found);
        if (end == null) {
            if (s.window != null && s.state == Subscriber.State.BEHIND) {
                passes.begin(s);
            }
            serve(s);
        } else {
            close(s, end);
        }
    }

    /** Ends and forgets a subscriber. Idempotent. */
    void remove(Subscriber s, Ending why) {
        roster.remove(s, why);
        if (s.window != null) {
            passes.drop(s);
        }
    }

    /** Ends one stream between two events. */
    void close(Subscriber s, Ending why) {
        ends.close(s, moment.ms, why);
    }

    /** Ends the streams of those who are banned. */
    void endBanned() {
        ends.sweep(moment.ms);
    }

    /** How far one stream is behind. */
    Lag lag(Subscriber s) {
        return lags.of(s, dispatched);
    }

    /** Runs what somebody waits for where it may take its time: not here. */
    void answer(Runnable tell) {
        try {
            setup.answers().execute(tell);
        } catch (RejectedExecutionException e) {
            tell.run(); // the hub is closed already
        }
    }

    /** A fresh grant for one stream. */
    void renew(Subscriber s, Grant fresh, CompletableFuture<Void> answer) {
        ends.renew(s, fresh, moment.ms, answer);
    }

    /** Heartbeats, cursors and stalls; posted by the ticker, which so also wakes it for ends that are due. */
    void tick() {
        catchUp.tick(roster.streams());
        Heartbeat.tick(roster.streams(), writes, moment, setup.cursors());
    }

    /** What was found in the log for a subscriber that is behind. */
    void chunkRead(Subscriber s, ReadResult result) {
        catchUp.chunkRead(s, result);
    }

    void fallBehind(Subscriber s) {
        EventFrame first = s.backlogSize == 0 ? null : ring.get(s.backlog[0]);
        s.readMs = first == null ? moment.ms : first.timeMs();
        if (s.window != null) {
            passes.fallBehind(s);
            return;
        }
        s.fallBehind(moment.place);
        setup.metrics().add(Count.FELL_BEHIND);
        catchUp.enqueue(s);
    }

    /** What waits for a stream that conflates was examined under another grant. */
    void restart(Subscriber s) {
        passes.restart(s);
    }

    /** For tests. */
    Passes passes() {
        return passes;
    }

    private void countDelivered() {
        if (delivered > 0) {
            setup.metrics().add(Count.DELIVERED_LIVE, delivered);
            delivered = 0;
        }
    }
}
