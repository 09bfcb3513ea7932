package io.rivulet.log;

import java.io.IOException;

/**
 * Nothing was appended: other nodes appended before, and what the group was compared with is not the newest any more.
 * This node's copy holds their events by now, so the caller looks at them and appends again. No accident, so it costs
 * no stack trace.
 */
public final class LogMoved extends IOException {

    /** The copy has reached this position. */
    public LogMoved(long head) {
        super("others have appended; the log is at " + head);
    }

    @Override
    public Throwable fillInStackTrace() {
        return this;
    }
}
