package io.rivulet.hub.stream.feed;

import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * The newest event of each topic in a stretch of the total order that begins after {@code base}. The {@link
 * ConflatingFeed} of one stream fills it and freezes it into passes. It holds the events themselves, for the ring
 * forgets them and a transient event is nowhere else. Shard thread.
 *
 * <p>Invariant: of the stream's events after {@code base} that were examined, the newest of each topic that it asked
 * for is here. Examined is everything up to {@code upTo}, or up to the newest dispatched event while the window {@code
 * follows}.
 */
final class ConflationWindow {

    /** Memory of a topic beside its event, about: a node of a map. */
    private static final int TOPIC_BYTES = 64;

    private Position base = Position.START;
    private Position upTo = Position.START;
    private boolean follows;
    private boolean full;
    private long bytes;
    private Map<String, EventFrame> newest = new HashMap<>();

    /** Forgets what is here and begins anew after this place. */
    void begin(Position from) {
        base = from;
        upTo = from;
        follows = false;
        full = false;
        clear();
    }

    /** The stretch begins after this place. */
    Position base() {
        return base;
    }

    /** Up to where the ring was looked through; only while it does not follow. */
    Position upTo() {
        return upTo;
    }

    /** The memory of its events. */
    long bytes() {
        return bytes;
    }

    /** Each new event is offered to it. */
    boolean follows() {
        return follows;
    }

    /** Whether the ring has to be looked through before it can follow. */
    boolean isScanning() {
        return !follows && !full;
    }

    /** From now on each new event is offered to it. */
    void follow() {
        follows = true;
    }

    /** The ring was looked through up to this place. */
    void examined(Position place) {
        upTo = place;
    }

    /** The stretch ends where it was examined up to: what comes next does not fit. */
    void end() {
        full = true;
    }

    /**
     * The event behind this place was offered and cannot be taken now. A stretch that holds something ends here. One
     * that holds nothing is no pass: the ring is looked through from here on.
     */
    void endAt(Position place) {
        follows = false;
        full = !isEmpty();
        upTo = place;
    }

    boolean isEmpty() {
        return newest.isEmpty();
    }

    int topics() {
        return newest.size();
    }

    /** The memory that this event would add, at most. */
    static long costOf(EventFrame frame) {
        return (long) frame.topics().size() * (frame.weight() + TOPIC_BYTES);
    }

    /** Whether it would hold more topics than so many. */
    boolean exceeds(int topicsMax, EventFrame frame) {
        return newest.size() + frame.topics().size() > topicsMax && !newest.keySet().containsAll(frame.topics());
    }

    /**
     * Takes an event that is later than all that are here.
     *
     * @param isAsked whether the stream asked for the event's topic of this number
     * @return how many older events it stands for now
     */
    int take(EventFrame frame, IntPredicate isAsked) {
        List<String> topics = frame.topics();
        int replaced = 0;
        for (int i = 0; i < topics.size(); i++) {
            if (isAsked.test(i)) {
                EventFrame older = newest.put(topics.get(i), frame);
                if (older != frame) {
                    bytes += frame.weight() + (older == null ? TOPIC_BYTES : -older.weight());
                    replaced += older == null ? 0 : 1;
                }
            }
        }
        return replaced;
    }

    /** Gives what is here away as a pass, each event once, ascending; the next stretch begins after {@code end}. */
    List<EventFrame> freeze(Position end) {
        List<EventFrame> ascending = new ArrayList<>(newest.values());
        ascending.sort(Comparator.comparing(EventFrame::position));
        int n = 0;
        for (EventFrame frame : ascending) {
            if (n == 0 || ascending.get(n - 1) != frame) {
                ascending.set(n++, frame);
            }
        }
        ascending.subList(n, ascending.size()).clear();
        base = end;
        upTo = end;
        full = false;
        clear();
        return ascending;
    }

    /** Drops all events. */
    void clear() {
        bytes = 0;
        if (!newest.isEmpty()) {
            newest = new HashMap<>(); // clear() would keep the table of the largest window there was
        }
    }
}
