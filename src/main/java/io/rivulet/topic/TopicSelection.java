package io.rivulet.topic;

import io.rivulet.heap.HeapBytes;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All that one subscriber asks for: matchers joined by "or", without repeats (SUB-22). Immutable, any thread. Each open
 * stream has one, so it is small; {@link TopicSpace#select} gives the same one to all who ask alike.
 */
public final class TopicSelection {

    /** That of a shard, and the hub's own. */
    private static final int INDEXES = 2;
    private static final long EXACT_INDEX_BYTES =
        TopicTable.TOPIC_BYTES + HeapBytes.MAP_ENTRY + HeapBytes.object(0, Integer.BYTES);
    private static final long STEP_BYTES = 32;

    private final List<TopicMatcher> matchers;
    private final Set<String> exact;
    /** The only topic that is asked for, as by most streams; else null. */
    private final String only;
    private final List<CompiledMatcher> compiled;
    private final boolean any;
    /** See {@link #loadKib}; negative while nobody has asked. */
    private int loadKib = -1;

    private TopicSelection(Collection<TopicMatcher> matchers) {
        this.matchers = List.copyOf(new LinkedHashSet<>(matchers));
        this.compiled = this.matchers.stream().filter(m -> m instanceof CompiledMatcher)
            .map(m -> (CompiledMatcher) m).toList();
        this.any = this.matchers.stream().anyMatch(m -> m instanceof TopicMatcher.Any);
        this.exact = this.matchers.stream().filter(m -> m instanceof TopicMatcher.Exact).map(TopicMatcher::text)
            .collect(Collectors.toUnmodifiableSet());
        this.only = this.matchers.size() == 1 && exact.size() == 1 ? exact.iterator().next() : null;
    }

    /** The union of these matchers; there is at least one. */
    public static TopicSelection of(Collection<? extends TopicMatcher> matchers) {
        if (matchers.isEmpty()) {
            throw new IllegalArgumentException("a selection of nothing");
        }
        return new TopicSelection(List.copyOf(matchers));
    }

    /** Exact topics, with {@code *} for any: the short way. */
    public static TopicSelection ofTopics(Collection<String> topics) {
        return of(topics.stream()
            .map(t -> t.equals(Topic.ANY) ? new TopicMatcher.Any() : new TopicMatcher.Exact(t))
            .toList());
    }

    /** Whether every topic is asked for. */
    public boolean isAny() {
        return any;
    }

    /** The topics asked for byte for byte; all there is, unless {@link #isAny()} or there are {@link #patterns()}. */
    public Set<String> exact() {
        return exact;
    }

    /** URL patterns and URI templates: matchers of topics that nobody can list. */
    public List<? extends TopicMatcher> patterns() {
        return compiled;
    }

    /** Bytes that it keeps alive, its matchers and their texts included. */
    public long weight() {
        long weight = HeapBytes.object(4, Integer.BYTES + 1) + HeapBytes.list(matchers.size())
            + HeapBytes.list(compiled.size()) + HeapBytes.set(exact.size());
        for (int i = 0; i < matchers.size(); i++) {
            weight += matchers.get(i).weight();
        }
        return weight;
    }

    List<CompiledMatcher> compiled() {
        return compiled;
    }

    /** The matchers, in the order given. */
    public List<TopicMatcher> matchers() {
        return matchers;
    }

    /**
     * What it weighs for a hub, in KiB: the bytes that it keeps alive, those of the indexes of its shard and of the
     * hub, and the work of its patterns for each topic, of which a step counts like 32 bytes. 0 for a few topics.
     * Worked out once: it does not change, and is asked for when each of its streams opens and ends.
     */
    public int loadKib() {
        int known = loadKib;
        if (known < 0) { // T1 and T2 may both work it out: the same
            long bytes = weight() + exact.size() * EXACT_INDEX_BYTES;
            for (int i = 0; i < compiled.size(); i++) {
                bytes += INDEXES * PatternIndex.bytes(compiled.get(i)) + STEP_BYTES * compiled.get(i).extraEffort();
            }
            known = (int) (bytes >> 10);
            loadKib = known;
        }
        return known;
    }

    /** Whether one of an event's topics is asked for. */
    public boolean matches(List<String> topics) {
        if (any) {
            return true;
        }
        if (only != null) {
            return topics.contains(only); // an event may have a thousand: a comparison each, and no look into a set
        }
        for (int i = 0; i < topics.size(); i++) {
            if (matches(topics.get(i))) {
                return true;
            }
        }
        return false;
    }

    /** Whether this topic is asked for. */
    public boolean matches(String topic) {
        return any || exact.contains(topic) || !compiled.isEmpty() && matchesPattern(topic);
    }

    /** Whether a topic that begins so may be asked for: false only when it is certain that none is. */
    public boolean mayMatchBeginning(String prefix) {
        return matchers.stream().anyMatch(matcher -> matcher.mayMatchBeginning(prefix));
    }

    private boolean matchesPattern(String topic) {
        for (int i = 0; i < compiled.size(); i++) {
            if (compiled.get(i).matches(topic)) {
                return true;
            }
        }
        return false;
    }
}
