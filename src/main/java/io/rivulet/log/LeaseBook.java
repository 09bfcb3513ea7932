package io.rivulet.log;

import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;

/**
 * The leases of topics that are open, kept beside the log of a node: a hub that starts again must know whom to wait
 * for, and must not search history for that. The committer alone writes, a few words for each lease that begins or is
 * over; an event that renews a lease writes nothing.
 */
public interface LeaseBook {

    /** Forgets everything with its process. */
    LeaseBook FORGETFUL = new LeaseBook() {
        @Override
        public List<Lease> kept() {
            return List.of();
        }

        @Override
        public void begin(List<Lease> leases) {
            // there is nothing to keep them in
        }

        @Override
        public void over(List<String> topics) {
            // as above
        }
    };

    /** Those that were in force when the log was opened. */
    List<Lease> kept();

    /**
     * Notes leases that begin or change; they are as durable as an append then.
     *
     * @throws IOException when the disk refused; what was noted before is still there
     */
    void begin(List<Lease> leases) throws IOException;

    /** Notes that leases are over. One that a crash brings back ends a topic that has ended, which changes nothing. */
    void over(List<String> topics);

    /** Whether other nodes have leases as well, so that {@link #heard} is to be told of all events. */
    default boolean isShared() {
        return false;
    }

    /** An event of these topics was shown, of whichever node; a shared book knows then how the topic would end. */
    default void heard(List<String> topics, boolean isPrivate) {
        // a book of one node leaves that to who reads it
    }

    /** Notes leases that were another node's, whose book nobody reads now; not the committer, as all others. */
    default void inherit(List<Lease> leases) throws IOException {
        begin(leases);
    }

    /** Takes over leases of a node that is gone, whose book nobody reads now; called on any thread. */
    default void onInherited(Consumer<List<Lease>> heir) {
        // there is no other node
    }
}
