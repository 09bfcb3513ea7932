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

    /** Puts the latest in front, and forgets what is behind the {@code max} of them. */
    private void keepLatest() {
        long[][] pairs = new long[n][];
        for (int i = 0; i < n; i++) {
            pairs[i] = new long[] {postings[i], hashes[i]};
        }
        Arrays.sort(pairs, (a, b) -> Long.compare(b[0], a[0]));
        n = Math.min(n, max);
        for (int i = 0; i < n; i++) {
            postings[i] = pairs[i][0];
            hashes[i] = pairs[i][1];
        }
    }
}
