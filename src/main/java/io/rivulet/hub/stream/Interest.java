package io.rivulet.hub.stream;

import io.rivulet.config.SettingsTable;
import io.rivulet.hub.resume.Caller;
import io.rivulet.log.LogWork;
import io.rivulet.refusal.LastingLoop;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.Topic;
import io.rivulet.topic.TopicIndex;
import io.rivulet.topic.TopicSelection;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many streams ask for which topic, so that feeds work only for somebody. The hub counts streams here, the feeds of
 * demo data ask. Any thread.
 *
 * <p>Patterns need an index with a lock. A stream is refused here when too much would have to be tried for a fresh
 * topic: else strangers could make each publish as slow as they like. The work is bounded in sum, and the costly
 * patterns of one address have a part of it, so that one stranger does not use up what others may need. Each shard has
 * a part of the same patterns in an index of its own, so this bound is theirs, too.
 *
 * <p>An error may come in the middle of a change. Who shares what is the truth; the index is made anew of it, where a
 * change to that did not come to its end. Names are counted one after the other, each until that is done.
 */
public final class Interest {

    /**
     * All costly patterns together may have this part. An event may have a hundred fresh topics, and a publisher some
     * hundred events a second, so what strangers add to each of them must stay far below a millisecond.
     */
    private static final int COSTLY_SHARE = 2;
    /** One address may have this part with its costly patterns. */
    private static final int ADDRESS_SHARE = 8;
    /** To count a name. */
    private static final int TRIES = 6;
    /** The lock is held so long for a topic that a caller names, and a last match: a tenth of a millisecond. */
    private static final int PART_STEPS = 20_000;

    private final Map<String, Integer> exact = new ConcurrentHashMap<>();
    /** The operators' topics apart, in their order: the feed looks for those of a beginning some times a second. */
    private final ConcurrentNavigableMap<String, Integer> ofOperators = new ConcurrentSkipListMap<>();
    private final AtomicInteger any = new AtomicInteger();
    /** Who has each selection with patterns: streams that ask alike mostly share one. Its lock is held for look-ups. */
    private final Map<TopicSelection, Sharers> sharers = new IdentityHashMap<>();
    /** Those selections. Under the lock of the sharers, as the next ones. */
    private TopicIndex<TopicSelection> patterns = new TopicIndex<>();
    /** What the costly patterns of an address add to the work. */
    private final Map<Object, Integer> heavyByAddress = new HashMap<>();
    /** Whether a change to these two has begun and not come to its end. */
    private boolean isTorn;
    private final int patternsMax;

    /** How many streams share a selection, and what it adds for the address of the first of them. */
    private static final class Sharers {
        private final Object address;
        private final int heavy;
        private int streams = 1;

        /** {@code heavy} is what it adds for that address, if it has one. */
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
        boolean done = false;
        try {
            addPlain(topics);
            done = true;
        } finally {
            for (int tries = done ? TRIES : 0; tries < TRIES; tries++) {
                try {
                    removePatterns(topics);
                    tries = TRIES;
                } catch (RuntimeException | Error e) {
                    // once more: the caller hears of what came first
                }
            }
        }
    }

    private void addPlain(TopicSelection topics) {
        if (topics.isAny()) {
            any.incrementAndGet();
        } else {
            count(topics, true);
        }
    }

    /** Each name until that is done: where some are counted and some are not, nobody could ever make it right again. */
    private void count(TopicSelection topics, boolean more) {
        for (String topic : topics.exact()) {
            for (int tries = 1; tries > 0; tries++) {
                try {
                    if (more) {
                        names(topic).merge(topic, 1, Integer::sum);
                    } else {
                        names(topic).computeIfPresent(topic, (t, n) -> n == 1 ? null : n - 1);
                    }
                    tries = -1;
                } catch (RuntimeException | Error e) {
                    if (tries == TRIES) {
                        throw e;
                    }
                }
            }
        }
    }

    private void addPatterns(TopicSelection topics, String peer, boolean checked) {
        if (topics.isAny() || topics.patterns().isEmpty()) {
            return;
        }
        synchronized (sharers) {
            mend();
            Sharers known = sharers.get(topics);
            if (known != null) {
                known.streams++;
            } else {
                isTorn = true;
                addFirst(topics, peer == null ? null : Caller.address(peer), checked);
                isTorn = false;
            }
        }
    }

    /** Makes the index anew of those who share, where an error has left it half-done. Under the lock. */
    private void mend() {
        if (!isTorn) {
            return;
        }
        TopicIndex<TopicSelection> whole = new TopicIndex<>();
        heavyByAddress.clear();
        sharers.forEach((topics, known) -> {
            whole.add(topics, topics, known.address);
            if (known.heavy > 0) {
                heavyByAddress.merge(known.address, known.heavy, Integer::sum);
            }
        });
        patterns = whole;
        isTorn = false;
    }

    /**
     * A stream asks for other topics from now on. The patterns that it had are taken out first: those that it keeps
     * would else weigh nothing among its new ones, and an address that changes its streams again and again would get
     * more than its part. Its plain topics are heard all the time.
     *
     * @throws Refused as {@link #add}; all stays as it was then
     */
    public void change(TopicSelection now, TopicSelection changed, String peer) {
        synchronized (sharers) { // nobody takes the room in between
            int done = 0;
            try {
                removePatterns(now);
                done++;
                addPatterns(changed, peer, true);
                done++;
                addPlain(changed);
                done++;
            } finally {
                for (int tries = done % 3 == 0 ? TRIES : 0; tries < TRIES; tries++) { // nothing is done, or everything
                    try {
                        if (done == 2) {
                            removePatterns(changed);
                            done--;
                        }
                        addPatterns(now, peer, false);
                        tries = TRIES;
                    } catch (RuntimeException | Error e) {
                        // once more: the caller hears of what came first
                    }
                }
            }
        }
        for (int tries = 0; tries < TRIES; tries++) {
            try {
                removePlain(now);
                tries = TRIES;
            } catch (RuntimeException | Error e) {
                // once more: the stream asks for the others by now
            }
        }
    }

