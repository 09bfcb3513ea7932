package io.rivulet.http.operate;

import io.rivulet.hub.Hub;
import io.rivulet.hub.HubTrial;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongSupplier;

/**
 * Finds out whether the hub still does what it is for, by trying: {@link HealthServlet} has one. Any thread of the
 * container's.
 *
 * <p>Everybody may ask for health, and a trial costs a sync of the disk. So one trial runs at a time, its good result
 * stands for a second, and whoever asks meanwhile is told the last result. A hub under load is slow and is well: only
 * what has had no answer for ten seconds hangs.
 */
final class Trial {

    /** So long one caller waits for an answer; the trial goes on without it. */
    private static final long WAIT_MS = 500;
    private static final long HANGS_S = 10;
    private static final long KEPT_NS = 1_000_000_000;
    private static final Result WELL = new Result(null, null);

    private final Hub hub;
    private final LongSupplier nanos;
    private final long waitMs;
    private final AtomicBoolean busy = new AtomicBoolean();
    private volatile Result last = WELL;
    private volatile long lastNs;
    /** Of whoever is busy: the trial that is under way, and since when; null for none. */
    private HubTrial running;
    private long sinceNs;

    /**
     * What came of it.
     *
     * @param streams why streams are not served; null where they are
     * @param publish why publishing fails; null where it works
     */
    record Result(String streams, String publish) {
    }

    Trial(Hub hub) {
        this(hub, System::nanoTime, WAIT_MS);
    }

    Trial(Hub hub, LongSupplier nanos, long waitMs) {
        this.hub = hub;
        this.waitMs = waitMs;
        this.nanos = nanos;
        lastNs = nanos.getAsLong() - KEPT_NS;
    }

    /** The result of now, or of less than a second ago. */
    Result result() {
        boolean kept = last.equals(WELL) && nanos.getAsLong() - lastNs < KEPT_NS;
        if (!kept && busy.compareAndSet(false, true)) {
            try {
                attempt();
            } finally {
                busy.set(false);
            }
        }
        return last;
    }

    private void attempt() {
        if (running == null) {
            running = hub.attempt();
            sinceNs = nanos.getAsLong();
        }
        if (running == null) {
            last = WELL; // the store is not open: that is told before
            return;
        }
        await(CompletableFuture.allOf(running.publish(), running.delivery()));
        boolean hangs = nanos.getAsLong() - sinceNs >= TimeUnit.SECONDS.toNanos(HANGS_S);
        boolean over = running.publish().isDone() && running.delivery().isDone();
        if (over || hangs) {
            last = new Result(why(running.delivery(), "a thread of the fan-out"), why(running.publish(), "a publish"));
            lastNs = nanos.getAsLong();
        }
        if (over) {
            running = null;
        }
    }

    private void await(CompletableFuture<?> answers) {
        try {
            answers.get(waitMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException | TimeoutException e) {
            // what came of it is asked of each
        }
    }

    private static String why(CompletableFuture<?> answer, String who) {
        if (!answer.isDone()) {
            return who + " on trial has had no answer for " + HANGS_S + " s";
        }
        return answer.handle((done, failure) -> failure == null ? null : String.valueOf(failure.getMessage())).join();
    }
}
