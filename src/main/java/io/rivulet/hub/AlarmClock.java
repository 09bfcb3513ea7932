package io.rivulet.hub;

import io.rivulet.refusal.LastingLoop;
import io.rivulet.refusal.Refused;
import java.time.Duration;
import java.util.PriorityQueue;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs short tasks of code in the same JVM at their time, on one thread, {@code rivulet-alarm}: pieces of text that are
 * to be joined, topics that nobody hears. The hub has one; any thread may set an alarm. The thread starts with the
 * first alarm, and outlives a task that throws. To be closed with the hub; what is not due by then is not run.
 */
final class AlarmClock implements Alarms, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AlarmClock.class);
    /** Far more than publishers and watches can be; each takes some hundred bytes. */
    private static final int ALARMS_MAX = 100_000;
    private static final long JOIN_MS = 2_000;
    private static final String NAME = "rivulet-alarm";

    /** Guarded by this, as is all that follows. */
    private final PriorityQueue<Alarm> alarms = new PriorityQueue<>();
    private long set;
    private Thread thread;
    private boolean closed;

    /** A task that waits for its time; of two that are due at once the one that was set first comes first. */
    private record Alarm(long dueNs, long number, Runnable task) implements Comparable<Alarm> {
        @Override
        public int compareTo(Alarm other) {
            long sooner = dueNs - other.dueNs;
            return sooner != 0 ? Long.signum(sooner) : Long.compare(number, other.number);
        }
    }

    @Override
    public synchronized Runnable after(Duration time, Runnable task) {
        if (closed) {
            throw Refused.because(Refused.Reason.NOT_OPEN, "the hub is closing");
        }
        if (alarms.size() >= ALARMS_MAX) {
            throw Refused.because(Refused.Reason.OVERLOADED, alarms.size() + " tasks wait for their time, the most "
                + "that may");
        }
        Alarm alarm = new Alarm(System.nanoTime() + time.toNanos(), set++, task);
        alarms.add(alarm);
        if (thread == null) {
            thread = new Thread(() -> LastingLoop.run(LOG, "A task of {} failed; the others go on", NAME, this::round),
                NAME);
            thread.setDaemon(true);
            thread.start();
        } else if (alarms.peek() == alarm) {
            notifyAll();
        }
        return () -> cancel(alarm);
    }

    private synchronized void cancel(Alarm alarm) {
        alarms.remove(alarm);
    }

    private boolean round() throws InterruptedException {
        Alarm due = awaitDue();
        if (due != null) {
            due.task.run();
        }
        return due != null;
    }

    /** The next one that is due; null at the end. */
    private synchronized Alarm awaitDue() throws InterruptedException {
        while (!closed) {
            Alarm next = alarms.peek();
            long leftNs = next == null ? 0 : next.dueNs - System.nanoTime();
            if (next != null && leftNs <= 0) {
                return alarms.poll();
            }
            wait(next == null ? 0 : TimeUnit.NANOSECONDS.toMillis(leftNs) + 1);
        }
        return null;
    }

    /** Ends the thread, after the task that is under way. Idempotent. */
    @Override
    public void close() {
        Thread running;
        synchronized (this) {
            closed = true;
            alarms.clear();
            notifyAll();
            running = thread;
        }
        if (running != null && running != Thread.currentThread()) {
            try {
                running.join(JOIN_MS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
