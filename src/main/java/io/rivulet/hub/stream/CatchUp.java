package io.rivulet.hub.stream;

import io.rivulet.hub.stream.feed.Turn;
import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import java.util.function.ToLongFunction;

/**
 * The queue of a shard's streams that wait to be fed: each gets one write, then the next one has its turn. The shard's
 * thread alone uses it.
 *
 * <p>After an outage thousands wait here, so a round of it has a time limit, and a shorter one when a live event has
 * come: streams that are live must not wait for those that come back. It has a limit of steps too, since steps are what
 * strangers make a shard spend; a round is over when either is reached.
 *
 * <p>A turn has a budget of steps, but its last match may go far beyond. The stream then owes the rest, and is passed
 * over until it has made up for that: once for each budget (deficit round robin). So of a hundred streams the one with
 * patterns ten times as costly as a turn gets a tenth of the turns, and the others do not wait for it. A stream that
 * needs absurdly many steps is not ended, however many it has taken. It could not say where it had got to, so its
 * client would begin again at the same place; and its share of the shard has a bound as it is.
 */
final class CatchUp {

    private static final long ROUND_NS = 2_000_000;
    /** So much even while live events wait: enough for some tens of writes. */
    private static final long ROUND_LIVE_NS = 500_000;
    /** The same two in steps, of about five nanoseconds. */
    private static final long ROUND_STEPS = 400_000;
    private static final long ROUND_LIVE_STEPS = 100_000;

    private final LongSupplier nanos;
    private final BooleanSupplier liveWaits;
    private final ToLongFunction<Subscriber> turn;
    private final ArrayDeque<Subscriber> queue = new ArrayDeque<>();

    /**
     * An empty queue.
     *
     * @param liveWaits whether events have come that live streams wait for
     * @param turn      feeds one stream, and returns how many steps that took
     */
    CatchUp(LongSupplier nanos, BooleanSupplier liveWaits, ToLongFunction<Subscriber> turn) {
        this.nanos = nanos;
        this.liveWaits = liveWaits;
        this.turn = turn;
    }

    /** Puts a stream into the queue, once. */
    void add(Subscriber s) {
        if (!s.isQueued()) {
            queue.add(s); // first: one that is marked and not in the queue would never have its turn
            s.enterQueue();
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
        long steps = 0;
        for (int n = queue.size(); n > 0 && mayGoOn(nanos.getAsLong() - fromNs, steps); n--) {
            Subscriber s = queue.peek(); // it leaves when it was served: whatever is thrown, it keeps its turn
            if (owed(s) > 0) {
                s.feed().stepsOwed(owed(s) - Turn.STEPS_MAX);
                queue.add(s);
                queue.poll();
            } else {
                s.leaveQueue();
                long taken = turn.applyAsLong(s);
                queue.poll();
                steps += taken;
                if (s.feed() != null) {
                    s.feed().stepsOwed(Math.max(0, taken - Turn.STEPS_MAX));
                }
            }
        }
        return true;
    }

    private static long owed(Subscriber s) {
        return s.feed() == null ? 0 : s.feed().stepsOwed(); // without one it is about to end
    }

    private boolean mayGoOn(long ns, long steps) {
        return ns < ROUND_LIVE_NS && steps < ROUND_LIVE_STEPS
            || ns < ROUND_NS && steps < ROUND_STEPS && !liveWaits.getAsBoolean();
    }
}
