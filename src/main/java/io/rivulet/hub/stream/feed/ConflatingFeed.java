package io.rivulet.hub.stream.feed;

import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.hub.tail.TailRing;
import io.rivulet.log.View;
import java.util.List;
import java.util.function.IntPredicate;

/**
 * Feeds a stream that conflates while it lags, because of its socket or its rate. Shard thread.
 *
 * <p>It works in passes. A {@link ConflationWindow} gathers the newest event of each topic. When the stream can take
 * something, the window is frozen as a pass and sent to its end in ascending order, while the window gathers newer
 * events. So ids ascend, no topic waits longer than two passes, and the newest event of each topic arrives. A cut
 * resumes right: each event at or below a sent id was sent, or a newer one of its topic is.
 *
 * <p>The order is: events that have left the ring, from the log and from the memory of transient topics ({@link
 * NewestRead}); then the window; then live.
 */
public final class ConflatingFeed extends LaggingFeed {

    private static final int EXAMINED_MAX = 4096;
    private static final IntPredicate ANY = topic -> true;

    private final StreamWatcher.Watched watched;
    /** Its rate, or null. */
    private final RateQueue.Rate rate;
    private final ConflationWindow window = new ConflationWindow();
    /** For the event that the window takes next, and for the one that is sent next. */
    private final Examination scanned = new Examination(true);
    private final Examination sent = new Examination(false);
    private final IntPredicate isScannedAsked = scanned::isAsked;
    /** The memory of the pass that waits. */
    private long passBytes;
    /** The part of window and pass that the shard's {@link ConflationBudget} counts. */
    private long charged;
    /** The last turn was spent on the window: this one is for the pass. */
    private boolean passFirst;

    /**
     * A feed that gathers behind the cursor.
     *
     * @param rate the stream's rate, or null
     * @param readMs see {@link #readMs}
     */
    public ConflatingFeed(StreamView view, Cursor cursor, StreamWatcher.Watched watched, RateQueue.Rate rate,
                          long readMs) {
        super(view, cursor, readMs);
        this.watched = watched;
        this.rate = rate;
        window.begin(cursor.seen());
    }

    /** The stream was live: its backlog becomes the beginning of the window, and new events are offered. */
    public void beginWith(Turn turn, long[] sequences) {
        window.follow();
        try {
            for (int i = 0; i < sequences.length && window.follows(); i++) {
                EventFrame frame = turn.ring().get(sequences[i]);
                if (frame == null) {
                    begin(turn, cursor.seen()); // the ring moved on
                } else {
                    gather(turn, frame, true);
                }
            }
        } catch (RuntimeException | Error e) {
            drop(turn); // nobody else knows this feed yet
            throw e;
        }
    }

    /** The window that it gathers in: for tests. */
    ConflationWindow window() {
        return window;
    }

    /** Whether new events are offered to it. */
    public boolean follows() {
        return window.follows();
    }

    /**
     * A new event, while it {@link #follows}.
     *
     * @param isForIt whether it is known to be for the stream; else it cannot be gathered now: the window ends before
     *                it, and the next one begins with it
     */
    public void gather(Turn turn, EventFrame frame, boolean isForIt) {
        if (!isForIt || !gather(turn, frame)) {
            window.endAt(frame.position().before());
        }
    }

    private boolean gather(Turn turn, EventFrame frame) {
        boolean one = frame.topics().size() == 1; // which then is the one that it asked for
        return (one || turn.live().isFor(view, frame) == Examination.Answer.YES)
            && take(turn, frame, one ? ANY : turn.live()::isAsked);
    }

    @Override
    public boolean hasWork() {
        return window.isScanning();
    }

    @Override
    public void work(Turn turn) {
        if (window.isScanning() && !passFirst) {
            scan(turn);
        }
        passFirst = !passFirst && waiting != null && turn.steps().isSpent(); // else no turn would be left for the pass
    }

    /** Looks through the ring for a while; a window that has reached the end of what was dispatched follows. */
    private void scan(Turn turn) {
        long from = turn.ring().after(window.upTo());
        if (from < 0) {
            ringMovedOn(turn);
            return;
        }
        long to = Math.min(turn.round().dispatched(), from + EXAMINED_MAX - 1);
        for (long sequence = from; sequence <= to; sequence++) {
            EventFrame frame = turn.ring().get(sequence);
            if (frame == null) {
                return; // it left just now; the next turn begins with that
            }
            Examination.Answer isForIt = cursor.isBefore(frame.position())
                ? scanned.isFor(view, frame, turn.steps()) : Examination.Answer.NO;
            if (isForIt == Examination.Answer.LATER) {
                return; // an event that is examined in part stays the next one
            }
            if (isForIt == Examination.Answer.YES && !take(turn, frame, isScannedAsked)) {
                window.end();
                return;
            }
            window.examined(frame.position());
        }
        if (turn.mayGoLive(window.upTo())) {
            window.follow();
        }
    }

