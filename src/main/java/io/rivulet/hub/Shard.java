package io.rivulet.hub;

import io.rivulet.auth.Grant;
import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.topic.TopicIndex;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One fan-out thread and its subscribers. A round: what others posted, then one batch from the ring, each subscriber
 * written once, then at most 2 ms of catching up. It takes no lock and touches no disk.
 */
final class Shard implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Shard.class);
    private static final int BATCH_MAX = 1024;
    private static final long FAILED_PAUSE_NS = 10_000_000;

    private final ShardSetup setup;
    private final TailRing ring;
    private final Joiner joiner;
    private final CatchUp catchUp;
    private final Thread thread;
    private final Ends ends;
    private final Mailbox mailbox;
    private final TopicIndex<Subscriber> index = new TopicIndex<>();
    private final List<Subscriber> streams = new ArrayList<>();
    private final List<Subscriber> dirty = new ArrayList<>();
    private final Consumer<Subscriber> offer = this::offer;

    private final AtomicInteger assigned = new AtomicInteger();
    private volatile long dispatched;
    private volatile boolean closing;

    private Position place;
    private String placeId;
    private long nowNs;
    private long nowMs;
    private long bytesAppended;
    private long delivered;
    private EventFrame offering;
    private long offeringSequence;

    Shard(ShardSetup setup, int number) {
        this.setup = setup;
        this.ring = setup.ring();
        this.joiner = new Joiner(ring);
        this.catchUp = new CatchUp(setup, this);
        this.ends = new Ends(setup, this, streams);
        this.mailbox = new Mailbox(ends::all);
        this.place = setup.start();
        this.placeId = setup.startId();
        look();
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

    /** Streams it has or is about to have: counted when they are given to it, so that a burst spreads evenly. */
    AtomicInteger assigned() {
        return assigned;
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
                look();
                ends.look(nowMs);
                boolean worked = mailbox.read();
                worked |= dispatch();
                worked |= catchUp.round();
                if (!worked) {
                    mailbox.sleepUnless(this::hasWork);
                }
            } catch (RuntimeException | Error e) {
                failed(e);
            }
        }
        mailbox.read();
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

    private boolean hasWork() {
        return ring.head() != dispatched || catchUp.isBusy() || closing;
    }

    /** The times and sizes that a whole round uses, read once. */
    private void look() {
        nowNs = setup.nanos().getAsLong();
        nowMs = setup.clock().millis();
        bytesAppended = setup.log().range().bytesAppended();
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
            index.forEach(offering.topics(), offer);
        }
        place = offering.position();
        placeId = offering.placeId();
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
        if (s.state != Subscriber.State.LIVE || s.offered >= offeringSequence || !s.wants(offering)) {
            return; // offered already, by another topic or by a round that failed and is made again
        }
        s.offered = offeringSequence;
        if (!s.take(offeringSequence, offering, setup.backlogMax())) {
            fallBehind(s);
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
            remove(s);
        }
    }

    private void tryServe(Subscriber s) {
        while (s.state != Subscriber.State.ENDED && s.outlet.isReady()) {
            if (!s.controls.isEmpty()) {
                write(s, s.takeControls());
            } else if (s.state == Subscriber.State.LIVE && s.backlogSize > 0) {
                int before = s.backlogSize;
                ByteBuffer bytes = joiner.next(s);
                if (bytes == null) {
                    fallBehind(s);
                } else {
                    delivered += before - s.backlogSize;
                    wrote(s, place);
                    write(s, bytes);
                }
            } else {
                break;
            }
        }
        if (s.state == Subscriber.State.BEHIND) {
            catchUp.goOn(s);
        } else if (s.state == Subscriber.State.ENDING) {
            ends.finish(s, nowMs);
        }
    }

    /** Registers a new subscriber and says the first bytes; its place comes later, by {@link #attach}. */
    void begin(Subscriber s, byte[] prelude) {
        if (s.state == Subscriber.State.ENDED) {
            return;
        }
        s.slot = streams.size();
        streams.add(s);
        s.writtenNs = nowNs;
        s.heartbeatNs = nowNs;
        s.controls.add(ByteBuffer.wrap(prelude));
        if (ends.noted(s, nowMs)) {
            serve(s);
        }
    }

    /** Places a subscriber at its cursor, which may be ahead of what this shard has dispatched. */
    void attach(Subscriber s, StartPoint found) {
        if (s.state != Subscriber.State.OPENING) {
            return;
        }
        Position at = found.cursor();
        index.add(s.request.topics(), s);
        s.indexed = true;
        s.state = Subscriber.State.BEHIND;
        boolean inexact = setup.presence().began(s, found);
        if (inexact && !s.request.controls()) {
            close(s); // its headers said otherwise: it comes back at once and is told so
            return;
        }
        StartPoint start = inexact ? setup.presence().checked(s.request, found) : found;
        if (s.request.controls()) {
            s.controls.add(ByteBuffer.wrap(Controls.hello(s, start, start.cursorId())));
        }
        s.seen = at;
        s.transientFrom = start.transientFrom();
        wrote(s, at);
        if (start.first() != null) {
            s.chunk = start.first();
            s.chunkAt = 0;
            s.chunkEnd = start.afterFirst();
            s.seen = Position.START; // the newest of each topic lie before the cursor that follows them
        } else if (setup.handOver().mayGoLive(at, place)) {
            s.state = Subscriber.State.LIVE;
        }
        serve(s);
    }

    /** Ends and forgets a subscriber. Idempotent. */
    void remove(Subscriber s) {
        if (s.state == Subscriber.State.ENDED) {
            return;
        }
        if (s.indexed) {
            index.remove(s.request.topics(), s);
        }
        s.state = Subscriber.State.ENDED;
        if (s.slot >= 0) {
            Subscriber last = streams.remove(streams.size() - 1);
            if (last != s) {
                streams.set(s.slot, last);
                last.slot = s.slot;
            }
        }
        setup.readers().release(s.dropChunk());
        s.controls.clear();
        assigned.decrementAndGet();
        setup.ended().accept(s);
        try {
            s.outlet.end();
        } catch (RuntimeException e) {
            LOG.warn("The response of stream {} could not be ended", s.connection(), e);
        }
    }

    /** Ends one stream between two events. */
    void close(Subscriber s) {
        ends.close(s, nowMs);
    }

    /** Ends the streams of those who are banned. */
    void endBanned() {
        ends.sweep(nowMs);
    }

    /** A fresh grant for one stream. */
    void renew(Subscriber s, Grant fresh, CompletableFuture<Void> answer) {
        ends.renew(s, fresh, nowMs, answer);
    }

    /** Heartbeats and cursors; posted by the ticker, which so also wakes it for ends that are due. */
    void tick() {
        Heartbeat.tick(this, setup.cursors(), streams, new Heartbeat.Now(nowNs, nowMs, bytesAppended));
    }

    /** What was found in the log for a subscriber that is behind. */
    void chunkRead(Subscriber s, ReadResult result) {
        catchUp.chunkRead(s, result);
    }

    void fallBehind(Subscriber s) {
        s.fallBehind(place());
        setup.metrics().add(Count.FELL_BEHIND);
        catchUp.enqueue(s);
    }

    void write(Subscriber s, ByteBuffer bytes) {
        s.writtenNs = nowNs;
        s.outlet.write(bytes);
    }

    /** Notes that the client has an id for this place now: {@code rivulet.cursor} need not remind it. */
    void wrote(Subscriber s, Position at) {
        s.idBytes = bytesAppended;
        s.idMs = nowMs;
        s.idDurable = at.durable();
    }

    /** The newest place dispatched. */
    Position place() {
        return place;
    }

    /** The sealed id of {@link #place}. */
    String placeId() {
        return placeId;
    }

    private void countDelivered() {
        if (delivered > 0) {
            setup.metrics().add(Count.DELIVERED_LIVE, delivered);
            delivered = 0;
        }
    }
}
