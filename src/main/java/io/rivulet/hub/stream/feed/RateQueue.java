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
     *
     * <p>A stream may also ask for each of its topics at a rate. It is sent in passes, in which each topic stands once.
     * So a pause between two passes is enough, and no memory of topics is needed.
     */
    public static final class Rate {

        private static final int BATCHES_PER_SECOND = 10;
        private static final long SECOND_NS = 1_000_000_000;
        /** Streams wake up together, this often at most: with a thousand of them a wake-up each would cost most. */
        private static final long GRID_NS = 10_000_000;

        /** From one event to the next, and from a pass to the next; 0 for no such rate. */
        private final long everyNs;
        private final long passEveryNs;
        private final int batch;
        /** When all that was sent will have been earned. */
        private long earnedNs;
        private boolean begun;
        /** When something was sent last. */
        private long sentNs;
        /** It waits for the next pass, and not within one. */
        private boolean awaitsPass;
        private boolean waits;

        /** So many events a second, and of each topic so many; 0 for any number. */
        public Rate(int ratePerSecond, int ratePerTopic) {
            everyNs = intervalNs(ratePerSecond);
            passEveryNs = intervalNs(ratePerTopic);
            batch = Math.max(1, ratePerSecond / BATCHES_PER_SECOND);
        }

        private static long intervalNs(int perSecond) {
            return perSecond == 0 ? 0 : (SECOND_NS + perSecond - 1) / perSecond;
        }

        /** So many events may go out now. */
        public int room(long nowNs) {
            return everyNs == 0 ? Integer.MAX_VALUE : (int) ((batch * everyNs - aheadNs(nowNs)) / everyNs);
        }

        /** Whether a pass may begin now. */
        public boolean mayBegin(long nowNs) {
            awaitsPass = begun && nowNs - sentNs < passEveryNs;
            return !awaitsPass;
        }

        /** Whether so many events may go out live, of which two may be of one topic. */
        public boolean mayBeLive(int events, long nowNs) {
            return events <= room(nowNs) && (passEveryNs == 0 || events <= 1 && mayBegin(nowNs));
        }

        /** So many went out. */
        public void sent(int events, long nowNs) {
            earnedNs = nowNs + aheadNs(nowNs) + events * everyNs;
            sentNs = nowNs;
            begun = true;
        }

        /** When there is room for half a batch, and the next pass may begin if it waits for that. */
        long nextNs(long nowNs) {
            long rateNs = aheadNs(nowNs) - batch / 2 * everyNs;
            long passNs = awaitsPass ? passEveryNs - (nowNs - sentNs) : 0;
            long at = nowNs + Math.max(0, Math.max(rateNs, passNs));
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
