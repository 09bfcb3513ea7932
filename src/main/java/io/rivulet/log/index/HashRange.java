package io.rivulet.log.index;

/**
 * A stretch of the hashes that an index may have, both ends in it. The index of one segment may be larger than memory
 * allows; then {@link IndexWriter} is given one stretch of it after the other. Immutable.
 */
public record HashRange(long from, long to) {

    /** Every hash: they have 63 bits. */
    public static final HashRange ALL = new HashRange(0, Long.MAX_VALUE);

    /** The {@code i}-th of {@code n} equal stretches, from the least; {@code n} is a power of two. */
    public static HashRange part(int i, int n) {
        long size = Long.MIN_VALUE / -n; // 2^63 / n
        return n == 1 ? ALL : new HashRange(i * size, i * size + (size - 1));
    }

    boolean holds(long hash) {
        return hash >= from && hash <= to;
    }
}
