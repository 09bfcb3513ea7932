package io.rivulet.log;

import java.io.IOException;
import java.util.List;

/**
 * The half of the log that puts events in order: an engine that several nodes share replaces it. One thread appends,
 * the committer's.
 *
 * <p>An engine appends the group where the nodes keep their common order, and returns when this node's own copy holds
 * it. Commits of other nodes may come before the group: they are in the copy by then, at the positions between, and the
 * committer reads them there. So there is one answer to an append, and one thread that shows events to the streams.
 */
public interface LogWriter {

    /**
     * Appends a group in order, as one commit: all of it or nothing.
     *
     * @param group at least one record; the caller has checked every rule but the disk's
     * @return the entries, in the order of the group, without holes: as durable as {@code rivulet.log.sync} says, and
     *     visible to every reader of {@link LocalLog}
     * @throws LogFailure when the disk refused; nothing of the group is or will be visible, and the next append tries
     *     to heal the log first
     */
    List<LogEntry> append(List<LogRecord> group) throws IOException;

    /**
     * The same of a group that was compared with what the log holds up to a position: its keys, its producers' numbers
     * and the ends of its topics. Where several nodes append, that may not be the newest any more.
     *
     * @param compared the caller has looked at everything up to here
     * @throws LogMoved when events came after that and the group depends on what the log holds; nothing was appended
     * @throws LogAway  when the engine cannot be asked
     */
    default List<LogEntry> append(List<LogRecord> group, long compared) throws IOException {
        return append(group); // nobody else appends
    }

    /** Sets what runs when events of other nodes have come; on any thread, and quick. Before the first append. */
    default void onForeign(Runnable hook) {
        // there are no other nodes
    }

    /**
     * Does what an append needs of the disk, without an event: heals the log where it must, and lets some bytes reach
     * the disk. The appending thread calls it.
     *
     * @throws LogFailure when the disk refuses: an append would fail as well
     */
    default void tryDisk() throws IOException {
        // an engine without a disk of its own has nothing to try
    }

    /**
     * Sets what runs on the appending thread each time an append is about to wait until its group is durable. The
     * appending thread has no other work during that wait, so its core is free for work that was put off. The hook must
     * be quick and must not throw. To be set before the first append.
     */
    void beforeSync(Runnable hook);
}
