package io.rivulet.url;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Reads a JavaScript regular expression (ECMAScript, section 22.2.1, flag {@code v}) as {@link RegexpNode}s.
 * {@link ComponentPattern} uses it, for one expression on one thread.
 *
 * <p>Look-around and back-references cannot be matched in linear time and are refused. The parser calls itself for each
 * group, so groups may be nested only so deep: a text of brackets must not end the thread's stack.
 */
final class RegexpParser {

    private final RegexpReader in;
    /** Names of groups that stand before or around this point. */
    private Set<String> names;
    /** Whether letters match in both cases here: by {@code (?i:…)}. */
    private boolean fold;
    private int depth;

    private RegexpParser(String text, Set<String> names) {
        in = new RegexpReader(text);
        this.names = names;
    }

    /**
     * The expression of one group.
     *
     * @param names of the groups before it, to which this adds its own
     */
    static RegexpNode parse(String text, Set<String> names) throws BadPattern {
        RegexpParser parser = new RegexpParser(text, names);
        RegexpNode node = parser.choice();
        if (!parser.in.isAtEnd()) {
            throw parser.in.bad("a closing bracket too many");
        }
        names.addAll(parser.names);
        return node;
    }

    /** Alternatives, up to a closing bracket or the end. */
    private RegexpNode choice() throws BadPattern {
        if (++depth > RegexpReader.DEPTH_MAX) {
            throw in.bad("too many nested groups");
        }
        List<RegexpNode> nodes = new ArrayList<>();
        Set<String> before = names;
        Set<String> after = new HashSet<>(before);
        do {
            // the same name may stand in two alternatives, as only one of them is taken
            names = new HashSet<>(before);
            nodes.add(sequence());
            after.addAll(names);
        } while (in.takeIf("|"));
        names = after;
        depth--;
        return nodes.size() == 1 ? nodes.get(0) : new RegexpNode.Choice(nodes);
    }

    private RegexpNode sequence() throws BadPattern {
        List<RegexpNode> nodes = new ArrayList<>();
        while (!in.isAtEnd() && in.peek() != '|' && in.peek() != ')') {
            RegexpNode assertion = assertion();
            nodes.add(assertion != null ? assertion : quantified(atom()));
        }
        return new RegexpNode.Sequence(nodes);
    }

    /** The assertion that follows, or null. */
    private RegexpNode assertion() {
        return in.takeIf("^") ? RegexpNode.Assertion.START : in.takeIf("$") ? RegexpNode.Assertion.END
            : in.takeIf("\\b") ? RegexpNode.Assertion.WORD_EDGE
            : in.takeIf("\\B") ? RegexpNode.Assertion.NO_WORD_EDGE : null;
    }

    /** One atom: a character, a set, a class or a group. */
    private RegexpNode atom() throws BadPattern {
        char c = in.take();
        switch (c) {
            case '.':
                return RegexpNode.Chars.ANY;
            case '(':
                return group();
            case '[':
                return RegexpClass.parse(in, fold, 0).node(fold);
            case '\\':
                RegexpNode set = in.set(fold);
                return set != null ? set : one(in.character(""));
            case '*', '+', '?', ']', '{', '}':
                throw in.bad("nothing to repeat, or a bracket alone");
            default:
                return one(c);
        }
    }

    private RegexpNode one(int c) {
        RegexpNode.Chars set = RegexpNode.Chars.of(c);
        return fold ? set.folded() : set;
    }

    private RegexpNode group() throws BadPattern {
        // "(?i:…)" holds up to its closing bracket
        boolean outside = fold;
        if (in.takeIf("?")) {
            if (in.takeIf("<")) {
                name();
            } else {
                modifiers();
            }
        }
        RegexpNode node = choice();
        if (!in.takeIf(")")) {
            throw in.bad("an unclosed group");
        }
        fold = outside;
        return node;
    }

    private void name() throws BadPattern {
        // "(?<=" and "(?<!" begin as a name does
        if (in.sees("=") || in.sees("!")) {
            throw in.bad("look-behind");
        }
        StringBuilder name = new StringBuilder();
        while (!in.takeIf(">")) {
            char c = in.take();
            boolean sound = name.length() == 0 ? Character.isJavaIdentifierStart(c) : Character.isJavaIdentifierPart(c);
            if (!sound || Character.isIdentifierIgnorable(c)) {
                throw in.bad("no name of a group");
            }
            name.append(c);
        }
        if (name.length() == 0 || !names.add(name.toString())) {
            throw in.bad("no name, or the same name twice");
        }
    }

    /** {@code ?:}, {@code ?i:}, {@code ?s-im:}; only i says anything, as no URL has a line break. */
    private void modifiers() throws BadPattern {
        StringBuilder seen = new StringBuilder();
        boolean off = false;
        while (!in.takeIf(":")) {
            char c = in.take();
            if (c == '=' || c == '!') {
                throw in.bad("look-ahead");
            }
            if (c != '-' && "ims".indexOf(c) < 0 || seen.indexOf(String.valueOf(c)) >= 0) {
                throw in.bad("no modifier");
            }
            seen.append(c);
            off |= c == '-';
            // what stands behind the minus is switched off
            fold = c == 'i' ? !off : fold;
        }
        if (seen.toString().equals("-")) {
            throw in.bad("no modifier");
        }
    }

    /** The atom with the quantifier that follows it; lazy ones match the same whole texts as greedy ones. */
    private RegexpNode quantified(RegexpNode atom) throws BadPattern {
        int min;
        int max = RegexpNode.Repeat.UNBOUNDED;
        if (in.takeIf("*")) {
            min = 0;
        } else if (in.takeIf("+")) {
            min = 1;
        } else if (in.takeIf("?")) {
            min = 0;
            max = 1;
        } else if (in.takeIf("{")) {
            min = in.number();
            // "{2}", "{2,}" or "{2,5}"
            max = !in.takeIf(",") ? min : in.peek() == '}' ? max : in.number();
            if (min < 0 || max < min || !in.takeIf("}")) {
                throw in.bad("no count");
            }
        } else {
            return atom;
        }
        // lazy: taken and forgotten
        in.takeIf("?");
        return new RegexpNode.Repeat(atom, min, max);
    }
}
