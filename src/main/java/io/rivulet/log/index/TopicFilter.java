package io.rivulet.log.index;

import io.rivulet.auth.GrantedTopics;
import io.rivulet.log.disk.StoreHash;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;

/**
 * Topics as an index looks for them: all; or some by their hash and, for patterns, some by their name. Immutable.
 *
 * @param any      every topic
 * @param hashes   of the exact ones, ascending
 * @param patterns those that need names
 */
public record TopicFilter(boolean any, long[] hashes, List<? extends TopicMatcher> patterns) {

    public static TopicFilter of(TopicSelection topics, StoreHash hash) {
        return new TopicFilter(topics.isAny(), hashes(topics.exact(), hash), topics.patterns());
    }

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
        return new TopicFilter(topics.all(), hashes(exact, hash), patterns);
    }

    private static long[] hashes(Collection<String> topics, StoreHash hash) {
        return topics.stream().mapToLong(hash::of).sorted().distinct().toArray();
    }

    public boolean isNone() {
        return !any && hashes.length == 0 && patterns.isEmpty();
    }

    public boolean needsNames() {
        return !any && !patterns.isEmpty();
    }

    public boolean lists(long topicHash) {
        return Arrays.binarySearch(hashes, topicHash) >= 0;
    }

    /** Whether a pattern matches this name. */
    public boolean matches(String name) {
        for (TopicMatcher pattern : patterns) {
            if (pattern.matches(name)) {
                return true;
            }
        }
        return false;
    }
}
