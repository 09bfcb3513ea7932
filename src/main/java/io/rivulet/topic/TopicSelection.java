package io.rivulet.topic;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** All that one subscriber asks for: matchers joined by "or", without repeats. Immutable, any thread. */
public final class TopicSelection {

    private final List<TopicMatcher> matchers;
    private final Set<String> exact = new LinkedHashSet<>();
    private boolean any;

    private TopicSelection(Collection<TopicMatcher> matchers) {
        this.matchers = List.copyOf(new LinkedHashSet<>(matchers));
        for (TopicMatcher matcher : this.matchers) {
            if (matcher instanceof TopicMatcher.Exact) {
                exact.add(matcher.text());
            } else {
                any = true;
            }
        }
    }

    /** The union of these matchers; there is at least one. */
    public static TopicSelection of(Collection<TopicMatcher> matchers) {
        if (matchers.isEmpty()) {
            throw new IllegalArgumentException("a selection of nothing");
        }
        return new TopicSelection(matchers);
    }

    /** Exact topics, with {@code *} for any: the short way. */
    public static TopicSelection ofTopics(Collection<String> topics) {
        return of(topics.stream()
            .map(t -> t.equals(Topic.ANY) ? new TopicMatcher.Any() : (TopicMatcher) new TopicMatcher.Exact(t))
            .toList());
    }

    /** Whether every topic is asked for. */
    public boolean isAny() {
        return any;
    }

    /** The topics asked for byte for byte; all there is unless {@link #isAny()}. */
    public Set<String> exact() {
        return exact;
    }

    /** What was asked for, in the order given. */
    public List<TopicMatcher> matchers() {
        return matchers;
    }

    /** Whether one of an event's topics is asked for. */
    public boolean matches(List<String> topics) {
        if (any) {
            return true;
        }
        for (int i = 0; i < topics.size(); i++) {
            if (exact.contains(topics.get(i))) {
                return true;
            }
        }
        return false;
    }
}
