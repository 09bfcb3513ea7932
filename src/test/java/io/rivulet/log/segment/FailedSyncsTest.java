package io.rivulet.log.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.SettingsTable.Sync;
import io.rivulet.event.Event;
import io.rivulet.kit.Await;
import io.rivulet.log.LogCorrupt;
import io.rivulet.log.LogRecord;
import io.rivulet.log.disk.Disk;
import io.rivulet.log.disk.MemoryDisk;
import io.rivulet.log.disk.MemoryDisk.Op;
import io.rivulet.metrics.Metrics;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Disks that fail now and then, processes that come and go meanwhile, and power cuts: every log opens again, and what
 * was durable is there. A sync that succeeds after one that failed proves nothing, whoever asks for it.
 */
class FailedSyncsTest {

    /** Of all three modes together. */
    private static final int RUNS = Integer.getInteger("powercuts.runs", 450);

    /** Two thirds of the seeds are the same in every build; the others are new, and a failure names its seed. */
    @ParameterizedTest
    @ValueSource(strings = {"always", "interval", "never"})
    void aLogOpensAfterAnyRowOfFailedSyncsClosesAndPowerCuts(String sync) {
        long fresh = new Random().nextInt(1 << 20) * 1_000_000L;
        int refused = 0;
        Throwable first = null;
        for (int run = 0; run < RUNS / 3; run++) {
            long seed = run % 3 == 2 ? fresh + run : run;
            try {
                new Run(sync, seed).go();
            } catch (IOException | AssertionError e) {
                refused++;
                first = first == null ? new AssertionError("log.sync=" + sync + ", seed " + seed, e) : first;
            }
        }
        if (refused > 0) {
            throw new AssertionError(refused + " of " + RUNS / 3 + " runs failed; the first: " + first, first);
        }
    }

    private static final String LARGE = "y".repeat(40_000); // pages that nothing after it writes again

    private final Scenario scenario = new Scenario(Scenario.small("interval"), 1);

    private static void appendLarge(Scenario to, TendedLog log) throws IOException {
        LogRecord large = new LogRecord(Event.on("t0").data(LARGE).build(), null);
        to.acknowledged.put(log.append(List.of(large)).get(0).position(), LARGE);
    }

    @Test
    void aLogThatIsClosedAfterAFailedSyncIsWrittenAgainBeforeItCountsAsDurable() throws IOException {
        MemoryDisk disk = new MemoryDisk(1);
        TendedLog log = scenario.open(disk);
        appendLarge(scenario, log);
        disk.failing(Op.FORCE, 1);
        log.syncNow();
        log.close();
        log = scenario.open(disk);
        scenario.append(log);
        log.syncNow();
        scenario.verifyAfter(disk.afterPowerCut(1, 512));
    }

    /** Of a group of eleven pages the first is forgotten with others, or others alone: then its head is still there. */
    @ParameterizedTest
    @ValueSource(longs = {2, 3})
    void healingMakesNothingDurableThatTheSystemHasForgotten(long seed) throws IOException {
        MemoryDisk disk = new MemoryDisk(seed);
        TendedLog log = scenario.open(disk);
        scenario.append(log);
        log.syncNow();
        long synced = log.range().head();
        appendLarge(scenario, log);
        disk.failing(Op.FORCE, 1);
        log.syncNow();
        disk.evict();
        assertFalse(scenario.append(log), "what was acknowledged is gone: positions after it must not be given out");
        String failure = log.range().failure().getMessage();
        assertTrue(failure.contains("has lost what was written"), failure);
        log.close();
        log = scenario.open(disk);
        assertEquals(synced, log.range().head(), "the next opening goes on with what there is");
        scenario.acknowledged.keySet().removeIf(position -> position > synced);
        assertTrue(scenario.append(log));
        scenario.verify(log);
    }

