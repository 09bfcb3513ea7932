package io.rivulet.hub.stream.feed;

import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.hub.tail.TailRing;

/**
 * Where the next bytes of one stream come from: live batches, the newest events with which it begins, a replay, or
 * conflation. The stream's {@code Shard} asks it, writes, and replaces it when the outcome says so. Shard thread.
 *
 * <p>A feed calls nobody back, and knows neither the shard nor another feed. So each can be read alone, and the order
 * of a stream is decided in one place.
 */
public sealed interface Feed permits LiveFeed, LaggingFeed {

    /** The next bytes, or why there are none; only while the stream's socket takes bytes. */
    Outcome next(Turn turn);

    /** Whether there is work for it that needs no socket; most feeds have none. */
    default boolean hasWork() {
        return false;
    }

    /** Does a bounded part of that work. */
    default void work(Turn turn) {
        // all of it needs the socket
    }

    /** Steps that its turns took beyond what turns may take: others go first until that is made up for. */
    long stepsOwed();

    /** It owes so many now. */
    void stepsOwed(long steps);

    /** Whether its last turn took many steps; of a feed that has no turns never. */
    default boolean isCostly() {
        return false;
    }

    /** It did, or no more. */
    default void costly(boolean is) {
        // it has no turns
    }

    /**
     * The log has answered its question.
     *
     * @param taken the memory of the answer, which the feed gives back
     * @return {@link Outcome#TURN} or {@link Outcome#LOST}
     */
    Outcome answered(Turn turn, HistoryRead.Result result, ReadBudget.Taken taken);

    /** Whether it waits for the log. */
    boolean isReading();

    /** The stream's socket takes nothing: memory of the log's is freed, for the cursor knows where to read again. */
    void socketFull(Turn turn);

    /** The stream's grant or topics are others now: what waits in memory or is being read is examined again. */
    void examineAgain(Turn turn);

    /** It is asked no more, and gives its memory back. */
    void drop(Turn turn);

    /** How many events wait in it. */
    int eventsHeld();

    /** The length of these. */
    long bytesHeld(TailRing ring);

    /** The first event in memory that the stream has not got, or null. */
    EventFrame firstHeld(TailRing ring);

    /** Up to where the stream has been told all, where its shard has dispatched all up to {@code dispatched}. */
    Position toldUpTo(Position dispatched);

    /** The time of an event that the stream got last, or of the first that it did not; 0 when none is known. */
    long readMs();
}
