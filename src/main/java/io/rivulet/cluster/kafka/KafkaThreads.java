package io.rivulet.cluster.kafka;

import io.rivulet.refusal.LastingLoop;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * The threads of the clients that one {@link KafkaLibrary} has made. Kafka starts and ends them. A client that is
 * closed waits a moment for its thread, and on a busy machine goes on without it: a thread that still loads classes
 * then must have ended before those are gone. Any thread may call.
 *
 * <p>Kafka shows nobody its threads. The name of each ends with that of its client, which no other client of this
 * application has, and each inherits the loader of the thread that has made the client.
 */
final class KafkaThreads {

    private static final int NEW_MEANWHILE = 32;

    private final Set<Thread> running = ConcurrentHashMap.newKeySet();

    /** Remembers the threads of the client of this name, which the calling thread has just made. */
    void note(String client) {
        running.removeIf(thread -> !thread.isAlive());
        ClassLoader loader = Thread.currentThread().getContextClassLoader();
        ThreadGroup top = Thread.currentThread().getThreadGroup();
        while (top.getParent() != null) {
            top = top.getParent();
        }
        Thread[] all = new Thread[top.activeCount() + NEW_MEANWHILE];
        Arrays.stream(all, 0, top.enumerate(all))
            .filter(thread -> thread.getName().endsWith("| " + client) && thread.getContextClassLoader() == loader)
            .forEach(running::add);
    }

    /** Returns when none runs any more, or after this time. */
    void awaitEnd(long ms) {
        long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(ms);
        for (Thread thread : running) {
            LastingLoop.awaitEnd(thread, TimeUnit.NANOSECONDS.toMillis(Math.max(0, end - System.nanoTime())));
        }
    }
}
