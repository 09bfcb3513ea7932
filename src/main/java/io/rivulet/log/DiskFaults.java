package io.rivulet.log;

import java.nio.file.Path;
import java.util.Locale;

/** Tells a full disk from a broken one: Java has one exception for both, and a sync does not even name the cause. */
final class DiskFaults {

    /** Below this a disk counts as full whatever the message says: a block of the file system or two. */
    private static final long FULL_BELOW_BYTES = 64 * 1024;

    private DiskFaults() {
    }

    static LogFailure failure(Disk disk, Path folder, String what, Throwable cause) {
        boolean full = isFull(disk, folder, cause);
        String said = cause.getMessage() == null ? cause.toString() : cause.getMessage();
        return new LogFailure(what + ": " + (full ? "no space left (" + said + ")" : said), full, cause);
    }

    private static boolean isFull(Disk disk, Path folder, Throwable cause) {
        String said = String.valueOf(cause.getMessage()).toLowerCase(Locale.ROOT);
        return said.contains("no space left") || said.contains("quota") || said.contains("not enough space")
            || disk.freeBytes(folder) < FULL_BELOW_BYTES;
    }
}
