package io.rivulet.hub.stream;

import io.rivulet.config.SettingsTable;
import io.rivulet.hub.resume.Caller;
import io.rivulet.log.LogWork;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicIndex;
import io.rivulet.topic.TopicSelection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many streams ask for which topic, so that feeds work only for somebody. The hub counts streams here, the feeds of
 * demo data ask. Any thread.
 *
 * <p>Patterns need an index with a lock. A stream is refused here when too much would have to be tried for a fresh
 * topic: else strangers could make each publish as slow as they like. The work is bounded in sum, and the costly
 * patterns of one address have a part of it, so that one stranger does not use up what others may need. Each shard has
 * a part of the same patterns in an index of its own, so this bound is theirs, too.
 */
public final class Interest {

    /**
     * All costly patterns together may have this part. An event may have a hundred fresh topics, and a publisher some
     * hundred events a second, so what strangers add to each of them must stay far below a millisecond.
     */
    private static final int COSTLY_SHARE = 2;
    /** One address may have this part with its costly patterns. */
    private static final int ADDRESS_SHARE = 8;
    /** The lock is held so long for a topic that a caller names, and a last match: a tenth of a millisecond. */
    private static final int PART_STEPS = 20_000;

    private final Map<String, Integer> exact = new ConcurrentHashMap<>();
    private final AtomicInteger any = new AtomicInteger();
    /** Those with patterns; its lock is held for look-ups only. */
    private final TopicIndex<TopicSelection> patterns = new TopicIndex<>();
    /** Who has each of them: streams that ask alike mostly share one. Under the lock of the patterns. */
    private final Map<TopicSelection, Sharers> sharers = new IdentityHashMap<>();
    /** What the costly patterns of an address add to the work. Under the same lock. */
    private final Map<Object, Integer> heavyByAddress = new HashMap<>();
    private final int patternsMax;

    /** How many streams share a selection, and what it adds for the address of the first of them. */
    private static final class Sharers {
        private final Object address;
        private final int heavy;
        private int streams;

        Sharers(Object address, int heavy) {
            this.address = address;
            this.heavy = heavy;
        }
    }

    /** With at most so many patterns that nothing literal tells apart; costly ones count for several. */
    public Interest(int patternsMax) {
        this.patternsMax = patternsMax;
    }

    /** Somebody asks for these, of an address that does not matter. */
    void add(TopicSelection topics) {
        add(topics, null);
    }

    /**
     * Somebody asks for these.
     *
     * @param peer the address of the client
     * @throws Refused OVERLOADED when more than {@code rivulet.patterns.max} would have to be tried for a topic,
     *                 or half of that for costly ones; TOO_MANY_STREAMS when the costly patterns of one
     *                 address would take an eighth
     */
    public void add(TopicSelection topics, String peer) {
        addPatterns(topics, peer, true);
        addPlain(topics);
    }

    private void addPlain(TopicSelection topics) {
        if (topics.isAny()) {
            any.incrementAndGet();
        } else {
            topics.exact().forEach(topic -> exact.merge(topic, 1, Integer::sum));
        }
    }

    private void addPatterns(TopicSelection topics, String peer, boolean checked) {
        if (topics.isAny() || topics.patterns().isEmpty()) {
            return;
        }
        synchronized (patterns) {
            Sharers known = sharers.get(topics);
            if (known == null) {
                known = addFirst(topics, peer, checked);
            }
            known.streams++;
        }
    }

    /**
     * A stream asks for other topics from now on. The patterns that it had are taken out first: those that it keeps
     * would else weigh nothing among its new ones, and an address that changes its streams again and again would get
     * more than its part. Its plain topics are heard all the time.
     *
     * @throws Refused as {@link #add}; all stays as it was then
     */
    public void change(TopicSelection now, TopicSelection changed, String peer) {
        synchronized (patterns) { // nobody takes the room in between
            removePatterns(now);
            boolean added = false;
            try {
                addPatterns(changed, peer, true);
                added = true;
            } finally {
                if (!added) {
                    addPatterns(now, peer, false);
                }
            }
        }
        addPlain(changed);
        removePlain(now);
    }

