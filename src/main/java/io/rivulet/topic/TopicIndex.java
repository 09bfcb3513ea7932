package io.rivulet.topic;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * From a topic to those who asked for it, without trying everybody's matchers. One thread owns an index.
 *
 * @param <T> who asks; compared by identity of the object given to {@link #add}
 */
public final class TopicIndex<T> {

    private final Map<String, List<T>> exact = new HashMap<>();
    private final List<T> any = new ArrayList<>();

    /** Registers {@code who} for all of the selection. */
    public void add(TopicSelection selection, T who) {
        if (selection.isAny()) {
            any.add(who);
            return;
        }
        for (String topic : selection.exact()) {
            exact.computeIfAbsent(topic, t -> new ArrayList<>(1)).add(who);
        }
    }

    /** Takes {@code who} out again; the same selection as at {@link #add}. */
    public void remove(TopicSelection selection, T who) {
        if (selection.isAny()) {
            removeFast(any, who);
            return;
        }
        for (String topic : selection.exact()) {
            List<T> list = exact.get(topic);
            if (list != null && removeFast(list, who) && list.isEmpty()) {
                exact.remove(topic);
            }
        }
    }

    /**
     * Calls {@code action} for everyone who asked for one of the topics. Who asked for several of them is called once
     * for each: the caller knows cheaper than a set whether it has seen this event.
     */
    public void forEach(List<String> topics, Consumer<T> action) {
        for (int i = 0; i < any.size(); i++) {
            action.accept(any.get(i));
        }
        for (int i = 0; i < topics.size(); i++) {
            List<T> list = exact.get(topics.get(i));
            if (list != null) {
                for (int k = 0; k < list.size(); k++) {
                    action.accept(list.get(k));
                }
            }
        }
    }

    /** Order does not matter, so the last takes the place of the one who leaves. */
    private static <T> boolean removeFast(List<T> list, T who) {
        for (int i = list.size() - 1; i >= 0; i--) {
            if (list.get(i) == who) {
                T last = list.remove(list.size() - 1);
                if (i < list.size()) {
                    list.set(i, last);
                }
                return true;
            }
        }
        return false;
    }
}
