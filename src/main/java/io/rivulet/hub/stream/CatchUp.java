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
 *
 * <p>Streams whose last turn took many steps have a line of their own, behind the others: it has at least one turn in
 * each round, and rests as {@link Courtesy} says. Without the rest a few such streams keep the shard's thread busy for
 * ever, and where other threads are busy as well, each live event would wait for the processor like the costly work.
 */
final class CatchUp {

    private static final long ROUND_NS = 2_000_000;
    /** So much even while live events wait: enough for some tens of writes. */
    private static final long ROUND_LIVE_NS = 500_000;
    /** The same two in steps, of about five nanoseconds. */
    private static final long ROUND_STEPS = 400_000;
    private static final long ROUND_LIVE_STEPS = 100_000;
    /** A turn that took so many, half of what one may take, is a costly one. */
    private static final long COSTLY_STEPS = Turn.STEPS_MAX / 2;

    private final LongSupplier nanos;
    private final BooleanSupplier liveWaits;
    private final ToLongFunction<Subscriber> turn;
    private final Courtesy courtesy;
    private final ArrayDeque<Subscriber> queue = new ArrayDeque<>();
    private final ArrayDeque<Subscriber> costly = new ArrayDeque<>();
    private final Rest rest;
    private long roundFromNs;
    private long roundSteps;

    /**
     * An empty queue.
     *
     * @param liveWaits whether events have come that live streams wait for
     * @param turn      feeds one stream, and returns how many steps that took
     * @param courtesy  how long the costly ones rest
     */
    CatchUp(LongSupplier nanos, BooleanSupplier liveWaits, ToLongFunction<Subscriber> turn, Courtesy courtesy) {
        this.nanos = nanos;
        this.liveWaits = liveWaits;
        this.turn = turn;
        this.courtesy = courtesy;
        this.rest = new Rest(nanos);
    }

    /** Puts a stream into the queue, once. */
    void add(Subscriber s) {
        if (!s.isQueued()) {
            // first: one that is marked and not in the queue would never have its turn
            (isCostly(s) ? costly : queue).add(s);
            s.enterQueue();
        }
    }

    /** Whether somebody waits to be fed now. */
    boolean isBusy() {
        return !queue.isEmpty() || !costly.isEmpty() && rest.leftNs() == 0;
    }

    /** Nanoseconds until there is somebody; {@link Long#MAX_VALUE} when that is not known. */
    long untilDueNs() {
        return !queue.isEmpty() ? 0 : costly.isEmpty() ? Long.MAX_VALUE : rest.leftNs();
    }

    /**
     * Gives those in the queue their turn, for at most 2 ms, and 0.5 when a live event has come by then; false when
     * there is nobody.
     */
    boolean round() {
        if (!isBusy()) {
            return false;
        }
        roundFromNs = nanos.getAsLong();
        roundSteps = 0;
        int known = costly.size(); // one that turns out to be costly has had its turn
        for (int n = queue.size(); n > 0 && mayGoOn(); n--) {
            serveNext(queue);
        }
        if (known > 0 && rest.leftNs() == 0) {
            courtesy.begin();
            do {
                serveNext(costly);
            } while (--known > 0 && mayGoOn());
            rest.begin(courtesy.restNs());
        }
        return true;
    }

    private void serveNext(ArrayDeque<Subscriber> line) {
        Subscriber s = line.peek(); // it leaves when it was served: whatever is thrown, it keeps its turn
        if (owed(s) > 0) {
            s.feed().stepsOwed(owed(s) - Turn.STEPS_MAX);
            line.add(s);
            line.poll();
        } else {
            s.leaveQueue();
            long taken = turn.applyAsLong(s);
            line.poll();
            roundSteps += taken;
            sort(s, taken >= COSTLY_STEPS, line);
            if (s.feed() != null) {
                s.feed().stepsOwed(Math.max(0, taken - Turn.STEPS_MAX));
            }
        }
    }

    /** Into the other line, where its last turn was another than those before: it has come to the end of one again. */
    private void sort(Subscriber s, boolean isCostly, ArrayDeque<Subscriber> line) {
        if (s.feed() == null || isCostly == isCostly(s)) {
            return;
        }
        if (s.isQueued() && line.peekLast() == s) {
            (isCostly ? costly : queue).add(s); // first: it may fail
            line.pollLast();
        }
        s.feed().costly(isCostly);
    }

    private static boolean isCostly(Subscriber s) {
        return s.feed() != null && s.feed().isCostly();
    }

    private static long owed(Subscriber s) {
        return s.feed() == null ? 0 : s.feed().stepsOwed(); // without one it is about to end
    }

    private boolean mayGoOn() {
        long ns = nanos.getAsLong() - roundFromNs;
        return ns < ROUND_LIVE_NS && roundSteps < ROUND_LIVE_STEPS
            || ns < ROUND_NS && roundSteps < ROUND_STEPS && !liveWaits.getAsBoolean();
    }
}
