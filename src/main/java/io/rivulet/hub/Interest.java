package io.rivulet.hub;

import io.rivulet.topic.TopicIndex;
import io.rivulet.topic.TopicSelection;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** How many streams ask for which topic, so that feeds work only for somebody. Any thread. */
final class Interest {

    private final Map<String, Integer> exact = new ConcurrentHashMap<>();
    private final AtomicInteger any = new AtomicInteger();
    /** Those with patterns; its lock is held for look-ups only. */
    private final TopicIndex<TopicSelection> patterns = new TopicIndex<>();

    void add(TopicSelection topics) {
        if (topics.isAny()) {
            any.incrementAndGet();
        } else {
            topics.exact().forEach(topic -> exact.merge(topic, 1, Integer::sum));
            if (!topics.patterns().isEmpty()) {
                synchronized (patterns) {
                    patterns.add(topics, topics);
                }
            }
        }
    }

    void remove(TopicSelection topics) {
        if (topics.isAny()) {
            any.decrementAndGet();
        } else {
            topics.exact().forEach(topic -> exact.computeIfPresent(topic, (t, n) -> n == 1 ? null : n - 1));
            if (!topics.patterns().isEmpty()) {
                synchronized (patterns) {
                    patterns.remove(topics, topics);
                }
            }
        }
    }

    boolean isHeard(String topic) {
        if (any.get() > 0 || exact.containsKey(topic)) {
            return true;
        }
        synchronized (patterns) {
            return patterns.hears(topic);
        }
    }
}
