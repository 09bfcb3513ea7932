package io.rivulet.log;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** The disk refused a write or a sync. The log stays readable, and heals before the next append. */
public final class LogFailure extends IOException {

    private final boolean full;
    private final boolean beforeEpoch;

    /** {@code full}: no space or quota left, rather than a fault of the device. */
    public LogFailure(String message, boolean full, Throwable cause) {
        this(message, full, false, cause);
    }

    private LogFailure(String message, boolean full, boolean beforeEpoch, Throwable cause) {
        super(message, cause);
        this.full = full;
        this.beforeEpoch = beforeEpoch;
    }

    /**
     * What callers may be told of a failure of the log's. Java names a file by where it lies on this machine, which is
     * for the hub's own log alone: health is open to everybody, and so may publishing be.
     */
    public static String told(Exception e) {
        if (e instanceof LogFailure || e instanceof LogAway) {
            return e.getMessage(); // made for callers
        }
        String said = e instanceof FileSystemException one && one.getReason() != null ? one.getReason()
            : String.valueOf(e.getMessage());
        boolean isPlain = said.indexOf('/') < 0 && said.indexOf('\\') < 0 && !(e instanceof NoSuchFileException);
        return isPlain ? said : "a file of the log is damaged, gone or not to be read; the hub's log tells which";
    }

    /** The same failure of a log that has opened, but whose new epoch is not on the disk yet. */
    public LogFailure beforeEpoch() {
        return new LogFailure(getMessage(), full, true, getCause());
    }

    /**
     * Whether the epoch in force is not on the disk. No id of a new event may be made then, not of a transient one
     * either: the next opening may take the same epoch, and would give such an id to another event.
     */
    public boolean isBeforeEpoch() {
        return beforeEpoch;
    }

    /** Whether the disk lacks space. */
    public boolean isFull() {
        return full;
    }
}
