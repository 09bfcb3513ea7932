package io.rivulet.log.index;

import io.rivulet.auth.GrantedTopics;
import io.rivulet.log.LogWork;
import io.rivulet.log.disk.StoreHash;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * The topics of a question as an index looks for them: all topics, or some by their hash and, for patterns, some by
 * their name. Immutable, for any thread.
 *
 * @param any      every topic
 * @param hashes   of the topics that are named exactly, ascending
 * @param patterns matchers that need the names of topics
 */
public record TopicFilter(boolean any, long[] hashes, NamePatterns patterns) {

    /** The topics that were asked for. */
    public static TopicFilter of(TopicSelection topics, StoreHash hash) {
        return new TopicFilter(topics.isAny(), hashes(topics.exact(), hash),
            topics.patterns().isEmpty() ? NamePatterns.NONE : new NamePatterns(topics.patterns()));
    }

    /** The topics that were granted. */
    public static TopicFilter of(GrantedTopics topics, StoreHash hash) {
        List<String> exact = new ArrayList<>();
        List<TopicMatcher> patterns = new ArrayList<>();
        for (TopicMatcher matcher : topics.matchers()) {
            if (matcher instanceof TopicMatcher.Exact one) {
                exact.add(one.text());
            } else {
                patterns.add(matcher);
            }
        }
        return new TopicFilter(topics.all(), hashes(exact, hash), new NamePatterns(patterns));
    }

    private static long[] hashes(Collection<String> topics, StoreHash hash) {
        return topics.stream().mapToLong(hash::of).sorted().distinct().toArray();
    }

    /** Whether no topic fits. */
    public boolean isNone() {
        return !any && hashes.length == 0 && patterns.isEmpty();
    }

    /** Whether hashes alone do not answer. */
    public boolean needsNames() {
        return !any && !patterns.isEmpty();
    }

    /** Whether a topic with this hash is among those that are named exactly. */
    public boolean lists(long topicHash) {
        return Arrays.binarySearch(hashes, topicHash) >= 0;
    }

    /** Whether a pattern matches this name. Others may go first between two patterns. */
    public boolean matches(String name, LogWork work) {
        work.cost(LogWork.LOOK);
        return patterns.matches(name, work);
    }

    /** Topics by their hashes alone, ascending. */
    public static TopicFilter of(long... hashes) {
        return new TopicFilter(false, hashes, NamePatterns.NONE);
    }
}
