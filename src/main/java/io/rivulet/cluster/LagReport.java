package io.rivulet.cluster;

import io.rivulet.log.LogLag;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a node says of a copy that is behind: a line in the log now and then while it copies for long, and one when it
 * is done. {@link SharedLog} has one, under the lock of those who copy.
 */
final class LagReport {

    private static final Logger LOG = LoggerFactory.getLogger(LagReport.class);
    private static final long EACH_NS = TimeUnit.SECONDS.toNanos(10);

    /** How often it was told of the copying that is under way. */
    private long times;

    /**
     * A part was copied.
     *
     * @param tookNs   since this copying began
     * @param position up to where it has come
     * @param head     up to where the engine goes
     */
    void copied(long tookNs, long position, long head) {
        if (position < head && tookNs / EACH_NS > times) {
            times = tookNs / EACH_NS;
            LOG.warn("This node is {} events behind: its copy of the shared log is at position {} of {}",
                head - position, position, head);
        }
        if (position >= head && times > 0) {
            times = 0;
            LOG.info("The copy of the shared log has caught up, at position {}", position);
        }
    }

    /** Why a node that lags so should not be asked; null where it does not lag for longer than that. */
    static String whyLate(LogLag lag, long mostNs) {
        return TimeUnit.MILLISECONDS.toNanos(lag.ms()) <= mostNs ? null
            : "this node has not had all of the shared log for " + TimeUnit.MILLISECONDS.toSeconds(lag.ms())
            + " s, and is " + lag.events() + " events behind";
    }
}
