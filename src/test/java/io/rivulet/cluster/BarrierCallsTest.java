package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.Settings;
import io.rivulet.kit.Await;
import io.rivulet.log.EventLog;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A cursor that a node does not know makes it ask the engine, and anybody may make one up. */
class BarrierCallsTest {

    private static final int STRANGERS = 50;

    private final MemoryEngine.Store store = new MemoryEngine.Store();

    @TempDir
    private Path folder;

    /** Whoever comes while one asks is answered by the next call, together with all others. */
    @Test
    void manyWhoAskAtOnceAreAnsweredByFewCalls() throws Exception {
        try (EventLog log = Cluster.open(folder, new MemoryEngine(store), Settings.with(), InstantSource.system(),
            System::nanoTime)) {
            AtomicInteger answered = new AtomicInteger();
            List<Thread> all = new ArrayList<>();
            int before;
            synchronized (store) { // the engine answers nobody meanwhile
                for (int i = 0; i < STRANGERS; i++) {
                    Thread stranger = new Thread(() -> ask(log, answered), "test-stranger-" + i);
                    stranger.start();
                    all.add(stranger);
                }
                Await.until("all wait", () -> all.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING
                    || thread.getState() == Thread.State.BLOCKED));
                before = store.reads();
            }
            for (Thread stranger : all) {
                stranger.join();
            }
            assertEquals(STRANGERS, answered.get());
            int calls = store.reads() - before;
            assertTrue(calls < 15, calls + " calls for " + STRANGERS); // the mirror's own among them
        }
    }

    private static void ask(EventLog log, AtomicInteger answered) {
        try {
            if (log.catchUp()) {
                answered.incrementAndGet();
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
