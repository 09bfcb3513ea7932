package io.rivulet.bench.drive;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for a moment of a load, or for a condition that may also not come; the rest is {@code kit.Await}. */
public final class Pause {

    private static final Duration LOOK = Duration.ofMillis(1);

    private Pause() {
    }

    /** Waits until {@link System#nanoTime} says so. */
    static void until(long nanos) {
        for (long left = nanos - System.nanoTime(); left > 0; left = nanos - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }

    /** Waits for a condition; false when it has not come in time. */
    public static boolean forUpTo(Duration limit, BooleanSupplier condition) {
        return forUpTo(limit, LOOK, condition);
    }

    /** The same for a condition that costs something to look at. */
    public static boolean forUpTo(Duration limit, Duration betweenLooks, BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() - end > 0) {
                return false;
            }
            LockSupport.parkNanos(betweenLooks.toNanos());
        }
        return true;
    }
}
