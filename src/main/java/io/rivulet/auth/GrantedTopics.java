package io.rivulet.auth;

import io.rivulet.heap.HeapBytes;
import io.rivulet.topic.TopicMatcher;
import java.util.List;

/**
 * Topics that somebody has rights to: none, all, or those that a matcher covers. Immutable, any thread.
 *
 * @param all      every topic, whatever the matchers
 * @param matchers the others, joined by "or"
 */
public record GrantedTopics(boolean all, List<TopicMatcher> matchers) {

    /** No topic. */
    public static final GrantedTopics NONE = new GrantedTopics(false, List.of());
    /** Every topic. */
    public static final GrantedTopics ALL = new GrantedTopics(true, List.of());

    /** The topics that one of these matchers covers. */
    public static GrantedTopics of(List<TopicMatcher> matchers) {
        boolean any = matchers.stream().anyMatch(m -> m instanceof TopicMatcher.Any);
        return any ? ALL : new GrantedTopics(false, List.copyOf(matchers));
    }

    /** Whether there is none. */
    public boolean isNone() {
        return !all && matchers.isEmpty();
    }

    /** Bytes that these keep alive. */
    public long weight() {
        long weight = HeapBytes.object(1, 1) + HeapBytes.list(matchers.size());
        for (int i = 0; i < matchers.size(); i++) {
            weight += matchers.get(i).weight();
        }
        return weight;
    }

    /** Whether this topic is covered. */
    public boolean covers(String topic) {
        if (all) {
            return true;
        }
        for (int i = 0; i < matchers.size(); i++) {
            if (matchers.get(i).matches(topic)) {
                return true;
            }
        }
        return false;
    }

    /** Whether one of an event's topics is covered. */
    public boolean coversOne(List<String> topics) {
        for (int i = 0; i < topics.size(); i++) {
            if (covers(topics.get(i))) {
                return true;
            }
        }
        return false;
    }

    /** Whether every one of an event's topics is covered. */
    public boolean coversAll(List<String> topics) {
        for (int i = 0; i < topics.size(); i++) {
            if (!covers(topics.get(i))) {
                return false;
            }
        }
        return true;
    }
}
