package io.rivulet.hub;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicLong;

/** A clock that a test sets. */
public final class SetClock implements InstantSource {

    private final AtomicLong nowNs =
        new AtomicLong(Instant.parse("2026-11-23T10:00:00Z").toEpochMilli() * 1_000_000);

    @Override
    public Instant instant() {
        return Instant.ofEpochMilli(nowNs.get() / 1_000_000);
    }

    /** The ticker that goes with it. */
    public long nanos() {
        return nowNs.get();
    }

    public void advanceMs(long ms) {
        advanceNs(ms * 1_000_000);
    }

    public void advanceNs(long ns) {
        nowNs.addAndGet(ns);
    }
}
