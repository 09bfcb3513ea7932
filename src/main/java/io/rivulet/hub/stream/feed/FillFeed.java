package io.rivulet.hub.stream.feed;

import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.hub.resume.StartPoint;
import io.rivulet.hub.tail.TailRing;
import io.rivulet.log.View;
import java.util.List;

/**
 * Feeds a stream that begins with the newest event of each topic ({@code since=last}), up to the place that was the
 * newest when it opened. Its shard then feeds it as any other stream from there. Shard thread.
 *
 * <p>There may be more topics than memory has room for. So they come in passes: a read of the log and of the memory of
 * transient topics ({@link NewestRead}), sent at the pace of the socket, then the next one behind it. What was read has
 * its place in the {@link ConflationBudget}; what has no room there is read again. Events that are out of date by what
 * came later are left out, for the newer ones come behind the fill.
 */
public final class FillFeed extends LaggingFeed {

    /** The place up to which it fills, and its id. */
    private final TailRing.Mark until;
    /** The stream has been told at its start that transient events are lost. */
    private final boolean lossTold;
    private final Examination examination = new Examination(false);
    private long charged;

    /** A feed from the cursor up to the end of the start's fill. */
    public FillFeed(StreamView view, Cursor cursor, StartPoint start) {
        super(view, cursor, 0);
        this.until = start.fill().until();
        this.lossTold = start.transientLost();
    }

    /** What was read with the look-up of the stream's place takes its room now, whether the socket is ready or not. */
    public void begin(Turn turn, StartPoint.Fill fill) {
        if (fill.first() != null) {
            hasRead(fill.first());
            keep(turn, fill.first(), fill.end());
        }
    }

    @Override
    Outcome more(Turn turn) {
        if (waiting != null) {
            return fromMemory(turn);
        }
        return cursor.isBefore(until.place()) ? ask(turn) : Outcome.FILLED;
    }

    private Outcome fromMemory(Turn turn) {
        Outcome outcome = waiting.write(turn, view, cursor, examination, Integer.MAX_VALUE);
        if (waiting.isWritten()) {
            drop(turn); // also where nothing of it was for the stream
        }
        if (outcome == Outcome.WRITE) {
            cursor.wrote();
        }
        return outcome;
    }

    private Outcome ask(Turn turn) {
        Position seen = cursor.seen();
        View asked = view.ofLog();
        return asks(turn, work -> turn.newest().read(asked, seen, until.place(), seen, false, work));
    }

    /** Keeps events that were read, as far as there is room; the rest is read again. */
    private void keep(Turn turn, List<EventFrame> frames, Position end) {
        long held = 0;
        int n = 0;
        while (n < frames.size() && (n == 0 || turn.conflation().hasRoomFor(held, frames.get(n).weight()))) {
            held += frames.get(n++).weight();
            charged = turn.conflation().charge(held, charged);
        }
        waiting = n == frames.size() ? WaitingEvents.fill(frames, end)
            : WaitingEvents.fill(List.copyOf(frames.subList(0, n)), frames.get(n - 1).position());
    }

    @Override
    void found(Turn turn, HistoryRead.Result result, ReadBudget.Taken taken) {
        taken.release();
        lostBefore(lossTold ? null : result.lossId());
        keep(turn, result.frames(), result.end());
    }

    @Override
    public void socketFull(Turn turn) {
        // to find it again would cost more than its memory, which is paid for
    }

    /** What was not sent yet is found anew, with the private events that are granted now. */
    @Override
    public void examineAgain(Turn turn) {
        drop(turn);
        readAgain();
    }

    @Override
    public void drop(Turn turn) {
        waiting = null;
        charged = turn.conflation().charge(0, charged);
    }

    @Override
    public int eventsHeld() {
        return waiting == null ? 0 : waiting.left().size();
    }

    @Override
    public long bytesHeld(TailRing ring) {
        return waiting == null ? 0 : waiting.bytesLeft();
    }

    /** What it fills with is older than the place from which the stream wants all. */
    @Override
    public Position toldUpTo(Position dispatched) {
        return cursor.isBefore(until.place()) ? until.place() : cursor.seen();
    }
}
