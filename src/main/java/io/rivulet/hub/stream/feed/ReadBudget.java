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
    public Taken acquire(long bytes) throws InterruptedException {
        Taken taken = new Taken((int) Math.min(units, (bytes + UNIT - 1) / UNIT)); // first: it may fail
        permits.acquire(taken.units);
        return taken;
    }

    /**
     * What one read has taken. Where something fails half-way nobody knows who had it last, so several may give it
     * back: the first one does. Any thread.
     */
    public final class Taken {
        private int units;

        private Taken(int units) {
            this.units = units;
        }

        /** Gives it back, unless that was done. */
        public synchronized void release() {
            permits.release(units);
            units = 0;
        }
    }

    /** How much is taken now: for tests. */
    long taken() {
        return (long) (units - permits.availablePermits()) * UNIT;
    }
}
