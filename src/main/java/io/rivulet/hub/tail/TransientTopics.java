package io.rivulet.hub.tail;

import io.rivulet.auth.GrantedTopics;
import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.heap.HeapBytes;
import io.rivulet.log.LogWork;
import io.rivulet.log.View;
import io.rivulet.topic.TopicList;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Remembers of transient topics more than the tail ring holds: the newest event of each topic, where each topic last
 * lost an event, and the publishers' ids of events in the ring. The committer writes; resuming streams and feeds read,
 * on any thread.
 *
 * <p>Public and private events are remembered apart. With one memory for both, a private event could push a public one
 * out, and a reader could tell from the loss that the private one was published.
 */
public final class TransientTopics {

    private static final int TOPICS_MAX = 10_000;
    /** Bytes of the topics that lost an event, of public ones and again of private ones: some have 4,096 characters. */
    private static final long LOST_BYTES_MAX = 4 << 20;
    /** The position that is noted for a lost topic, and its entry. */
    private static final int LOST_ENTRY = HeapBytes.ORDERED_ENTRY + HeapBytes.object(0, 2 * Long.BYTES);

    private final TopicList transients;
    private final Half publics;
    private final Half privates;
    private volatile SharedLife shared;

    /**
     * Nothing is remembered yet.
     *
     * @param transients the topics that are transient
     * @param bytesMax   of the newest events that are kept beside the ring, of public ones and again of private ones
     */
    public TransientTopics(TopicList transients, long bytesMax) {
        this.transients = transients;
        publics = new Half(bytesMax);
        privates = new Half(bytesMax);
    }

    /** Whether transient events may be among those of this selection. */
    public boolean mayBeAmong(TopicSelection topics) {
        return transients.mayBeAmong(topics);
    }

    /** What ids of transient events of all nodes mean here; null where there is one node. */
    public SharedLife shared() {
        return shared;
    }

    /** From now on they mean this; the committer, and whoever makes it. */
    public void share(SharedLife now) {
        shared = now;
    }

    /** The names of the topics whose newest event is remembered, private ones as well; in no order. */
    public Set<String> names() {
        Set<String> names = publics.names();
        names.addAll(privates.names());
        return names;
    }

    private Half half(EventFrame frame) {
        return frame.isPrivate() ? privates : publics;
    }

    /** A transient event was committed. */
    public void added(EventFrame frame) {
        half(frame).added(frame);
    }

    /** An event left the ring. */
    public void evicted(EventFrame frame) {
        if (frame.isTransient()) {
            half(frame).evicted(frame);
        }
    }

    /** Whether any event was lost after {@code place}, asked for or not; private ones count where there is a grant. */
    public boolean anyLostSince(Position place, View view) {
        return publics.anyLostSince(place) || !view.privates().isNone() && privates.anyLostSince(place);
    }

    /** Whether an event that the view would have shown may have been lost after {@code place}. */
    public boolean lostSince(Position place, View view, LogWork work) {
        return publics.lostSince(place, view.topics(), work)
            || !view.privates().isNone() && privates.lostSince(place, view.topics(), work);
    }

    /**
     * Whether the newest event of a topic, of those that the view would have shown, may have been lost in
     * {@code (place, upTo]}: it is neither in the ring nor remembered, and no newer one replaced it.
     */
    public boolean newestLost(Position place, Position upTo, View view, LogWork work) {
        return publics.newestLost(place, upTo, view.topics(), work)
            || !view.privates().isNone() && privates.newestLost(place, upTo, view.topics(), work);
    }

    /**
     * The newest public and the newest private event of each topic asked for, where the view shows them; each event
     * once, ascending. The older of the two is superfluous, and left out.
     */
    public List<EventFrame> newestOfEach(View view, LogWork work) {
        List<EventFrame> all = new ArrayList<>(publics.newestOfEach(view.topics(), work));
        if (!view.privates().isNone()) {
            for (EventFrame frame : privates.newestOfEach(view.topics(), work)) {
                work.pause();
                if (view.shows(frame.topics(), true, work)) {
                    all.add(frame);
                }
            }
        }
        all.sort(Comparator.comparing(EventFrame::position).reversed());
        Set<String> seen = new HashSet<>();
        Set<EventFrame> kept = Collections.newSetFromMap(new IdentityHashMap<>());
        for (EventFrame frame : all) {
            for (String topic : frame.topics()) {
                if (!seen.contains(topic) && matches(view.topics(), topic, work)) {
                    seen.add(topic);
                    kept.add(frame);
                }
            }
        }
        all.removeIf(frame -> !kept.contains(frame));
        Collections.reverse(all);
        return all;
    }

    /**
     * Whether a topic is asked for. Others go first between two patterns, and not only between two topics: a hundred
     * patterns may take a tenth of a second.
     */
    private static boolean matches(TopicSelection topics, String topic, LogWork work) {
        work.cost(LogWork.LOOK);
        if (topics.isAny() || topics.exact().contains(topic)) {
            return true;
        }
        for (TopicMatcher pattern : topics.patterns()) {
            work.pause();
            if (pattern.matchesOnce(topic, work.steps())) {
                return true;
            }
        }
        return false;
    }

    /** The place of the earliest event in the ring with this publisher's id that is public or granted, or null. */
    public Position byId(String id, GrantedTopics granted, LogWork work) {
        EventFrame one = publics.byId(id);
        EventFrame other = privates.byId(id);
        if (other == null || !View.covers(granted, other.topics(), work)) {
            return one == null ? null : one.position();
        }
        return one == null || one.position().isAfter(other.position()) ? other.position() : one.position();
    }

    /**
     * The memory of public events, or of private ones. Its lock is held for the work of a map only, since the
     * committer waits for it. So patterns are tried outside of it, on a copy.
     */
    private static final class Half {

