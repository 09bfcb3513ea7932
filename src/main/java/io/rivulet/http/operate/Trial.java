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
 * <p>Everybody may ask for health, and a trial costs a sync of the disk, and two seconds of a thread where the hub
 * hangs. So one trial runs at a time, its good result stands for a second, and whoever asks meanwhile is told the last
 * result.
 */
final class Trial {

    /** Longer than a slow sync, shorter than the patience of any load balancer. */
    private static final long WAIT_MS = 2_000;
    private static final long KEPT_NS = 1_000_000_000;
    private static final Result WELL = new Result(null, null);

    private final Hub hub;
    private final LongSupplier nanos;
    private final long waitMs;
    private final AtomicBoolean running = new AtomicBoolean();
    private volatile Result last = WELL;
    private volatile long lastNs;

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
        if (!kept && running.compareAndSet(false, true)) {
            try {
                last = attempt();
                lastNs = nanos.getAsLong();
            } finally {
                running.set(false);
            }
        }
        return last;
    }

    private Result attempt() {
        HubTrial trial = hub.attempt();
        if (trial == null) {
            return WELL; // the store is not open: that is told before
        }
        long untilNs = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(waitMs);
        String streams = why(trial.delivery(), untilNs, "a thread of the fan-out did not answer within " + waitMs
            + " ms");
        String publish = why(trial.publish(), untilNs, "a publish on trial got no answer within " + waitMs + " ms");
        return new Result(streams, publish);
    }

    private static String why(CompletableFuture<?> answer, long untilNs, String late) {
        try {
            answer.get(Math.max(0, untilNs - System.nanoTime()), TimeUnit.NANOSECONDS);
            return null;
        } catch (ExecutionException e) {
            return String.valueOf(e.getCause().getMessage());
        } catch (TimeoutException e) {
            return late;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "the trial was interrupted";
        }
    }
}
