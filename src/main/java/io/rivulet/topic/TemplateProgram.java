package io.rivulet.topic;

import io.rivulet.heap.HeapBytes;
import io.rivulet.url.MatchLists;
import io.rivulet.url.PercentEncoding;
import java.util.Arrays;

/**
 * A small automaton over the characters of a topic, where {@code %41} counts as one. {@link UriTemplate} compiles to
 * it. Immutable, any thread.
 *
 * <p>Templates come from callers, so all ways are followed side by side: no text makes it try again, and a budget of
 * steps ends a match that takes too long.
 *
 * <p>The automaton of URL patterns is another one. It counts a percent-encoded byte as three characters, has sets of
 * characters where this one has bits of a class, and does not tell whether the beginning of a text may still become a
 * match. One automaton for both would ask at each character which of the two it is.
 */
final class TemplateProgram {

    /** Letters, digits, {@code - . _ ~} and percent-encoded bytes. */
    static final int UNRESERVED = 1;
    /** Characters with a meaning in a URL: {@code : / ? # [ ] @ ! $ & ' ( ) * + , ; =}. */
    static final int RESERVED = 2;
    private static final int CONTINUATION = 4;
    private static final String FLAGGED = ",=/;&";
    private static final int FIRST_FLAG = 8;

    /** Steps for each character of a text; an ordinary template takes about five. */
    private static final int STEPS_PER_CHARACTER = 256;
    private static final int CHARACTERS_EXTRA = 16;
    private static final int UNITS_PER_STEP = 8;
    /** Steps for all of it: about a millisecond. A text that takes more does not match (SUB-16). */
    private static final int STEPS_MAX = 200_000;
    /** The lists of a run are sixteen bytes an instruction: so many are cleared in the time of a step. */
    private static final int INSTRUCTIONS_PER_STEP = 4;
    private static final int TRIPLET = 1 << 24;
    private static final int[] CLASSES = classes();

    private static final byte UNIT = 0;
    private static final byte ONE = 1;
    private static final byte LOOP = 2;
    private static final byte FORK = 3;
    private static final byte END = 4;

    private final byte[] ops;
    /** The character of a UNIT, the classes of ONE and LOOP, the other way of a FORK. */
    private final int[] args;
    private final int effort;

    private TemplateProgram(byte[] ops, int[] args) {
        this.ops = ops;
        this.args = args;
        this.effort = effort(ops);
    }

    /** Bytes that it takes in memory. */
    long weight() {
        return HeapBytes.object(2, Integer.BYTES) + HeapBytes.array(ops.length, 1)
            + HeapBytes.array(args.length, Integer.BYTES);
    }

    /** Steps that one character may cost, about: a text is at one of several literal characters, mostly. */
    int effort() {
        return effort; // each index that the template comes into asks several times
    }

    private static int effort(byte[] ops) {
        int units = 0;
        for (byte op : ops) {
            units += op == UNIT ? 1 : 0;
        }
        return Math.min(ops.length - units + units / UNITS_PER_STEP, STEPS_PER_CHARACTER);
    }

    boolean matches(String text, MatchSteps steps) {
        Run run = new Run(text, steps.lists());
        boolean matches = run.matches();
        steps.accept(run.steps + ops.length / INSTRUCTIONS_PER_STEP); // its lists are made, whatever comes of it
        return matches;
    }

    boolean mayBegin(String beginning) {
        return new Run(beginning, null).mayBegin();
    }

    /** The class that holds this separator alone; 0 when it is unreserved anyway. */
    static int flag(char separator) {
        int i = FLAGGED.indexOf(separator);
        return i < 0 ? 0 : FIRST_FLAG << i;
    }

    static boolean isTriplet(String text, int i) {
        return PercentEncoding.octet(text, i) >= 0;
    }

    private static int[] classes() {
        int[] classes = new int[128];
        for (char c = 0; c < 128; c++) {
            classes[c] = PercentEncoding.isUnreserved(c) ? UNRESERVED
                : ":/?#[]@!$&'()*+,;=".indexOf(c) >= 0 ? RESERVED | flag(c) : 0;
        }
        return classes;
    }

    /** Writes a program from left to right. */
    static final class Builder {

        private byte[] ops = new byte[32];
        private int[] args = new int[32];
        private int size;

