package io.rivulet.refusal;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;

/**
 * A thread of the hub's that does the same thing again and again, with a pause before each time, and outlives whatever
 * it meets ({@link LastingLoop}). A task of a {@code ScheduledExecutorService} would never run again once it has
 * thrown. {@link #end} may be called by any thread.
 */
public final class LastingTicker {

    private final Thread thread;
    private final long pauseNs;
    private final Runnable tick;
    private volatile boolean ended;

    /** Not started yet; {@code text} tells of a tick that failed and has a place for {@code name}. */
    public LastingTicker(Logger log, String text, String name, long pauseMs, Runnable tick) {
        this.pauseNs = TimeUnit.MILLISECONDS.toNanos(pauseMs);
        this.tick = tick;
        thread = new Thread(() -> LastingLoop.run(log, text, name, this::tickInTime), name);
        thread.setDaemon(true);
    }

    /** Begins, with a pause. Once. */
    public void start() {
        thread.start();
    }

    /** It waits first, so that a tick that failed waits again. */
    private boolean tickInTime() {
        long endNs = System.nanoTime() + pauseNs;
        for (long leftNs = pauseNs; !ended && leftNs > 0; leftNs = endNs - System.nanoTime()) {
            Thread.interrupted(); // a stranger's interrupt would turn the wait into a spin
            LockSupport.parkNanos(leftNs);
        }
        if (!ended) {
            tick.run();
        }
        return !ended;
    }

    /** Lets it end after the tick that is under way; does not wait. */
    public void end() {
        ended = true;
        LockSupport.unpark(thread);
    }

    /** The same, and waits for that at most {@code millis}; returns whether it has ended. */
    public boolean close(long millis) throws InterruptedException {
        end();
        thread.join(millis);
        return !thread.isAlive();
    }
}
