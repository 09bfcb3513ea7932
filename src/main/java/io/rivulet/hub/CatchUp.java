package io.rivulet.hub;

import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.log.View;
import io.rivulet.metrics.Metrics.Count;
import java.util.ArrayDeque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Feeds streams that are behind: from what was read of the log, from the ring, or by asking for a read; one write at a
 * time, as fast as the socket drains. A reconnect is the same path: a new stream is one that is behind. Shard thread.
 *
 * <p>Order: the log up to the ring's floor, then the ring up to what the shard has dispatched, then live. Reads never
 * go beyond the dispatched place, and delivery always tests {@code position > seen}.
 */
final class CatchUp {

    private static final Logger LOG = LoggerFactory.getLogger(CatchUp.class);
    private static final int EXAMINED_MAX = 4096;
    private static final long ROUND_NS = 2_000_000;
    /** So much even while live events wait: enough for some tens of writes. */
    private static final long ROUND_LIVE_NS = 500_000;

    private final ShardSetup setup;
    private final Shard shard;
    private final TailRing ring;
    private final Moment moment;
    private final Writes writes;
    private final Writing writing;
    private final Stalls stalls;
    private final Passes passes;
    private final ArrayDeque<Subscriber> line = new ArrayDeque<>();

    CatchUp(ShardSetup setup, Shard shard, Moment moment, Writes writes) {
        this.setup = setup;
        this.shard = shard;
        this.ring = setup.ring();
        this.moment = moment;
        this.writes = writes;
        this.writing = new Writing(writes, setup.metrics());
        this.stalls = new Stalls(setup, shard, moment, writes.budget(), this);
        this.passes = new Passes(setup, shard, this, moment, writes);
    }

    /** Those that conflate go their own way. */
    Passes passes() {
        return passes;
    }

    /**
     * Feeds those in the line, one write each, for at most 2 ms, and 0.5 when a live event has come by then; false when
     * there is nobody.
     */
    boolean round() {
        if (line.isEmpty()) {
            return false;
        }
        long fromNs = setup.nanos().getAsLong();
        for (int n = line.size(); n > 0 && mayGoOn(setup.nanos().getAsLong() - fromNs); n--) {
            Subscriber s = line.poll();
            s.catchingUp = false;
            if (s.state == Subscriber.State.BEHIND) {
                feed(s);
            }
        }
        return true;
    }

    private boolean mayGoOn(long ns) {
        return ns < ROUND_LIVE_NS || ns < ROUND_NS && ring.head() == shard.dispatched();
    }

    /** Whether somebody waits to be fed. */
    boolean isBusy() {
        return !line.isEmpty();
    }

    /** Puts a subscriber into the line of those to be fed. */
    void enqueue(Subscriber s) {
        if (!s.catchingUp) {
            s.catchingUp = true;
            line.add(s);
        }
    }

    /** The next turn for a stream that is behind; a full socket holds no memory of the log's: the cursor knows. */
    void goOn(Subscriber s) {
        if (s.window != null) {
            passes.goOn(s);
        } else if (writes.mayWrite(s)) {
            enqueue(s);
        } else {
            writes.dropChunk(s);
        }
    }

    /** Ends those who stalled, and goes on with those who waited for their memory. */
    void tick(List<Subscriber> streams) {
        stalls.tick(streams);
        writing.tick();
    }

    private void feed(Subscriber s) {
        try {
            if (s.window != null) {
                passes.feed(s);
            } else if (!writes.mayWrite(s)) {
                shard.serve(s); // a heartbeat has filled the socket since it was put into the line
            } else {
                step(s);
            }
        } catch (RuntimeException | Error e) {
            LOG.error("Stream {} failed while it caught up and is ended", s.connection(), e);
            shard.remove(s, Ending.FAULT);
        }
    }

    /** One step for a stream whose socket takes bytes. */
    private void step(Subscriber s) {
        if (s.reading) {
            return; // chunkRead puts it into the line again
        }
        if (s.chunk != null) {
            fromChunk(s, Integer.MAX_VALUE);
            return;
        }
        long sequence = ring.after(s.seen);
        if (sequence < 0) {
            askLog(s);
        } else if (tellTransientGap(s, sequence)) {
            shard.serve(s);
        } else if (setup.handOver().mayGoLive(s.seen, moment.place)) {
            s.state = Subscriber.State.LIVE;
        } else {
            fromRing(s, sequence);
        }
    }

