package io.rivulet.http.trace;

import io.rivulet.refusal.LastingLoop;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lines on their way to a place that may be slow. {@link AccessLog} and {@link LogLines} have one each, with a thread
 * that writes them; any thread adds lines and never waits.
 *
 * <p>A request must not wait for a disk or for a logger's lock. So the queue is bounded, and the caller is told when a
 * line found no room.
 *
 * @param <T> a line, as the place takes it
 */
final class LineQueue<T> implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(LineQueue.class);
    /** Of about 120 characters each: half a megabyte at most. */
    private static final int LINES = 4_096;
    private static final int BATCH_LINES = 512;
    /** Lines wait so long for others: waking the writer for each line would cost a request more than the line. */
    private static final long PAUSE_NS = 100_000_000;
    /** After so many lines the writer is woken all the same, before the queue is full. */
    private static final int WAKE_LINES = LINES / 4;

    private final BlockingQueue<T> queue = new ArrayBlockingQueue<>(LINES);
    private final AtomicInteger added = new AtomicInteger();
    private final Consumer<List<T>> place;
    private final Thread writer;
    private volatile boolean closed;
    /** Lines that are taken from the queue and not written yet; the writer's own. */
    private final List<T> batch = new ArrayList<>(BATCH_LINES);

    /** Starts the thread of this name; {@code place} gets the lines, on it alone. */
    LineQueue(String name, Consumer<List<T>> place) {
        this.place = place;
        writer = new Thread(this::run, name);
        writer.setDaemon(true);
        writer.start();
    }

    /** Adds one line; false when there is no room for it, or when the queue is closed. */
    boolean add(T line) {
        if (closed || !queue.offer(line)) {
            return false;
        }
        if (added.incrementAndGet() % WAKE_LINES == 0) {
            LockSupport.unpark(writer);
        }
        return true;
    }

    /** Whether lines are taken no more. */
    boolean isClosed() {
        return closed;
    }

    /** Ends when the queue is closed and all lines are written, or by the interrupt of {@link #close}. */
    private void run() {
        LastingLoop.run(LOG, "A round of {} failed; its lines are written with the next one", writer.getName(),
            this::round);
    }

    private boolean round() {
        if (Thread.currentThread().isInterrupted()) {
            return false;
        }
        boolean last = closed;
        if (!batch.isEmpty() || queue.drainTo(batch, BATCH_LINES) > 0) {
            place.accept(batch);
            batch.clear(); // last: what failed is written again
        } else if (last) {
            return false;
        } else {
            LockSupport.parkNanos(PAUSE_NS);
        }
        return true;
    }

    /** Writes the lines that are queued and ends the thread; waits 2.5 seconds at most. Idempotent. */
    @Override
    public void close() {
        if (closed) {
            return;
        }
        closed = true;
        LockSupport.unpark(writer);
        try {
            writer.join(2_000);
            if (writer.isAlive()) {
                writer.interrupt();
                writer.join(500);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
