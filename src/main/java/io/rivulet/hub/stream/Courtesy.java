package io.rivulet.hub.stream;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

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
    /** While others wait, all costly work together has this part of the processors. */
    private static final double PART = 0.4;
    /** What rests beside the line of each shard: two look-ups, and patterns that are compiled. */
    private static final int BESIDE_SHARDS = 3;
    private static final int OF_WORK = ofWork(Runtime.getRuntime().availableProcessors());

    private final LongSupplier nanos;
    private final LongSupplier workNanos;
    private final int ofWork;
    private long fromNs;
    private long fromWorkNs;

    /** {@code workNanos} tells what the calling thread has had of the processor. */
    public Courtesy(LongSupplier nanos, LongSupplier workNanos) {
        this(nanos, workNanos, OF_WORK);
    }

    /** It rests for at most so many times what it took of the processor: for tests. */
    Courtesy(LongSupplier nanos, LongSupplier workNanos, int ofWork) {
        this.nanos = nanos;
        this.workNanos = workNanos;
        this.ofWork = ofWork;
    }

    /** How many times what it took one rests at most, so that all have their part: 9 for one processor, 2 for many. */
    static int ofWork(int processors) {
        double each = PART * processors / (processors + BESIDE_SHARDS); // there are as many shards as processors
        return (int) (1 / each) - 1;
    }

    /** The JVM tells what a thread has had; where it cannot, nothing rests. */
    public static LongSupplier ofThreads() {
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        boolean knows = threads.isCurrentThreadCpuTimeSupported() && threads.isThreadCpuTimeEnabled();
        return knows ? threads::getCurrentThreadCpuTime : () -> 0;
    }

    /** One for each piece of work, by the JVM's clocks. */
    static Supplier<Courtesy> each() {
        LongSupplier worked = ofThreads();
        return () -> new Courtesy(System::nanoTime, worked);
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
        return Math.max(0, Math.min(ofWork * workedNs, OF_WAITING * waitedNs));
    }
}