    /** What was asked of the log has come. */
    void chunkRead(Subscriber s, ReadResult result) {
        s.reading = false;
        if (s.state != Subscriber.State.BEHIND) {
            setup.readers().release(result.bytes()); // it ends
            return;
        }
        if (s.readAgain) {
            s.readAgain = false;
            setup.readers().release(result.bytes());
            shard.serve(s);
            return;
        }
        if (result.gapId() != null && endsHere(s, result.damage())) {
            setup.readers().release(result.bytes());
            shard.close(s, Ending.LOSS);
            return;
        }
        if (result.gapId() != null) {
            s.seen = result.gapEnd();
            gap(s, false, result.missed(), result.gapId());
        }
        if (!result.frames().isEmpty()) {
            s.readMs = result.frames().get(0).timeMs();
        }
        s.chunk = result.frames();
        s.chunkBytes = result.bytes();
        s.chunkAt = 0;
        s.chunkEnd = result.end();
        if (s.window != null) {
            passes.keep(s, result.transientLost());
        }
        shard.serve(s);
    }

    /** Writes what was read for a stream, at most so many events. */
    void fromChunk(Subscriber s, int eventsMax) {
        List<EventFrame> frames = s.chunk;
        Count path = s.window != null && s.window.passes ? Count.DELIVERED_PASS : Count.DELIVERED_LOG;
        writing.begin(s);
        while (s.chunkAt < frames.size() && writing.events() < eventsMax && writing.take(frames.get(s.chunkAt))) {
            s.chunkAt++;
        }
        if (s.chunkAt == frames.size()) {
            if (s.chunkEnd.isAfter(s.seen)) {
                s.seen = s.chunkEnd;
            }
            writes.endChunk(s);
            if (s.window != null) {
                passes.passEnded(s);
            }
        }
        passes.sent(s, writing.events());
        done(s, path);
    }

    private void fromRing(Subscriber s, long from) {
        long to = Math.min(shard.dispatched(), from + EXAMINED_MAX - 1);
        writing.begin(s);
        Position examined = s.seen;
        for (long sequence = from; sequence <= to; sequence++) {
            EventFrame frame = ring.get(sequence);
            if (frame == null || s.request.topics().matches(frame.topics()) && !writing.take(frame)) {
                break; // it has to wait, or the ring moved on and the next step asks the log
            }
            examined = frame.position();
        }
        s.seen = examined;
        done(s, Count.DELIVERED_RING);
    }

    private void done(Subscriber s, Count path) {
        if (writing.need() != null) {
            writes.dropChunk(s);
            stalls.awaitRoom(s, writing.need());
        } else {
            writing.done(path);
            shard.serve(s);
        }
    }

    private void askLog(Subscriber s) {
        Position floor = ring.floor();
        if (s.transientFrom == null) {
            s.transientFrom = s.seen;
        }
        if (s.seen.durable() >= floor.durable()) {
            s.seen = floor.isAfter(s.seen) ? floor : s.seen; // only transient events lie between, and they are gone
            enqueue(s);
            return;
        }
        s.reading = true;
        setup.readers().read(s, s.seen.durable(), floor.durable());
    }

    private boolean tellTransientGap(Subscriber s, long next) {
        Position from = s.transientFrom;
        if (from == null) {
            return false;
        }
        View view = View.of(s.request.topics(), s.grant);
        if (!setup.transients().lostSince(from, view) && !setup.presence().lostSince(from, s)) {
            s.transientFrom = null;
            return false;
        }
        if (endsHere(s, false)) {
            shard.close(s, Ending.LOSS);
            return true;
        }
        String id = ring.idBefore(next);
        if (id != null) { // else the ring moved on just now; the next step finds the new place
            s.transientFrom = null;
            gap(s, true, null, id);
        }
        return true;
    }

    /** Says that transient events were lost before the place of this id. */
    void tellTransientLoss(Subscriber s, String id) {
        if (endsHere(s, false)) {
            shard.close(s, Ending.LOSS);
        } else {
            gap(s, true, null, id);
            shard.serve(s);
        }
    }

    /**
     * Whether a loss ends the stream: where the hub cannot say it in the stream, the client comes back and is told by
     * the response's headers. Damage is still there when it comes back, so it is told once and then passed over.
     */
    private boolean endsHere(Subscriber s, boolean damage) {
        boolean ends = s.request.dialect().endsOnLoss() && !(damage && s.damageTold);
        if (ends) {
            setup.metrics().add(Count.GAPS);
        }
        return ends;
    }

    private void gap(Subscriber s, boolean isTransient, Long missed, String id) {
        setup.metrics().add(Count.GAPS);
        byte[] gap = s.request.dialect().gap(isTransient, missed, id);
        if (gap != null) {
            s.say(gap);
            s.placeTold();
        }
    }
}
