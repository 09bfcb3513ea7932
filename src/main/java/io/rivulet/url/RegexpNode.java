package io.rivulet.url;

import java.util.ArrayList;
import java.util.List;

/**
 * A regular expression, read: its structure without the captures, for which nobody asks. {@link RegexpParser} builds
 * nodes, {@link Automaton} compiles them. Immutable.
 */
sealed interface RegexpNode {

    /**
     * One character of a set. Only ASCII is kept: a parsed URL has nothing else.
     *
     * @param low characters 0 to 63, a bit each
     * @param high characters 64 to 127
     */
    record Chars(long low, long high) implements RegexpNode {
        static final Chars NONE = new Chars(0, 0);
        static final Chars ANY = new Chars(-1, -1);
        /** {@code \w}, which the edges of words need as well. */
        static final Chars WORD = range('0', '9').or(range('a', 'z')).or(range('A', 'Z')).or(of('_'));

        static Chars of(int c) {
            return c < 64 ? new Chars(1L << c, 0) : c < 128 ? new Chars(0, 1L << c) : NONE;
        }

        /** Both ends belong to it. */
        static Chars range(int from, int to) {
            Chars all = NONE;
            for (int c = from; c <= Math.min(to, 127); c++) {
                all = all.or(of(c));
            }
            return all;
        }

        Chars or(Chars other) {
            return new Chars(low | other.low, high | other.high);
        }

        Chars and(Chars other) {
            return new Chars(low & other.low, high & other.high);
        }

        Chars complement() {
            return new Chars(~low, ~high);
        }

        /** With the other case of every letter in it. */
        Chars folded() {
            // A to Z are bits 1 to 26 of the upper half, a to z the same bits 32 higher
            long letters = 0x07FFFFFEL;
            long upper = high & letters;
            long lower = high >>> 32 & letters;
            return new Chars(low, high | upper << 32 | lower);
        }

        /** Whether it is one certain character. */
        boolean isOne() {
            return Long.bitCount(low) + Long.bitCount(high) == 1;
        }

        boolean has(char c) {
            return c < 128 && ((c < 64 ? low : high) >>> c & 1) != 0;
        }
    }

    /** One after the other. */
    record Sequence(List<RegexpNode> nodes) implements RegexpNode { }

    /** One of them. */
    record Choice(List<RegexpNode> nodes) implements RegexpNode { }

    /** At least {@code min} and at most {@code max} times. */
    record Repeat(RegexpNode node, int min, int max) implements RegexpNode {
        static final int UNBOUNDED = Integer.MAX_VALUE;
    }

    /** An assertion of the standard: it holds between two characters and takes none. */
    enum Assertion implements RegexpNode {
        START, END, WORD_EDGE, NO_WORD_EDGE;

        boolean holds(String text, int at) {
            return switch (this) {
                case START -> at == 0;
                case END -> at == text.length();
                case WORD_EDGE -> isWord(text, at - 1) != isWord(text, at);
                case NO_WORD_EDGE -> isWord(text, at - 1) == isWord(text, at);
            };
        }

        private static boolean isWord(String text, int at) {
            return at >= 0 && at < text.length() && Chars.WORD.has(text.charAt(at));
        }
    }

    static RegexpNode literal(String text, boolean fold) {
        List<RegexpNode> nodes = new ArrayList<>(text.length());
        for (int i = 0; i < text.length(); i++) {
            Chars one = Chars.of(text.charAt(i));
            nodes.add(fold ? one.folded() : one);
        }
        return new Sequence(nodes);
    }
}
