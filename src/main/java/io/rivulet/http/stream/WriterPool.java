package io.rivulet.http.stream;

import io.rivulet.config.SettingsTable;
import io.rivulet.refusal.LastingLoop;
import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Refused.Reason;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.LinkedTransferQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads {@code rivulet-h2-N}, which write to responses whose container blocks in a write that is called
 * non-blocking: Tomcat's HTTP/2, whose streams wait for their connection's socket (5 s by default, {@code
 * Http2Protocol}'s {@code writeTimeout}). {@link LaneWriter} uses it, on any thread.
 *
 * <p>The connection blocks, never one stream of it: a stream whose own window is used up is "not ready", and the
 * container calls back. So each connection has a {@link Lane}, in which its streams are written one after the other,
 * and there are at most as many lanes as threads. So no stream waits for a thread that another connection holds.
 */
final class WriterPool implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WriterPool.class);
    private static final String NAME = "rivulet-h2-";
    private static final long IDLE_S = 10;
    /** The time for streams that read to get their end; the others are then interrupted, and have as long again. */
    private static final long CLOSE_MS = 1_000;

    private final int max;
    private final Map<String, Lane> lanes = new HashMap<>();
    private final Set<Thread> started = ConcurrentHashMap.newKeySet();
    private final AtomicInteger number = new AtomicInteger();
    private final ThreadPoolExecutor threads;

    /** Lanes and threads for so many connections. */
    WriterPool(int max) {
        this.max = max;
        ToTheIdle queue = new ToTheIdle();
        threads = new ThreadPoolExecutor(0, max, IDLE_S, TimeUnit.SECONDS, queue, this::thread, queue::late);
    }

    private Thread thread(Runnable task) {
        Thread thread = new Thread(task, NAME + number.incrementAndGet());
        thread.setDaemon(true);
        started.removeIf(other -> other.getState() == Thread.State.TERMINATED);
        started.add(thread);
        return thread;
    }

    /**
     * Enters the lane that the streams of this connection share. The caller leaves it, once.
     *
     * @throws Refused when there are as many lanes as allowed
     */
    synchronized Lane enter(String connection) {
        Lane lane = lanes.get(connection);
        if (lane == null) {
            if (lanes.size() >= max) {
                throw Refused.because(Reason.OVERLOADED, "there are streams on " + max
                    + " HTTP/2 connections, as many as there may be threads for them ("
                    + SettingsTable.WRITERS_MAX.fullKey() + ")");
            }
            lane = new Lane(connection);
            lanes.put(connection, lane);
        }
        lane.streams++;
        return lane;
    }

    private synchronized void leave(Lane lane) {
        if (--lane.streams == 0) {
            lanes.remove(lane.connection, lane);
        }
    }

    /** Ends all threads, after those that are not stuck have written what they have; in about two seconds at most. */
    @Override
    public void close() {
        threads.shutdown();
        try {
            if (!threads.awaitTermination(CLOSE_MS, TimeUnit.MILLISECONDS)) {
                threads.shutdownNow(); // Tomcat's wait for the socket ends when it is interrupted
                if (!threads.awaitTermination(CLOSE_MS, TimeUnit.MILLISECONDS)) {
                    LOG.warn("{} threads that write to HTTP/2 streams do not end", threads.getActiveCount());
                    return;
                }
            }
            for (Thread thread : started) {
                thread.join(CLOSE_MS); // its work is done, and it is about to end
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            threads.shutdownNow();
        }
    }

    /**
     * Gives a task to a thread that is idle, and refuses it when there is none, so that the pool starts one; the usual
     * queue would start no second thread before it is full.
     */
    private static final class ToTheIdle extends LinkedTransferQueue<Runnable> {
        static final long serialVersionUID = 1;

        @Override
        public boolean offer(Runnable lane) {
            return tryTransfer(lane);
        }

        /**
         * No thread is idle and none may be started: one of them is on its way back from a lane that has just ended,
         * and will find this one. Or the pool has closed, after the hub: the container's thread that has news of a
         * stream does its job itself.
         */
        void late(Runnable lane, ThreadPoolExecutor pool) {
            if (pool.isShutdown()) {
                lane.run();
            } else {
                super.offer(lane);
            }
        }
    }

    /** The streams of one connection, written one after the other. */
    final class Lane implements Runnable {

        private final String connection;
        private final Queue<Runnable> jobs = new ConcurrentLinkedQueue<>();
        /** Whether a thread runs the lane, or is about to. */
        private final AtomicBoolean busy = new AtomicBoolean();
        /** Guarded by the pool. */
        private int streams;

        private Lane(String connection) {
            this.connection = connection;
        }

        /** Runs the job in the lane's thread, after those that came before. Any thread; never waits. */
        void run(Runnable job) {
            jobs.add(job);
            if (busy.compareAndSet(false, true)) {
                try {
                    threads.execute(this);
                } catch (RuntimeException | Error e) {
                    busy.set(false); // no thread could be started; the next job tries again
                    throw e;
                }
            }
        }

        /** One stream leaves the lane. */
        void leave() {
            WriterPool.this.leave(this);
        }

        /** Whatever a job meets, the lane goes on: else it would stay busy for ever, and its streams fall silent. */
        @Override
        public void run() {
            LastingLoop.run(LOG, "A job of {} failed; the other streams of its HTTP/2 connection go on",
                Thread.currentThread().getName(), this::runNext);
        }

        /**
         * One job; false when the lane is given up. T1 (this thread) finds no more jobs; T2 adds one and sees that the
         * lane is busy. So T1 gives the lane up, then looks once more: whoever is second sees the other.
         */
        private boolean runNext() {
            Runnable job = jobs.poll();
            if (job != null) {
                job.run();
                return true;
            }
            busy.set(false);
            return !jobs.isEmpty() && busy.compareAndSet(false, true);
        }
    }
}
