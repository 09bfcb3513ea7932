package io.rivulet.url;

import io.rivulet.heap.HeapBytes;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A regular expression as a non-deterministic automaton. {@link ComponentPattern} compiles one and runs it on the
 * component of a URL. Immutable, any thread.
 *
 * <p>The hard thing is time: patterns come from callers, and an engine that tries one way after the other can take
 * years for a line of text. This one follows all ways at once (Thompson, Pike), so the time is at most the length of
 * the text times that of the automaton, whatever the pattern, and a {@link StepMeter} counts it. Only whether the whole
 * text matches is found, so greedy and lazy are the same.
 */
final class Automaton {

    private static final int CHARS = 0;
    private static final int SPLIT = 1;
    private static final int ASSERTION = 2;
    private static final int MATCH = 3;
    /** A text is at one of so many characters that must follow each other, mostly. */
    private static final int CERTAIN_PER_STEP = 8;
    private static final RegexpNode.Assertion[] ASSERTIONS = RegexpNode.Assertion.values();

    private final byte[] op;
    private final char[] next;
    /** The other way of a SPLIT; the index into {@link #chars} or {@link #ASSERTIONS} of the rest. */
    private final char[] other;
    private final RegexpNode.Chars[] chars;
    private final int effort;

    private Automaton(Builder from) {
        op = Arrays.copyOf(from.op, from.size);
        next = Arrays.copyOf(from.next, from.size);
        other = Arrays.copyOf(from.other, from.size);
        chars = from.chars.toArray(new RegexpNode.Chars[0]);
        effort = countEffort();
    }

    /**
     * The automaton of an expression.
     *
     * @param budget a step is an instruction; counted repetitions are copies, so they count as often
     * @throws BadPattern if it would be longer than the budget allows
     */
    static Automaton compile(RegexpNode node, StepMeter budget) throws BadPattern {
        Builder builder = new Builder(budget);
        builder.emit(MATCH, 0, 0);
        // built from the end, so that every instruction knows the one after it
        int start = builder.build(node, 0);
        builder.emit(SPLIT, start, start);
        return new Automaton(builder);
    }

    /** Bytes that it takes in memory. */
    long weight() {
        return HeapBytes.object(4, Integer.BYTES) + HeapBytes.array(op.length, 1) + 2 * HeapBytes.array(op.length, 2)
            + HeapBytes.references(chars.length) + (long) chars.length * HeapBytes.object(0, 2 * Long.BYTES);
    }

    /** Instructions at which it may be at once, about: of a run of certain characters only a few. */
    int effort() {
        return effort; // each index that the pattern comes into asks several times
    }

    private int countEffort() {
        int certain = 0;
        for (int i = 0; i < op.length; i++) {
            certain += op[i] == CHARS && chars[other[i]].isOne() ? 1 : 0;
        }
        return op.length - certain + certain / CERTAIN_PER_STEP;
    }

    /** Whether the text matches from an index on to its end; "no" when the meter's steps are used up. */
    boolean matches(String text, int from, StepMeter meter) {
        meter.setsUp(op.length);
        return new Run(text, meter).matches(from);
    }

    /** The states of one match. */
    private final class Run {
        private final String text;
        private final StepMeter meter;
        /**
         * Four lists, one after the other. For each instruction when it was last put into a list: the index in the
         * text, plus one. Then a stack of instructions, those at which it may be now, and those where it may be then.
         */
        private final int[] lists;
        private final int stack = op.length;
        private int now = 2 * op.length + 1;
        private int then = 3 * op.length + 1;
        private int count;

        Run(String text, StepMeter meter) {
            this.text = text;
            this.meter = meter;
            lists = meter.lists().take(4 * op.length + 1, op.length);
        }

        boolean matches(int from) {
            // the last instruction leads to where the expression begins: it was built from its end
            if (!add(op.length - 1, from)) {
                return false;
            }
            // one round for each character: from all states at which it may be to all that it may reach by it
            for (int at = from; at < text.length() && count > 0; at++) {
                char c = text.charAt(at);
                int size = count;
                int swap = now;
                now = then;
                then = swap;
                count = 0;
                for (int i = 0; i < size; i++) {
                    int pc = lists[then + i];
                    // a MATCH before the end of the text leads nowhere: the whole text has to match
                    if (!meter.step() || op[pc] == CHARS && chars[other[pc]].has(c) && !add(next[pc], at + 1)) {
                        return false;
                    }
                }
            }
            for (int i = 0; i < count; i++) {
                if (op[lists[now + i]] == MATCH) {
                    return true;
                }
            }
            return false;
        }

