package io.rivulet.log.index;

/**
 * Tells from memory that an id is not in a segment: ten bits for each id, so one strange id in a hundred costs a read.
 * Built once by the writer of the side file, then asked by any thread.
 */
final class BloomFilter {

    private static final int BITS_EACH = 10;
    private static final int PROBES = 7;

    private final long[] words;

    BloomFilter(long[] words) {
        this.words = words;
    }

    static BloomFilter sized(int entries) {
        return new BloomFilter(new long[(int) (((long) entries * BITS_EACH + 63) / 64)]);
    }

    void add(long hash) {
        for (int i = 0; i < PROBES; i++) {
            long bit = bit(hash, i);
            words[(int) (bit >>> 6)] |= 1L << bit;
        }
    }

    boolean mayHold(long hash) {
        if (words.length == 0) {
            return false;
        }
        for (int i = 0; i < PROBES; i++) {
            long bit = bit(hash, i);
            if ((words[(int) (bit >>> 6)] & 1L << bit) == 0) {
                return false;
            }
        }
        return true;
    }

    private long bit(long hash, int probe) {
        long step = hash * 0x9e3779b97f4a7c15L >>> 32 | 1;
        return (hash + probe * step & Long.MAX_VALUE) % (words.length * 64L);
    }

    long[] words() {
        return words;
    }
}
