package io.rivulet.hub.stream.feed;

import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.hub.tail.TailRing;
import io.rivulet.hub.tail.TransientTopics;
import io.rivulet.log.LogWork;
import io.rivulet.log.View;
import io.rivulet.metrics.Metrics.Count;

/**
 * Feeds a stream that is behind with every event, as fast as its socket drains: from the log up to the ring's floor,
 * then from the ring up to the newest dispatched event. A reconnect takes the same way, since a new stream is one that
 * is behind. Shard thread.
 *
 * <p>It begins with small writes and doubles them while the socket takes each at once, so a slow stream holds little.
 */
public final class ReplayFeed extends LaggingFeed {

    private static final int EXAMINED_MAX = 4096;

    private final StreamWatcher.Watched watched;
    private final Examination examination = new Examination(false);
    /** The question that is under way is whether transient events were lost, and nothing else. */
    private boolean asksLosses;
    /** The answer to the question that is under way tells of all losses up to here; null where it tells of none. */
    private Position tellsUpTo;
    /** Transient events were lost before the ring, and the stream has not been told. */
    private boolean lost;

    /**
     * A feed that goes on at the cursor.
     *
     * @param readMs see {@link #readMs}
     */
    public ReplayFeed(StreamView view, Cursor cursor, StreamWatcher.Watched watched, long readMs) {
        super(view, cursor, readMs);
        this.watched = watched;
    }

    @Override
    Outcome more(Turn turn) {
        if (waiting != null) {
            return fromMemory(turn);
        }
        // asked in each turn: while the stream was fed, the ring may have moved past it
        long sequence = turn.ring().after(cursor.seen());
        if (sequence < 0) {
            return askLog(turn);
        }
        if (cursor.untoldFrom() != null) {
            return tellLosses(turn, sequence);
        }
        return turn.mayGoLive(cursor.seen()) ? Outcome.CAUGHT_UP : fromRing(turn, sequence);
    }

    /** Events in memory go first: they come before all that is not read yet. */
    private Outcome fromMemory(Turn turn) {
        Outcome outcome = waiting.write(turn, view, cursor, examination, Integer.MAX_VALUE);
        if (waiting.isWritten()) {
            release();
        }
        return written(outcome);
    }

    /**
     * Looks through a bounded stretch of the ring, so that neither a stream that wants little nor one with costly
     * patterns holds up the shard. An event that is examined in part stays the next one.
     */
    private Outcome fromRing(Turn turn, long from) {
        long to = Math.min(turn.round().dispatched(), from + EXAMINED_MAX - 1);
        ReplayWrite write = turn.write().begin(view, cursor, examination, cursor.writeBytes());
        Position examined = cursor.seen();
        for (long sequence = from; sequence <= to; sequence++) {
            EventFrame frame = turn.ring().get(sequence);
            if (frame == null) {
                break; // the ring moved on, and the next turn asks the log
            }
            Examination.Answer isForIt = examination.isFor(view, frame, turn.steps());
            if (isForIt == Examination.Answer.LATER || isForIt == Examination.Answer.YES && !write.take(frame)) {
                break; // it has to wait
            }
            examined = frame.position();
        }
        cursor.examined(examined);
        return written(write.end(turn.delivery(), Count.DELIVERED_RING));
    }

    /** A write that was taken at once makes the next one larger. Memory that can be read again is freed for others. */
    private Outcome written(Outcome outcome) {
        if (outcome == Outcome.WRITE) {
            cursor.wrote();
        } else if (outcome == Outcome.MEMORY) {
            dropReadable();
        }
        return outcome;
    }

    /**
     * Asks for the stretch below the ring. Transient events may be lost there: the log does not have them. The floor is
     * taken before the losses: all that was lost up to it is then known. Once the client has been told of those, it
     * gets the events up to that floor, and only then the question is asked anew. So it gets on, also where the ring
     * loses events all the time and the client comes back for each loss.
     */
    private Outcome askLog(Turn turn) {
        Position floor = turn.ring().floor();
        Position seen = cursor.seen();
        cursor.mayLoseFrom(seen);
        if (seen.durable() >= floor.durable()) {
            cursor.examined(floor); // only transient events lie between, and they are gone
            return Outcome.TURN;
        }
        asksLosses = false;
        tellsUpTo = null;
        Position from = cursor.untoldFrom();
        View asked = view.ofLog();
        int bytes = HistoryRead.bytes(cursor);
        if (from.durable() > seen.durable()) {
            long upTo = Math.min(from.durable(), floor.durable());
            return asks(turn, work -> turn.history().read(asked, seen.durable(), upTo, bytes, work));
        }
        TransientTopics transients = turn.transients();
        boolean isOtherLost = watched.lostSince(from);
        if (!isOtherLost && !transients.anyLostSince(from, asked)) {
            cursor.lossesToldUpTo(floor);
            return asks(turn, work -> turn.history().read(asked, seen.durable(), floor.durable(), bytes, work));
        }
        tellsUpTo = floor;
        return asks(turn, work -> turn.history().read(asked, seen, floor.durable(), bytes,
            w -> isOtherLost || transients.lostSince(from, asked, w), work));
    }

    /**
     * The ring's events follow from here: if transient ones were lost before them, that is told first. Patterns are
     * tried on a reader thread, since there may be ten thousand topics. Meanwhile the ring may move on past the cursor.
     * That takes nothing from the answer: it is about events up to the cursor, and those were lost before the question.
     */
    private Outcome tellLosses(Turn turn, long next) {
        Position from = cursor.untoldFrom();
        View asked = view.ofLog();
        TransientTopics transients = turn.transients();
        if (!lost && transients.anyLostSince(from, asked)) {
            if (!asked.topics().patterns().isEmpty()) {
                asksLosses = true;
                return asks(turn, work -> HistoryRead.Result.lost(transients.lostSince(from, asked, work)));
            }
            lost = transients.lostSince(from, asked, LogWork.UNBOUNDED); // a look into a map for each topic
        }
        if (!lost && !watched.lostSince(from)) {
            cursor.lossesTold();
            return more(turn);
        }
        String id = turn.ring().idBefore(next);
        if (id == null) {
            return Outcome.TURN; // the ring moved on just now; the next turn finds the new place
        }
        lost = false;
        cursor.lossesTold();
        return turn.lost(new Turn.Loss(true, null, cursor.seen(), id, false));
    }

    @Override
    void found(Turn turn, HistoryRead.Result result, ReadBudget.Taken taken) {
        if (!asksLosses) {
            waiting = WaitingEvents.read(result, taken);
            lostBefore(result.lossId());
            if (tellsUpTo != null) {
                cursor.lossesToldUpTo(tellsUpTo);
            }
            return;
        }
        taken.release();
        lost = result.transientLost() || watched.lostSince(cursor.untoldFrom());
        if (!lost) {
            cursor.lossesTold();
        }
    }

    @Override
    public void socketFull(Turn turn) {
        dropReadable();
    }

    @Override
    public void examineAgain(Turn turn) {
        if (waiting != null) {
            release(); // also where nothing was found under the old grant
        }
        readAgain();
        lost = false; // asked again
    }

    @Override
    public void drop(Turn turn) {
        if (waiting != null) {
            release();
        }
    }

    private void dropReadable() {
        if (waiting != null && waiting.isReadable()) {
            release();
        }
    }

    private void release() {
        waiting.release();
        waiting = null;
    }

    @Override
    public int eventsHeld() {
        return waiting == null ? 0 : waiting.left().size();
    }

    @Override
    public long bytesHeld(TailRing ring) {
        return waiting == null ? 0 : waiting.bytesLeft();
    }
}
