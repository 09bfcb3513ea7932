package io.rivulet.hub.stream.feed;

import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.metrics.Metrics.Count;
import java.util.List;

/**
 * Events in memory that wait to be written to one stream that is behind: a chunk of the log, the newest event of each
 * of some topics with which a stream begins, or a pass of a stream that conflates. A feed holds it. Shard thread.
 *
 * <p>Only a chunk is dropped when the socket is full, for it is cheap to read again; the other two are paid for from a
 * budget.
 */
final class WaitingEvents {

    private final List<EventFrame> frames;
    private final Position end;
    /** Of a chunk, what it has taken of the budget for reads; else null. */
    private ReadBudget.Taken taken;
    private final Count path;
    private int at;

    private WaitingEvents(List<EventFrame> frames, Position end, ReadBudget.Taken taken, Count path) {
        this.frames = frames;
        this.end = end;
        this.taken = taken;
        this.path = path;
    }

    /** A chunk of the log, which can be read again. */
    static WaitingEvents read(HistoryRead.Result result, ReadBudget.Taken taken) {
        return new WaitingEvents(result.frames(), result.end(), taken, Count.DELIVERED_LOG);
    }

    /** The newest of each of some topics, with which a stream begins: all there are up to {@code end}. */
    static WaitingEvents fill(List<EventFrame> frames, Position end) {
        return new WaitingEvents(frames, end, null, Count.DELIVERED_LOG);
    }

    /** A pass: the newest of each topic up to {@code end}. */
    static WaitingEvents pass(List<EventFrame> frames, Position end) {
        return new WaitingEvents(frames, end, null, Count.DELIVERED_PASS);
    }

    /** Puts the next of them into the delivery of this turn, at most so many. */
    Outcome write(Turn turn, StreamView view, Cursor cursor, Examination examination, int eventsMax) {
        ReplayWrite write = turn.write().begin(view, cursor, examination, cursor.writeBytes());
        while (at < frames.size() && write.events() < eventsMax && write.take(frames.get(at))) {
            at++;
        }
        if (isWritten()) {
            cursor.examined(end);
        }
        return write.end(turn.delivery(), path);
    }

    /** All there are up to here are among them. */
    Position end() {
        return end;
    }

    /** Whether all of them were written. */
    boolean isWritten() {
        return at == frames.size();
    }

    /** Whether some of them were written or passed over. */
    boolean isBegun() {
        return at > 0;
    }

    /** Whether they can be read again, from where the cursor is. */
    boolean isReadable() {
        return taken != null && !frames.isEmpty();
    }

    /** Gives their memory back: all of it once, also when it is called again because it failed half-way. */
    void release() {
        if (taken != null) {
            taken.release();
            taken = null;
        }
    }

    /** Those that are not written yet. */
    List<EventFrame> left() {
        return frames.subList(at, frames.size());
    }

    /** The length of these. */
    long bytesLeft() {
        long bytes = 0;
        for (EventFrame frame : left()) {
            bytes += frame.length();
        }
        return bytes;
    }
}
