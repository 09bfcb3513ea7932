package io.rivulet.hub.stream.feed;

import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.hub.tail.TailRing;
import java.util.List;

/**
 * What the feeds of streams that are behind have in common: events in memory that wait for the socket, a question to
 * the log that is under way, a loss that is to be told, and the steps that they owe. Shard thread.
 *
 * <p>Transient events that were lost are told before any event that comes after them. If they were told later: a stream
 * gets event 60 of the log, and would hear at 90 that some before 60 are lost. Its client is cut at 70 and comes back
 * with the id of 70. What was lost before that is no question of its any more, and it never hears of it.
 */
abstract non-sealed class LaggingFeed implements Feed {

    final StreamView view;
    final Cursor cursor;
    /** Events in memory, or null. */
    WaitingEvents waiting;
    /** The cursor for where the stream is told that transient events were lost, before those in memory; or null. */
    private String lossId;
    private boolean reading;
    /** The read that is under way was asked for under another grant, or for other topics. */
    private boolean readAgain;
    private boolean costly;
    private long stepsOwed;
    private long readMs;

    LaggingFeed(StreamView view, Cursor cursor, long readMs) {
        this.view = view;
        this.cursor = cursor;
        this.readMs = readMs;
    }

    @Override
    public final Outcome next(Turn turn) {
        if (reading) {
            return Outcome.LOG;
        }
        if (lossId == null) {
            return more(turn);
        }
        String id = lossId;
        lossId = null;
        return turn.lost(new Turn.Loss(true, null, cursor.seen(), id, false));
    }

    /** The next bytes, or why there are none. No question is under way, and no loss is to be told first. */
    abstract Outcome more(Turn turn);

    /** Leaves a question to the log in the turn, and waits for its answer. */
    final Outcome asks(Turn turn, HistoryRead.Question what) {
        reading = true;
        return turn.asks(what);
    }

    @Override
    public final Outcome answered(Turn turn, HistoryRead.Result result, ReadBudget.Taken taken) {
        reading = false;
        if (readAgain) { // events that are granted or asked for now may be missing in it
            readAgain = false;
            taken.release();
            return Outcome.TURN;
        }
        hasRead(result.frames());
        found(turn, result, taken);
        if (result.gapId() == null) {
            return Outcome.TURN;
        }
        cursor.examined(result.gapEnd());
        return turn.lost(new Turn.Loss(false, result.missed(), result.gapEnd(), result.gapId(), result.damage()));
    }

    /** The answer to its question; {@code taken} is to be given back, at the latest when its events are let go. */
    abstract void found(Turn turn, HistoryRead.Result result, ReadBudget.Taken taken);

    /** These were read for the stream; the first tells how late it is. */
    final void hasRead(List<EventFrame> frames) {
        readMs = frames.isEmpty() ? readMs : frames.get(0).timeMs();
    }

    /** Transient events were lost: the stream is told with this cursor before it gets anything else; null for none. */
    final void lostBefore(String idOrNull) {
        lossId = idOrNull;
    }

    /** Grant or topics are others: what is being read for the old ones does not count, nor what was lost of these. */
    final void readAgain() {
        readAgain = reading;
        lossId = null;
        cursor.mayHaveLostMore();
    }

    @Override
    public final boolean isReading() {
        return reading;
    }

    @Override
    public final long stepsOwed() {
        return stepsOwed;
    }

    @Override
    public final void stepsOwed(long steps) {
        stepsOwed = steps;
    }

    @Override
    public final boolean isCostly() {
        return costly;
    }

    @Override
    public final void costly(boolean is) {
        costly = is;
    }

    @Override
    public final EventFrame firstHeld(TailRing ring) {
        return waiting == null || waiting.isWritten() ? null : waiting.left().get(0);
    }

    @Override
    public Position toldUpTo(Position dispatched) {
        return cursor.seen();
    }

    @Override
    public final long readMs() {
        return readMs;
    }
}
