package io.rivulet.refusal;

import java.util.function.LongSupplier;

/**
 * How many lines of one kind a log gets in a minute, so that nobody fills the disk by causing them again and again. The
 * others are counted, and the next line tells how many they were. Any thread.
 */
public final class LineBudget {

    private static final long WINDOW_MS = 60_000;

    private final int linesMax;
    private final LongSupplier millis;
    private long windowStartMs;
    private int lines;
    private long untold;

    /** At most so many lines a minute, by this time in milliseconds. */
    public LineBudget(int linesMax, LongSupplier millis) {
        this.linesMax = linesMax;
        this.millis = millis;
        windowStartMs = millis.getAsLong();
    }

    /** -1 when this line is only counted, else how many went untold before it. */
    public synchronized long admit() {
        long nowMs = millis.getAsLong();
        if (Math.abs(nowMs - windowStartMs) >= WINDOW_MS) { // also where the clock was put back
            windowStartMs = nowMs;
            lines = 0;
        }
        if (lines == linesMax) {
            untold++;
            return -1;
        }
        lines++;
        long told = untold;
        untold = 0;
        return told;
    }
}
