package io.rivulet.topic;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Finds the patterns that may match, without asking those that cannot: each is filed under one thing that stands in all
 * it matches, a word or its whole literal beginning, whichever the fewest others are filed under. What says nothing
 * literally ("{x}") has to be asked for every topic. One thread at a time.
 *
 * @param <G> what is filed; compared by identity
 */
final class Finder<G> {

    /** Under a word with fewer, the literal beginning is not looked at: each length of these costs a look-up. */
    private static final int CROWD = 4;
    private static final int LENGTHS_MAX = 32;

    private final Map<String, Members<G>> byWord = new HashMap<>();
    private final Map<String, Members<G>> byPrefix = new HashMap<>();
    /** How many different beginnings there are of each length. */
    private final TreeMap<Integer, Integer> lengths = new TreeMap<>();
    private final Members<G> others = new Members<>();

    /** Where something is filed: to be kept for {@link #remove}. */
    record Home(String word, String prefix) {
    }

    Home add(G what, Set<String> words, String prefix) {
        String word = best(words);
        int crowd = word == null ? Integer.MAX_VALUE : size(byWord, word);
        if (crowd >= CROWD && !prefix.isEmpty() && size(byPrefix, prefix) < crowd
            && (lengths.size() < LENGTHS_MAX || lengths.containsKey(prefix.length()))) {
            if (!byPrefix.containsKey(prefix)) {
                lengths.merge(prefix.length(), 1, Integer::sum);
            }
            byPrefix.computeIfAbsent(prefix, p -> new Members<>()).add(what);
            return new Home(null, prefix);
        }
        (word == null ? others : byWord.computeIfAbsent(word, w -> new Members<>())).add(what);
        return new Home(word, null);
    }

    void remove(G what, Home home) {
        if (home.prefix() != null) {
            if (removed(byPrefix, home.prefix(), what)) {
                lengths.computeIfPresent(home.prefix().length(), (l, n) -> n == 1 ? null : n - 1);
            }
        } else if (home.word() != null) {
            removed(byWord, home.word(), what);
        } else {
            others.remove(what);
        }
    }

    /** Calls {@code action} once for each that may match this subject. */
    void candidates(String subject, Consumer<G> action) {
        each(others, action);
        if (!byWord.isEmpty()) {
            for (String word : Words.of(subject)) {
                each(byWord.get(word), action);
            }
        }
        for (int length : lengths.headMap(subject.length(), true).keySet()) {
            each(byPrefix.get(subject.substring(0, length)), action);
        }
    }

    /** The word with the fewest; of several, the longest. */
    private String best(Collection<String> words) {
        String best = null;
        int least = Integer.MAX_VALUE;
        for (String word : words) {
            int size = size(byWord, word);
            if (size < least || size == least && word.length() > best.length()) {
                best = word;
                least = size;
            }
        }
        return best;
    }

    private static <G> int size(Map<String, Members<G>> map, String key) {
        Members<G> members = map.get(key);
        return members == null ? 0 : members.size();
    }

    private static <G> void each(Members<G> members, Consumer<G> action) {
        for (int i = 0; members != null && i < members.size(); i++) {
            action.accept(members.get(i));
        }
    }

    /** Whether nothing is left there. */
    private static <G> boolean removed(Map<String, Members<G>> map, String key, G what) {
        Members<G> members = map.get(key);
        members.remove(what);
        if (members.size() == 0) {
            map.remove(key);
            return true;
        }
        return false;
    }
}