        private final long bytesMax;
        private long bytes;
        private final Map<String, EventFrame> newest = new LinkedHashMap<>();
        private final Map<String, Position> lost = new LinkedHashMap<>();
        private long lostBytes;
        private final Map<String, EventFrame> byId = new LinkedHashMap<>();
        /** Where topics that had to be forgotten lost their last event at the latest. */
        private Position lostForgotten = Position.START;
        /** The latest of the newest events that had to be forgotten. */
        private Position forgotten = Position.START;
        /** The newest that was lost: they leave in order. */
        private Position lostNewest = Position.START;

        /** Keeps newest events of at most so many bytes, beside those in the ring. */
        Half(long bytesMax) {
            this.bytesMax = bytesMax;
        }

        /** A transient event was committed. */
        synchronized void added(EventFrame frame) {
            for (String topic : frame.topics()) {
                forget(topic);
                newest.put(topic, frame);
                bytes += frame.weight();
                while (newest.size() > TOPICS_MAX || bytes > bytesMax && newest.size() > 1) {
                    Position oldest = forget(newest.keySet().iterator().next()).position();
                    forgotten = oldest.isAfter(forgotten) ? oldest : forgotten;
                }
            }
            if (!frame.id().equals(frame.placeId()) && !frame.repeatsId()) {
                byId.putIfAbsent(frame.id(), frame);
            }
        }

        private EventFrame forget(String topic) {
            EventFrame old = newest.remove(topic);
            bytes -= old == null ? 0 : old.weight();
            return old;
        }

        /** An event left the ring. */
        synchronized void evicted(EventFrame frame) {
            lostNewest = frame.position();
            for (String topic : frame.topics()) {
                lostBytes += LOST_ENTRY + HeapBytes.string(topic);
                if (lost.remove(topic) != null) {
                    lostBytes -= LOST_ENTRY + HeapBytes.string(topic);
                }
                lost.put(topic, frame.position());
                while (lost.size() > TOPICS_MAX || lostBytes > LOST_BYTES_MAX) {
                    String oldest = lost.keySet().iterator().next();
                    lostBytes -= LOST_ENTRY + HeapBytes.string(oldest);
                    lostForgotten = lost.remove(oldest);
                }
            }
            byId.remove(frame.id(), frame);
        }

        synchronized boolean anyLostSince(Position place) {
            return lostNewest.isAfter(place);
        }

        /** Whether an event of these topics may have been lost after {@code place}. */
        boolean lostSince(Position place, TopicSelection topics, LogWork work) {
            List<String> toTry = List.of();
            synchronized (this) {
                if (isListedAsLost(place, topics)) {
                    return true;
                }
                if (!topics.patterns().isEmpty()) {
                    toTry = lost.entrySet().stream().filter(e -> e.getValue().isAfter(place)).map(Map.Entry::getKey)
                        .toList();
                }
            }
            return matchesOne(topics, toTry, work); // outside of the lock: the committer waits for it
        }

        private boolean isListedAsLost(Position place, TopicSelection topics) {
            if (lostForgotten.isAfter(place)) {
                return true;
            }
            if (topics.isAny()) {
                return lostNewest.isAfter(place);
            }
            for (String topic : topics.exact()) {
                Position p = lost.get(topic);
                if (p != null && p.isAfter(place)) {
                    return true;
                }
            }
            return false;
        }

        /** Whether the newest event of one of these topics may have been lost in {@code (place, upTo]}. */
        boolean newestLost(Position place, Position upTo, TopicSelection topics, LogWork work) {
            List<String> toTry;
            synchronized (this) {
                if (!forgotten.isAfter(place)) {
                    return false; // of each topic that had one since, the newest is in the ring or remembered
                }
                if (!topics.isAny() && topics.patterns().isEmpty()) {
                    return topics.exact().stream().anyMatch(topic -> isGone(topic, place, upTo));
                }
                if (lostForgotten.isAfter(place)) {
                    return true;
                }
                toTry = lost.keySet().stream().filter(topic -> isGone(topic, place, upTo)).toList();
            }
            return matchesOne(topics, toTry, work); // outside of the lock, as above
        }

        private static boolean matchesOne(TopicSelection topics, List<String> toTry, LogWork work) {
            for (String topic : toTry) {
                if (matches(topics, topic, work)) {
                    return true;
                }
            }
            return false;
        }

        private boolean isGone(String topic, Position place, Position upTo) {
            if (newest.containsKey(topic)) {
                return false;
            }
            Position last = lost.get(topic);
            return last == null ? lostForgotten.isAfter(place) : last.isAfter(place) && !last.isAfter(upTo);
        }

        /** The newest event of each matching topic, each event once, ascending. */
        List<EventFrame> newestOfEach(TopicSelection topics, LogWork work) {
            Set<EventFrame> found = Collections.newSetFromMap(new IdentityHashMap<>());
            Map<String, EventFrame> toTry = Map.of();
            synchronized (this) {
                if (topics.isAny()) {
                    found.addAll(newest.values());
                } else {
                    topics.exact().stream().map(newest::get).filter(f -> f != null).forEach(found::add);
                    toTry = topics.patterns().isEmpty() ? toTry : new HashMap<>(newest);
                }
            }
            toTry.forEach((topic, frame) -> { // outside of the lock, as above
                if (matches(topics, topic, work)) {
                    found.add(frame);
                }
            });
            List<EventFrame> ascending = new ArrayList<>(found);
            ascending.sort(Comparator.comparing(EventFrame::position));
            return ascending;
        }

        synchronized Set<String> names() {
            return new HashSet<>(newest.keySet());
        }

        /** The earliest event in the ring with this publisher's id, or null. */
        synchronized EventFrame byId(String id) {
            return byId.get(id);
        }
    }
}