    private Sharers addFirst(TopicSelection topics, String peer, boolean checked) {
        int load = patterns.load();
        int heavy = patterns.heavyLoad();
        patterns.add(topics, topics, peer == null ? null : Caller.address(peer));
        int moreLoad = patterns.load() - load;
        int moreHeavy = patterns.heavyLoad() - heavy;
        Object address = moreHeavy == 0 || peer == null ? null : Caller.address(peer);
        int ofAddress = address == null ? 0 : heavyByAddress.getOrDefault(address, 0);
        if (checked && moreLoad > 0 && load + moreLoad > patternsMax) {
            patterns.remove(topics, topics);
            throw refused(Refused.Reason.OVERLOADED, moreLoad, "the patterns of all streams take " + load, patternsMax);
        }
        if (checked && moreHeavy > 0 && heavy + moreHeavy > patternsMax / COSTLY_SHARE) {
            patterns.remove(topics, topics);
            throw refused(Refused.Reason.OVERLOADED, moreHeavy, "the costly patterns of all streams take " + heavy,
                patternsMax / COSTLY_SHARE);
        }
        if (checked && address != null && ofAddress + moreHeavy > patternsMax / ADDRESS_SHARE) {
            patterns.remove(topics, topics);
            throw refused(Refused.Reason.TOO_MANY_STREAMS, moreHeavy,
                "the costly patterns of the caller's address take " + ofAddress, patternsMax / ADDRESS_SHARE);
        }
        if (address != null) {
            heavyByAddress.put(address, ofAddress + moreHeavy);
        }
        Sharers first = new Sharers(address, moreHeavy);
        sharers.put(topics, first);
        return first;
    }

    private static Refused refused(Refused.Reason reason, int more, String taken, int max) {
        return Refused.because(reason, "the patterns of this stream count as " + more + " that would have to be tried "
            + "for topics of others, and " + taken + " of at most " + max + " (" + SettingsTable.PATTERNS_MAX.fullKey()
            + "); one that says more literally, between two slashes, and repeats less counts for less");
    }

    /** The steps that patterns took here until now: a test shows with it what a fresh topic costs. */
    long steps() {
        synchronized (patterns) {
            return patterns.steps();
        }
    }

    /** Addresses and selections that are remembered: for tests. */
    int remembered() {
        synchronized (patterns) {
            return heavyByAddress.size() + sharers.size() + patterns.load();
        }
    }

    /** They leave; only after {@link #add} took them. */
    public void remove(TopicSelection topics) {
        removePlain(topics);
        removePatterns(topics);
    }

    private void removePlain(TopicSelection topics) {
        if (topics.isAny()) {
            any.decrementAndGet();
        } else {
            topics.exact().forEach(topic -> exact.computeIfPresent(topic, (t, n) -> n == 1 ? null : n - 1));
        }
    }

    private void removePatterns(TopicSelection topics) {
        if (topics.isAny() || topics.patterns().isEmpty()) {
            return;
        }
        synchronized (patterns) {
            Sharers known = sharers.get(topics);
            if (--known.streams == 0) {
                sharers.remove(topics);
                patterns.remove(topics, topics);
                if (known.address != null) {
                    heavyByAddress.computeIfPresent(known.address,
                        (a, n) -> n == known.heavy ? null : n - known.heavy);
                }
            }
        }
    }

    /** How many streams ask for this topic. */
    public int listeners(String topic) {
        int[] streams = {any.get() + exact.getOrDefault(topic, 0)};
        synchronized (patterns) {
            Set<TopicSelection> seen = Collections.newSetFromMap(new IdentityHashMap<>());
            patterns.forEach(List.of(topic), selection -> {
                if (seen.add(selection) && !selection.exact().contains(topic)) {
                    streams[0] += sharers.get(selection).streams;
                }
            });
        }
        return streams[0];
    }

    /**
     * Tries all patterns with a topic that a caller has named, as a part of a look-up: other callers take turns, and
     * the lock is free in between. Afterwards {@link #listeners} knows the answer.
     *
     * @return the topic
     */
    public String tried(String topic, LogWork work) {
        for (boolean isDone = false; !isDone; ) {
            work.pause();
            synchronized (patterns) {
                long before = patterns.steps();
                isDone = patterns.isTried(topic, PART_STEPS);
                work.cost((int) (patterns.steps() - before));
            }
        }
        return topic;
    }

    /** How many streams ask for this topic; -1 while more patterns are to be tried, then the next call goes on. */
    public int listenersInParts(String topic) {
        synchronized (patterns) {
            return patterns.isTried(topic, PART_STEPS) ? listeners(topic) : -1;
        }
    }

    /** How many streams ask for this topic by its name. */
    public int namers(String topic) {
        return exact.getOrDefault(topic, 0);
    }

    /** Topics that begin so and that streams ask for by name, at most so many. It looks at all names. */
    public List<String> named(String beginning, int most) {
        return exact.keySet().stream().filter(topic -> topic.startsWith(beginning)).limit(most).toList();
    }

    /** Whether a stream asks for this topic. */
    public boolean isHeard(String topic) {
        if (any.get() > 0 || exact.containsKey(topic)) {
            return true;
        }
        synchronized (patterns) {
            return patterns.hears(topic);
        }
    }
}
