package io.rivulet.hub;

import io.rivulet.refusal.LastingLoop;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread {@code rivulet-answer}, on which those who wait get their answers, in order. The committer and the shards
 * hand it tasks, from any thread, so that none of them runs a caller's code.
 *
 * <p>A publisher waits for ever for an answer that is lost. So a task that fails is run again: it completes answers,
 * and to complete one twice changes nothing. Only a task that always fails is given up.
 */
final class AnswerThread implements Executor {

    private static final Logger LOG = LoggerFactory.getLogger(AnswerThread.class);
    private static final int TRIES = 20;
    private static final Runnable END = () -> { };

    private final LinkedBlockingQueue<Runnable> tasks = new LinkedBlockingQueue<>();
    private final Thread thread = new Thread(
        () -> LastingLoop.run(LOG, "A task of {} failed and is run again", "rivulet-answer", this::round),
        "rivulet-answer");
    private volatile boolean closed;
    /** The task that was begun and is not done; this thread's own, as is {@code tries}. */
    private Runnable begun;
    private int tries;

    void start() {
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Runs a task after those that came before.
     *
     * @throws RejectedExecutionException when the thread has ended or is about to; the task does not run then
     */
    @Override
    public void execute(Runnable task) {
        tasks.add(task);
        if (closed && tasks.remove(task)) { // T1 adds while T2 closes: either T2's last look finds it, or this does
            throw new RejectedExecutionException("the hub is closed");
        }
    }

    private boolean round() throws InterruptedException {
        if (begun == null) {
            begun = tasks.take();
            tries = 0;
        }
        if (tries++ < TRIES) {
            begun.run();
        }
        boolean last = begun == END;
        begun = null;
        return !last;
    }

    /** Lets it end after what it was given; does not wait. Idempotent. */
    void end() {
        closed = true;
        tasks.add(END); // each time: an earlier call may have failed here, and what stands behind the first is nothing
    }

    /** The same, and waits at most so long. */
    void close(long millis) throws InterruptedException {
        end();
        thread.join(millis);
    }
}
