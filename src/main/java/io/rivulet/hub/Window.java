package io.rivulet.hub;

import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.topic.TopicSelection;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a stream that conflates gets next: the newest event of each of its topics in a stretch of the order that begins
 * after {@code base}. The stretch grows with what its shard dispatches until the stream takes it as a pass, or until it
 * is full. The events themselves are held, for the ring forgets them and a transient one is nowhere else. Shard thread.
 *
 * <p>Invariant: of all events for the stream placed after {@code base} that were examined, and of each topic it asked
 * for, the newest is here. What is here is examined up to {@code upTo}, or up to what its shard has dispatched while it
 * {@code follows}.
 */
final class Window {

    /** Memory of a topic beside its event, about: a node of a map. */
    private static final int TOPIC_BYTES = 64;

    Position base = Position.START;
    /** The sealed id of {@code base}, where it is the floor that the ring had; else null. */
    String baseId;
    Position upTo = Position.START;
    /** Each new event is offered to it. */
    boolean follows;
    /** The next event did not fit: the stretch ends before it. */
    boolean full;
    /** Something promised was lost up to {@code base}, and the stream has not been told. */
    boolean lost;
    /** The stream's chunk is a pass, which cannot be read again. */
    boolean passes;
    /** Bytes of that pass. */
    long passBytes;
    /** Bytes of what is here. */
    long bytes;
    /** What of both counts in the shard's budget. */
    long charged;
    private Map<String, EventFrame> newest = new HashMap<>();

    /** Forgets what is here and begins anew after this place. */
    void begin(Position from, String idOrNull) {
        base = from;
        baseId = idOrNull;
        upTo = from;
        follows = false;
        full = false;
        clear();
    }

    /** Whether the ring has to be looked through before it can follow. */
    boolean isScanning() {
        return !follows && !full;
    }

    boolean isEmpty() {
        return newest.isEmpty();
    }

    int topics() {
        return newest.size();
    }

    /** What it would take more with this event, at most. */
    long costOf(EventFrame frame) {
        return (long) frame.topics().size() * (frame.weight() + TOPIC_BYTES);
    }

    /** Whether it would hold more topics than so many. */
    boolean exceeds(int topicsMax, EventFrame frame) {
        return newest.size() + frame.topics().size() > topicsMax && !newest.keySet().containsAll(frame.topics());
    }

    /** Takes an event that is later than all that are here; how many older ones it stands for now. */
    int take(EventFrame frame, TopicSelection asked) {
        List<String> topics = frame.topics();
        int replaced = 0;
        for (int i = 0; i < topics.size(); i++) {
            if (topics.size() == 1 || asked.matches(topics.get(i))) {
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
        passBytes = bytes;
        passes = true;
        base = end;
        baseId = null;
        upTo = end;
        full = false;
        clear();
        return ascending;
    }

    /** Lets go of what is here. */
    void clear() {
        bytes = 0;
        if (!newest.isEmpty()) {
            newest = new HashMap<>(); // clear() would keep the table of the largest window there was
        }
    }
}
