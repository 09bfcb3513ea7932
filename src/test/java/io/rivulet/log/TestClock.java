package io.rivulet.log;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A clock and a monotonic ticker in the hands of a test. The clock jumps; the ticker only goes on. */
public final class TestClock implements InstantSource {

    private final AtomicLong nowMs = new AtomicLong(Instant.parse("2026-11-23T10:00:00Z").toEpochMilli());
    private final AtomicLong nanos = new AtomicLong(1_000);

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(nowMs.get());
    }

    /** Time passes: both go on. A negative time sets the clock back; the ticker stays. */
    public void advanceMs(long ms) {
        nowMs.addAndGet(ms);
        nanos.addAndGet(Math.max(0, ms) * 1_000_000);
    }

    /** Somebody sets the clock; no time passes. */
    public void jumpMs(long ms) {
        nowMs.addAndGet(ms);
    }

    public long nanos() {
        return nanos.get();
    }
}
