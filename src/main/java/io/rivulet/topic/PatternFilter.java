package io.rivulet.topic;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Finds the patterns that may match, without asking those that cannot. {@link PatternIndex} keeps one for patterns of
 * topics and one for patterns of URLs. One thread at a time.
 *
 * <p>Each pattern is filed under one thing that stands in all it matches: a word, or its whole literal beginning. A
 * shard may hold thousands of patterns that share most of their words, so of these things the one counts under which
 * the fewest others are filed. A pattern without any literal text ("{x}") has to be asked for every topic.
 *
 * @param <G> what is filed; compared by identity
 */
final class PatternFilter<G> {

    /** A word that fewer have is good enough: each length of literal beginnings costs every topic a look-up. */
    private static final int CROWD = 2;
    private static final int LENGTHS_MAX = 32;
    /** Of the second half of these lengths each owner opens so many at most. */
    private static final int OWNER_LENGTHS = LENGTHS_MAX / 8;
    /** A topic has some ten words, and so many patterns of each are tried for it: only what is beyond adds up. */
    private static final int CROWDED = 16;

    private final Map<String, IdentityBag<G>> byWord = new HashMap<>();
    /** How many patterns have each word, wherever they are filed: a word of many patterns is one of many topics. */
    private final Map<String, Integer> uses = new HashMap<>();
    private final Map<String, IdentityBag<G>> byPrefix = new HashMap<>();
    private final TreeMap<Integer, Length> lengths = new TreeMap<>();
    /** How many of them each owner has opened. */
    private final Map<Object, Integer> opened = new HashMap<>();
    private final IdentityBag<G> others = new IdentityBag<>();

    /** A length of beginnings: how many different ones have it, and whose pattern was the first. */
    private static final class Length {
        private final Object owner;
        private int beginnings;

        Length(Object owner) {
            this.owner = owner;
        }
    }

    /** Where something is filed: to be kept for {@link #remove}. */
    record Home(String word, String prefix) {

        /** Whether this subject may lead there: false only where it is certain that it does not. */
        boolean mayBeOf(String subject) {
            return prefix != null ? subject.startsWith(prefix) : word == null || subject.contains(word);
        }
    }

    /**
     * Files a pattern that has these words and begins so.
     *
     * @param owner who is charged for it: an address, or null for whoever need not be bounded
     */
    Home add(G what, Set<String> words, String prefix, Object owner) {
        String word = rarest(words);
        int crowd = word == null ? Integer.MAX_VALUE : uses.getOrDefault(word, 0);
        words.forEach(w -> uses.merge(w, 1, Integer::sum));
        if (crowd >= CROWD && !prefix.isEmpty() && size(byPrefix.get(prefix)) < crowd
            && hasRoomFor(prefix.length(), owner)) {
            IdentityBag<G> same = byPrefix.computeIfAbsent(prefix, p -> new IdentityBag<>());
            same.add(what);
            if (same.size() == 1) {
                begin(prefix.length(), owner);
            }
            return new Home(null, prefix);
        }
        (word == null ? others : byWord.computeIfAbsent(word, w -> new IdentityBag<>())).add(what);
        return new Home(word, null);
    }

    /** Whether so many are filed at this home, and all of them tried for a topic that leads there, that it counts. */
    boolean isCrowded(Home home) {
        return home.prefix() != null ? size(byPrefix.get(home.prefix())) > CROWDED
            : home.word() == null || size(byWord.get(home.word())) > CROWDED;
    }

    /** Takes out what was added with these words and got this home. */
    void remove(G what, Set<String> words, Home home) {
        words.forEach(w -> uses.computeIfPresent(w, (word, n) -> n == 1 ? null : n - 1));
        if (home.prefix() != null) {
            if (removed(byPrefix, home.prefix(), what)) {
                end(home.prefix().length());
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
            for (String word : LiteralWords.of(subject)) {
                each(byWord.get(word), action);
            }
        }
        for (int length : lengths.headMap(subject.length(), true).keySet()) {
            each(byPrefix.get(subject.substring(0, length)), action);
        }
    }

    /** Of several the last, which says more than a scheme or a host. */
    private String rarest(Collection<String> words) {
        String rarest = null;
        int least = Integer.MAX_VALUE;
        for (String word : words) {
            int n = uses.getOrDefault(word, 0);
            if (n <= least) {
                rarest = word;
                least = n;
            }
        }
        return rarest;
    }

    /**
     * Whether beginnings of this length may be looked up. Half of the lengths are for anybody; of the others each owner
     * has a part. Else a stranger could take all of them with a pattern for each, and the patterns of others would be
     * tried for topics that do not begin like them.
     */
    private boolean hasRoomFor(int length, Object owner) {
        return lengths.containsKey(length) || lengths.size() < LENGTHS_MAX
            && (owner == null || lengths.size() < LENGTHS_MAX / 2 || opened.getOrDefault(owner, 0) < OWNER_LENGTHS);
    }

    private void begin(int length, Object owner) {
        Length known = lengths.get(length);
        if (known == null) {
            known = new Length(owner);
            lengths.put(length, known);
            opened.merge(known.owner, 1, Integer::sum);
        }
        known.beginnings++;
    }

    private void end(int length) {
        Length known = lengths.get(length);
        if (--known.beginnings == 0) {
            lengths.remove(length);
            opened.computeIfPresent(known.owner, (owner, n) -> n == 1 ? null : n - 1);
        }
    }

    private static int size(IdentityBag<?> bag) {
        return bag == null ? 0 : bag.size();
    }

    private static <G> void each(IdentityBag<G> bag, Consumer<G> action) {
        for (int i = 0; i < size(bag); i++) {
            action.accept(bag.get(i));
        }
    }

    /** Whether nothing is left there. */
    private static <G> boolean removed(Map<String, IdentityBag<G>> map, String key, G what) {
        IdentityBag<G> bag = map.get(key);
        bag.remove(what);
        if (bag.size() == 0) {
            map.remove(key);
            return true;
        }
        return false;
    }
}