    /** Where it refuses, the index is whole again. */
    private void addFirst(TopicSelection topics, Object address, boolean checked) {
        int load = patterns.load();
        int heavy = patterns.heavyLoad();
        patterns.add(topics, topics, address);
        int moreLoad = patterns.load() - load;
        int moreHeavy = patterns.heavyLoad() - heavy;
        int ofAddress = moreHeavy == 0 || address == null ? 0 : heavyByAddress.getOrDefault(address, 0);
        Refused refused = null;
        if (checked && moreLoad > 0 && load + moreLoad > patternsMax) {
            refused = refused(Refused.Reason.OVERLOADED, moreLoad, "the patterns of all streams take " + load,
                patternsMax);
        } else if (checked && moreHeavy > 0 && heavy + moreHeavy > patternsMax / COSTLY_SHARE) {
            refused = refused(Refused.Reason.OVERLOADED, moreHeavy,
                "the costly patterns of all streams take " + heavy, patternsMax / COSTLY_SHARE);
        } else if (checked && address != null && ofAddress + moreHeavy > patternsMax / ADDRESS_SHARE) {
            refused = refused(Refused.Reason.TOO_MANY_STREAMS, moreHeavy,
                "the costly patterns of the caller's address take " + ofAddress, patternsMax / ADDRESS_SHARE);
        }
        if (refused != null) {
            patterns.remove(topics, topics);
            isTorn = false;
            throw refused;
        }
        if (moreHeavy > 0 && address != null) {
            heavyByAddress.put(address, ofAddress + moreHeavy);
        }
        sharers.put(topics, new Sharers(address, address == null ? 0 : moreHeavy));
    }

    private static Refused refused(Refused.Reason reason, int more, String taken, int max) {
        return Refused.because(reason, "the patterns of this stream count as " + more + " that would have to be tried "
            + "for topics of others, and " + taken + " of at most " + max + " (" + SettingsTable.PATTERNS_MAX.fullKey()
            + "); one that says more literally, between two slashes, and repeats less counts for less");
    }

    /** The steps that patterns took here until now: a test shows with it what a fresh topic costs. */
    long steps() {
        synchronized (sharers) {
            mend();
            return patterns.steps();
        }
    }

    /** Addresses and selections that are remembered: for tests. */
    int remembered() {
        synchronized (sharers) {
            mend();
            return heavyByAddress.size() + sharers.size() + patterns.load();
        }
    }

    /** They leave; only after {@link #add} took them. Where it throws, nothing is done. */
    public void remove(TopicSelection topics) {
        LastingLoop.each(() -> removePlain(topics), () -> removePatterns(topics));
    }

    private void removePlain(TopicSelection topics) {
        if (topics.isAny()) {
            any.decrementAndGet();
        } else {
            count(topics, false);
        }
    }

    /** Where it throws, nothing is done. */
    private void removePatterns(TopicSelection topics) {
        if (topics.isAny() || topics.patterns().isEmpty()) {
            return;
        }
        synchronized (sharers) {
            mend();
            Sharers known = sharers.get(topics);
            if (known == null || --known.streams > 0) {
                return;
            }
            isTorn = true;
            sharers.remove(topics);
            try {
                patterns.remove(topics, topics);
                if (known.heavy > 0) {
                    heavyByAddress.computeIfPresent(known.address,
                        (a, n) -> n == known.heavy ? null : n - known.heavy);
                }
                isTorn = false;
            } catch (RuntimeException | Error e) {
                return; // they are gone, and the index is made anew
            }
        }
    }

    /** How many streams ask for this topic. */
    public int listeners(String topic) {
        int[] streams = {any.get() + namers(topic)};
        synchronized (sharers) {
            mend();
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
            synchronized (sharers) {
                mend();
                long before = patterns.steps();
                isDone = patterns.isTried(topic, PART_STEPS);
                work.cost((int) (patterns.steps() - before));
            }
        }
        return topic;
    }

    /** How many streams ask for this topic; -1 while more patterns are to be tried, then the next call goes on. */
    public int listenersInParts(String topic) {
        synchronized (sharers) {
            mend();
            return patterns.isTried(topic, PART_STEPS) ? listeners(topic) : -1;
        }
    }

    /** How many streams ask for this topic by its name. */
    public int namers(String topic) {
        return names(topic).getOrDefault(topic, 0);
    }

    private Map<String, Integer> names(String topic) {
        return Topic.isForOperators(topic) ? ofOperators : exact;
    }

    /**
     * Operators' topics that begin so and that streams ask for by name, the first of them, at most so many. It looks at
     * no other names, of which strangers may have a million.
     */
    public List<String> named(String beginning, int most) {
        return ofOperators.tailMap(beginning).keySet().stream().takeWhile(topic -> topic.startsWith(beginning))
            .limit(most).toList();
    }

    /** Whether a stream asks for this topic. */
    public boolean isHeard(String topic) {
        if (any.get() > 0 || namers(topic) > 0) {
            return true;
        }
        synchronized (sharers) {
            mend();
            return patterns.hears(topic);
        }
    }
}
