package io.rivulet.log.segment;

import io.rivulet.heap.HeapBytes;
import io.rivulet.log.LogWork;
import io.rivulet.log.View;
import io.rivulet.log.disk.StoreHash;
import io.rivulet.log.index.PostingList;
import io.rivulet.log.index.SegmentIndex;
import io.rivulet.log.index.TopicFilter;
import io.rivulet.log.index.TopicPostings;
import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Which records of a segment a {@link View} is about, told by the segment's index alone: the public events of the
 * topics asked for, and of the private ones those that also have a granted topic. {@link LogReader}, {@link LogLookup}
 * and {@link LogNewest} ask, on the hub's reader threads.
 *
 * <p>The hard thing is to spend neither time nor memory. A replay asks again for every chunk, so an answer is kept for
 * the next read of the same view; the least recently used leaves first. A view may be far larger than its answer:
 * eight characters of a pattern hold kilobytes once they are compiled. So a view counts with all that it keeps alive,
 * once, for as long as an answer of it is kept.
 */
final class ReadPlans {

    /** Bytes of all plans and of their views together. */
    static final int KEPT_MAX = 8 << 20;
    /** A view with its plan may have so much of it: a larger one is worked out anew, rather than all others. */
    private static final int LARGE = 4;
    /** A key, its plan and three sets of topics, and their entry. */
    private static final int PLAN_WEIGHT = HeapBytes.ORDERED_ENTRY + HeapBytes.object(2, Long.BYTES)
        + HeapBytes.object(4, 0) + 3 * HeapBytes.object(3, Integer.BYTES);
    private static final int ALL = Integer.MAX_VALUE;

    private final StoreHash hash;
    private final Map<Key, Plan> plans = new LinkedHashMap<>(16, 0.75f, true);
    /** How many plans there are of each view. */
    private final Map<View, Integer> views = new HashMap<>();
    /** What was asked for since time passed last. */
    private final Set<Key> asked = new HashSet<>();
    private long kept;

    private record Key(long segment, Object index, View view) {
    }

    /**
     * The topics of a segment that matter to a view.
     *
     * @param publics of public events, asked for
     * @param asked   of private events, asked for
     * @param granted of private events, granted
     * @param postings all of them, where the segment grows no more and they are few; else null
     */
    private record Plan(TopicPostings.Keys publics, TopicPostings.Keys asked, TopicPostings.Keys granted,
                        long[] postings) {

        /**
         * Instead of a plan that is too large to be kept: of a sealed segment that has so many of the topics that all
         * of it is read. Else a replay would try the patterns on all names again for each chunk.
         */
        static final Plan DENSE = new Plan(TopicPostings.Keys.NONE, TopicPostings.Keys.NONE, TopicPostings.Keys.NONE,
            null);

        long weight() {
            return PLAN_WEIGHT + publics.weight() + asked.weight() + granted.weight()
                + (postings == null ? 0 : HeapBytes.array(postings.length, Long.BYTES));
        }
    }

    ReadPlans(StoreHash hash) {
        this.hash = hash;
    }

    /** Whether the view shows every event of the segment. */
    static boolean isWhole(Segment segment, View view) {
        return view.topics().isAny() && (view.privates().all() || segment.index().topics(true).count() == 0);
    }

    /**
     * The postings from record {@code fromRel} on, or more, ascending: the record decides. Null when they are so many,
     * or so little is known, that the segment has to be read.
     */
    long[] sparse(Segment segment, View view, int fromRel, LogWork work) throws IOException {
        SegmentIndex index = segment.index();
        Key key = new Key(segment.first(), index.version(), view);
        if (known(key) == Plan.DENSE) {
            return null;
        }
        Plan plan = plan(segment, index, view, work);
        if (plan == null || plan.postings != null) {
            return plan == null ? null : plan.postings;
        }
        TopicPostings publics = index.topics(false);
        TopicPostings privates = index.topics(true);
        // a private event has to be in both lists: the shorter one is read, and the record decides
        int asked = privates.count(plan.asked);
        int granted = privates.count(plan.granted);
        if (SegmentIndex.isDense(publics.count(plan.publics) + (long) Math.min(asked, granted), segment.count())) {
            if (!index.isHeap() && known(key) == null) {
                keep(key, Plan.DENSE);
            }
            return null; // also because walking many postings would keep the committer waiting
        }
        // postings of a growing segment are good for one read; those of a sealed one are kept, so all are taken
        int from = index.isHeap() ? fromRel : 0;
        long[] postings = PostingList.either(publics.postings(plan.publics, from, ALL, work),
            privates.postings(asked < granted ? plan.asked : plan.granted, from, ALL, work));
        if (!index.isHeap()) {
            keep(key, new Plan(plan.publics, plan.asked, plan.granted, postings));
        }
        return postings;
    }

