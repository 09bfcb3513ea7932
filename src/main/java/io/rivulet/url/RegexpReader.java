package io.rivulet.url;

import io.rivulet.url.RegexpNode.Chars;

/**
 * The characters of a regular expression, and the escapes that stand both inside and outside of a class.
 * {@link RegexpParser} and {@link RegexpClass} share one, for one expression on one thread.
 */
final class RegexpReader {

    /** Groups, or classes, within each other. */
    static final int DEPTH_MAX = 100;

    private static final String SYNTAX = "^$\\.*+?()[]{}|/";
    private static final int POINT_MAX = Character.MAX_CODE_POINT;
    private static final long COUNT_MAX = 1_000_000_000;

    private final String text;
    private int at;

    RegexpReader(String text) {
        this.text = text;
    }

    int index() {
        return at;
    }

    /** Goes back to an index that {@link #index} gave. */
    void back(int index) {
        at = index;
    }

    boolean isAtEnd() {
        return at == text.length();
    }

    /** The next character, NUL at the end. */
    char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    char take() throws BadPattern {
        if (isAtEnd()) {
            throw bad("an unfinished expression");
        }
        return text.charAt(at++);
    }

    boolean takeIf(String what) {
        boolean is = text.startsWith(what, at);
        at += is ? what.length() : 0;
        return is;
    }

    boolean sees(String what) {
        return text.startsWith(what, at);
    }

    /** After the backslash: the set of {@code d D s S w W p P}, or null if it is none of them. */
    Chars set(boolean fold) throws BadPattern {
        char c = peek();
        if ("dDsSwWpP".indexOf(c) < 0 || isAtEnd()) {
            return null;
        }
        at++;
        Chars set = switch (Character.toLowerCase(c)) {
            case 'd' -> RegexpEscape.DIGIT;
            case 's' -> RegexpEscape.SPACE;
            case 'w' -> Chars.WORD;
            default -> RegexpEscape.property(braces());
        };
        // folded before the complement: "\\W" without regard to case holds no letter at all
        set = fold ? set.folded() : set;
        return Character.isUpperCase(c) ? set.complement() : set;
    }

    /** After the backslash: one character, by its code point; {@code more} may be escaped as itself as well. */
    int character(String more) throws BadPattern {
        char c = take();
        switch (c) {
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'v':
                return 0x0B;
            case 'c':
                char letter = take();
                if (letter >= 'a' && letter <= 'z' || letter >= 'A' && letter <= 'Z') {
                    // \cA is 1, in both cases
                    return letter % 32;
                }
                throw bad("no control letter");
            case '0':
                // octal numbers are not allowed with flag v
                if (Character.isDigit(peek())) {
                    throw bad("an octal escape");
                }
                return 0;
            case 'x':
                return hex(2);
            case 'u':
                return unicode();
            default:
                if (SYNTAX.indexOf(c) >= 0 || more.indexOf(c) >= 0) {
                    return c;
                }
                // flag v keeps such escapes free for later; a number would be a back-reference
                throw bad("an escape that means nothing, or a back-reference");
        }
    }

    private int unicode() throws BadPattern {
        if (peek() == '{') {
            String digits = braces();
            int value = 0;
            for (int i = 0; i < digits.length(); i++) {
                int digit = Character.digit(digits.charAt(i), 16);
                // stays beyond the largest one once it is too large, however many digits follow
                value = digit < 0 || value > POINT_MAX ? POINT_MAX + 1 : value * 16 + digit;
            }
            if (digits.isEmpty() || value > POINT_MAX) {
                throw bad("no code point");
            }
            return value;
        }
        int first = hex(4);
        // half of a surrogate pair may stand alone: then the second is a character of its own
        int afterFirst = at;
        if (Character.isHighSurrogate((char) first) && takeIf("\\u") && peek() != '{') {
            int second = hex(4);
            if (Character.isLowSurrogate((char) second)) {
                return Character.toCodePoint((char) first, (char) second);
            }
        }
        at = afterFirst;
        return first;
    }

    private int hex(int count) throws BadPattern {
        int value = 0;
        for (int i = 0; i < count; i++) {
            int digit = Character.digit(take(), 16);
            if (digit < 0) {
                throw bad("no hexadecimal digit");
            }
            value = value * 16 + digit;
        }
        return value;
    }

    private String braces() throws BadPattern {
        int end = text.indexOf('}', at);
        if (peek() != '{' || end < 0) {
            throw bad("no name in braces");
        }
        String name = text.substring(at + 1, end);
        at = end + 1;
        return name;
    }

    /** Decimal digits; -1 if there are none, at most a billion. */
    int number() {
        if (peek() < '0' || peek() > '9') {
            return -1;
        }
        long value = 0;
        while (peek() >= '0' && peek() <= '9') {
            // so many copies have no room in any automaton: that refuses them
            value = Math.min(value * 10 + text.charAt(at++) - '0', COUNT_MAX);
        }
        return (int) value;
    }

    BadPattern bad(String reason) {
        return new BadPattern(reason + " in a regular expression");
    }
}
