package io.rivulet.log;

/**
 * One ordered log of one node: the seam for storage and for clusters. {@link LogWriter} is what a cluster's engine
 * replaces, {@link LocalLog} is what every node reads from its own disk; a log of one node is both, and ends as one.
 */
public interface EventLog extends LogWriter, LocalLog, AutoCloseable {

    /** The leases that live as long as the log; see {@link LeaseBook}. */
    default LeaseBook leases() {
        return LeaseBook.FORGETFUL;
    }

    /**
     * Whether the engine has lost what this copy holds, or the copy cannot go on without a hole. It is to be closed
     * then and opened anew. Never for the log of one node.
     */
    default boolean isOver() {
        return false;
    }

    /** The transient events of all nodes; null where those of this node reach nobody else. */
    default TransientRelay relay() {
        return null;
    }

    /** How far this copy of a shared log is behind. */
    default LogLag lag() {
        return LogLag.NONE;
    }

    /** Syncs what is written and lets go of all files and threads. Idempotent. */
    @Override
    void close();
}
