package io.rivulet.bench.drive;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;

/** Those whose stream was ended and who will come back, as browsers do. The crowd's thread. */
final class Returns {

    private static final long AFTER_NS = TimeUnit.SECONDS.toNanos(1);

    /** Connects one again. */
    interface Dialler {
        void dial(Listener listener) throws IOException;
    }

    private record Due(Listener listener, long atNs) {
    }

    private final Queue<Due> waiting = new ArrayDeque<>();
    private final Dialler dialler;

    Returns(Dialler dialler) {
        this.dialler = dialler;
    }

    void later(Listener listener) {
        waiting.add(new Due(listener, System.nanoTime() + AFTER_NS));
    }

    void due(long nowNs) throws IOException {
        while (!waiting.isEmpty() && nowNs - waiting.peek().atNs() >= 0) {
            dialler.dial(waiting.poll().listener());
        }
    }
}
