package io.rivulet.hub.stream.feed;

import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.hub.tail.TailRing;
import java.util.List;

/**
 * What the feeds of streams that are behind have in common: events in memory that wait for the socket, a question to
 * the log that is under way, a loss that is to be told, and the steps that they owe. Shard thread.
 */
abstract non-sealed class LaggingFeed implements Feed {

    final StreamView view;
    final Cursor cursor;
    /** Events in memory, or null. */
    WaitingEvents waiting;
    /** Something was lost, and the stream has not been told. */
    boolean lost;
    private boolean reading;
    /** The read that is under way was asked for under another grant. */
    private boolean readAgain;
    private long stepsOwed;
    private long readMs;

    LaggingFeed(StreamView view, Cursor cursor, long readMs) {
        this.view = view;
        this.cursor = cursor;
        this.readMs = readMs;
    }

    /** Leaves a question to the log in the turn, and waits for its answer. */
    final Outcome asks(Turn turn, HistoryRead.Question what) {
        reading = true;
        return turn.asks(what);
    }

    @Override
    public final Outcome answered(Turn turn, HistoryRead.Result result, ReadBudget.Taken taken) {
        reading = false;
        if (readAgain) { // private events that are granted now may be missing in it
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

    /** Tells that transient events were lost before the place of this id; not now where the ring has moved past it. */
    final Outcome tellLoss(Turn turn, String id) {
        if (id == null) {
            return Outcome.TURN; // the ring moved on just now; the next turn finds the new place
        }
        lost = false;
        cursor.lossesTold();
        return turn.lost(new Turn.Loss(true, null, cursor.seen(), id, false));
    }

    /** The grant is another: what is being read under the old one does not count. */
    final void readAgain() {
        readAgain = reading;
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
