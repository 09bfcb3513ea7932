package io.rivulet.http.form;

import io.rivulet.hub.stream.Courtesy;
import io.rivulet.refusal.LastQuarter;
import io.rivulet.refusal.Refused;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * Turns at work that a request makes in its own thread and that costs much of the processor: to compile the patterns
 * that it asks for. The doors that read matchers take one. There is one of these for each hub. Any thread of the
 * container.
 *
 * <p>The hard thing is that a container has two hundred threads. Where fifty of them compile what strangers sent, a
 * shard that has a live event to write waits for a slice of each. So few do at a time, each gives way between two
 * patterns, and each rests before it gives its turn away, as {@link Courtesy} says. Those who wait hold a thread of the
 * container, so they are few as well, in all and of each address, and the last four are for addresses that have none;
 * whoever is beyond that comes again.
 */
public final class CostlyTurns {

    /** Threads that wait or work. */
    private static final int ALL_MAX = 16;
    private static final int CALLER_MAX = 4;
    private static final long REST_MAX_NS = 250_000_000;

    private final Semaphore turns;
    private final LongSupplier nanos;
    private final LongSupplier workNanos;
    private final Runnable yielding;
    /** Guarded by this, as the next one: those that are inside. */
    private final Map<String, Integer> ofCaller = new HashMap<>();
    private int all;

    /** Half of the processors work at it at a time. */
    public CostlyTurns() {
        this(Math.max(1, Runtime.getRuntime().availableProcessors() / 2), System::nanoTime, Courtesy.ofThreads(),
            Thread::yield);
    }

    /** With clocks of their own, and what is done to give way: for tests. */
    CostlyTurns(int turns, LongSupplier nanos, LongSupplier workNanos, Runnable yielding) {
        this.yielding = yielding;
        this.turns = new Semaphore(turns, true);
        this.nanos = nanos;
        this.workNanos = workNanos;
    }

    /**
     * Does the work in the calling thread, when it is its turn.
     *
     * @param peer whose work it is: an address
     * @throws Refused when too many wait, in all or of this caller; the work is not done then
     */
    public <T> T take(String peer, Supplier<T> work) {
        enter(peer);
        try {
            turns.acquireUninterruptibly();
            Courtesy courtesy = new Courtesy(nanos, workNanos);
            try {
                courtesy.begin();
                return work.get();
            } finally {
                LockSupport.parkNanos(Math.min(REST_MAX_NS, courtesy.restNs())); // the next one waits as well
                turns.release();
            }
        } finally {
            leave(peer);
        }
    }

    /** Between two pieces of such work: whoever waits for the processor has it first. */
    public void giveWay() {
        yielding.run();
    }

    private synchronized void enter(String peer) {
        int own = ofCaller.getOrDefault(peer, 0);
        if (own >= CALLER_MAX) {
            throw refused(own, CALLER_MAX, "of this address ", "");
        }
        if (all >= LastQuarter.most(ALL_MAX, all, own + 1, 1, 1)) {
            throw refused(all, ALL_MAX, "", all < ALL_MAX ? "the others are for addresses that have none; " : "");
        }
        ofCaller.put(peer, own + 1);
        all++;
    }

    private static Refused refused(int now, int max, String whose, String others) {
        return Refused.because(Refused.Reason.OVERLOADED, now + " of at most " + max + " requests "
            + whose + "with many or long patterns are being read; " + others + "come again");
    }

    private synchronized void leave(String peer) {
        ofCaller.computeIfPresent(peer, (p, n) -> n == 1 ? null : n - 1);
        all--;
    }
}
