package io.rivulet.cluster;

import io.rivulet.log.LogAway;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

/**
 * The wait of somebody who shows an id that this node does not know: until its copy has all that the engine had when it
 * was asked. {@link SharedLog} makes one for each who asks, on that one's thread.
 *
 * <p>Whoever copies after somebody has asked answers that one, too; so many who ask at once cost few calls. The hard
 * thing is a node that is far behind, since it stood still. Who waits there keeps others waiting: the committer all who
 * publish, the readers' barrier all who show such an id. So nobody waits for long: then nobody knows yet whether the id
 * is good, and the client comes back.
 */
final class CopyWait {

    private static final long LIMIT_NS = TimeUnit.SECONDS.toNanos(5);
    private static final long LOOK_MS = 50;

    private final LongSupplier nanos;
    private final long askedNs;

    /** For who asks now. */
    CopyWait(LongSupplier nanos) {
        this.nanos = nanos;
        askedNs = nanos.getAsLong();
    }

    /**
     * Takes the lock of those who copy.
     *
     * @throws LogAway when somebody else has it for too long; it is not taken then
     */
    void enter(ReentrantLock lock) throws LogAway {
        try {
            while (!lock.tryLock(LOOK_MS, TimeUnit.MILLISECONDS)) {
                if (isLate()) {
                    throw late();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw late();
        }
    }

    /** Whether a copying that began then answers it. */
    boolean isOlderThan(long beganNs) {
        return beganNs - askedNs > 0;
    }

    boolean isLate() {
        return nanos.getAsLong() - askedNs > LIMIT_NS;
    }

    /** What it hears that has waited for too long. */
    LogAway late() {
        return new LogAway("this node copies what it has missed, and cannot tell yet whether it has that event", false,
            null);
    }
}
