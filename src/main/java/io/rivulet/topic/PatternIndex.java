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
 * <p>Patterns and topics multiply: an event may have hundreds of topics, each of kilobytes, and beside it stand the
 * patterns of strangers. So an event of a shard may take a number of steps, and all events of a round some more. First
 * the ordinary patterns are tried with all topics, then the costly ones. Whoever asked for a pattern that there was no
 * time for is called as untried: the shard lets such a stream fall behind, where its work is its own. The topic
 * remembers which were not tried, and goes on with them when it comes again.
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

    /** An event may take so many steps, whatever the round has taken: a part of what its publish costs. */
    private static final long EVENT_STEPS = 5_000;
    /** What all events of a round may take beyond that: half a millisecond. */
    private static final long ROUND_STEPS = 100_000;

    /**
     * One pattern and those who asked for it. Once nobody is left it never comes back: a newcomer is another one.
     * Remembered topics may still lead to it then, so it lets go of its pattern: else whoever comes and goes would
     * leave a compiled pattern behind for each topic that is not published to again.
     */
    private static final class Group<T> {
        /** Bytes that are left of it when it is gone: itself, and an empty bag with its array. */
        static final long GONE = HeapBytes.object(3, Integer.BYTES + Long.BYTES + 1)
            + HeapBytes.object(2, Integer.BYTES) + HeapBytes.references(2);

        /** Null when it is gone. */
        CompiledMatcher matcher;
        final IdentityBag<T> askers = new IdentityBag<>();
        PatternFilter.Home home;
        /** What it adds to the sum of all, for as long as it is here. */
        int load;
        /** Whether it is tried after the ordinary ones. */
        final boolean isCostly;
        /** The event that its askers were called for last: that it has several topics that match is no news. */
        long calledFor;

        Group(CompiledMatcher matcher) {
            this.matcher = matcher;
            this.isCostly = matcher.extraEffort() > 0;
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
        /** Those that were not tried yet; null for none, as mostly. */
        List<Group<T>> untried;
        long came;
        /** The steps of the search. */
        long cost;
        /** How many groups the cache has counted. */
        int counted;

        long weight() {
            counted = Math.max(counted, size());
            return HeapBytes.object(2, Integer.BYTES + 2 * Long.BYTES) + HeapBytes.object(1, 2 * Integer.BYTES)
                + weight(counted);
        }

        static long weight(int groups) {
            return HeapBytes.references(groups);
        }

        int size() {
            return groups.size() + (untried == null ? 0 : untried.size());
        }

        void leave(Group<T> group) {
            if (untried == null) {
                untried = new ArrayList<>();
            }
            untried.add(group);
        }
    }

    /** A topic of the event at hand that has patterns which were not tried yet. */
    private record Unsettled<T>(String topic, Found<T> found) {
    }

    /** Bytes that a pattern of one asker takes, beside its words. */
    private static final long GROUP_BYTES = 2 * HeapBytes.MAP_ENTRY
        + HeapBytes.object(3, Integer.BYTES + Long.BYTES + 1)
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
    private final List<Unsettled<T>> unsettled = new ArrayList<>(0);
    /** The number of the event at hand. */
    private long event;
    /** Nothing is tried any more once so many steps were taken. */
    private long until;
    /** What the events of this round have taken beyond what each may. */
    private long beyond;

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

    /** See {@link TopicIndex#newRound}. */
    void newRound() {
        beyond = 0;
    }

    /** See {@link TopicIndex#forEach(List, Consumer, Consumer)}; all are tried where {@code untried} is null. */
    void forEach(List<String> topics, Consumer<T> action, Consumer<T> untried) {
        event++;
        long before = steps.taken();
        until = untried == null ? Long.MAX_VALUE : before + EVENT_STEPS + Math.max(0, ROUND_STEPS - beyond);
        try {
            for (int i = 0; i < topics.size(); i++) {
                Found<T> found = find(topics.get(i));
                for (int k = found.groups.size() - 1; k >= 0; k--) {
                    call(found.groups.get(k), action);
                }
                if (found.untried != null) {
                    unsettled.add(new Unsettled<>(topics.get(i), found));
                }
            }
            for (int i = 0; i < unsettled.size(); i++) {
                settle(unsettled.get(i), action, untried);
            }
        } finally {
            unsettled.clear();
            beyond += Math.max(0, steps.taken() - before - EVENT_STEPS);
        }
    }

    /** Once for an event: thousands may share a hundred patterns that each match a hundred topics. */
    private void call(Group<T> group, Consumer<T> action) {
        if (group.calledFor != event) {
            group.calledFor = event;
            IdentityBag<T> askers = group.askers;
            for (int k = 0; k < askers.size(); k++) {
                action.accept(askers.get(k));
            }
        }
    }

    /** Tries what is left of a topic, until the steps are spent. */
    private void settle(Unsettled<T> one, Consumer<T> action, Consumer<T> untried) {
        Found<T> found = one.found();
        List<Group<T>> left = new ArrayList<>(0);
        long before = steps.taken();
        for (int i = 0; i < found.untried.size(); i++) {
            Group<T> group = found.untried.get(i);
            if (group.isGone()) {
                continue;
            }
            if (group.calledFor == event) {
                left.add(group); // another topic led to it
            } else if (steps.taken() >= until) {
                left.add(group);
                call(group, untried);
            } else if (isMatch(group, one.topic())) {
                found.groups.add(group);
                call(group, action);
            }
        }
        found.untried = left.isEmpty() ? null : left;
        found.cost += steps.taken() - before;
    }

    boolean hears(String topic) {
        until = Long.MAX_VALUE;
        Found<T> found = find(topic);
        if (found.groups.isEmpty()) {
            settle(topic, found);
        }
        return !found.groups.isEmpty();
    }

    /** See {@link TopicIndex#isTried}. */
    boolean isTried(String topic, long stepsMax) {
        until = steps.taken() + stepsMax;
        Found<T> found = find(topic);
        settle(topic, found);
        return found.untried == null;
    }

    private void settle(String topic, Found<T> found) {
        if (found.untried != null) {
            event++;
            settle(new Unsettled<>(topic, found), who -> { }, who -> { });
        }
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

    private Found<T> find(String topic) {
        if (!remembers) {
            return search(topic);
        }
        Found<T> found = known.get(topic);
        if (found == null || isCheaperToSearch(came - found.came, found.cost)) {
            found = search(topic);
            known.put(topic, found);
            return found;
        }
        if (found.came < came) {
            tryNewcomers(topic, found);
        }
        if (found.size() > found.counted) { // it is remembered as lighter than it has become
            long before = Found.weight(found.counted);
            found.counted = found.size() * 2;
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
        return found;
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
                    test(group, topic, found);
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
        byTopic.candidates(topic, group -> test(group, topic, found));
        String url = urlOf(topic);
        if (url != null) {
            byUrl.candidates(url, group -> test(group, topic, found));
        }
        found.cost = steps.taken() - before;
        return found;
    }

    /** Tries it, or leaves it for later: a costly one comes after the ordinary ones of all topics. */
    private void test(Group<T> group, String topic, Found<T> found) {
        if (group.isGone()) {
            return;
        }
        if (group.isCostly || steps.taken() >= until) {
            found.leave(group);
        } else if (isMatch(group, topic)) {
            found.groups.add(group);
        }
    }

    private boolean isMatch(Group<T> group, String topic) {
        tried++;
        return group.matcher.matches(topic, steps);
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
