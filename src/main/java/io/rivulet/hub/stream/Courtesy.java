package io.rivulet.hub.stream;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.function.LongSupplier;

/**
 * How long a thread rests after a piece of costly work, so that others get the processor. {@link CatchUp} has one for
 * the streams whose patterns cost much, {@link Readers} one for each of their questions, and the doors one for each
 * request with costly patterns. One thread at a time.
 *
 * <p>The hard thing is that a scheduler favours threads that mostly sleep: a live event finds its shard at once when
 * the shard has slept, and waits for a slice of every busy thread when it has not. Strangers can keep shards and
 * readers busy for ever. So their work pauses where somebody else wanted the processor meanwhile, and a thread knows
 * that by itself: it was on its way for longer than it had the processor. On a machine with cores to spare nothing
 * rests.
 */
public final class Courtesy {

    /** It rests for so many times what others, or the disk, kept it waiting. */
    static final int OF_WAITING = 4;
    /** And for at most so many times what it took of the processor: then it has a quarter of one. */
    static final int OF_WORK = 3;

    private final LongSupplier nanos;
    private final LongSupplier workNanos;
    private long fromNs;
    private long fromWorkNs;

    /** {@code workNanos} tells what the calling thread has had of the processor. */
    public Courtesy(LongSupplier nanos, LongSupplier workNanos) {
        this.nanos = nanos;
        this.workNanos = workNanos;
    }

    /** The JVM tells what a thread has had; where it cannot, nothing rests. */
    public static LongSupplier ofThreads() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        boolean knows = threads.isCurrentThreadCpuTimeSupported() && threads.isThreadCpuTimeEnabled();
        return knows ? threads::getCurrentThreadCpuTime : () -> 0;
    }

    /** The work begins. */
    public void begin() {
        fromNs = nanos.getAsLong();
        fromWorkNs = workNanos.getAsLong();
    }

    /** The work has ended: how many nanoseconds to rest. */
    public long restNs() {
        long workedNs = workNanos.getAsLong() - fromWorkNs;
        long waitedNs = nanos.getAsLong() - fromNs - workedNs;
        return Math.max(0, Math.min(OF_WORK * workedNs, OF_WAITING * waitedNs));
    }
}
