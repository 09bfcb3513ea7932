package io.rivulet.hub.stream;

import io.rivulet.event.EventFrame;
import io.rivulet.hub.resume.Caller;
import io.rivulet.topic.TopicIndex;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * The streams of one shard, in a list and in the index of their topics. The shard's thread alone uses it; only the
 * count is for any thread.
 *
 * <p>Each stream knows its slot in the list, so that one of many thousands is removed without a search.
 *
 * <p>Events of the active subscriptions have topics that strangers choose, each kilobytes long and never seen before,
 * and few streams may see any of them. So those few stand in an index of their own, and a stranger's patterns are not
 * tried on what another stranger subscribed to. What such a topic matched is not remembered: that would take megabytes.
 *
 * <p>An error may come in the middle of a change to an index, and nobody knows what it has then. A pattern that is only
 * half filed would be found by no event, for as long as anybody asks for it. So such an index is made anew of the list,
 * before it is asked again.
 */
final class ShardStreams {

    private TopicIndex<Subscriber> index = new TopicIndex<>();
    private TopicIndex<Subscriber> watchers = TopicIndex.ofFreshTopics();
    /** Whether a change to one of the two has begun and not come to its end. */
    private boolean isTorn;
    private final List<Subscriber> streams = new ArrayList<>();
    private final AtomicInteger assigned = new AtomicInteger();
    private final Map<Subscriber, KnownEnds> ends = new IdentityHashMap<>();

    /** Streams it has or is about to have: counted when they are given to it, so that a burst spreads evenly. */
    AtomicInteger assigned() {
        return assigned;
    }

    /** All that have begun. When one is removed, the last one moves into its slot. */
    List<Subscriber> list() {
        return streams;
    }

    /** Events of a new round come. */
    void newRound() {
        index.newRound();
        watchers.newRound();
    }

    /** The streams that asked for this event, each at least once; and those of which it takes too long to say. */
    void forEach(EventFrame frame, Consumer<Subscriber> sink, Consumer<Subscriber> untried) {
        if (isTorn) {
            mend();
        }
        (frame.isPresence() ? watchers : index).forEach(frame.topics(), sink, untried);
    }

    /** The streams that asked for this topic by its name. */
    void forEachNamer(String topic, Consumer<Subscriber> sink) {
        if (isTorn) {
            mend();
        }
        index.forEachNamer(topic, sink);
    }

    /** The steps that patterns took for events until now: a test shows with it what an event costs. */
    long steps() {
        return index.steps() + watchers.steps();
    }

    void add(Subscriber s) {
        s.slot(streams.size());
        streams.add(s);
    }

    /** From now on events of its topics are offered to it. */
    void index(Subscriber s) {
        boolean wasTorn = isTorn;
        isTorn = true;
        put(index, s);
        s.indexed(true);
        isTorn = wasTorn;
    }

    private static void put(TopicIndex<Subscriber> into, Subscriber s) {
        into.add(s.request().topics(), s, Caller.address(s.request().peer()));
    }

    /** Events of the active subscriptions are offered to it, or no more: its rights may be others now. */
    void watches(Subscriber s, boolean now) {
        if (now == s.isWatcher()) {
            return;
        }
        boolean wasTorn = isTorn;
        isTorn = true;
        if (now) {
            put(watchers, s);
            s.watcher(true);
        } else {
            s.watcher(false); // first: whatever fails behind it, the next index is without it
            watchers.remove(s.request().topics(), s);
        }
        isTorn = wasTorn;
    }

    /** Makes the indexes anew of the list. */
    private void mend() {
        TopicIndex<Subscriber> all = new TopicIndex<>();
        TopicIndex<Subscriber> watching = TopicIndex.ofFreshTopics();
        for (int i = 0; i < streams.size(); i++) {
            Subscriber s = streams.get(i);
            if (s.isIndexed()) {
                put(all, s);
            }
            if (s.isWatcher()) {
                put(watching, s);
            }
        }
        index = all;
        watchers = watching;
        isTorn = false;
    }

    /** What is known of the ends of its topics; kept from here on. */
    KnownEnds ends(Subscriber s) {
        KnownEnds known = ends.computeIfAbsent(s, one -> new KnownEnds());
        s.hasEnds(true);
        return known;
    }

    /** Nothing is known of the ends of its topics. */
    void forgetEnds(Subscriber s) {
        if (s.hasEnds()) {
            ends.remove(s);
            s.hasEnds(false);
        }
    }

    /** No event is offered to it any more. */
    void unindex(Subscriber s) {
        watches(s, false);
        if (s.isIndexed()) {
            boolean wasTorn = isTorn;
            isTorn = true;
            s.indexed(false); // as above
            index.remove(s.request().topics(), s);
            isTorn = wasTorn;
        }
    }

    /** Takes it out of the list. What may fail comes first, so that a call that failed may be made again. */
    void unlist(Subscriber s) {
        forgetEnds(s);
        int slot = s.slot();
        if (slot >= 0) {
            Subscriber last = streams.get(streams.size() - 1);
            if (last != s) {
                last.slot(slot);
            }
            s.slot(-1);
            streams.set(slot, last);
            streams.remove(streams.size() - 1);
        }
    }
}
