package io.rivulet.hub.stream.feed;

import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.hub.resume.StartPoint;
import io.rivulet.metrics.Metrics.Count;
import java.util.List;

/**
 * Events in memory that wait to be written to one stream that is behind: a chunk of the log, the newest event of each
 * topic with which a stream begins, or a pass of a stream that conflates. A feed holds it. Shard thread.
 *
 * <p>Only a chunk can be read again, so only a chunk may be dropped when the socket is full; the other two are paid for
 * from a budget.
 */
public final class WaitingEvents {

    private final List<EventFrame> frames;
    private final Position end;
    private long readBytes;
    private WriteBudget.Share share;
    private final Count path;
    private final boolean first;
    private int at;

    private WaitingEvents(List<EventFrame> frames, Position end, long readBytes, WriteBudget.Share share, Count path,
                          boolean first) {
        this.frames = frames;
        this.end = end;
        this.readBytes = readBytes;
        this.share = share;
        this.path = path;
        this.first = first;
    }

    /** A chunk of the log, which can be read again. */
    static WaitingEvents read(HistoryRead.Result result) {
        return new WaitingEvents(result.frames(), result.end(), result.bytes(), null, Count.DELIVERED_LOG, false);
    }

    /**
     * The events that a stream begins with. They lie before its position, so they cannot be read again. Null when
     * there is no room for them now.
     */
    public static WaitingEvents first(StartPoint start, WriteBudget budget) {
        List<EventFrame> frames = start.first();
        int bytes = frames.stream().mapToInt(EventFrame::weight).sum();
        return budget.hasRoomFor(frames, bytes)
            ? new WaitingEvents(frames, start.afterFirst(), 0, budget.hold(frames, bytes), Count.DELIVERED_LOG, true)
            : null;
    }

    /** A pass: the newest of each topic up to {@code end}. */
    static WaitingEvents pass(List<EventFrame> frames, Position end) {
        return new WaitingEvents(frames, end, 0, null, Count.DELIVERED_PASS, false);
    }

    /** Puts the next of them into the delivery of this turn, at most so many. */
    Outcome write(Turn turn, StreamView view, Cursor cursor, Examination examination, int eventsMax) {
        ReplayWrite write = turn.write().begin(view, cursor, examination, cursor.writeBytes(), share != null);
        while (at < frames.size() && write.events() < eventsMax && write.take(frames.get(at))) {
            at++;
        }
        if (isWritten()) {
            cursor.examined(end);
        }
        return write.end(turn.delivery(), path);
    }

    /** Whether all of them were written. */
    boolean isWritten() {
        return at == frames.size();
    }

    /** Whether they can be read again, from where the cursor is. */
    boolean isReadable() {
        return readBytes > 0;
    }

    /** Whether they have a share of the write budget. */
    boolean isReckoned() {
        return share != null;
    }

    /** Whether they are a pass. */
    boolean isPass() {
        return path == Count.DELIVERED_PASS;
    }

    /** Whether a stream begins with them: they are older than the place up to which it has been told all. */
    boolean isFirst() {
        return first;
    }

    /** Gives their memory back: all of it once, also when it is called again because it failed half-way. */
    void release(Turn turn) {
        turn.readBudget().release(readBytes);
        readBytes = 0;
        turn.budget().release(share);
        share = null;
    }

    /** Everything up to here is examined once they are written. */
    Position end() {
        return end;
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
