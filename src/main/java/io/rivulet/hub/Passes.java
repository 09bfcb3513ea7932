package io.rivulet.hub;

import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.metrics.Metrics.Count;
import java.util.List;

/**
 * Feeds streams that conflate while they lag, by socket or by rate: in passes. What matched since the last pass is
 * gathered in a {@link Window}, the newest of each topic only; when the stream can take something the window is frozen
 * and sent in ascending order to its end, while the next one gathers what is newer. So ids ascend, no topic waits for
 * longer than two passes, the newest event of each arrives, and a cut resumes right: what lies at or below an id that
 * was sent was sent itself, or stands for nothing any more that does not come later. Shard thread.
 *
 * <p>Order: what has left the ring, from the log and from what is remembered of transient topics ({@link NewestRead});
 * then the window, gathered from the ring meanwhile; then live.
 *
 * <p>Memory: what all windows and passes of a shard hold beyond 4 KB and one event each is at most the shard's part of
 * {@code rivulet.conflate.bytes}. A window that may not grow ends, and the stream goes on behind it
 * as one that has just come: correct, only less conflated.
 */
final class Passes {

    private static final int EXAMINED_MAX = 4096;
    /** What each stream may hold beside the budget. */
    private static final long FREE_BYTES = 4 << 10;
    /** One stream takes at most a quarter of the budget. */
    private static final int STREAM_SHARE = 4;

    private final ShardSetup setup;
    private final Shard shard;
    private final CatchUp catchUp;
    private final Moment moment;
    private final Writes writes;
    private final TailRing ring;
    private final RateLine rates;
    private final NewestRead newest;
    private long bytes;
    private long conflated;

    Passes(ShardSetup setup, Shard shard, CatchUp catchUp, Moment moment, Writes writes) {
        this.setup = setup;
        this.shard = shard;
        this.catchUp = catchUp;
        this.moment = moment;
        this.writes = writes;
        this.ring = setup.ring();
        this.rates = new RateLine(setup.nanos());
        this.newest = new NewestRead(setup);
    }

    /** Those whose rate has room again may go on; false when there is nobody. */
    boolean round() {
        boolean some = false;
        for (Subscriber s = rates.due(); s != null; s = rates.due()) {
            some = true;
            if (s.state == Subscriber.State.BEHIND) {
                catchUp.enqueue(s);
            }
        }
        if (conflated > 0) {
            setup.metrics().add(Count.CONFLATED, conflated);
            conflated = 0;
        }
        return some;
    }

    /** See {@link RateLine#untilDueNs}. */
    long untilDueNs() {
        return rates.untilDueNs();
    }

    /** What all windows and passes hold beyond what each stream may. */
    long bytes() {
        return bytes;
    }

    /** How many events may go to the stream now; any number to one without a rate. */
    int room(Subscriber s) {
        return rates.room(s);
    }

    /** So many went to it. */
    void sent(Subscriber s, int events) {
        rates.sent(s, events);
    }

    /** Whether new events are gathered for it, rather than sent. */
    static boolean gathers(Subscriber s) {
        return s.window != null && s.window.follows && s.state == Subscriber.State.BEHIND;
    }

    /** A new event for a stream whose window follows. */
    void gather(Subscriber s, EventFrame frame) {
        Window w = s.window;
        if (!take(s, frame)) {
            w.follows = false;
            w.full = true;
            w.upTo = frame.position().before();
        }
    }

    /** It was live and cannot take all that came: what waits becomes the beginning of a window. */
    void fallBehind(Subscriber s) {
        long[] waiting = s.backlog;
        int n = s.backlogSize;
        s.fallBehind(moment.place);
        begin(s, s.seen);
        s.window.follows = true;
        for (int i = 0; i < n && s.window.follows; i++) {
            EventFrame frame = ring.get(waiting[i]);
            if (frame == null) {
                begin(s, s.seen); // the ring moved on
            } else {
                gather(s, frame);
            }
        }
        catchUp.enqueue(s);
    }

    /** A stream that is behind begins to gather, behind what it is about to be sent. */
    void begin(Subscriber s) {
        begin(s, s.chunk == null ? s.seen : s.chunkEnd);
    }

    private void begin(Subscriber s, Position from) {
        Window w = s.window;
        w.begin(from, from.equals(w.base) ? w.baseId : null);
        settle(w);
    }

    /** Its grant is another now: all that it has not got yet is examined again. */
    void restart(Subscriber s) {
        if (s.state == Subscriber.State.BEHIND) {
            if (s.window.passes) {
                s.chunk = null;
                passEnded(s);
            }
            begin(s);
        }
    }

    /** The stream has ended. */
    void drop(Subscriber s) {
        s.window.clear();
        passEnded(s);
    }

    /** The next turn for a stream that is behind. */
    void goOn(Subscriber s) {
        if (s.window.isScanning() || !s.reading && writes.mayWrite(s)) {
            catchUp.enqueue(s);
        }
    }

