package io.rivulet.hub.stream.feed;

import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.metrics.Metrics.Count;
import java.util.ArrayList;
import java.util.List;

/**
 * Puts one write for a stream that is behind together, event by event. Each shard has one, and its feeds use it in
 * turn. Shard thread.
 *
 * <p>A single event goes out as its shared bytes, without a copy.
 */
final class ReplayWrite {

    private final WriteBudget budget;
    private final SharedBatches batches;
    private final StepBudget steps;
    private final List<byte[]> parts = new ArrayList<>();
    private StreamView view;
    private Cursor cursor;
    private Examination examination;
    private boolean shared;
    private int length;
    private int lengthMax;
    private Position first;
    private Position last;
    private WriteBudget.Need need;

    ReplayWrite(WriteBudget budget, SharedBatches batches, StepBudget steps) {
        this.steps = steps;
        this.budget = budget;
        this.batches = batches;
    }

    /**
     * Begins one.
     *
     * @param examines    decides which events the stream may see
     * @param bytesMax    at which it ends, unless a single event is larger
     */
    ReplayWrite begin(StreamView of, Cursor at, Examination examines, int bytesMax) {
        view = of;
        cursor = at;
        examination = examines;
        lengthMax = Math.min(bytesMax, budget.writeBytes());
        parts.clear();
        shared = view.variant().isKept();
        length = 0;
        need = null;
        return this;
    }

    /** Takes an event, if it is for the stream at all; false when it has to wait for the next write. */
    boolean take(EventFrame frame) {
        Position place = frame.position();
        Examination.Answer may = cursor.isBefore(place) ? examination.maySee(view, frame, steps)
            : Examination.Answer.NO;
        if (may != Examination.Answer.YES) {
            return may == Examination.Answer.NO;
        }
        byte[] replay = view.replay(frame, examination.told(frame));
        if (parts.isEmpty() && !budget.hasRoomFor(replay, replay.length)) {
            need = new WriteBudget.Need(place, replay.length);
            return false;
        }
        if (parts.isEmpty()) {
            first = place;
        } else if (length + replay.length > lengthMax || isSeam(place.durable())) {
            return false;
        }
        parts.add(replay);
        shared &= view.shares(frame);
        length += replay.length;
        last = place;
        cursor.examined(place);
        return true;
    }

    /**
     * Whether this write ends before the event {@code next} although there is room: one that is large enough ends where
     * the number is a multiple of a power of two, as high a one as half fills a write. So streams that differ by an
     * event or two get the same writes again with the next one, and those are joined once for all of them.
     */
    private boolean isSeam(long next) {
        long multiple = Long.highestOneBit(last.durable() ^ next); // one lies after the last and up to the next
        return length * 4L >= lengthMax && multiple > 0
            && 2 * multiple * length >= lengthMax * (next - first.durable());
    }

    /** How many events it holds. */
    int events() {
        return parts.size();
    }

    /** The first event when there is no room for it now; else null. */
    WriteBudget.Need need() {
        return need;
    }

    /**
     * Puts what was taken into this delivery.
     *
     * @return {@link Outcome#WRITE}; {@link Outcome#TURN} when nothing was taken; {@link Outcome#MEMORY} when there was
     *     {@link #need no room} for the first event
     */
    Outcome end(Delivery delivery, Count path) {
        if (need != null) {
            return Outcome.MEMORY;
        }
        if (parts.isEmpty()) {
            return Outcome.TURN;
        }
        delivery.of(joined(), parts.size(), first, last, path);
        parts.clear();
        return Outcome.WRITE;
    }

    /** One array: of a single event its own, of several one that others get as well, if their bytes are the same. */
    private byte[] joined() {
        if (parts.size() == 1) {
            return parts.get(0);
        }
        return shared ? batches.replay(parts, length, first.durable())
            : SharedBatches.joined(parts, length); // rendered for this stream alone
    }
}
