package io.rivulet.hub.stream;

import io.rivulet.hub.stream.feed.HistoryRead;
import io.rivulet.hub.stream.feed.ReadBudget;
import io.rivulet.refusal.FaultLog;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that read the log for others, {@code rivulet-read-1} and {@code -2}. Shards send them the questions of
 * feeds, and the hub its look-ups for the doors; any thread submits. So neither a shard nor a thread of the
 * container ever waits for the disk.
 *
 * <p>Each stream has at most one question here, and the {@link ReadBudget} bounds the answers that nobody has taken
 * yet.
 */
public final class Readers {

    private static final Logger LOG = LoggerFactory.getLogger(Readers.class);
    private static final int THREADS = 2;

    private final LinkedBlockingQueue<Task> tasks = new LinkedBlockingQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private final ReadBudget budget;
    private volatile boolean closed;

    /** A read, and its substitute when nobody reads any more; one of the two runs, once. */
    private record Task(Runnable read, Runnable dropped) {
    }

    /** Threads that are not started yet. */
    public Readers(ReadBudget budget) {
        this.budget = budget;
        for (int i = 1; i <= THREADS; i++) {
            Thread thread = new Thread(this::run, "rivulet-read-" + i);
            thread.setDaemon(true);
            threads.add(thread);
        }
    }

    /** Starts the threads. */
    public void start() {
        threads.forEach(Thread::start);
    }

    /** Reads for a stream, which is ended by others when nobody reads any more; any thread. */
    public void submit(Runnable task) {
        submit(task, () -> { });
    }

    /** Runs a look-up, or {@code dropped} when nobody reads any more, since somebody waits for it. Any thread. */
    public void submit(Runnable task, Runnable dropped) {
        tasks.add(new Task(task, dropped));
        if (closed) {
            drop(); // T1 adds while T2 closes: the second of the two finds it
        }
    }

    private void drop() {
        for (Task task = tasks.poll(); task != null; task = tasks.poll()) {
            task.dropped().run();
        }
    }

    /** Tasks waiting now. */
    public int waiting() {
        return tasks.size();
    }

    /** Asks the log for a stream; its owner gets the answer. Any thread. */
    void read(Subscriber s, HistoryRead.Question question) {
        submit(() -> {
            if (s.hasLeft()) {
                return;
            }
            try {
                HistoryRead.Result result = question.ask();
                budget.acquire(result.bytes());
                s.owner().post(() -> s.owner().answered(s, result));
            } catch (InterruptedException e) {
                s.gone(EndReason.FAULT); // nobody else would ever feed it again
            } catch (IOException | RuntimeException | Error e) {
                FaultLog.tell(LOG, "Stream {} could not be fed from the log and is ended; it will ask again",
                    s.connection(), e);
                s.gone(EndReason.FAULT);
            }
        });
    }

    /** Lets its threads end and drops what waits for them; does not wait. */
    public void end() {
        closed = true;
        threads.forEach(Thread::interrupt);
        drop();
    }

    /** Ends the threads, and waits for each at most two seconds. */
    public void close() throws InterruptedException {
        end();
        for (Thread thread : threads) {
            thread.join(2_000);
        }
    }

    private void run() {
        while (!closed) {
            try {
                tasks.take().read().run();
            } catch (InterruptedException e) {
                if (closed) {
                    return;
                }
                // somebody else's interrupt: this thread is the hub's and goes on
            } catch (RuntimeException | Error e) {
                FaultLog.tell(LOG, "A look-up of {} in the log failed", Thread.currentThread().getName(), e);
            }
        }
    }
}
