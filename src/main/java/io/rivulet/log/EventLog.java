package io.rivulet.log;

import io.rivulet.event.IdSeal;
import io.rivulet.topic.TopicSelection;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * One ordered log: the seam for storage and, later, for clustering. Positions begin at 1 and have no holes. An event
 * is visible to {@link #tail} and {@link #read} only when it is as durable as {@code rivulet.log.sync} says.
 *
 * <p>Threads: {@link #append} from one thread, the committer; {@link #read} and {@link #find} from the hub's own
 * reader threads and the committer, never from a container's; {@link #range} and {@link #seal} from anywhere.
 */
public interface EventLog extends AutoCloseable {

    /**
     * Appends a group in order, as one commit: all of it or nothing.
     *
     * @param group at least one record; the caller has checked every rule but the disk's
     * @return the entries, in the order of the group, gapless; they went to the {@link #tail} before this returns
     * @throws LogFailure when the disk refused; nothing of the group is or will be visible, and the next append tries
     *     to heal first
     */
    List<LogEntry> append(List<LogRecord> group) throws IOException;

    /** Sets who is told of every commit, in log order, each once; before the first append. */
    void tail(Consumer<List<LogEntry>> sink);

    /**
     * Sets who is told, on the appending thread, each time an append is about to wait until its group is as durable
     * as the log is to be: what was put off for it may go on meanwhile. Not to be slow and not to throw; before the
     * first append.
     */
    void beforeSync(Runnable hook);

    /**
     * Reads forward. Looks at positions {@code after + 1} to at most {@code upTo}, and stops after about
     * {@code bytesMax} of matching or examined data.
     *
     * @param upTo at most {@code range().head()}
     * @return what the view shows, and how far was looked; the first position looked at is later than
     *     {@code after + 1} when retention has taken what was between
     * @throws IOException when stored bytes cannot be read or do not match their checksum
     */
    LogChunk read(long after, long upTo, View view, int bytesMax) throws IOException;

    /** The same for the hub itself, who may see private events. */
    default LogChunk read(long after, long upTo, TopicSelection topics, int bytesMax) throws IOException {
        return read(after, upTo, View.unlimited(topics), bytesMax);
    }

    /** The look-ups. */
    LogFinder find();

    /** What is there now: a snapshot, without touching the disk. */
    LogRange range();

    /** The store's seal: the same for as long as the store lives. */
    IdSeal seal();

    /** Syncs what is written and lets go of all files and threads. Idempotent. */
    @Override
    void close();
}