    /** The ring lost the events to look through next: the window ends, or begins later if it holds nothing. */
    private void ringMovedOn(Turn turn) {
        Position floor = turn.ring().floor();
        if (!window.isEmpty()) {
            window.end();
            return;
        }
        window.begin(floor);
    }

    /** Takes an event into the window; false when there is no room. An empty window takes any event. */
    private boolean take(Turn turn, EventFrame frame, IntPredicate isAsked) {
        ConflationBudget conflation = turn.conflation();
        if (!window.isEmpty() && (window.exceeds(conflation.topicsMax(), frame)
            || !conflation.hasRoomFor(held(), ConflationWindow.costOf(frame)))) {
            return false;
        }
        conflation.conflated(window.take(frame, isAsked));
        settle(turn);
        return true;
    }

    @Override
    Outcome more(Turn turn) {
        if (waiting != null) {
            return fromMemory(turn);
        }
        if (window.base().isAfter(cursor.seen())) { // a stretch before the window has left the ring
            return askLog(turn);
        }
        if (window.isScanning()) { // the window is not complete yet
            return Outcome.TURN;
        }
        cursor.lossesTold();
        if (window.isEmpty()) { // and it follows
            cursor.examined(turn.round().place());
            return Outcome.CAUGHT_UP;
        }
        if (room(turn) <= 0 || !mayBegin(turn)) { // the window gathers on: what is sent then is newer
            return Outcome.RATE;
        }
        passBytes = window.bytes();
        List<EventFrame> pass = window.freeze(window.follows() ? turn.round().place() : window.upTo());
        waiting = WaitingEvents.pass(pass, window.base());
        return fromMemory(turn);
    }

    private Outcome fromMemory(Turn turn) {
        int room = room(turn);
        if (room <= 0 || !waiting.isBegun() && !mayBegin(turn)) {
            return Outcome.RATE;
        }
        Outcome outcome = waiting.write(turn, view, cursor, sent, room);
        if (waiting.isWritten()) {
            release(turn);
        }
        if (outcome == Outcome.WRITE) {
            cursor.wrote();
        }
        return outcome;
    }

    /** Events that its rate allows now. */
    private int room(Turn turn) {
        return rate == null ? Integer.MAX_VALUE : rate.room(turn.round().nowNs());
    }

    /** Whether its rate allows that a pass begins now. */
    private boolean mayBegin(Turn turn) {
        return rate == null || rate.mayBegin(turn.round().nowNs());
    }

    /**
     * Asks for the stretch between the cursor and the window. Its transient events may be lost. A stretch of whose
     * losses the client knows comes first and by itself: so it gets on, also where it comes back for each loss.
     */
    private Outcome askLog(Turn turn) {
        Position seen = cursor.seen();
        cursor.mayLoseFrom(seen);
        Position lostFrom = cursor.untoldFrom();
        boolean isTold = lostFrom.isAfter(seen);
        Position upTo = isTold && window.base().isAfter(lostFrom) ? lostFrom : window.base();
        boolean isOtherLost = !isTold && watched.lostSince(lostFrom);
        View asked = view.ofLog();
        return asks(turn, work -> turn.newest().read(asked, seen, upTo, lostFrom, isOtherLost, work));
    }

    /** Keeps the events that were read as a pass, as far as there is room; the rest is read again. */
    @Override
    void found(Turn turn, HistoryRead.Result result, ReadBudget.Taken taken) {
        taken.release();
        lostBefore(result.lossId());
        List<EventFrame> frames = result.frames();
        waiting = WaitingEvents.pass(frames, result.end());
        for (int i = 0; i < frames.size(); i++) {
            int weight = frames.get(i).weight();
            if (i > 0 && !turn.conflation().hasRoomFor(held(), weight)) {
                waiting = WaitingEvents.pass(List.copyOf(frames.subList(0, i)), frames.get(i - 1).position());
                break;
            }
            passBytes += weight;
            settle(turn);
        }
        cursor.lossesToldUpTo(waiting.end());
    }

    @Override
    public void socketFull(Turn turn) {
        // a pass cannot be read again
    }

    @Override
    public void examineAgain(Turn turn) {
        if (waiting != null) {
            release(turn);
        }
        begin(turn, cursor.seen());
        readAgain();
    }

    private void begin(Turn turn, Position from) {
        window.begin(from);
        settle(turn);
    }

    @Override
    public void drop(Turn turn) {
        window.clear();
        if (waiting != null) {
            release(turn);
        }
        passBytes = 0;
        settle(turn);
    }

    private void release(Turn turn) {
        waiting.release();
        waiting = null;
        passBytes = 0;
        settle(turn);
    }

    /** The memory that it holds: the window, and the pass that is being sent. */
    private long held() {
        return window.bytes() + passBytes;
    }

    private void settle(Turn turn) {
        charged = turn.conflation().charge(held(), charged);
    }

    @Override
    public int eventsHeld() {
        return window.topics() + (waiting == null ? 0 : waiting.left().size());
    }

    @Override
    public long bytesHeld(TailRing ring) {
        return window.bytes() + (waiting == null ? 0 : waiting.bytesLeft());
    }
}
