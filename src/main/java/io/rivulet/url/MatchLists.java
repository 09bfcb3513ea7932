package io.rivulet.url;

import java.util.Arrays;

/**
 * The lists of an automaton while it runs, kept from one match to the next. Whoever tries many texts has one: a match
 * of a stranger's pattern needs ten kilobytes, and a look through the names of a log makes a million matches. One
 * thread at a time.
 */
public final class MatchLists {

    /** Larger ones are not kept: whoever has one may live as long as the hub. */
    private static final int KEPT_MAX = 16_384;

    private int[] kept = {};

    /** So many numbers, of which the first {@code zeros} are 0 and the others whatever they were. */
    public int[] take(int size, int zeros) {
        if (size > kept.length) {
            int[] fresh = new int[size];
            kept = size <= KEPT_MAX ? fresh : kept;
            return fresh;
        }
        Arrays.fill(kept, 0, zeros, 0);
        return kept;
    }
}
