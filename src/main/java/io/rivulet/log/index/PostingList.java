package io.rivulet.log.index;

import java.util.Arrays;

/**
 * Postings as a look-up gathers them, and what two ascending lists have in common. For one thread.
 */
public final class PostingList {

    private long[] all = {};
    private int n;
    private boolean isSorted = true;

    /** How many were added. */
    public int size() {
        return n;
    }

    /** Adds one. */
    public void add(long posting) {
        if (n == all.length) {
            all = Arrays.copyOf(all, Math.max(16, n * 2));
        }
        isSorted &= n == 0 || all[n - 1] < posting;
        all[n++] = posting;
    }

    /** Adds all of these. */
    public void add(long[] some) {
        for (long posting : some) {
            add(posting);
        }
    }

    /** All that were added, ascending, each once. */
    public long[] ascending() {
        long[] sorted = Arrays.copyOf(all, n);
        if (isSorted) {
            return sorted;
        }
        Arrays.sort(sorted);
        return distinct(sorted, 0, n);
    }

    /** Those of an ascending stretch, each once; without a set, whose entries would be most of a look-up's garbage. */
    static long[] distinct(long[] ascending, int from, int to) {
        long[] once = new long[to - from];
        int n = 0;
        for (int i = from; i < to; i++) {
            if (i == from || ascending[i] != ascending[i - 1]) {
                once[n++] = ascending[i];
            }
        }
        return n == once.length ? once : Arrays.copyOf(once, n);
    }

    /** Those that are in one of two ascending lists. */
    public static long[] either(long[] a, long[] b) {
        if (a.length == 0 || b.length == 0) {
            return a.length == 0 ? b : a;
        }
        PostingList all = new PostingList();
        all.add(a);
        all.add(b);
        return all.ascending();
    }

    /** Those that are in both of two ascending lists. */
    public static long[] both(long[] a, long[] b) {
        PostingList all = new PostingList();
        for (int i = 0, j = 0; i < a.length && j < b.length; ) {
            if (a[i] == b[j]) {
                all.add(a[i]);
            }
            boolean first = a[i] <= b[j];
            j += b[j] <= a[i] ? 1 : 0;
            i += first ? 1 : 0;
        }
        return all.ascending();
    }

    /** The number of the first with a record number of at least {@code rel}. */
    public static int from(long[] ascending, long rel) {
        int at = Arrays.binarySearch(ascending, rel << 32);
        return at >= 0 ? at : -at - 1;
    }
}
