package io.rivulet.hub.stream;

import io.rivulet.log.CopiedLog;
import io.rivulet.refusal.LastingLoop;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where questions of {@link Readers} wait for the engine of a cluster, and the thread that asks it, {@code
 * rivulet-barrier}. Only a log that is a copy makes them wait, so a hub alone has no such thread.
 *
 * <p>The hard thing is that anybody may make up a cursor that no node knows, and that an engine which stands still
 * takes seconds to say so. On the threads that read, two such cursors would stop the look-ups of all. Here a question
 * that waits holds neither a thread nor a turn nor a place, and one call answers all that had come before it.
 *
 * @param <T> a question that waits
 */
final class Barrier<T> {

    private static final Logger LOG = LoggerFactory.getLogger(Barrier.class);
    private static final String NAME = "rivulet-barrier";

    /** The readers' own, which is held for work on a list. */
    private final ReentrantLock lock;
    private final BiConsumer<T, Passed> goOn;
    private final Runnable dispatch;
    // under the lock
    private final Condition awake;
    private final Deque<T> waiting = new ArrayDeque<>();
    private Thread thread;
    private CopiedLog log;
    private boolean ended;
    /** How many of those that wait had come when the call at hand began: the first of them. */
    private int asked;
    /** What the call has brought, until all of them go on. The thread's own. */
    private Passed passed;

    /** What a call has brought: whether something may have been copied, or why nobody knows. */
    record Passed(boolean isCopied, Throwable failure) {

        /** Whether the log was copied; throws what the call threw. */
        boolean get() throws IOException {
            if (failure instanceof IOException e) {
                throw e;
            }
            if (failure != null) {
                throw new IOException("the log could not be copied", failure);
            }
            return isCopied;
        }
    }

    /**
     * Nobody waits yet.
     *
     * @param lock     held for all calls of this class but {@link #close}
     * @param goOn     takes a question back, or throws and has not; under the lock
     * @param dispatch looks for turns for those that go on; under the lock
     */
    Barrier(ReentrantLock lock, BiConsumer<T, Passed> goOn, Runnable dispatch) {
        this.lock = lock;
        this.goOn = goOn;
        this.dispatch = dispatch;
        awake = lock.newCondition();
    }

    /** A question is about to wait for this log: from here on somebody asks its engine. */
    void open(CopiedLog of) {
        lock.lock();
        try {
            log = of;
            if (thread == null && !ended) {
                Thread made = new Thread(
                    () -> LastingLoop.run(LOG, "A round of {} failed and is made again", NAME, this::round), NAME);
                made.setDaemon(true);
                made.start();
                thread = made; // last: where no thread can be had the question fails, and the next one tries again
            }
        } finally {
            lock.unlock();
        }
    }

    /** It waits from now on. Where this throws it does not. */
    void add(T one) {
        waiting.add(one);
        awake.signal();
    }

    /** Takes one out, at the end; null when there is none. */
    T poll() {
        return waiting.poll();
    }

    int size() {
        return waiting.size();
    }

    /** One call; false at the end. What it has brought is kept until all have heard of it. */
    private boolean round() {
        if (passed == null) {
            CopiedLog of = take();
            if (of == null) {
                return false;
            }
            passed = call(of);
        }
        lock.lock();
        try {
            while (asked > 0 && !waiting.isEmpty()) {
                goOn.accept(waiting.peek(), passed);
                waiting.poll(); // nothing between that could fail: a question must not stand in two lines
                asked--;
            }
            dispatch.run();
        } finally {
            lock.unlock();
        }
        passed = null;
        return true;
    }

    /** Waits until somebody else waits; null at the end. */
    private CopiedLog take() {
        lock.lock();
        try {
            while (waiting.isEmpty() && !ended) {
                awake.awaitUninterruptibly();
            }
            asked = waiting.size();
            return ended ? null : log;
        } finally {
            lock.unlock();
        }
    }

    private static Passed call(CopiedLog of) {
        try {
            return new Passed(of.catchUp(), null);
        } catch (IOException | RuntimeException | Error e) {
            return new Passed(false, e);
        }
    }

    /** Lets the thread end; what waits is the caller's to {@link #poll}. Does not wait. */
    void end() {
        ended = true;
        awake.signal();
    }

    /** Waits for that until then, by {@link System#nanoTime}. */
    void close(long untilNs) throws InterruptedException {
        Thread started;
        lock.lock();
        try {
            started = thread;
        } finally {
            lock.unlock();
        }
        if (started != null) {
            TimeUnit.NANOSECONDS.timedJoin(started, untilNs - System.nanoTime());
        }
    }
}
