package io.rivulet.config;

import java.util.Collection;
import java.util.Locale;
import java.util.stream.IntStream;

/** Finds the name that is meant by one that nobody knows: of parameters, fields and settings. Pure, any thread. */
public final class Nearest {

    /** Letters that may be wrong, missing or too many in a name for which another one is proposed. */
    private static final int MISTAKES_MAX = 2;

    private Nearest() {
    }

    /** The name that differs least, in letters of either case; null when none is near. */
    public static String to(String given, Collection<String> names) {
        String plain = given.toLowerCase(Locale.ROOT);
        int least = MISTAKES_MAX + 1;
        String nearest = null;
        for (String name : names) {
            int mistakes = plain.length() > 2 * name.length() ? least : mistakes(plain, name.toLowerCase(Locale.ROOT));
            // of a short name two letters are most of it
            if (mistakes < least && mistakes < name.length() - 1) {
                least = mistakes;
                nearest = name;
            }
        }
        return nearest;
    }

    /** How many letters are to be changed, added or taken away (Levenshtein). */
    private static int mistakes(String from, String to) {
        int[] row = IntStream.rangeClosed(0, to.length()).toArray();
        for (int i = 1; i <= from.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int k = 1; k <= to.length(); k++) {
                int above = row[k];
                int changed = diagonal + (from.charAt(i - 1) == to.charAt(k - 1) ? 0 : 1);
                row[k] = Math.min(changed, 1 + Math.min(above, row[k - 1]));
                diagonal = above;
            }
        }
        return row[to.length()];
    }
}
