package io.rivulet.hub.stream.feed;

import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.hub.tail.TailRing;
import io.rivulet.metrics.Metrics.Count;
import java.util.Arrays;

/**
 * Feeds a stream that keeps up, from the batches that its shard dispatches. Shard thread.
 *
 * <p>Matching events wait in a backlog until they are written. The backlog holds sequences of the ring, eight bytes
 * each, rather than events: so a short stall of many streams costs little, and the ring alone decides how long an event
 * lives.
 */
public final class LiveFeed implements Feed {

    private static final int BACKLOG_KEPT = 16;
    private static final long[] NOTHING = {};

    private final StreamView view;
    private long[] backlog = NOTHING;
    private int size;
    /** The place of the first event in the backlog, in two numbers: no object for each delivery. */
    private long firstDurable;
    private long firstTransients;

    public LiveFeed(StreamView view) {
        this.view = view;
    }

    /**
     * Takes an event of the batch; false when the backlog is full. One that it has taken is not taken again: a round
     * that failed right after that is made anew, and offers it once more.
     */
    public boolean take(long sequence, EventFrame frame, int backlogMax) {
        if (size > 0 && backlog[size - 1] >= sequence) {
            return true;
        }
        if (size == backlogMax) {
            return false;
        }
        if (size == 0) {
            first(frame);
        }
        if (size == backlog.length) {
            backlog = Arrays.copyOf(backlog, Math.min(backlogMax, Math.max(1, size * 2)));
        }
        backlog[size++] = sequence;
        return true;
    }

    @Override
    public Outcome next(Turn turn) {
        if (size == 0) {
            return Outcome.CAUGHT_UP;
        }
        WriteBudget budget = turn.budget();
        EventFrame first = turn.ring().get(backlog[0]);
        // the ring moved on, or a large event would take the last memory: the stream goes on at its own pace
        if (first == null || budget.isTight() && !hasRoom(budget, first)) {
            return Outcome.FELL_BEHIND;
        }
        if (size == 1 && view.variant().isShared()) { // by far the most frequent case: no look into a map
            size = 0;
            turn.delivery().of(view.live(first), 1, first.position(), first.position(), Count.DELIVERED_LIVE);
            return Outcome.WRITE;
        }
        SharedBatches.Batch batch = turn.batches().live(view, backlog, size, budget.writeBytes());
        if (batch == null) {
            return Outcome.FELL_BEHIND;
        }
        // its position is needed by toldUpTo; without it the stream could not say how far it has been told
        EventFrame following = batch.events() < size ? turn.ring().get(backlog[batch.events()]) : null;
        if (batch.events() < size && following == null) {
            return Outcome.FELL_BEHIND;
        }
        taken(batch.events(), following);
        turn.delivery().of(batch.bytes(), batch.events(), batch.first(), batch.last(), Count.DELIVERED_LIVE);
        return Outcome.WRITE;
    }

    /** An event that is written in another way may be several times as long as it is by itself. */
    private boolean hasRoom(WriteBudget budget, EventFrame first) {
        byte[] bytes = view.variant().isShared() ? first.live() : view.live(first);
        return budget.hasRoomFor(bytes, bytes.length);
    }

    /** The first {@code n} of the backlog are written. */
    private void taken(int n, EventFrame nextOrNull) {
        System.arraycopy(backlog, n, backlog, 0, size - n);
        size -= n;
        if (nextOrNull != null) {
            first(nextOrNull);
        }
        if (size == 0 && backlog.length > BACKLOG_KEPT) { // a burst is over: its array would stay with the stream
            backlog = NOTHING;
        }
    }

    private void first(EventFrame frame) {
        firstDurable = frame.position().durable();
        firstTransients = frame.position().transients();
    }

    /** The ring's sequences of the events that wait. */
    public long[] sequences() {
        return Arrays.copyOf(backlog, size);
    }

    @Override
    public Outcome answered(Turn turn, HistoryRead.Result result, ReadBudget.Taken taken) {
        throw new IllegalStateException("a live stream asks nothing of the log");
    }

    @Override
    public long stepsOwed() {
        return 0;
    }

    @Override
    public void stepsOwed(long steps) {
        // a live stream takes no turns
    }

    @Override
    public boolean isReading() {
        return false;
    }

    @Override
    public void socketFull(Turn turn) {
        // the backlog is bounded, and its events are the ring's
    }

    @Override
    public void examineAgain(Turn turn) {
        // nothing waits in it: a live stream with a backlog falls behind instead
    }

    @Override
    public void drop(Turn turn) {
        size = 0;
    }

    @Override
    public int eventsHeld() {
        return size;
    }

    @Override
    public long bytesHeld(TailRing ring) {
        long bytes = 0;
        for (int i = 0; i < size; i++) {
            EventFrame frame = ring.get(backlog[i]);
            bytes += frame == null ? 0 : frame.length();
        }
        return bytes;
    }

    @Override
    public EventFrame firstHeld(TailRing ring) {
        return size == 0 ? null : ring.get(backlog[0]);
    }

    @Override
    public Position toldUpTo(Position dispatched) {
        return size > 0 ? new Position(firstDurable, firstTransients).before() : dispatched;
    }

    @Override
    public long readMs() {
        return 0;
    }
}
