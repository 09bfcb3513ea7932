package io.rivulet.http.trace;

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

    private static final long WINDOW_MS = 60_000;
    private static final Logger LOG = LoggerFactory.getLogger(RefusalLog.class);

    private final InstantSource clock;
    private long windowStartMs;
    private int lines;
    private long untold;

    /** The log of one hub, with the time that it counts by. */
    public RefusalLog(InstantSource clock) {
        this.clock = clock;
    }

    /** Logs a refusal: a warning where a failure is behind it, else one line of information. */
    public void add(Refused refused, HttpServletRequest request, String requestId) {
        long left = admit();
        if (left < 0) {
            return;
        }
        if (left > 0) {
            LOG.info("{} more refusals were not logged", left);
        }
        if (refused.getCause() != null) {
            LOG.warn("{} {} failed: {} ({}) [{}]", request.getMethod(), Printable.of(request.getRequestURI()),
                refused.getMessage(), refused.getCause().toString(), requestId);
        } else {
            LOG.info("refused {} {} from {}: {} [{}]", request.getMethod(), Printable.of(request.getRequestURI()),
                RequestTrace.of(request).peer(), refused.forTheLog(), requestId);
        }
    }

    /** Logs an unforeseen failure with its stack trace. */
    public void fault(Throwable failure, HttpServletRequest request, String requestId) {
        if (admit() >= 0) {
            LOG.error("{} {} failed [{}]", request.getMethod(), Printable.of(request.getRequestURI()), requestId,
                failure);
        }
    }

    /** -1 when this one is only counted, else how many went untold before it. */
    synchronized long admit() {
        long nowMs = clock.millis();
        if (Math.abs(nowMs - windowStartMs) >= WINDOW_MS) {
            windowStartMs = nowMs;
            lines = 0;
        }
        if (lines == LINES_MAX) {
            untold++;
            return -1;
        }
        lines++;
        long told = untold;
        untold = 0;
        return told;
    }
}
