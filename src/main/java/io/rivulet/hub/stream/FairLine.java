package io.rivulet.hub.stream;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A line in which callers take turns: whoever has a hundred in it waits for himself, and a newcomer waits for one of
 * each other caller. {@link Readers} keeps their questions in it, under their lock.
 *
 * <p>{@link #poll} allocates nothing: where memory is used up, what is in the line must not get lost on its way out.
 */
final class FairLine<T> {

    private final Map<Object, Line<T>> byCaller = new HashMap<>();
    private final Deque<Line<T>> order = new ArrayDeque<>();
    private int size;

    /** Those of one caller, in the order they came. */
    private record Line<T>(Object caller, Deque<T> waiting) {
    }

    void add(Object caller, T one) {
        Line<T> line = byCaller.get(caller);
        if (line == null) {
            line = new Line<>(caller, new ArrayDeque<>(2));
            line.waiting().add(one);
            order.add(line);
            try {
                byCaller.put(caller, line);
            } catch (RuntimeException | Error e) {
                order.removeLast();
                throw e;
            }
        } else {
            line.waiting().add(one);
        }
        size++;
    }

    /**
     * Takes the first of the next caller that may; null when there is none. What may fail comes before what is changed:
     * a caller whose line is in no order would wait for ever.
     */
    T poll(Predicate<Object> may) {
        for (int n = order.size(); n > 0; n--) {
            Line<T> line = order.peek();
            Object caller = line.caller();
            Deque<T> waiting = line.waiting();
            boolean takes = may.test(caller);
            if (!takes || waiting.size() > 1) {
                order.add(line); // its next turn comes after the others
            } else {
                byCaller.remove(caller);
            }
            order.poll();
            if (takes) {
                size--;
                return waiting.poll();
            }
        }
        return null;
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }
}
