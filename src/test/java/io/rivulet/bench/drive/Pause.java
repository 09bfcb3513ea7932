package io.rivulet.bench.drive;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waiting, where time itself is what is measured, or a condition is all there is. */
public final class Pause {

    private static final long LOOK_NS = 1_000_000;

    private Pause() {
    }

    /** Lets so much time go by. */
    public static void of(Duration time) {
        until(System.nanoTime() + time.toNanos());
    }

    /** Waits until {@link System#nanoTime} says so. */
    static void until(long nanos) {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** Waits for a condition; false when it has not come in time. */
    public static boolean forUpTo(Duration limit, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            LockSupport.parkNanos(LOOK_NS);
        }
        return true;
    }
}