    /** The last {@code n} postings or more, ascending, of records that the view shows; null when they are not known. */
    long[] newest(Segment segment, View view, int n, LogWork work) throws IOException {
        SegmentIndex index = segment.index();
        Plan plan = plan(segment, index, view, work);
        if (plan == null) {
            return null;
        }
        TopicPostings privates = index.topics(true);
        long[] postings = index.topics(false).postings(plan.publics, 0, n, work);
        // private events need a topic of each kind: where one kind is every topic, the other decides alone
        if (plan.granted == TopicPostings.Keys.EVERY) {
            return PostingList.either(postings, privates.postings(plan.asked, 0, n, work));
        }
        if (plan.asked == TopicPostings.Keys.EVERY) {
            return PostingList.either(postings, privates.postings(plan.granted, 0, n, work));
        }
        return PostingList.either(postings, privates.count(plan.granted) == 0 ? new long[0]
            : PostingList.both(privates.postings(plan.asked, 0, ALL, work),
                privates.postings(plan.granted, 0, ALL, work)));
    }

    /** Shows the newest posting of each topic, a topic perhaps twice; false, and none shown, when it is not known. */
    boolean newestOfEach(Segment segment, View view, TopicPostings.Visitor visitor, LogWork work) throws IOException {
        SegmentIndex index = segment.index();
        Plan plan = plan(segment, index, view, work);
        if (plan == null) {
            return false;
        }
        index.topics(false).newest(plan.publics, null, visitor, work);
        TopicPostings privates = index.topics(true);
        if (plan.granted == TopicPostings.Keys.EVERY) {
            privates.newest(plan.asked, null, visitor, work);
        } else if (privates.count(plan.granted) > 0) {
            privates.newest(plan.asked, privates.postings(plan.granted, 0, ALL, work), visitor, work);
        }
        return true;
    }

    /** Null when a pattern needs names that the index does not have. */
    private Plan plan(Segment segment, SegmentIndex index, View view, LogWork work) throws IOException {
        Key key = new Key(segment.first(), index.version(), view);
        Plan before = known(key);
        Plan known = before == Plan.DENSE ? null : before;
        if (known != null && !index.isHeap()) {
            return known;
        }
        // of a growing segment only the topics that came since the known plan are tried
        TopicFilter topics = TopicFilter.of(view.topics(), hash);
        TopicFilter grants = TopicFilter.of(view.privates(), hash);
        TopicPostings privates = index.topics(true);
        boolean publicOnly = grants.isNone() || privates.count() == 0;
        TopicPostings.Keys publics = index.topics(false).find(topics, known == null ? null : known.publics, work);
        TopicPostings.Keys granted = publicOnly ? TopicPostings.Keys.NONE
            : privates.find(grants, known == null ? null : known.granted, work);
        TopicPostings.Keys asked = publicOnly ? TopicPostings.Keys.NONE
            : privates.find(topics, known == null ? null : known.asked, work);
        if (publics == null || asked == null || granted == null) {
            return null;
        }
        Plan plan = new Plan(publics, asked, granted, null);
        keep(key, plan);
        return plan;
    }

    private Plan known(Key key) {
        synchronized (plans) {
            Plan known = plans.get(key);
            if (known != null) {
                asked.add(key);
            }
            return known;
        }
    }

    /** See {@link io.rivulet.log.LocalLog#age}. */
    void age() {
        synchronized (plans) {
            Iterator<Map.Entry<Key, Plan>> all = plans.entrySet().iterator();
            while (all.hasNext()) {
                Map.Entry<Key, Plan> one = all.next();
                if (!asked.contains(one.getKey())) {
                    remove(all, one);
                }
            }
            asked.clear();
        }
    }

    private void remove(Iterator<?> at, Map.Entry<Key, Plan> gone) {
        View view = gone.getKey().view();
        asked.remove(gone.getKey());
        kept -= gone.getValue().weight();
        if (views.computeIfPresent(view, (v, n) -> n == 1 ? null : n - 1) == null) {
            kept -= view.weight();
        }
        at.remove(); // last: the entry is read before
    }

    /** Keeps a plan in place of an earlier one; of two threads that made one the later counts. */
    private void keep(Key key, Plan plan) {
        long viewWeight = key.view().weight(); // outside of the lock: it looks at each text
        if (viewWeight + plan.weight() > KEPT_MAX / LARGE) {
            return;
        }
        synchronized (plans) {
            Plan before = plans.put(key, plan);
            asked.add(key);
            kept += plan.weight() - (before == null ? 0 : before.weight());
            if (before == null && views.merge(key.view(), 1, Integer::sum) == 1) {
                kept += viewWeight;
            }
            Iterator<Map.Entry<Key, Plan>> oldest = plans.entrySet().iterator();
            while (kept > KEPT_MAX && oldest.hasNext()) {
                remove(oldest, oldest.next());
            }
        }
    }

    /** Bytes that are kept: for tests. */
    long kept() {
        synchronized (plans) {
            return kept;
        }
    }
}
