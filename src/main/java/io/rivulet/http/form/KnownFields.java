package io.rivulet.http.form;

import io.rivulet.config.Nearest;
import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Predicate;

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
                fields.checkText(name);
                throw unknown(name, what);
            }
        }
    }

    /** The refusal of a name that is not known. */
    public Refused unknown(String name, String what) {
        String nearest = Nearest.to(name.replaceAll("\\[\\d*\\]$", ""), names);
        return Refused.malformed("the " + what + " " + Printable.of(name) + " is unknown"
            + (nearest == null ? "" : "; perhaps " + nearest + " is meant") + ". Known are "
            + String.join(", ", new TreeSet<>(names)));
    }
}
