package io.rivulet.url;

import io.rivulet.heap.HeapBytes;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The compiled pattern of one component. {@link UrlPattern} holds eight. Immutable, any thread.
 *
 * <p>Most components are literal, or {@code *}: these have no automaton. Of the others the literal beginning is
 * compared first, and only the rest is run.
 */
final class ComponentPattern {

    /** Instructions that a pattern may have besides two for each of its characters: for counted repetitions. */
    static final int INSTRUCTIONS_MAX = 1000;

    private static final RegexpNode ANYTHING =
        new RegexpNode.Repeat(RegexpNode.Chars.ANY, 0, RegexpNode.Repeat.UNBOUNDED);

    /** The pattern of most components of a relative pattern: one for all of them. */
    private static final ComponentPattern STAR = new ComponentPattern();

    private final String literalPrefix;
    private final List<String> literals;
    private final boolean literal;
    private final boolean any;
    /** The characters before the automaton begins: all of them are literal. */
    private final int literalLength;
    /** Null if the component is literal or {@code *}: these need none. */
    private final Automaton automaton;

    /** Of {@code *}. */
    private ComponentPattern() {
        literalPrefix = "";
        literals = List.of("/", "/");
        literal = false;
        any = true;
        literalLength = 0;
        automaton = null;
    }

    private ComponentPattern(List<PatternPart> parts, char delimiter, StepMeter budget) throws BadPattern {
        StringBuilder start = new StringBuilder();
        int literals = 0;
        int length = 0;
        for (PatternPart part : parts) {
            if (part.isCertain()) {
                start.append(part.prefix());
            }
            if (part.kind() != PatternPart.Kind.FIXED || part.modifier() != 0) {
                break;
            }
            literals++;
            length = start.length();
        }
        // the prefix of the first part that varies still stands in every match, the automaton begins before it
        literalPrefix = start.toString();
        literalLength = length;
        literal = literals == parts.size();
        this.literals = literals(parts);
        any = parts.size() == 1 && parts.get(0).equals(
            new PatternPart(PatternPart.Kind.FULL, "", "", "", (char) 0));
        automaton = literal || any ? null
            : Automaton.compile(node(parts.subList(literals, parts.size()), delimiter), budget);
    }

    /** Delimiter and prefix may be 0 for none; each instruction is a step of the budget. */
    static ComponentPattern compile(String text, char delimiter, char prefix, PatternParser.Encoding encoding,
        StepMeter budget) throws BadPattern {
        return text.equals("*") ? STAR
            : new ComponentPattern(PatternParser.parse(text, delimiter, prefix, encoding), delimiter, budget);
    }

    /** The pattern of a scheme, with a budget of its own: the kind of path that follows depends on it. */
    static ComponentPattern protocol(String text) throws BadPattern {
        return compile(text, (char) 0, (char) 0, Canonical::protocol, new StepMeter(INSTRUCTIONS_MAX));
    }

    /** Bytes that it takes in memory, where it is not one for all. */
    long weight() {
        return this == STAR ? 0 : HeapBytes.object(3, Integer.BYTES + 2) + HeapBytes.string(literalPrefix)
            + HeapBytes.strings(literals) + (automaton == null ? 0 : automaton.weight());
    }

    /** Steps that one character may cost, about. */
    int effort() {
        return automaton == null ? 0 : automaton.effort();
    }

    /** The beginning of every match; the only match if {@link #isLiteral()}. */
    String literalPrefix() {
        return literalPrefix;
    }

    boolean isLiteral() {
        return literal;
    }

    /**
     * Runs of text that stand in every match; a slash at an end of one stands for that end of the component, where no
     * letter can follow.
     */
    List<String> literals() {
        return literals;
    }

    /** Whether the text matches; the meter counts the steps and ends it with "no" when they are used up. */
    boolean matches(String text, StepMeter meter) {
        if (any) {
            return true;
        }
        return literal ? text.equals(literalPrefix)
            : text.startsWith(literalPrefix) && automaton.matches(text, literalLength, meter);
    }

    /** Whether one of the special schemes matches, so that the pathname is a path of segments. */
    boolean matchesSpecialScheme() {
        for (String scheme : UrlParser.SPECIAL.keySet()) {
            if (matches(scheme, new StepMeter(StepMeter.STEPS_BASE))) {
                return true;
            }
        }
        return false;
    }

    private static List<String> literals(List<PatternPart> parts) {
        List<String> runs = new ArrayList<>();
        StringBuilder run = new StringBuilder("/");
        for (PatternPart part : parts) {
            run.append(part.isCertain() ? part.prefix() : "");
            if (part.kind() != PatternPart.Kind.FIXED || part.modifier() != 0) {
                runs.add(run.toString());
                run = new StringBuilder(part.isCertain() ? part.suffix() : "");
            }
        }
        runs.add(run.append('/').toString());
        return List.copyOf(runs);
    }

    private static RegexpNode node(List<PatternPart> parts, char delimiter) throws BadPattern {
        List<RegexpNode> nodes = new ArrayList<>();
        Set<String> groups = new HashSet<>();
        // ":id" takes at least one character, and none that is the delimiter
        RegexpNode segment = new RegexpNode.Repeat(
            delimiter == 0 ? RegexpNode.Chars.ANY
            : RegexpNode.Chars.of(delimiter).complement(), 1, RegexpNode.Repeat.UNBOUNDED);
        for (PatternPart part : parts) {
            RegexpNode inner = switch (part.kind()) {
                case FIXED -> new RegexpNode.Sequence(List.of());
                case SEGMENT -> segment;
                case FULL -> ANYTHING;
                case REGEXP -> RegexpParser.parse(part.regexp(), groups);
            };
            // a modifier is for prefix and suffix as well
            nodes.add(repeated(new RegexpNode.Sequence(List.of(RegexpNode.literal(part.prefix(), false), inner,
                RegexpNode.literal(part.suffix(), false))), part.modifier()));
        }
        return new RegexpNode.Sequence(nodes);
    }

    private static RegexpNode repeated(RegexpNode node, char modifier) {
        return switch (modifier) {
            case '?' -> new RegexpNode.Repeat(node, 0, 1);
            case '*' -> new RegexpNode.Repeat(node, 0, RegexpNode.Repeat.UNBOUNDED);
            case '+' -> new RegexpNode.Repeat(node, 1, RegexpNode.Repeat.UNBOUNDED);
            default -> node;
        };
    }
}
