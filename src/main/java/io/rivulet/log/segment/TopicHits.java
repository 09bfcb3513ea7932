package io.rivulet.log.segment;

import java.util.Arrays;

/**
 * The newest postings of topics in one segment, as an index shows them, in the order of hashes; {@link LogNewest} and
 * {@link LogLookup} want them in the order of the log, the latest first. For one thread.
 *
 * <p>A segment may have a million topics. So no more than a number are kept, in two flat arrays, and of more the latest
 * stay.
 */
final class TopicHits {

    private final int max;
    private long[] hashes = new long[16];
    private long[] postings = new long[16];
    private int n;

    /** At most so many. */
    TopicHits(int max) {
        this.max = max;
    }

    /** Sees one; when there is no room, room is made of those that are the earliest so far. */
    void add(long hash, long posting) {
        if (n == 2L * max) {
            keepLatest();
        }
        if (n == hashes.length) {
            hashes = Arrays.copyOf(hashes, Math.min(n * 2, 2 * max));
            postings = Arrays.copyOf(postings, hashes.length);
        }
        hashes[n] = hash;
        postings[n++] = posting;
    }

    /** To be called once, before the others. */
    TopicHits latestFirst() {
        keepLatest();
        return this;
    }

    int size() {
        return n;
    }

    long hash(int i) {
        return hashes[i];
    }

    long posting(int i) {
        return postings[i];
    }

    /**
     * Puts the latest in front, and forgets what is behind the {@code max} of them. A heap in the arrays themselves:
     * a million topics take no object each.
     */
    private void keepLatest() {
        for (int i = n / 2 - 1; i >= 0; i--) {
            sink(i, n);
        }
        for (int end = n - 1; end > 0; end--) { // the earliest of those that are left goes behind them
            swap(0, end);
            sink(0, end);
        }
        n = Math.min(n, max);
    }

    /** Moves an entry down until none below it, of the first {@code end}, is earlier. */
    private void sink(int from, int end) {
        int at = from;
        while (2 * at + 1 < end) {
            int child = 2 * at + 1;
            if (child + 1 < end && postings[child + 1] < postings[child]) {
                child++;
            }
            if (postings[at] <= postings[child]) {
                return;
            }
            swap(at, child);
            at = child;
        }
    }

    private void swap(int a, int b) {
        long posting = postings[a];
        long hash = hashes[a];
        postings[a] = postings[b];
        hashes[a] = hashes[b];
        postings[b] = posting;
        hashes[b] = hash;
    }
}
