package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.kit.Await;
import io.rivulet.kit.Logged;
import io.rivulet.log.EventLog;
import io.rivulet.log.LogAway;
import io.rivulet.log.LogRecord;
import io.rivulet.log.TestClock;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
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
                    all.add(stranger(() -> ask(log, answered)));
                }
                awaitWaiting(all);
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

    private static Thread stranger(Runnable asks) {
        Thread stranger = new Thread(asks, "test-stranger");
        stranger.start();
        return stranger;
    }

    private static void awaitWaiting(List<Thread> all) {
        Await.until("all wait", () -> all.stream().allMatch(thread -> thread.getState() == Thread.State.TIMED_WAITING
            || thread.getState() == Thread.State.BLOCKED));
    }

    @Test
    void whoeverHasWaitedForFiveSecondsIsToldThatNobodyKnowsYet() throws Exception {
        TestClock clock = new TestClock();
        try (EventLog log = Cluster.open(folder, new MemoryEngine(store), Settings.with(), clock, clock::nanos)) {
            AtomicInteger answered = new AtomicInteger();
            AtomicInteger late = new AtomicInteger();
            Runnable asks = () -> {
                try {
                    ask(log, answered);
                } catch (AssertionError e) {
                    late.addAndGet(e.getCause() instanceof LogAway ? 1 : 0);
                }
            };
            List<Thread> all = new ArrayList<>();
            synchronized (store) { // whoever copies stands still
                all.addAll(List.of(stranger(asks), stranger(asks), stranger(asks)));
                awaitWaiting(all);
                clock.advanceMs(4_999);
                assertEquals(0, late.get());
                Await.until("all but the one who copies are told", () -> {
                    clock.advanceMs(2); // again and again: one of them may have begun to wait only now
                    return late.get() >= 2;
                });
            }
            for (Thread stranger : all) {
                stranger.join();
            }
            assertTrue(log.catchUp(), "and later it is known");
            assertNull(log.range().failure(), "the engine is there");
        }
    }

    /** An engine that gives a batch at a time, each in two seconds; the thread that copies waits there for ever. */
    private ClusterEngine slow(TestClock clock, CountDownLatch waits, CountDownLatch ends) {
        ClusterEngine engine = new MemoryEngine(store);
        return (ClusterEngine) Proxy.newProxyInstance(ClusterEngine.class.getClassLoader(),
            new Class<?>[] {ClusterEngine.class}, (proxy, method, words) -> {
                if (method.getName().equals("await")) {
                    waits.countDown();
                    ends.await();
                } else if (method.getName().equals("read")) {
                    clock.advanceMs(2_000);
                    words[1] = 1;
                } else if (method.getName().equals("close")) {
                    ends.countDown();
                }
                try {
                    return method.invoke(engine, words);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            });
    }

    @Test
    void aNodeThatIsFarBehindSaysSoAndIsAskedAgainLater() throws Exception {
        TestClock clock = new TestClock();
        CountDownLatch waits = new CountDownLatch(1);
        CountDownLatch ends = new CountDownLatch(1);
        try (SharedLog log = Cluster.open(folder.resolve("behind"), slow(clock, waits, ends), Settings.with(), clock,
                 clock::nanos);
             SharedLog other = Cluster.open(folder.resolve("other"), new MemoryEngine(store), Settings.with(), clock,
                 clock::nanos)) {
            assertTrue(waits.await(20, TimeUnit.SECONDS));
            for (int i = 1; i <= 8; i++) {
                other.append(List.of(new LogRecord(Event.on("a").data("" + i).build(), null)));
            }
            assertNull(log.whyNotReady());
            LogAway late = assertThrows(LogAway.class, log::catchUp);
            assertTrue(late.getMessage().contains("cannot tell yet"), late.getMessage());
            assertEquals(3, log.range().head(), "after five seconds it is left for others");
            clock.advanceMs(25_000);
            assertTrue(log.whyNotReady().endsWith("is 5 events behind"), log.whyNotReady());
            assertThrows(LogAway.class, log::catchUp);
            assertTrue(log.catchUp());
            assertEquals(8, log.range().head());
            assertNull(log.whyNotReady());
        }
    }

    @Test
    void aNodeThatCopiesForLongTellsHowFarItIs() {
        LagReport report = new LagReport();
        try (Logged logged = new Logged(LagReport.class)) {
            for (int second = 1; second <= 26; second++) {
                report.copied(TimeUnit.SECONDS.toNanos(second), 100L * second, 3_000);
            }
            report.copied(TimeUnit.SECONDS.toNanos(27), 3_000, 3_000);
            report.copied(1, 3_001, 3_001);
            String behind = " events behind: its copy of the shared log is at position ";
            assertEquals(List.of("WARNING: This node is 2000" + behind + "1000 of 3000",
                "WARNING: This node is 1000" + behind + "2000 of 3000",
                "INFO: The copy of the shared log has caught up, at position 3000"), logged.lines());
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
