package io.rivulet.hub.stream.feed;

import java.util.PriorityQueue;
import java.util.function.LongSupplier;

/**
 * The streams of a shard whose rate has no room now, by the time when it will have some. The shard puts them in and
 * takes them out. Shard thread.
 *
 * <p>A stream that ended stays in the queue until its time comes, at most a second: to search for it would cost more.
 *
 * @param <S> the streams
 */
public final class RateQueue<S> {

    private final LongSupplier nanos;
    private final PriorityQueue<Waiting<S>> queue =
        new PriorityQueue<>((a, b) -> Long.compare(a.dueNs() - b.dueNs(), 0));

    private record Waiting<S>(S stream, Rate rate, long dueNs) {
    }

    /**
     * How many events a stream with a rate may get now. Over any {@code t} seconds it gets at most {@code rate * t} and
     * one batch, a tenth of a second's: silence earns no more credit than that. Shard thread.
     */
    public static final class Rate {

        private static final int BATCHES_PER_SECOND = 10;
        private static final long SECOND_NS = 1_000_000_000;
        /** Streams wake up together, this often at most: with a thousand of them a wake-up each would cost most. */
        private static final long GRID_NS = 10_000_000;

        private final long everyNs;
        private final int batch;
        /** When all that was sent will have been earned. */
        private long earnedNs;
        private boolean begun;
        private boolean waits;

        public Rate(int ratePerSecond) {
            everyNs = (SECOND_NS + ratePerSecond - 1) / ratePerSecond;
            batch = Math.max(1, ratePerSecond / BATCHES_PER_SECOND);
        }

        /** So many events may go out now. */
        public int room(long nowNs) {
            return (int) ((batch * everyNs - aheadNs(nowNs)) / everyNs);
        }

        /** So many went out. */
        public void sent(int events, long nowNs) {
            earnedNs = nowNs + aheadNs(nowNs) + events * everyNs;
            begun = true;
        }

        /** When there is room for half a batch. */
        long nextNs(long nowNs) {
            long waitNs = aheadNs(nowNs) - batch / 2 * everyNs;
            long at = nowNs + Math.max(0, waitNs);
            return at + Math.floorMod(-at, GRID_NS);
        }

        private long aheadNs(long nowNs) {
            return begun ? Math.max(0, earnedNs - nowNs) : 0;
        }
    }

    public RateQueue(LongSupplier nanos) {
        this.nanos = nanos;
    }

    /** Puts a stream without room into the queue, once. */
    public void await(S stream, Rate rate) {
        if (!rate.waits) {
            queue.add(new Waiting<>(stream, rate, rate.nextNs(nanos.getAsLong())));
            rate.waits = true;
        }
    }

    /** The first whose time has come; null when there is none. It stays in the queue until {@link #takeDue}. */
    public S due() {
        Waiting<S> first = queue.peek();
        return first == null || first.dueNs() - nanos.getAsLong() > 0 ? null : first.stream();
    }

    /** Takes out the one that {@link #due} gave. */
    public void takeDue() {
        Rate rate = queue.peek().rate();
        queue.poll();
        rate.waits = false;
    }

    /** Nanoseconds until somebody is due, 0 or less when somebody is; {@link Long#MAX_VALUE} when nobody waits. */
    public long untilDueNs() {
        Waiting<S> first = queue.peek();
        return first == null ? Long.MAX_VALUE : first.dueNs() - nanos.getAsLong();
    }
}
