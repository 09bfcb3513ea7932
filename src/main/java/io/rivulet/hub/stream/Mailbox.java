package io.rivulet.hub.stream;

import io.rivulet.refusal.FaultLog;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that others post to a thread, and that thread's sleep. Shards and the teller of subscriptions have one each. Any
 * thread posts; its owner reads.
 */
public final class Mailbox {

    private static final Logger LOG = LoggerFactory.getLogger(Mailbox.class);
    private static final int ROUND_MAX = 1024;
    private static final long ROUND_NS = 2_000_000;
    private static final int TRIES = 20;

    private final ConcurrentLinkedQueue<Runnable> posted = new ConcurrentLinkedQueue<>();
    private final Runnable late;
    private volatile Thread owner;
    private volatile boolean parked;
    private volatile boolean over;
    /** What was taken out and is not done. The owner's, and after its end the poster's, under the lock. */
    private Runnable begun;
    /** What it threw, until that is handled. */
    private Throwable failure;
    private int tries;

    /** Work about something that must not be left half-done. */
    interface Work extends Runnable {
        /** It threw this: what it is about is given up. Tried again while it fails itself. */
        void failed(Throwable e);
    }

    /** {@code late} runs after work that came when the owner had ended. */
    public Mailbox(Runnable late) {
        this.late = late;
    }

    /** This thread reads; to be called once, before any post. */
    public void ownedBy(Thread thread) {
        owner = thread;
    }

    /**
     * Runs {@code work} on the owner's thread. T1 (a container) posts while T2 (the owner) reads its mail for the last
     * time: T2 says {@code over} after that, T1 looks at it after it has posted, so one of them finds the work, and a
     * stream that comes too late is ended rather than forgotten. Any thread.
     */
    public void post(Runnable work) {
        posted.add(work);
        if (over) {
            readLate();
        } else {
            wake();
        }
    }

    /**
     * The sleeper and the waker: T1 (the owner) sets {@code parked}, then looks again whether there is work, then
     * parks; T2 makes work, then looks at {@code parked}. The second sees the other, so no work waits unseen.
     */
    public void wake() {
        if (parked) {
            LockSupport.unpark(owner);
        }
    }

    /** Sleeps unless there is mail or {@code busy}; the owner's thread. */
    public void sleepUnless(BooleanSupplier busy) {
        sleepUnless(busy, Long.MAX_VALUE);
    }

    /** Sleeps unless there is mail or {@code busy}, at most so many nanoseconds; the owner's thread. */
    void sleepUnless(BooleanSupplier busy, long nanosMax) {
        parked = true;
        if (posted.isEmpty() && !busy.getAsBoolean()) {
            if (nanosMax == Long.MAX_VALUE) {
                LockSupport.park(this);
            } else {
                LockSupport.parkNanos(this, nanosMax); // which returns at once when the time is over
            }
        }
        parked = false;
    }

    /**
     * Runs posted work, for about 2 ms by this clock: when thousands come back at once, streams that are there already
     * must not wait for all of them. False when there was no work. The owner's thread.
     *
     * <p>Work that was taken out is in a field until it is done, because something may be thrown between the two: the
     * next call goes on with it.
     */
    public boolean read(LongSupplier nanos) {
        if (begun == null) {
            begun = posted.poll();
        }
        if (begun == null) {
            return false;
        }
        long untilNs = nanos.getAsLong() + ROUND_NS;
        for (int n = 0; begun != null; n++) {
            runBegun();
            begun = n < ROUND_MAX && nanos.getAsLong() < untilNs ? posted.poll() : null;
        }
        return true;
    }

    private void runBegun() {
        if (failure == null) {
            tries = 0;
            try {
                begun.run();
            } catch (RuntimeException | Error e) {
                failure = e; // and nothing more: what is done about it may fail, too, and is then tried again
            }
        }
        if (failure != null && tries++ < TRIES) {
            FaultLog.tell(LOG, "A task of {} failed; the shard goes on", owner.getName(), failure);
            if (begun instanceof Work work) {
                work.failed(failure);
            }
        }
        failure = null;
        begun = null;
    }

    /** The owner ends: from now on the posting thread runs its work itself. */
    public void close() {
        over = true;
        readLate();
    }

    private synchronized void readLate() {
        if (begun != null) {
            runBegun();
            late.run();
        }
        for (begun = posted.poll(); begun != null; begun = posted.poll()) {
            runBegun();
            late.run();
        }
    }
}
