package io.rivulet.refusal;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.Logger;

/**
 * The loop of a thread that others depend on: it makes rounds until one says that it was the last, and outlives
 * whatever a round throws. The committer, shards, readers, the ticker and the thread for answers run in it.
 *
 * <p>The hard thing is a fault that goes on, as when memory is missing: then the handling of the fault fails, too, and
 * a {@code catch} that logs would throw out of the loop. So the {@code catch} only keeps the fault, and the next round
 * begins with telling it.
 */
public final class LastingLoop {

    /** Where memory is missing, trying again at once would only fill the log. */
    private static final long FAULT_PAUSE_NS = 10_000_000;
    private static final int TRIES = 6;

    /** One round. */
    public interface Round {
        /** Returns whether another one follows. One that follows a failure finds what that left behind. */
        boolean run() throws Exception;
    }

    private LastingLoop() {
    }

    /**
     * Does each of these, in order, although one fails: that is tried again some times, and then left. A step that
     * fails must not have done anything.
     */
    public static void each(Runnable... steps) {
        int tries = 0;
        for (int i = 0; i < steps.length; ) {
            try {
                steps[i].run();
                i++;
                tries = 0;
            } catch (RuntimeException | Error e) {
                i = ++tries < TRIES ? i : i + 1;
            }
        }
    }

    /**
     * Waits until this thread has ended, at most so many milliseconds; also where the caller is interrupted meanwhile,
     * who finds that out afterwards. What the thread uses is free only then.
     */
    public static void awaitEnd(Thread thread, long limitMs) {
        boolean interrupted = false;
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(limitMs);
        while (thread.isAlive() && System.nanoTime() < end) {
            try {
                thread.join(limitMs);
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Makes rounds on the calling thread; {@code text} tells of a failed one and has a place for {@code name}. */
    public static void run(Logger log, String text, String name, Round round) {
        Throwable failure = null;
        boolean goesOn = true;
        while (goesOn) {
            try {
                if (failure != null) {
                    Throwable told = failure;
                    failure = null;
                    FaultLog.tell(log, text, name, told);
                    LockSupport.parkNanos(FAULT_PAUSE_NS);
                }
                goesOn = round.run();
            } catch (Exception | Error e) {
                failure = e; // and nothing more: see above
            }
        }
    }
}
