package io.rivulet.hub.tail;

import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.topic.TopicSelection;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What is remembered of public transient events beyond the ring, or of private ones: the newest of each topic, where
 * each last lost one, and the publishers' ids of those in the ring. The committer writes, anyone reads; a short lock,
 * held for a map's work only.
 */
final class TransientHalf {

    private static final int TOPICS_MAX = 10_000;

    private final long bytesMax;
    private long bytes;
    private final Map<String, EventFrame> newest = new LinkedHashMap<>();
    private final Map<String, Position> lost = new LinkedHashMap<>();
    private final Map<String, EventFrame> byId = new LinkedHashMap<>();
    /** Where topics that had to be forgotten lost their last event at the latest. */
    private Position lostForgotten = Position.START;
    /** The latest of the newest events that had to be forgotten. */
    private Position forgotten = Position.START;
    /** The newest that was lost: they leave in order. */
    private Position lostNewest = Position.START;

    /** Keeps newest events of at most so many bytes, beside those in the ring. */
    TransientHalf(long bytesMax) {
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
        if (!frame.id().equals(frame.placeId())) {
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
            lost.remove(topic);
            lost.put(topic, frame.position());
            if (lost.size() > TOPICS_MAX) {
                lostForgotten = lost.remove(lost.keySet().iterator().next());
            }
        }
        byId.remove(frame.id(), frame);
    }

    /** Whether an event of these topics may have been lost after {@code place}. */
    boolean lostSince(Position place, TopicSelection topics) {
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
        return !toTry.isEmpty() && topics.matches(toTry); // outside of the lock: the committer waits for it
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
    boolean newestLost(Position place, Position upTo, TopicSelection topics) {
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
        return !toTry.isEmpty() && topics.matches(toTry); // outside of the lock, as above
    }

    private boolean isGone(String topic, Position place, Position upTo) {
        if (newest.containsKey(topic)) {
            return false;
        }
        Position last = lost.get(topic);
        return last == null ? lostForgotten.isAfter(place) : last.isAfter(place) && !last.isAfter(upTo);
    }

    /** The newest event of each matching topic, each event once, ascending. */
    List<EventFrame> newestOfEach(TopicSelection topics) {
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
            if (topics.matches(List.of(topic))) {
                found.add(frame);
            }
        });
        List<EventFrame> ascending = new ArrayList<>(found);
        ascending.sort(Comparator.comparing(EventFrame::position));
        return ascending;
    }

    /** The earliest event in the ring with this publisher's id, or null. */
    synchronized EventFrame byId(String id) {
        return byId.get(id);
    }
}
