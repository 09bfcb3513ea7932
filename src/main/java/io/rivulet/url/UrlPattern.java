package io.rivulet.url;

import io.rivulet.heap.HeapBytes;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntConsumer;

/**
 * A WHATWG URL Pattern without {@code ignoreCase}. Matchers of topics are made of such patterns. Immutable, any thread.
 *
 * <p>Regular expressions in it are JavaScript's (flag {@code v}) without look-around and back-references, because these
 * cannot be matched in linear time, and a pattern is text from a stranger.
 */
public final class UrlPattern {

    private static final UrlComponent[] COMPONENTS = UrlComponent.values();

    private final String text;
    private final String base;
    private final ComponentPattern[] components;
    private final String literalPrefix;

    private UrlPattern(String text, Url base) throws BadPattern {
        this.text = text;
        this.base = base == null ? null : base.href();
        components = PatternInit.compile(text, base);
        literalPrefix = prefix();
    }

    /**
     * Compiles the constructor string of a pattern.
     *
     * @param base what a relative pattern is relative to; may be null
     * @throws BadPattern if it is none, or not supported, or too large
     */
    public static UrlPattern compile(String constructorString, Url base) throws BadPattern {
        return new UrlPattern(constructorString, base);
    }

    /** Whether the URL matches; "no" when that took more steps than {@link StepMeter#of} allows. */
    public boolean matches(Url url) {
        return matches(url, StepMeter.of(url));
    }

    /** The same; {@code taken} is told what it cost, in steps. The lists are the calling thread's, or null. */
    public boolean matches(Url url, IntConsumer taken, MatchLists lists) {
        StepMeter meter = StepMeter.of(url, lists);
        boolean matches = matches(url, meter);
        taken.accept(meter.cost());
        return matches;
    }

    boolean matches(Url url, StepMeter meter) {
        for (int i = 0; i < components.length; i++) {
            if (!components[i].matches(COMPONENTS[i].of(url), meter)) {
                return false;
            }
        }
        return true;
    }

    /** Steps that one character of a URL may cost, about: what it adds to the work for each topic. */
    public int effort() {
        int effort = 1;
        for (ComponentPattern component : components) {
            effort += component.effort();
        }
        return Math.min(effort, StepMeter.STEPS_PER_CHARACTER);
    }

    /** Bytes that it takes in memory beside its text. */
    public long weight() {
        long weight = HeapBytes.object(4, 0) + HeapBytes.references(components.length) + HeapBytes.string(base)
            + HeapBytes.string(literalPrefix);
        for (ComponentPattern component : components) {
            weight += component.weight();
        }
        return weight;
    }

    /** Text that the {@link Url#key()} of every URL that matches begins with; "" if nothing is known of it. */
    public String literalPrefix() {
        return literalPrefix;
    }

    /**
     * The texts that stand literally in every URL that matches, in the order of its parts and with something between
     * each two: for an index of words. A slash stands for the end of a part as well: no letter can follow there. The
     * first and the last are empty. User and password are left out.
     */
    public List<String> literals() {
        List<String> all = new ArrayList<>(List.of(""));
        for (UrlComponent component : COMPONENTS) {
            if (component != UrlComponent.USERNAME && component != UrlComponent.PASSWORD) {
                all.addAll(of(component).literals());
            }
        }
        all.add("");
        return all;
    }

    private String prefix() {
        ComponentPattern protocol = of(UrlComponent.PROTOCOL);
        ComponentPattern hostname = of(UrlComponent.HOSTNAME);
        ComponentPattern port = of(UrlComponent.PORT);
        ComponentPattern path = of(UrlComponent.PATHNAME);
        if (!protocol.isLiteral()) {
            return "";
        }
        String start = protocol.literalPrefix() + ":";
        boolean special = UrlParser.SPECIAL.containsKey(protocol.literalPrefix());
        if (!special && hostname.literalPrefix().isEmpty()) {
            // with an authority or without: only what the path begins with can tell
            boolean noHost = hostname.isLiteral() && port.isLiteral() && port.literalPrefix().isEmpty();
            String first = path.literalPrefix();
            return !noHost || first.isEmpty() ? start : start + (first.startsWith("/") ? "//" : "") + first;
        }
        start += "//" + hostname.literalPrefix();
        if (!hostname.isLiteral()) {
            return start;
        }
        String number = port.literalPrefix();
        start += number.isEmpty() ? "" : ":" + number;
        return port.isLiteral() ? start + path.literalPrefix() : start;
    }

    private ComponentPattern of(UrlComponent component) {
        return components[component.ordinal()];
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof UrlPattern pattern && pattern.text.equals(text) && Objects.equals(pattern.base, base);
    }

    @Override
    public int hashCode() {
        return Objects.hash(text, base);
    }

    /** The text as it was given. */
    @Override
    public String toString() {
        return text;
    }
}