        /** Adds a state and all that can be reached from it without a character; false when the steps are used up. */
        private boolean add(int first, int at) {
            int size = 0;
            // each state at most once in a round: that is what bounds the time
            if (lists[first] == at + 1) {
                return true;
            }
            lists[first] = at + 1;
            lists[stack + size++] = first;
            while (size > 0) {
                int pc = lists[stack + --size];
                if (!meter.step()) {
                    return false;
                }
                if (op[pc] == CHARS || op[pc] == MATCH) {
                    lists[now + count++] = pc;
                // an assertion that does not hold here ends this way
                } else if (op[pc] == SPLIT || ASSERTIONS[other[pc]].holds(text, at)) {
                    size = push(next[pc], at, size);
                    size = op[pc] == SPLIT ? push(other[pc], at, size) : size;
                }
            }
            return true;
        }

        private int push(int pc, int at, int size) {
            if (lists[pc] == at + 1) {
                return size;
            }
            lists[pc] = at + 1;
            lists[stack + size] = pc;
            return size + 1;
        }
    }

    private static final class Builder {
        /** So many sets are looked through one by one. */
        private static final int FEW = 8;

        private final List<RegexpNode.Chars> chars = new ArrayList<>();
        /** The numbers of the sets; null while they are few. */
        private Map<RegexpNode.Chars, Integer> numbers;
        private final StepMeter budget;
        private byte[] op = new byte[64];
        private char[] next = new char[64];
        private char[] other = new char[64];
        private int size;

        Builder(StepMeter budget) {
            this.budget = budget;
        }

        private void count() throws BadPattern {
            if (!budget.step()) {
                throw new BadPattern("repetitions that make it too large");
            }
        }

        int emit(int what, int after, int more) throws BadPattern {
            count();
            if (size == op.length) {
                op = Arrays.copyOf(op, size * 2);
                next = Arrays.copyOf(next, size * 2);
                other = Arrays.copyOf(other, size * 2);
            }
            op[size] = (byte) what;
            next[size] = (char) after;
            other[size] = (char) more;
            return size++;
        }

        /** Emits a node that goes on at {@code after}; the answer is where it begins. */
        int build(RegexpNode node, int after) throws BadPattern {
            if (node instanceof RegexpNode.Chars set) {
                return emit(CHARS, after, number(set));
            }
            if (node instanceof RegexpNode.Assertion assertion) {
                return emit(ASSERTION, after, assertion.ordinal());
            }
            if (node instanceof RegexpNode.Sequence sequence) {
                int start = after;
                for (int i = sequence.nodes().size() - 1; i >= 0; i--) {
                    start = build(sequence.nodes().get(i), start);
                }
                return start;
            }
            if (node instanceof RegexpNode.Choice choice) {
                int start = build(choice.nodes().get(choice.nodes().size() - 1), after);
                for (int i = choice.nodes().size() - 2; i >= 0; i--) {
                    start = emit(SPLIT, build(choice.nodes().get(i), after), start);
                }
                return start;
            }
            return repeat((RegexpNode.Repeat) node, after);
        }

        /** Equal sets are kept once. A long pattern has hundreds, and one for each of its characters to look for. */
        private int number(RegexpNode.Chars set) {
            Integer known = numbers != null ? numbers.get(set) : Integer.valueOf(chars.indexOf(set));
            if (known != null && known >= 0) {
                return known;
            }
            chars.add(set);
            if (numbers != null) {
                numbers.put(set, chars.size() - 1);
            } else if (chars.size() == FEW) {
                numbers = new HashMap<>();
                for (int i = 0; i < FEW; i++) {
                    numbers.put(chars.get(i), i);
                }
            }
            return chars.size() - 1;
        }

        private int repeat(RegexpNode.Repeat repeat, int after) throws BadPattern {
            int start = after;
            int copies = repeat.min();
            if (repeat.max() == RegexpNode.Repeat.UNBOUNDED) {
                // the SPLIT of a loop has to be there before its body, which leads back to it
                int loop = emit(SPLIT, after, after);
                other[loop] = (char) build(repeat.node(), loop);
                // the last copy that must be there is the one that may be repeated
                start = copies > 0 ? other[loop] : loop;
                copies--;
            }
            // each optional copy may be left for what follows all of them
            for (int i = repeat.min(); i < repeat.max() && repeat.max() != RegexpNode.Repeat.UNBOUNDED; i++) {
                start = emit(SPLIT, build(repeat.node(), start), after);
            }
            for (int i = 0; i < copies; i++) {
                int copy = build(repeat.node(), start);
                if (copy == start) {
                    // a copy of nothing counts as well, or a billion of them would be free
                    count();
                }
                start = copy;
            }
            return start;
        }
    }
}
