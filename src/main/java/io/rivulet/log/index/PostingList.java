package io.rivulet.log.index;

import java.util.Arrays;

/**
 * Postings as a look-up gathers them, and what two ascending lists have in common. For one thread.
 */
public final class PostingList {

    private static final int SPARE = 1_024;

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

    /**
     * Forgets all but the last {@code max} once there are far more: of a million topics each has a newest posting, and
     * few of these are wanted. So no list gets so long that the collector takes it for huge.
     */
    void keepLast(int max) {
        if (n <= 2L * max + SPARE) {
            return;
        }
        if (!isSorted) {
            Arrays.sort(all, 0, n);
            isSorted = true;
            n = toDistinct(all, n);
        }
        int kept = Math.min(max, n);
        System.arraycopy(all, n - kept, all, 0, kept);
        n = kept;
    }

    /** All that were added, ascending, each once. */
    public long[] ascending() {
        long[] sorted = Arrays.copyOf(all, n);
        if (isSorted) {
            return sorted;
        }
        Arrays.sort(sorted);
        int once = toDistinct(sorted, n);
        return once == n ? sorted : Arrays.copyOf(sorted, once);
    }

    /** Those of an ascending stretch, each once; without a set, whose entries would be most of a look-up's garbage. */
    static long[] distinct(long[] ascending, int from, int to) {
        long[] once = Arrays.copyOfRange(ascending, from, to);
        int n = toDistinct(once, once.length);
        return n == once.length ? once : Arrays.copyOf(once, n);
    }

    /** Moves those of an ascending array together that are there once; returns how many there are. */
    private static int toDistinct(long[] ascending, int length) {
        int n = 0;
        for (int i = 0; i < length; i++) {
            if (i == 0 || ascending[i] != ascending[i - 1]) {
                ascending[n++] = ascending[i];
            }
        }
        return n;
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
