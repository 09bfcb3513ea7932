package io.rivulet.log;

import java.util.Arrays;

/** Places ({@link Chains}) as they are gathered. Not for several threads. */
final class Places {

    private long[] all = {};
    private int n;
    private boolean isSorted = true;

    void add(long place) {
        if (n == all.length) {
            all = Arrays.copyOf(all, Math.max(16, n * 2));
        }
        isSorted &= n == 0 || all[n - 1] < place;
        all[n++] = place;
    }

    void add(long[] some) {
        for (long place : some) {
            add(place);
        }
    }

    /** Each once. */
    long[] ascending() {
        return isSorted ? Arrays.copyOf(all, n) : Arrays.stream(all, 0, n).sorted().distinct().toArray();
    }

    static long[] either(long[] a, long[] b) {
        if (a.length == 0 || b.length == 0) {
            return a.length == 0 ? b : a;
        }
        Places all = new Places();
        all.add(a);
        all.add(b);
        return all.ascending();
    }

    static long[] both(long[] a, long[] b) {
        Places all = new Places();
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
    static int from(long[] ascending, long rel) {
        int at = Arrays.binarySearch(ascending, rel << 32);
        return at >= 0 ? at : -at - 1;
    }
}
