package io.rivulet.http.form;

import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Printable;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/**
 * Refuses a parameter or a field that a door does not know, and names the one that may be meant. The doors of updates
 * and of history use it. Immutable, any thread.
 *
 * <p>A parameter that is passed over in silence is the first mistake of many: {@code ?topics=news} would get the topics
 * of the settings, with status 200. A name that begins with an underscore is the caller's own (jQuery sends {@code _}
 * against caches), as are those of a polyfill for old browsers ({@code evs_}). Mercure's own path passes over what it
 * does not know, as the protocol says.
 */
public final class KnownFields {

    private static final List<String> FOREIGN = List.of("_", "evs_");
    /** Letters that may be wrong, missing or too many in a name for which another one is proposed. */
    private static final int MISTAKES_MAX = 2;

    private final List<String> names;
    private final Predicate<String> others;

    private KnownFields(List<String> names, Predicate<String> others) {
        this.names = names;
        this.others = others;
    }

    /** These names. */
    public static KnownFields of(String... names) {
        return new KnownFields(List.of(names), name -> false);
    }

    /** The same, and names that {@code others} knows and that no message lists. */
    public KnownFields or(Predicate<String> more) {
        return new KnownFields(names, others.or(more));
    }

    /**
     * Refuses the first name that is not known.
     *
     * @param what {@code "parameter"} or {@code "field"}
     * @throws Refused naming it, the nearest known one, and all that are known
     */
    public void check(FormFields fields, String what) {
        for (String name : fields.names()) {
            if (!names.contains(name) && !others.test(name) && FOREIGN.stream().noneMatch(name::startsWith)) {
                throw unknown(name, what);
            }
        }
    }

    /** The refusal of a name that is not known. */
    public Refused unknown(String name, String what) {
        String nearest = nearest(name);
        return Refused.malformed("the " + what + " " + Printable.of(name) + " is unknown"
            + (nearest == null ? "" : "; perhaps " + nearest + " is meant") + ". Known are "
            + String.join(", ", new TreeSet<>(names)));
    }

    /** The known name that differs least; null when none is near. */
    private String nearest(String given) {
        String plain = given.toLowerCase(Locale.ROOT).replaceAll("\\[\\d*\\]$", "");
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
