package io.rivulet.topic;

import io.rivulet.heap.HeapBytes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/**
 * The patterns of a {@link TopicIndex} and those who asked for each. One thread at a time.
 *
 * <p>The hard thing is that a pattern costs more than a look-up, and that streams come and go all the time. Equal
 * patterns are matched once for all who asked. The patterns that a topic matches are remembered with the number of
 * those that had come until then: only the newcomers since are tried, and those that left are taken out on the way.
 * Strangers who come and go by the hundred, between any two events, must not have all patterns tried anew that stay.
 *
 * @param <T> who asks; compared by identity
 */
final class PatternIndex<T> {

    /** Bytes of the topics remembered and of what they matched, half of them. */
    private static final long REMEMBERED_MAX = 2 << 20;
    /** So many newcomers are looked at one by one for a remembered topic, whatever a search would cost. */
    private static final int RECENT = 64;
    /** So many where a search costs more than that; after more the topic is looked up anew. */
    private static final int RECENT_MAX = 2_048;
    /** Steps that it takes to look at a newcomer whose text is not in the topic, about. */
    private static final int STEPS_PER_NEWCOMER = 10;

    /**
     * One pattern and those who asked for it. Once nobody is left it never comes back: a newcomer is another one.
     * Remembered topics may still lead to it then, so it lets go of its pattern: else whoever comes and goes would
     * leave a compiled pattern behind for each topic that is not published to again.
     */
    private static final class Group<T> {
        /** Bytes that are left of it when it is gone: itself, and an empty bag with its array. */
        static final long GONE = HeapBytes.object(3, Integer.BYTES) + HeapBytes.object(2, Integer.BYTES)
            + HeapBytes.references(2);

        /** Null when it is gone. */
        CompiledMatcher matcher;
        final IdentityBag<T> askers = new IdentityBag<>();
        PatternFilter.Home home;
        /** What it adds to the sum of all, for as long as it is here. */
        int load;

        Group(CompiledMatcher matcher) {
            this.matcher = matcher;
        }

        boolean isGone() {
            return askers.size() == 0;
        }

        void leave() {
            matcher = null;
            home = null;
        }
    }

    /** The patterns that a topic matched, of those that had come until then. */
    private static final class Found<T> {
        final List<Group<T>> groups = new ArrayList<>(0);
        long came;
        /** The steps of the search. */
        long cost;
        /** How many groups the cache has counted. */
        int counted;

        long weight() {
            counted = Math.max(counted, groups.size());
            return HeapBytes.object(1, Integer.BYTES + 2 * Long.BYTES) + HeapBytes.object(1, 2 * Integer.BYTES)
                + weight(counted);
        }

        static long weight(int groups) {
            return HeapBytes.references(groups);
        }
    }

    /** Bytes that a pattern of one asker takes, beside its words. */
    private static final long GROUP_BYTES = 2 * HeapBytes.MAP_ENTRY + HeapBytes.object(3, Integer.BYTES)
        + 2 * (HeapBytes.object(2, Integer.BYTES) + HeapBytes.references(1)) + HeapBytes.object(2, 0);
    /** Steps for one character of a topic that count as one pattern; an ordinary one takes fewer. */
    private static final int STEPS_PER_LOAD = 4;

    private final Map<CompiledMatcher, Group<T>> groups = new HashMap<>();
    private final PatternFilter<Group<T>> byTopic = new PatternFilter<>();
    private final PatternFilter<Group<T>> byUrl = new PatternFilter<>();
    /** Any of those that read URLs: all of one hub read alike. */
    private CompiledMatcher urlReader;
    private final List<Group<T>> recent = new ArrayList<>();
    /** How many groups ever came. */
    private long came;
    private final boolean remembers;
    private BoundedCache<Found<T>> known = remembered();
    private long tried;
    private final MatchSteps steps = new MatchSteps();
    private int load;
    private int heavyLoad;

    /** Without a memory each topic is looked up anew: for topics that hardly ever come again. */
    PatternIndex(boolean remembers) {
        this.remembers = remembers;
    }

    private static <T> BoundedCache<Found<T>> remembered() {
        return new BoundedCache<>(REMEMBERED_MAX, Found::weight);
    }

    /** Bytes that an index takes for a pattern that nobody else asks for. */
    static long bytes(CompiledMatcher matcher) {
        long bytes = GROUP_BYTES;
        for (String word : matcher.anchors()) {
            bytes += HeapBytes.MAP_ENTRY + HeapBytes.string(word);
        }
        return bytes;
    }

    boolean isEmpty() {
        return groups.isEmpty();
    }

    /** See {@link TopicIndex#load}. */
    int load() {
        return load;
    }

    /** See {@link TopicIndex#heavyLoad}. */
    int heavyLoad() {
        return heavyLoad;
    }

