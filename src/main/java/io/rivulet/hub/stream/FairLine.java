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
            byCaller.put(caller, line);
            order.add(line);
        } else {
            line.waiting().add(one);
        }
        size++;
    }

    /** Takes the first of the next caller that may; null when there is none. */
    T poll(Predicate<Object> may) {
        for (int n = order.size(); n > 0; n--) {
            Line<T> line = order.poll();
            if (!may.test(line.caller())) {
                order.add(line);
                continue;
            }
            T one = line.waiting().poll();
            size--;
            if (line.waiting().isEmpty()) {
                byCaller.remove(line.caller());
            } else {
                order.add(line);
            }
            return one;
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