    /** One step for a stream that is behind. */
    void feed(Subscriber s) {
        Window w = s.window;
        if (w.isScanning()) {
            scan(s);
        }
        if (s.reading || !writes.mayWrite(s)) {
            shard.serve(s);
        } else if (s.chunk != null) {
            fromChunk(s);
        } else if (w.base.isAfter(s.seen)) {
            read(s);
            goOn(s);
        } else if (w.isScanning()) {
            catchUp.enqueue(s);
        } else if (!tellLoss(s)) {
            freeze(s);
        }
    }

    /** What was read for it is kept as a pass, as far as there is room for it; the rest is read again. */
    void keep(Subscriber s, boolean lost) {
        Window w = s.window;
        setup.readers().release(s.chunkBytes);
        s.chunkBytes = 0;
        w.lost |= lost;
        w.passes = true;
        List<EventFrame> frames = s.chunk;
        for (int i = 0; i < frames.size(); i++) {
            int weight = frames.get(i).weight();
            if (i > 0 && !hasRoomFor(w, weight)) {
                s.chunk = List.copyOf(frames.subList(0, i));
                s.chunkEnd = frames.get(i - 1).position();
                return;
            }
            w.passBytes += weight;
            settle(w);
        }
    }

    /** A pass was sent to its end. */
    void passEnded(Subscriber s) {
        s.window.passBytes = 0;
        s.window.passes = false;
        settle(s.window);
    }

    /** Looks through the ring for a while; a window that has reached the end of what was dispatched follows. */
    private void scan(Subscriber s) {
        Window w = s.window;
        long from = ring.after(w.upTo);
        if (from < 0) {
            ringMovedOn(s);
            return;
        }
        long to = Math.min(shard.dispatched(), from + EXAMINED_MAX - 1);
        for (long sequence = from; sequence <= to; sequence++) {
            EventFrame frame = ring.get(sequence);
            if (frame == null) {
                return; // it left just now; the next step begins with that
            }
            if (s.request.topics().matches(frame.topics()) && s.wants(frame) && !take(s, frame)) {
                w.full = true;
                return;
            }
            w.upTo = frame.position();
        }
        w.follows = setup.handOver().mayGoLive(w.upTo, moment.place);
    }

    /** What was to be looked through next is there no more: the window ends, or begins later if it holds nothing. */
    private void ringMovedOn(Subscriber s) {
        if (!s.window.isEmpty()) {
            s.window.full = true;
            return;
        }
        TailRing.Mark floor = ring.below();
        if (s.transientFrom == null) {
            s.transientFrom = s.seen;
        }
        s.window.lost |= setup.presence().lostSince(s.transientFrom, s);
        s.window.begin(floor.place(), floor.id());
    }

    private boolean take(Subscriber s, EventFrame frame) {
        Window w = s.window;
        if (!w.isEmpty() && (w.exceeds(setup.conflateTopicsMax(), frame) || !hasRoomFor(w, w.costOf(frame)))) {
            return false;
        }
        conflated += w.take(frame, s.request.topics());
        settle(w);
        return true;
    }

    private void read(Subscriber s) {
        if (s.transientFrom == null) {
            s.transientFrom = s.seen;
        }
        s.reading = true;
        newest.read(s, s.window.base);
    }

    /** Says once, at the window's beginning, that something was lost before it. */
    private boolean tellLoss(Subscriber s) {
        boolean lost = s.window.lost;
        s.window.lost = false;
        s.transientFrom = null;
        if (!lost) {
            return false;
        }
        catchUp.tellTransientLoss(s, s.window.baseId);
        return true;
    }

    private void freeze(Subscriber s) {
        Window w = s.window;
        if (w.isEmpty()) { // and it follows
            s.state = Subscriber.State.LIVE;
            s.seen = moment.place.isAfter(s.seen) ? moment.place : s.seen;
        } else if (room(s) > 0) {
            s.chunk = w.freeze(w.follows ? moment.place : w.upTo);
            s.chunkAt = 0;
            s.chunkEnd = w.base;
            fromChunk(s);
        } else {
            rates.await(s);
        }
    }

    private void fromChunk(Subscriber s) {
        int room = room(s);
        if (room > 0) {
            catchUp.fromChunk(s, room);
        } else {
            rates.await(s);
        }
    }

    private boolean hasRoomFor(Window w, long more) {
        long own = w.bytes + w.passBytes + more;
        return own <= FREE_BYTES
            || own <= setup.conflateBytes() / STREAM_SHARE && bytes + more <= setup.conflateBytes();
    }

    /** Accounts for what this stream holds now. */
    private void settle(Window w) {
        long charge = Math.max(0, w.bytes + w.passBytes - FREE_BYTES);
        bytes += charge - w.charged;
        w.charged = charge;
    }
}
