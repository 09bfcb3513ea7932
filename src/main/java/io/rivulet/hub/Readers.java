package io.rivulet.hub;

import io.rivulet.auth.Grant;
import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.log.LocalLog;
import io.rivulet.log.LogChunk;
import io.rivulet.log.LogCorrupt;
import io.rivulet.log.LogEntry;
import io.rivulet.log.View;
import io.rivulet.topic.TopicSelection;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The threads that read the log for others, {@code rivulet-read-1} and {@code -2}: neither a shard nor a container's
 * thread ever waits for the disk. What they have read and nobody has taken yet is bounded by
 * {@code rivulet.read.bytes}; each stream has at most one request in the line.
 */
final class Readers {

    private static final Logger LOG = LoggerFactory.getLogger(Readers.class);
    private static final int THREADS = 2;
    private static final int CHUNK_BYTES = 128 << 10;
    /** Bytes that one permit of the budget stands for. */
    private static final int UNIT = 1024;

    private final LocalLog log;
    private final PlaceIds ids;
    private final LinkedBlockingQueue<Task> tasks = new LinkedBlockingQueue<>();
    private final List<Thread> threads = new ArrayList<>();
    private final Semaphore budget;
    private final int budgetUnits;
    /** The newest position after which damage was met; -1: nowhere. */
    private final AtomicLong damagedAfter = new AtomicLong(-1);
    private volatile boolean closed;

    /** What is to be read, and what is to be done instead when nobody reads any more; one of the two, once. */
    private record Task(Runnable read, Runnable dropped) {
    }

    Readers(LocalLog log, long bytesMax) {
        this.log = log;
        this.ids = new PlaceIds(log);
        this.budgetUnits = (int) Math.min(Integer.MAX_VALUE, bytesMax / UNIT);
        this.budget = new Semaphore(budgetUnits);
        for (int i = 1; i <= THREADS; i++) {
            Thread thread = new Thread(this::run, "rivulet-read-" + i);
            thread.setDaemon(true);
            threads.add(thread);
        }
    }

    void start() {
        threads.forEach(Thread::start);
    }

    /** Reads for a stream, which is ended by others when nobody reads any more; any thread. */
    void submit(Runnable task) {
        submit(task, () -> { });
    }

    /** Runs a look-up, or {@code dropped} when nobody reads any more: somebody waits for it. Any thread. */
    void submit(Runnable task, Runnable dropped) {
        tasks.add(new Task(task, dropped));
        if (closed) {
            drop(); // T1 adds while T2 closes: whoever is second finds it
        }
    }

    private void drop() {
        for (Task task = tasks.poll(); task != null; task = tasks.poll()) {
            task.dropped().run();
        }
    }

    /** Tasks waiting now. */
    int waiting() {
        return tasks.size();
    }

    /** Reads on for a stream; its shard gets a {@link ReadResult}. */
    void read(Subscriber s, long after, long upTo) {
        read(s, () -> read(s.request.topics(), s.grant, after, upTo));
    }

    /** A question to the log. */
    interface Question {
        ReadResult ask() throws IOException;
    }

    /** The same for any question. */
    void read(Subscriber s, Question question) {
        submit(() -> {
            if (s.left) {
                return;
            }
            try {
                ReadResult result = question.ask();
                budget.acquire(units(result.bytes()));
                s.shard.post(() -> s.shard.chunkRead(s, result));
            } catch (InterruptedException e) {
                s.gone(Ending.FAULT); // nobody else would ever feed it again
            } catch (IOException | RuntimeException | Error e) {
                LOG.error("Stream {} could not be fed from the log and is ended; it will ask again", s.connection(), e);
                s.gone(Ending.FAULT);
            }
        });
    }

    /** Gives memory back that a {@link ReadResult} held. */
    void release(long bytes) {
        if (bytes > 0) {
            budget.release(units(bytes));
        }
    }

    /** Lets its threads end and drops what waits for them; does not wait. */
    void end() {
        closed = true;
        threads.forEach(Thread::interrupt);
        drop();
    }

    void close() throws InterruptedException {
        end();
        for (Thread thread : threads) {
            thread.join(2_000);
        }
    }

    private ReadResult read(TopicSelection topics, Grant grant, long after, long upTo) throws IOException {
        View view = View.of(topics, grant);
        LogChunk chunk;
        try {
            chunk = log.read(after, upTo, view, CHUNK_BYTES);
        } catch (LogCorrupt e) {
            return damaged(after, upTo, e);
        }
        List<EventFrame> frames = new ArrayList<>(chunk.entries().size());
        long bytes = 0;
        for (LogEntry entry : chunk.entries()) {
            EventFrame frame = entry.frame(log.seal());
            frames.add(frame);
            bytes += frame.weight();
        }
        // never beyond upTo, also where retention went further: from there on the ring has everything
        Position end = Position.ofDurable(Math.min(upTo, Math.max(chunk.examinedTo(), after)));
        if (chunk.from() > after + 1 && log.find().lastTrimmed(view) > after) {
            Position gapEnd = Position.ofDurable(Math.min(upTo, chunk.from() - 1));
            return new ReadResult(frames, end, bytes, sealed(gapEnd), gapEnd,
                missed(topics, grant, gapEnd.durable() - after), false, false);
        }
        return new ReadResult(frames, end, bytes, null, null, null, false, false);
    }

    /** What is told of damage: reading again would find the same; other troubles pass, and end the stream instead. */
    ReadResult damaged(long after, long upTo, LogCorrupt e) {
        LOG.error("The log cannot be read after position {}: {}. Its readers are told of a gap up to {}.",
            after, e.getMessage(), upTo, e);
        damagedAfter.accumulateAndGet(after, Math::max);
        Position end = Position.ofDurable(upTo);
        return new ReadResult(List.of(), end, 0, sealed(end), end, null, true, false);
    }

    /** Whether damage is known that lies ahead of a stream that begins there. */
    boolean meetsDamage(Position place) {
        return damagedAfter.get() >= place.durable();
    }

    /** How many events may be missing; only who may see all of them may know. */
    static Long missed(TopicSelection topics, Grant grant, long positions) {
        return topics.isAny() && grant.readsAll() ? positions : null;
    }

    /** The id of a place; reader threads only. */
    String sealed(Position place) {
        return ids.idOf(place);
    }

    private int units(long bytes) {
        return (int) Math.min(budgetUnits, (bytes + UNIT - 1) / UNIT);
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
                LOG.error("A look-up in the log failed", e);
            }
        }
    }
}
