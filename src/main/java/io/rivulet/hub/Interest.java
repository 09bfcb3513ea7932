package io.rivulet.hub;

import io.rivulet.topic.TopicSelection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** How many streams ask for which topic, so that feeds work only for somebody. Any thread. */
final class Interest {

    private final Map<String, Integer> exact = new ConcurrentHashMap<>();
    private final AtomicInteger any = new AtomicInteger();

    void add(TopicSelection topics) {
        if (topics.isAny()) {
            any.incrementAndGet();
        } else {
            topics.exact().forEach(topic -> exact.merge(topic, 1, Integer::sum));
        }
    }

    void remove(TopicSelection topics) {
        if (topics.isAny()) {
            any.decrementAndGet();
        } else {
            topics.exact().forEach(topic -> exact.computeIfPresent(topic, (t, n) -> n == 1 ? null : n - 1));
        }
    }

    boolean isHeard(String topic) {
        return any.get() > 0 || exact.containsKey(topic);
    }
}
