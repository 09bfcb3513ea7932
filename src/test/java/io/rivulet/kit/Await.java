package io.rivulet.kit;

import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/** Waits for a condition, never for a time: as short as the machine allows, and with a deadline that says for what. */
public final class Await {

    /** How long anything may take on a busy machine of two cores before the test gives up. */
    public static final Duration LIMIT = Duration.ofSeconds(Integer.getInteger("test.limit", 20));

    /** A park that lasts so much longer than it was to: the machine stood still, and others had no time either. */
    private static final long STANDSTILL_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long FIRST_PARK_NANOS = TimeUnit.MICROSECONDS.toNanos(200);
    private static final long LAST_PARK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

    private Await() {
    }

    /** Returns when the condition holds; fails after {@link #LIMIT} with {@code what}. */
    public static void until(String what, BooleanSupplier condition) {
        until(what, LIMIT, condition);
    }

    /** Returns when the condition holds; fails after {@code limit} with {@code what}. */
    public static void until(String what, Duration limit, BooleanSupplier condition) {
        get(() -> what, limit, () -> condition.getAsBoolean() ? Boolean.TRUE : null);
    }

    /** The first value that is not null; fails after {@link #LIMIT} with {@code what}. */
    public static <T> T value(String what, Supplier<T> source) {
        return get(() -> what, LIMIT, source);
    }

    /** The first value that is not null; {@code what} is asked only when the time is over. */
    public static <T> T get(Supplier<String> what, Duration limit, Supplier<T> source) {
        long deadline = System.nanoTime() + limit.toNanos();
        long park = FIRST_PARK_NANOS;
        while (true) {
            T value = source.get();
            if (value != null) {
                return value;
            }
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("not within " + limit.toMillis() + " ms: " + what.get());
            }
            if (Thread.interrupted()) {
                throw new AssertionError("interrupted while waiting for: " + what.get());
            }
            long began = System.nanoTime();
            LockSupport.parkNanos(park);
            long late = System.nanoTime() - began - park;
            deadline += late > STANDSTILL_NANOS ? late : 0;
            park = Math.min(LAST_PARK_NANOS, park * 2);
        }
    }

    /** Lets this much time pass where time itself is what is tested, such as a client's reconnection delay. */
    public static void pass(Duration time) {
        long end = System.nanoTime() + time.toNanos();
        for (long left = time.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
