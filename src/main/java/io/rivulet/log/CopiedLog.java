package io.rivulet.log;

import java.io.IOException;

/** What several nodes append to, as far as this node has to copy it first; a part of {@link LocalLog}. */
public interface CopiedLog {

    /** Whether others append as well: then {@link #catchUp} may take seconds. Any thread. */
    default boolean isCopy() {
        return false;
    }

    /**
     * Copies what other nodes have appended up to now. Who is about to say that an id is unknown asks this first: the
     * event may just not have arrived. It may wait for the engine: the committer calls it, and for reader threads the
     * one of the barrier ({@link LogWork#catchUp}).
     *
     * @return whether there is anything to copy from; false for the log of one node
     * @throws LogAway when the engine cannot be asked: then nobody knows
     */
    default boolean catchUp() throws IOException {
        return false;
    }
}
