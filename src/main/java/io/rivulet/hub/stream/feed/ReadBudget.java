package io.rivulet.hub.stream.feed;

import java.util.concurrent.Semaphore;

/**
 * Bounds the memory of reads of the log that nobody has taken yet: at most {@code rivulet.read.bytes} for all shards
 * together. Readers take from it before they pass a result on, and wait while nothing is left; shards give back. Any
 * thread.
 */
public final class ReadBudget {

    /** Bytes that one permit stands for. */
    private static final int UNIT = 1024;

    private final Semaphore permits;
    private final int units;

    /** At most so many bytes. */
    public ReadBudget(long bytesMax) {
        units = (int) Math.min(Integer.MAX_VALUE, bytesMax / UNIT);
        permits = new Semaphore(units);
    }

    /** Takes so much, or all there is if that is less; waits until it is there. */
    public void acquire(long bytes) throws InterruptedException {
        permits.acquire(units(bytes));
    }

    /** Gives back what was taken. */
    public void release(long bytes) {
        if (bytes > 0) {
            permits.release(units(bytes));
        }
    }

    /** How much is taken now: for tests. */
    long taken() {
        return (long) (units - permits.availablePermits()) * UNIT;
    }

    private int units(long bytes) {
        return (int) Math.min(units, (bytes + UNIT - 1) / UNIT);
    }
}
