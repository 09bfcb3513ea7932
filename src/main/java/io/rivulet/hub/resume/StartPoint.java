package io.rivulet.hub.resume;

import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.hub.dialect.Start;
import io.rivulet.hub.tail.TailRing;
import io.rivulet.log.View;
import java.util.List;
import java.util.Locale;

/**
 * Where a stream begins, and what its client is told about it. {@link Resume} finds it on a reader thread, and the
 * stream's shard places the stream there. Immutable, any thread.
 *
 * @param resumed       how
 * @param cursor        examined up to here; null: up to the newest event, which {@link #at} says
 * @param cursorId      the id of {@code cursor}; null with it
 * @param missed        an upper bound of what is gone, under the caller's grants; null when it cannot be told
 * @param transientLost whether transient events were lost between
 * @param transientFrom transient events after this position may be lost untold; null: none is
 * @param fill          what it begins with, for {@code since=last}; null otherwise
 */
public record StartPoint(Resumed resumed, Position cursor, String cursorId, Long missed, boolean transientLost,
                         Position transientFrom, Fill fill) implements Start {

    /** How a stream resumed. */
    public enum Resumed {
        /** A first connect, from now on. */
        LIVE,
        /** Nothing is missing. */
        EXACT,
        /** The oldest part of what was asked for is gone, perhaps with the event that the cursor names. */
        PARTIAL,
        /** The cursor is not of this history: from now on, or from where {@code since} says. */
        RESET
    }

    /**
     * A start that was looked up before the headers of the response are sent, since Mercure tells it there. It takes
     * no resource: one that is never used costs nothing.
     *
     * @param start       where the stream begins
     * @param damageTold  whether the header tells of damage of the log that lies ahead
     * @param isOver      whether all topics that the stream asks for have ended before this start
     * @param lastEventId the value of the header that the dialect has for it; null when there is no such header
     */
    public record Placed(StartPoint start, boolean damageTold, boolean isOver, String lastEventId) {
    }

    /**
     * The newest event of each topic, up to the place that was the newest when the stream asked.
     *
     * @param until that place, and its id
     * @param first the first of them, which were read with the look-up; null for none
     * @param end   everything up to here is in {@code first}
     */
    public record Fill(TailRing.Mark until, List<EventFrame> first, Position end) {
    }

    /** From now on; {@link #at} says from which position. */
    public static final StartPoint LIVE = new StartPoint(Resumed.LIVE, null, null, 0L, false, null, null);
    static final StartPoint RESET = new StartPoint(Resumed.RESET, null, null, null, false, null, null);

    @Override
    public String resumedText() {
        return resumed.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public boolean isComplete() {
        return (resumed == Resumed.EXACT || resumed == Resumed.LIVE) && !transientLost;
    }

    @Override
    public boolean isVeryFirst() {
        return cursor.equals(Position.START);
    }

    static StartPoint exact(Position cursor, String id) {
        return new StartPoint(Resumed.EXACT, cursor, id, 0L, false, null, null);
    }

    static StartPoint partial(Position cursor, String id, Long missed) {
        return new StartPoint(Resumed.PARTIAL, cursor, id, missed, false, null, null);
    }

    /** How many events may be missing; only a reader who may see all of them may know. */
    public static Long missed(View view, long positions) {
        return view.isAll() ? positions : null;
    }

    /** The same place, for a cursor that is not of this history. */
    StartPoint as(Resumed how) {
        return new StartPoint(how, cursor, cursorId, null, transientLost, transientFrom, fill);
    }

    /** The same start at this position. */
    public StartPoint at(TailRing.Mark mark) {
        return new StartPoint(resumed, mark.place(), mark.id(), missed, transientLost, transientFrom, fill);
    }

    /** The same start, whose first events are known: all up to {@code end}. */
    public StartPoint fillWith(List<EventFrame> frames, Position end) {
        return new StartPoint(resumed, cursor, cursorId, missed, transientLost, transientFrom,
            new Fill(fill.until(), frames, end));
    }

    /** The same start with transient events lost; the client then knows of all losses up to {@code toldUpTo}. */
    public StartPoint withTransientLost(boolean lost, Position toldUpTo) {
        return new StartPoint(resumed, cursor, cursorId, missed, lost, toldUpTo, fill);
    }
}
