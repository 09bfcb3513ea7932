package io.rivulet.log;

import java.io.IOException;
import java.util.List;

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
}
