package io.rivulet.hub.stream;

import io.rivulet.config.SettingsTable;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicIndex;
import io.rivulet.topic.TopicSelection;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many streams ask for which topic, so that feeds work only for somebody. The hub counts streams here, the feeds of
 * demo data ask. Any thread.
 *
 * <p>Patterns need an index with a lock. A stream is refused here when too many patterns would have to be tried for one
 * topic: else strangers could make each publish as slow as they like.
 */
public final class Interest {

    private final Map<String, Integer> exact = new ConcurrentHashMap<>();
    private final AtomicInteger any = new AtomicInteger();
    /** Those with patterns; its lock is held for look-ups only. */
    private final TopicIndex<TopicSelection> patterns = new TopicIndex<>();
    /** How many streams have each of them: streams that ask alike mostly share one. Under the lock of the patterns. */
    private final Map<TopicSelection, Integer> sharers = new IdentityHashMap<>();
    private final int patternsMax;

    /** With at most so many patterns that nothing literal tells apart. */
    public Interest(int patternsMax) {
        this.patternsMax = patternsMax;
    }

    /**
     * Somebody asks for these.
     *
     * @throws Refused OVERLOADED when more patterns than {@code rivulet.patterns.max} would be tried for the same
     *                 topics: strangers could else make each publish as slow as they like
     */
    public void add(TopicSelection topics) {
        if (topics.isAny()) {
            any.incrementAndGet();
            return;
        }
        if (!topics.patterns().isEmpty()) {
            synchronized (patterns) {
                boolean first = sharers.merge(topics, 1, Integer::sum) == 1;
                if (first && patterns.add(topics, topics) > patternsMax) {
                    patterns.remove(topics, topics);
                    sharers.remove(topics);
                    throw Refused.because(Refused.Reason.OVERLOADED, "more than " + patternsMax + " different patterns "
                        + "would have to be tried for the same topics (" + SettingsTable.PATTERNS_MAX.fullKey()
                        + "); one that says more literally, between two slashes, is told apart");
                }
            }
        }
        topics.exact().forEach(topic -> exact.merge(topic, 1, Integer::sum));
    }

    /** They leave; only after {@link #add} took them. */
    public void remove(TopicSelection topics) {
        if (topics.isAny()) {
            any.decrementAndGet();
        } else {
            topics.exact().forEach(topic -> exact.computeIfPresent(topic, (t, n) -> n == 1 ? null : n - 1));
            if (!topics.patterns().isEmpty()) {
                synchronized (patterns) {
                    if (sharers.computeIfPresent(topics, (t, n) -> n == 1 ? null : n - 1) == null) {
                        patterns.remove(topics, topics);
                    }
                }
            }
        }
    }

    /** Whether a stream asks for this topic. */
    public boolean isHeard(String topic) {
        if (any.get() > 0 || exact.containsKey(topic)) {
            return true;
        }
        synchronized (patterns) {
            return patterns.hears(topic);
        }
    }
}