        void literal(String literal) {
            for (int i = 0; i < literal.length(); i++) {
                if (isTriplet(literal, i)) {
                    write(UNIT, triplet(literal, i));
                    i += 2;
                } else {
                    write(UNIT, literal.charAt(i));
                }
            }
        }

        /** Any number of these. */
        void loop(int allowed) {
            write(LOOP, allowed);
        }

        /** None to {@code n} of these, the percent-encoded bytes of one character counted once. */
        void upTo(int n, int allowed) {
            int[] ends = new int[n];
            for (int i = 0; i < n; i++) {
                ends[i] = fork();
                write(ONE, allowed);
                write(LOOP, CONTINUATION);
            }
            for (int end : ends) {
                land(end);
            }
        }

        /** Here it goes on, or at the instruction where this fork will {@link #land}. */
        int fork() {
            return write(FORK, 0);
        }

        void land(int fork) {
            args[fork] = size;
        }

        TemplateProgram build() {
            write(END, 0);
            return new TemplateProgram(Arrays.copyOf(ops, size), Arrays.copyOf(args, size));
        }

        private int write(byte op, int arg) {
            if (size == ops.length) {
                ops = Arrays.copyOf(ops, size * 2);
                args = Arrays.copyOf(args, size * 2);
            }
            ops[size] = op;
            args[size] = arg;
            return size++;
        }
    }

    /** One text: the set of instructions at which it may be, moved on by one character after the other. */
    private final class Run {

        private final String text;
        /** Four lists, one after the other; the first has the round in which an instruction was reached last. */
        private final int[] lists;
        private int here = ops.length;
        private int next = 2 * ops.length;
        private final int waiting = 3 * ops.length;
        private int hereSize;
        private int nextSize;
        private int waitingSize;
        private int round = 1;
        private int steps;
        private final int stepsMax;

        Run(String text, MatchLists kept) {
            this.text = text;
            this.lists = (kept == null ? new MatchLists() : kept).take(4 * ops.length, ops.length);
            this.stepsMax = Math.min(STEPS_MAX, STEPS_PER_CHARACTER * (text.length() + CHARACTERS_EXTRA));
        }

        boolean matches() {
            return follow(false) && lists[ops.length - 1] == round - 1;
        }

        boolean mayBegin() {
            return follow(true) || steps > stepsMax;
        }

        /** Whether it is anywhere at the end of the text; {@code open}: the last triplet may be cut. */
        private boolean follow(boolean open) {
            reach(0);
            turn();
            for (int i = 0; i < text.length(); i++) {
                int unit = text.charAt(i);
                if (isTriplet(text, i)) {
                    unit = triplet(text, i);
                    i += 2;
                } else if (unit == '%') {
                    return open && i + 2 >= text.length();
                }
                advance(unit, classOf(unit));
                turn();
                if (hereSize == 0 || steps > stepsMax) {
                    return false;
                }
            }
            return true;
        }

        private void advance(int unit, int is) {
            for (int n = 0; n < hereSize; n++) {
                int at = lists[here + n];
                boolean passes = ops[at] == UNIT ? args[at] == unit : (args[at] & is) != 0;
                if (passes) {
                    reach(ops[at] == LOOP ? at : at + 1);
                }
            }
        }

        private void turn() {
            int old = here;
            here = next;
            hereSize = nextSize;
            next = old;
            nextSize = 0;
            round++;
        }

        /** Adds this instruction and those that follow from it without a character. */
        private void reach(int first) {
            await(first);
            while (waitingSize > 0) {
                int at = lists[waiting + --waitingSize];
                steps++;
                if (ops[at] == FORK) {
                    await(args[at]);
                } else {
                    lists[next + nextSize++] = at;
                }
                if (ops[at] == FORK || ops[at] == LOOP) {
                    await(at + 1);
                }
            }
        }

        private void await(int at) {
            if (lists[at] != round) {
                lists[at] = round;
                lists[waiting + waitingSize++] = at;
            }
        }
    }

    private static int triplet(String text, int i) {
        return TRIPLET | text.charAt(i + 1) << 8 | text.charAt(i + 2);
    }

    private static int classOf(int unit) {
        if (unit < TRIPLET) {
            return unit < 128 ? CLASSES[unit] : 0;
        }
        boolean continuation = PercentEncoding.octet(unit >> 8 & 0xFF, unit & 0xFF) >> 6 == 2;
        return UNRESERVED | (continuation ? CONTINUATION : 0);
    }
}
