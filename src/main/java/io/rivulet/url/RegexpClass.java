package io.rivulet.url;

import io.rivulet.url.RegexpNode.Chars;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * A character class with flag {@code v}: ranges, nested classes, {@code &&}, {@code --} and strings {@code \q{a|bc}}
 * (ECMAScript, ClassContents). {@link RegexpParser} reads it and makes a node of it. Immutable.
 *
 * @param chars its single characters
 * @param strings what it matches besides: longer strings, and perhaps the empty one
 */
record RegexpClass(Chars chars, Set<String> strings) {

    private static final String SYNTAX = "()[]{}/-|";
    private static final String DOUBLED = "&!#$%*+,.:;<=>?@^`~";
    private static final String ESCAPABLE = "&-!#%,:;<=>@`~";

    /** The class as a part of an expression. */
    RegexpNode node(boolean fold) {
        if (strings.isEmpty()) {
            return chars;
        }
        List<RegexpNode> nodes = new ArrayList<>(List.of(chars));
        strings.forEach(s -> nodes.add(RegexpNode.literal(s, fold)));
        return new RegexpNode.Choice(nodes);
    }

    /** Reads it; the opening bracket has been taken. */
    static RegexpClass parse(RegexpReader in, boolean fold, int depth) throws BadPattern {
        if (depth > RegexpReader.DEPTH_MAX) {
            throw in.bad("too many nested classes");
        }
        // "[]" holds nothing, and "[^]" everything
        boolean negated = in.takeIf("^");
        RegexpClass all = new RegexpClass(Chars.NONE, Set.of());
        if (!in.takeIf("]")) {
            all = contents(in, fold, depth);
        }
        if (!negated) {
            return all;
        }
        // nobody can say which strings are all but these
        if (!all.strings.isEmpty()) {
            throw in.bad("a negated class of strings");
        }
        return new RegexpClass(all.chars.complement(), Set.of());
    }

    /** Everything up to the closing bracket: a union, or operands with one kind of operator between them. */
    private static RegexpClass contents(RegexpReader in, boolean fold, int depth) throws BadPattern {
        RegexpClass range = range(in, fold);
        RegexpClass all = range != null ? range : operand(in, fold, depth);
        // the first operand decides: a union, or one kind of operator all the way
        if (range == null && (in.sees("&&") || in.sees("--"))) {
            String operator = in.sees("&&") ? "&&" : "--";
            while (!in.takeIf("]")) {
                if (!in.takeIf(operator) || in.sees("&")) {
                    throw in.bad("mixed operators in a class");
                }
                RegexpClass right = operand(in, fold, depth);
                all = operator.equals("&&") ? all.and(right) : all.minus(right);
            }
            return all;
        }
        while (!in.takeIf("]")) {
            range = range(in, fold);
            all = all.or(range != null ? range : operand(in, fold, depth));
        }
        return all;
    }

    /** Null, and nothing is taken, if what comes is no range. */
    private static RegexpClass range(RegexpReader in, boolean fold) throws BadPattern {
        if (in.sees("[") || isSet(in)) {
            return null;
        }
        int start = in.index();
        int from = character(in);
        // "a--b" is a difference, not a range
        if (in.sees("--") || !in.takeIf("-")) {
            in.back(start);
            return null;
        }
        if (in.sees("[") || isSet(in)) {
            throw in.bad("a range to a class");
        }
        int to = character(in);
        if (to < from) {
            throw in.bad("a range that ends before it begins");
        }
        return one(from, to, fold);
    }

    /** Whether a set or strings follow, which cannot be an end of a range. */
    private static boolean isSet(RegexpReader in) {
        return "dDsSwWpPq".chars().anyMatch(c -> in.sees("\\" + (char) c));
    }

    /** A nested class, strings, a set or one character. */
    private static RegexpClass operand(RegexpReader in, boolean fold, int depth) throws BadPattern {
        if (in.takeIf("[")) {
            return parse(in, fold, depth + 1);
        }
        if (in.takeIf("\\q{")) {
            return strings(in, fold);
        }
        if (isSet(in)) {
            in.take();
            Chars set = in.set(fold);
            if (set == null) {
                throw in.bad("no strings after \\q");
            }
            return new RegexpClass(set, Set.of());
        }
        int c = character(in);
        return one(c, c, fold);
    }

    /** The strings of {@code \q{…}}; those of one character are characters of the class. */
    private static RegexpClass strings(RegexpReader in, boolean fold) throws BadPattern {
        Chars chars = Chars.NONE;
        Set<String> strings = new LinkedHashSet<>();
        StringBuilder now = new StringBuilder();
        while (true) {
            char next = in.peek();
            // "|" and "}" end a string; an empty one is allowed
            if (next != '|' && next != '}') {
                now.appendCodePoint(character(in));
                continue;
            }
            in.take();
            if (now.codePointCount(0, now.length()) == 1) {
                chars = chars.or(one(now.codePointAt(0), now.codePointAt(0), fold).chars);
            } else {
                strings.add(fold ? Domain.lower(now.toString()) : now.toString());
            }
            now.setLength(0);
            if (next == '}') {
                return new RegexpClass(chars, strings);
            }
        }
    }

    private static RegexpClass one(int from, int to, boolean fold) {
        Chars set = Chars.range(from, to);
        return new RegexpClass(fold ? set.folded() : set, Set.of());
    }

    /** One character, literal or escaped; some must be escaped in a class, and some when they are doubled. */
    private static int character(RegexpReader in) throws BadPattern {
        char c = in.take();
        if (c == '\\') {
            return in.takeIf("b") ? '\b' : in.character(ESCAPABLE);
        }
        // doubled ones are kept free for operators to come
        if (SYNTAX.indexOf(c) >= 0 || DOUBLED.indexOf(c) >= 0 && in.peek() == c) {
            throw in.bad("a character that must be escaped in a class");
        }
        return c;
    }

    private RegexpClass or(RegexpClass right) {
        return new RegexpClass(chars.or(right.chars), joined(strings, right.strings, true));
    }

    private RegexpClass and(RegexpClass right) {
        Set<String> both = new LinkedHashSet<>(strings);
        both.retainAll(right.strings);
        return new RegexpClass(chars.and(right.chars), both);
    }

    private RegexpClass minus(RegexpClass right) {
        return new RegexpClass(chars.and(right.chars.complement()), joined(strings, right.strings, false));
    }

    private static Set<String> joined(Set<String> left, Collection<String> right, boolean add) {
        Set<String> all = new LinkedHashSet<>(left);
        if (add) {
            all.addAll(right);
        } else {
            all.removeAll(right);
        }
        return all;
    }
}