    /**
     * The log's thread syncs at an interval and fails; before it can tell, the committer rolls. Its own sync would
     * succeed, for the system tells a failure once.
     */
    @Test
    void aRollBesideAFailingSyncSealsNothing() throws Exception {
        MemoryDisk disk = new MemoryDisk(3);
        AtomicReference<Runnable> whileItFails = new AtomicReference<>();
        TendedLog log = TendedLog.open(Scenario.FOLDER, scenario.options, hooked(disk, whileItFails), scenario.clock,
            scenario.clock::nanos, new Metrics());
        appendLarge(scenario, log); // larger than a segment: the next append rolls
        Thread committer = new Thread(() -> scenario.append(log));
        whileItFails.set(() -> {
            committer.start();
            Await.until("the committer waits, or is through",
                () -> committer.getState() == Thread.State.BLOCKED || !committer.isAlive());
        });
        disk.failing(Op.FORCE, 1);
        log.syncNow();
        committer.join();
        scenario.append(log);
        log.syncNow();
        scenario.verifyAfter(disk.afterPowerCut(4, 512));
    }

    /** The disk; a sync that fails does something before it tells, once. */
    private static Disk hooked(MemoryDisk disk, AtomicReference<Runnable> hook) {
        return passing(Disk.class, disk, hook);
    }

    private static <T> T passing(Class<T> type, T to, AtomicReference<Runnable> hook) {
        return type.cast(Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> {
            try {
                Object answer = method.invoke(to, args);
                return answer instanceof Disk.File file ? passing(Disk.File.class, file, hook) : answer;
            } catch (InvocationTargetException e) {
                Runnable once = hook.getAndSet(null);
                if (once != null) {
                    once.run();
                }
                throw e.getCause();
            }
        }));
    }

    /** One history of a disk. */
    private static final class Run {
        private final boolean always;
        private final Random chance;
        private final Scenario scenario;
        private MemoryDisk disk;
        private TendedLog log;
        /** The head of which the log said that it is on the disk. */
        private long synced;

        Run(String sync, long seed) {
            always = sync.equals("always");
            chance = new Random(seed);
            scenario = new Scenario(Scenario.small(sync), seed);
            disk = new MemoryDisk(seed);
        }

        void go() throws IOException {
            open();
            for (int steps = 4 + chance.nextInt(16); steps > 0; steps--) {
                step();
            }
            cutPower();
            work();
            cutPower();
        }

        private void step() throws IOException {
            switch (chance.nextInt(10)) {
                case 0, 1, 2 -> work();
                case 3 -> sync();
                case 4 -> disk.failing(chance.nextInt(3) == 0 ? Op.WRITE : Op.FORCE, 1 + chance.nextInt(3));
                case 5 -> disk.writeBack(chance.nextInt(3) > 0);
                case 6 -> disk.evict();
                case 7 -> {
                    log.close(); // poisoned, or with a failure to come
                    open();
                }
                case 8 -> open(); // it was killed
                default -> cutPower();
            }
        }

        private void work() throws IOException {
            for (int n = 1 + chance.nextInt(5); n > 0; n--) {
                scenario.append(log);
            }
            if (chance.nextBoolean()) {
                log.housekeep();
            }
        }

        private void sync() {
            log.syncNow();
            synced = log.range().failure() == null && scenario.options.sync() != Sync.NEVER
                ? Math.max(synced, log.range().head()) : synced;
        }

        private void cutPower() throws IOException {
            disk = disk.afterPowerCut(chance.nextLong(), chance.nextBoolean() ? 512 : 4096);
            open();
        }

        /** Opens; a disk that fails meanwhile is asked again, as the hub does. What is lost leaves the book. */
        private void open() throws IOException {
            log = null;
            for (int tries = 0; log == null; tries++) {
                try {
                    log = scenario.open(disk);
                } catch (IOException e) {
                    if (e instanceof LogCorrupt || tries == 5) {
                        throw e;
                    }
                }
            }
            long head = log.range().head();
            long durable = always ? scenario.last() : synced;
            assertTrue(head >= durable, "it ends at " + head + ", but " + durable + " were durable");
            scenario.acknowledged.keySet().removeIf(position -> position > head);
            synced = head;
            scenario.verifyPrefix(log);
        }
    }
}
