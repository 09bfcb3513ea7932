package io.rivulet.log;

import java.io.IOException;

/** The engine that keeps the order cannot be asked now. What this node has copied stays readable. */
public final class LogAway extends IOException {

    private final boolean unknown;

    /**
     * A failure of the engine.
     *
     * @param unknown whether the engine may have taken the group all the same
     */
    public LogAway(String message, boolean unknown, Throwable cause) {
        super(message, cause);
        this.unknown = unknown;
    }

    /** Whether the group may have been appended; else it was not and will not be. */
    public boolean isUnknown() {
        return unknown;
    }
}
