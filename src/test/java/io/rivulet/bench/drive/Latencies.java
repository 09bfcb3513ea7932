package io.rivulet.bench.drive;

import java.util.Arrays;

/**
 * A histogram of microseconds, log-linear: exact below 128, then 64 buckets for each doubling, so that a percentile is
 * at most 1.6 % off. One thread writes; others read after it has stopped.
 */
public final class Latencies {

    private static final int PER_DOUBLING = 64;

    private final long[] counts = new long[60 * PER_DOUBLING];
    private long total;
    private long maxUs;

    /** One value; negative ones count as 0. */
    public void add(long us) {
        long value = Math.max(0, us);
        counts[bucket(value)]++;
        total++;
        maxUs = Math.max(maxUs, value);
    }

    /** All values of another. */
    public void add(Latencies other) {
        for (int i = 0; i < counts.length; i++) {
            counts[i] += other.counts[i];
        }
        total += other.total;
        maxUs = Math.max(maxUs, other.maxUs);
    }

    /** Forgets all. */
    public void clear() {
        Arrays.fill(counts, 0);
        total = 0;
        maxUs = 0;
    }

    private static int bucket(long us) {
        int doubling = 63 - Long.numberOfLeadingZeros(us | 1);
        return doubling < 7 ? (int) us : (doubling - 5) * PER_DOUBLING + (int) ((us >> (doubling - 6)) & 63);
    }

    /** The least value that falls into a bucket. */
    private static long least(int bucket) {
        if (bucket < 2 * PER_DOUBLING) {
            return bucket;
        }
        int doubling = bucket / PER_DOUBLING + 5;
        return (1L << doubling) + ((long) (bucket % PER_DOUBLING) << (doubling - 6));
    }

    /** Microseconds that the share {@code p} of all values does not exceed; 0 without any. */
    public double percentileUs(double p) {
        long rank = (long) Math.ceil(p * total);
        long seen = 0;
        for (int i = 0; i < counts.length; i++) {
            seen += counts[i];
            if (seen >= rank && counts[i] > 0) {
                return least(i);
            }
        }
        return 0;
    }

    /** The greatest value, exactly. */
    public long maxUs() {
        return maxUs;
    }

    /** How many values. */
    public long total() {
        return total;
    }
}
