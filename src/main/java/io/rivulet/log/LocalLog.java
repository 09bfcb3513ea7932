package io.rivulet.log;

import io.rivulet.event.IdSeal;
import io.rivulet.topic.TopicSelection;
import java.io.IOException;

/**
 * The half of the log that every node reads from its own disk, whoever put the events in order. Positions begin at 1
 * and have no holes. An event is visible only when it is as durable as {@code rivulet.log.sync} says.
 *
 * <p>{@link #read} and {@link #find} may wait for the disk: the hub's reader threads and the committer call them, a
 * container's threads never. {@link #range} and {@link #seal} are for any thread.
 */
public interface LocalLog extends CopiedLog {

    /**
     * Reads forward. Looks at positions {@code after + 1} to at most {@code upTo}, and stops after about
     * {@code bytesMax} of matching data; what is passed over counts as well, at most as much.
     *
     * @param upTo at most {@code range().head()}
     * @param work what it may cost: the read also stops soon after its slice is used up
     * @return what the view shows, and how far was looked; the first position looked at is later than
     *     {@code after + 1} when retention has taken what was between
     * @throws IOException when stored bytes cannot be read or do not match their checksum
     */
    LogChunk read(long after, long upTo, View view, int bytesMax, LogWork work) throws IOException;

    /** The same without a bound of steps. */
    default LogChunk read(long after, long upTo, View view, int bytesMax) throws IOException {
        return read(after, upTo, view, bytesMax, LogWork.UNBOUNDED);
    }

    /** The same for the hub itself, which sees private events as well. */
    default LogChunk read(long after, long upTo, TopicSelection topics, int bytesMax) throws IOException {
        return read(after, upTo, View.unlimited(topics), bytesMax);
    }

    /** The look-ups for one piece of work: they count in it, and pause. */
    LogFinder find(LogWork work);

    /** The look-ups without a bound: for the committer, and for what costs no more than a search. */
    default LogFinder find() {
        return find(LogWork.UNBOUNDED);
    }

    /** Whether any topic may have ended or may be asked to; false is certain. Any thread, without the disk. */
    boolean hasMarks();

    /** Whether this topic may have ended, or may be asked to; false is certain. Any thread, without the disk. */
    boolean mayBeMarked(String topic);

    /** The range of the log now: a snapshot, without touching the disk. */
    LogRange range();

    /** How much of it is on the disk now, without touching the disk. */
    LogSize size();

    /**
     * Some time has passed: what is kept for the next read, and was not asked for since some time passed before, may be
     * let go of. The hub calls it some times a minute.
     */
    default void age() {
        // nothing is kept
    }

    /** The store's seal: the same for as long as the store lives. */
    IdSeal seal();
}
