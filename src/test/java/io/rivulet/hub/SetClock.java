package io.rivulet.hub;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that a test sets. */
final class SetClock implements InstantSource {

    private final AtomicLong nowMs = new AtomicLong(Instant.parse("2026-11-23T10:00:00Z").toEpochMilli());

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(nowMs.get());
    }

    /** The ticker that goes with it. */
    long nanos() {
        return nowMs.get() * 1_000_000;
    }

    void advanceMs(long ms) {
        nowMs.addAndGet(ms);
    }
}
