package io.rivulet.hub.stream;

import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * The queue of a shard's streams that wait to be fed: each gets one write, then the next one has its turn. The shard's
 * thread alone uses it.
 *
 * <p>After an outage thousands wait here, so a round of it has a time limit, and a shorter one when a live event has
 * come: streams that are live must not wait for those that come back.
 */
final class CatchUp {

    private static final long ROUND_NS = 2_000_000;
    /** So much even while live events wait: enough for some tens of writes. */
    private static final long ROUND_LIVE_NS = 500_000;

    private final LongSupplier nanos;
    private final BooleanSupplier liveWaits;
    private final Consumer<Subscriber> turn;
    private final ArrayDeque<Subscriber> queue = new ArrayDeque<>();

    /**
     * An empty queue.
     *
     * @param liveWaits whether events have come that live streams wait for
     * @param turn      feeds one stream
     */
    CatchUp(LongSupplier nanos, BooleanSupplier liveWaits, Consumer<Subscriber> turn) {
        this.nanos = nanos;
        this.liveWaits = liveWaits;
        this.turn = turn;
    }

    /** Puts a stream into the queue, once. */
    void add(Subscriber s) {
        if (s.enterQueue()) {
            queue.add(s);
        }
    }

    /** Whether somebody waits to be fed. */
    boolean isBusy() {
        return !queue.isEmpty();
    }

    /**
     * Gives those in the queue their turn, for at most 2 ms, and 0.5 when a live event has come by then; false when
     * there is nobody.
     */
    boolean round() {
        if (queue.isEmpty()) {
            return false;
        }
        long fromNs = nanos.getAsLong();
        for (int n = queue.size(); n > 0 && mayGoOn(nanos.getAsLong() - fromNs); n--) {
            Subscriber s = queue.poll();
            s.leaveQueue();
            turn.accept(s);
        }
        return true;
    }

    private boolean mayGoOn(long ns) {
        return ns < ROUND_LIVE_NS || ns < ROUND_NS && !liveWaits.getAsBoolean();
    }
}