    /** {@code owner} is charged for what the pattern takes of the filter; see there. */
    void add(CompiledMatcher matcher, T who, Object owner) {
        Group<T> group = groups.get(matcher);
        if (group == null) {
            group = new Group<>(matcher);
            groups.put(matcher, group);
            group.home = file(group, owner);
            group.load = filter(matcher).isCrowded(group.home) ? 1 + matcher.effort() / STEPS_PER_LOAD
                : heavyLoad(matcher);
            load += group.load;
            heavyLoad += heavyLoad(matcher);
            if (recent.size() < RECENT_MAX) {
                recent.add(group);
            } else {
                recent.set((int) (came % RECENT_MAX), group);
            }
            came++;
        }
        group.askers.add(who);
    }

    private static int heavyLoad(CompiledMatcher matcher) {
        return matcher.extraEffort() / STEPS_PER_LOAD;
    }

    void remove(CompiledMatcher matcher, T who) {
        Group<T> group = groups.get(matcher);
        if (group == null || !group.askers.remove(who) || !group.isGone()) {
            return;
        }
        groups.remove(matcher);
        load -= group.load;
        heavyLoad -= heavyLoad(matcher);
        filter(matcher).remove(group, words(matcher), group.home);
        group.leave();
        known.grown(Group.GONE); // the topics that lead to it keep it until they are asked for, or forgotten
        if (groups.isEmpty()) {
            known = remembered();
            recent.clear();
            came = 0;
            urlReader = null;
        }
    }

    void forEach(String topic, Consumer<T> action) {
        List<Group<T>> found = find(topic);
        for (int i = found.size() - 1; i >= 0; i--) {
            IdentityBag<T> askers = found.get(i).askers;
            for (int k = 0; k < askers.size(); k++) {
                action.accept(askers.get(k));
            }
        }
    }

    boolean hears(String topic) {
        return !find(topic).isEmpty();
    }

    /** See {@link TopicIndex#kept}. */
    int kept() {
        return known.size();
    }

    /** See {@link TopicIndex#tried}. */
    long tried() {
        return tried;
    }

    /** See {@link TopicIndex#steps}. */
    long steps() {
        return steps.taken();
    }

    private List<Group<T>> find(String topic) {
        if (!remembers) {
            return search(topic).groups;
        }
        Found<T> found = known.get(topic);
        if (found == null || isCheaperToSearch(came - found.came, found.cost)) {
            found = search(topic);
            known.put(topic, found);
            return found.groups;
        }
        if (found.came < came) {
            tryNewcomers(topic, found);
        }
        if (found.groups.size() > found.counted) { // it is remembered as lighter than it has become
            long before = Found.weight(found.counted);
            found.counted = found.groups.size() * 2;
            known.grown(Found.weight(found.counted) - before);
        }
        for (int i = found.groups.size() - 1; i >= 0; i--) {
            if (found.groups.get(i).isGone()) {
                Group<T> last = found.groups.remove(found.groups.size() - 1);
                if (i < found.groups.size()) {
                    found.groups.set(i, last);
                }
            }
        }
        return found.groups;
    }

    private static boolean isCheaperToSearch(long newcomers, long cost) {
        return newcomers > RECENT_MAX || newcomers > RECENT && newcomers * STEPS_PER_NEWCOMER > cost;
    }

    /** Tries those that came since, but for those that a search would not have led to. */
    private void tryNewcomers(String topic, Found<T> found) {
        String url = urlOf(topic);
        for (; found.came < came; found.came++) {
            Group<T> group = recent.get((int) (found.came % RECENT_MAX));
            if (!group.isGone()) {
                String subject = group.matcher.readsUrls() ? url : topic;
                if (subject != null && group.home.mayBeOf(subject)) {
                    test(group, topic, found.groups);
                }
            }
        }
    }

    /** What patterns of URLs are compared with; null where there is none. */
    private String urlOf(String topic) {
        return urlReader == null ? null : urlReader.subject(topic);
    }

    private Found<T> search(String topic) {
        Found<T> found = new Found<>();
        found.came = came;
        long before = steps.taken();
        byTopic.candidates(topic, group -> test(group, topic, found.groups));
        String url = urlOf(topic);
        if (url != null) {
            byUrl.candidates(url, group -> test(group, topic, found.groups));
        }
        found.cost = steps.taken() - before;
        return found;
    }

    private void test(Group<T> group, String topic, List<Group<T>> found) {
        if (!group.isGone()) {
            tried++;
            if (group.matcher.matches(topic, steps)) {
                found.add(group);
            }
        }
    }

    private PatternFilter.Home file(Group<T> group, Object owner) {
        if (group.matcher.readsUrls() && urlReader == null) {
            urlReader = group.matcher;
        }
        boolean findable = isFindable(group.matcher);
        return filter(group.matcher).add(group, words(group.matcher), findable ? group.matcher.prefix() : "", owner);
    }

    private Set<String> words(CompiledMatcher matcher) {
        return isFindable(matcher) ? matcher.anchors() : Set.of();
    }

    /** One that resolves against another hub's URL is tried for every topic. */
    private boolean isFindable(CompiledMatcher matcher) {
        return !matcher.readsUrls() || matcher.readsLike(urlReader);
    }

    private PatternFilter<Group<T>> filter(CompiledMatcher matcher) {
        return matcher.readsUrls() ? byUrl : byTopic;
    }
}
