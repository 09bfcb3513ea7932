package io.rivulet.log.index;

import io.rivulet.log.LogWork;
import io.rivulet.topic.TopicMatcher;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * The patterns of a {@link TopicFilter}, to be tried on one name after the other. Immutable, any thread.
 *
 * <p>The hard thing is a hundred of them on a million names. Those with a literal beginning are found by it: all that
 * begin with text of the same length are one look into a map, and only those whose beginning the name has are tried.
 * Each length is a look for each name, so only some are found so.
 */
final class NamePatterns {

    /** No pattern. */
    static final NamePatterns NONE = new NamePatterns(List.of());
    private static final int LENGTHS_MAX = 4;
    /** So few are tried one by one. */
    private static final int FEW = 4;

    private final List<TopicMatcher> others = new ArrayList<>();
    private final Map<String, List<TopicMatcher>> byBeginning = new HashMap<>();
    private final int[] lengths;

    NamePatterns(List<? extends TopicMatcher> patterns) {
        TreeSet<Integer> known = new TreeSet<>();
        for (TopicMatcher pattern : patterns) {
            String beginning = patterns.size() > FEW ? pattern.beginning() : "";
            if (beginning.isEmpty() || !known.contains(beginning.length()) && known.size() == LENGTHS_MAX) {
                others.add(pattern);
            } else {
                known.add(beginning.length());
                byBeginning.computeIfAbsent(beginning, text -> new ArrayList<>(1)).add(pattern);
            }
        }
        lengths = known.stream().mapToInt(Integer::intValue).toArray();
    }

    boolean isEmpty() {
        return others.isEmpty() && lengths.length == 0;
    }

    /** Whether one matches this name. Others may go first between two of them. */
    boolean matches(String name, LogWork work) {
        if (isOne(others, name, work)) {
            return true;
        }
        for (int i = 0; i < lengths.length && lengths[i] <= name.length(); i++) {
            work.cost(1);
            List<TopicMatcher> some = byBeginning.get(name.substring(0, lengths[i]));
            if (some != null && isOne(some, name, work)) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOne(List<TopicMatcher> patterns, String name, LogWork work) {
        for (int i = 0; i < patterns.size(); i++) {
            work.pause();
            if (patterns.get(i).matchesOnce(name, work.steps())) {
                return true;
            }
        }
        return false;
    }
}
