package io.rivulet.http.trace;

import io.rivulet.refusal.LineBudget;
import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import jakarta.servlet.http.HttpServletRequest;
import java.time.InstantSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log lines of refusals and faults: whose request, and why. {@code Problem} writes them, on any thread. There are
 * at most {@link #LINES_MAX} lines a minute, so that nobody fills the disk by asking again. The others are counted, and
 * the next line tells how many they were.
 */
public final class RefusalLog {

    static final int LINES_MAX = 60;

    private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);

    private final LineBudget lines;

    /** The log of one hub, with the time that it counts by. */
    public RefusalLog(InstantSource clock) {
        lines = new LineBudget(LINES_MAX, clock::millis);
    }

    /** Logs a refusal: a warning where a failure is behind it, else one line of information. */
    public void add(Refused refused, HttpServletRequest request) {
        String ids = RequestTrace.of(request).ids();
        long left = lines.admit();
        if (left < 0) {
            return;
        }
        if (left > 0) {
            LOG.info("{} more refusals were not logged", left);
        }
        if (refused.getCause() != null) {
            LOG.warn("{} {} failed: {} ({}) [{}]", request.getMethod(), Printable.of(request.getRequestURI()),
                refused.getMessage(), refused.getCause().toString(), ids);
        } else {
            LOG.info("refused {} {} from {}: {} [{}]", request.getMethod(), Printable.of(request.getRequestURI()),
                RequestTrace.of(request).peer(), refused.forTheLog(), ids);
        }
    }

    /** Logs an unforeseen failure with its stack trace. */
    public void fault(Throwable failure, HttpServletRequest request) {
        if (lines.admit() >= 0) {
            LOG.error("{} {} failed [{}]", request.getMethod(), Printable.of(request.getRequestURI()),
                RequestTrace.of(request).ids(), failure);
        }
    }
}
