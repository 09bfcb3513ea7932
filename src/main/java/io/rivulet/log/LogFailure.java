package io.rivulet.log;

import java.io.IOException;

/** The disk refused a write or a sync. The log stays readable, and heals before the next append. */
public final class LogFailure extends IOException {

    private final boolean full;

    /** {@code full}: no space or quota left, rather than a fault of the device. */
    public LogFailure(String message, boolean full, Throwable cause) {
        super(message, cause);
        this.full = full;
    }

    /** Whether the disk lacks space. */
    public boolean isFull() {
        return full;
    }
}
