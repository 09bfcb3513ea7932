package io.rivulet.log.segment;

import io.rivulet.log.LogRecord;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicReference;

/** Publishers that each wait for their own event, and one thread that commits whatever has gathered meanwhile. */
final class GroupCommitter {

    /** What takes a group durably. */
    interface Target {
        void append(List<LogRecord> group) throws IOException;
    }

    private record Waiting(LogRecord record, Semaphore done) {
    }

    private GroupCommitter() {
    }

    /** Publishes {@code each} events from so many threads at once; returns events per second. */
    static double eventsPerSecond(Target target, int publishers, int each, LogRecord record) throws Exception {
        BlockingQueue<Waiting> queue = new ArrayBlockingQueue<>(publishers * 2);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        CountDownLatch ended = new CountDownLatch(publishers);
        Thread committer = new Thread(() -> commit(queue, target, (long) publishers * each, failure), "committer");
        List<Thread> threads = new ArrayList<>();
        for (int i = 0; i < publishers; i++) {
            threads.add(new Thread(() -> {
                Waiting mine = new Waiting(record, new Semaphore(0));
                for (int n = 0; n < each && failure.get() == null; n++) {
                    queue.add(mine);
                    mine.done().acquireUninterruptibly();
                }
                ended.countDown();
            }, "publisher-" + i));
        }
        long start = System.nanoTime();
        committer.start();
        threads.forEach(Thread::start);
        ended.await();
        long took = System.nanoTime() - start;
        committer.join();
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
        return publishers * (double) each * 1e9 / took;
    }

    private static void commit(BlockingQueue<Waiting> queue, Target target, long total,
                               AtomicReference<Throwable> failure) {
        List<Waiting> group = new ArrayList<>();
        List<LogRecord> records = new ArrayList<>();
        try {
            for (long done = 0; done < total; done += group.size()) {
                group.clear();
                records.clear();
                group.add(queue.take());
                queue.drainTo(group, 511);
                group.forEach(w -> records.add(w.record()));
                target.append(records);
                group.forEach(w -> w.done().release());
            }
        } catch (IOException | InterruptedException | RuntimeException e) {
            failure.set(e);
            group.forEach(w -> w.done().release());
        }
    }
}
