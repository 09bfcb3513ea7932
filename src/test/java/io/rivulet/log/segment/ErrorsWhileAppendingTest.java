package io.rivulet.log.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.event.Event;
import io.rivulet.kit.Await;
import io.rivulet.kit.Unloggable;
import io.rivulet.log.LogRecord;
import io.rivulet.log.disk.MemoryDisk;
import java.io.IOException;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An Error at any point of an append, as when memory ends: what was acknowledged stays, and nothing else appears. */
class ErrorsWhileAppendingTest {

    private static final int STACK_BYTES = 512 * 1024;

    /** A group of which the n-th question is answered by an Error. */
    private static final class FailingGroup extends AbstractList<LogRecord> {
        private final List<LogRecord> records;
        private int countdown;

        FailingGroup(List<LogRecord> records, int countdown) {
            this.records = records;
            this.countdown = countdown;
        }

        private void step() {
            if (--countdown == 0) {
                throw new OutOfMemoryError("ordered");
            }
        }

        @Override
        public LogRecord get(int i) {
            step();
            return records.get(i);
        }

        @Override
        public int size() {
            step();
            return records.size();
        }
    }

    /** The log's thread outlives an Error at any of its operations, and catches up. */
    @ParameterizedTest
    @ValueSource(ints = {1, 2, 4})
    void anErrorInARoundOfTheLogsThreadDoesNotEndIt(int operation) throws Exception {
        Scenario scenario = new Scenario(Scenario.small("always"), operation);
        MemoryDisk disk = new MemoryDisk(operation);
        try (Unloggable unloggable = new Unloggable("io.rivulet.log");
             TendedLog log = scenario.open(disk)) {
            while (log.range().head() < 150) {
                scenario.append(log);
            }
            disk.erring(MemoryDisk.Op.ANY, operation);
            log.begun();
            Await.until("retention has begun again", () -> log.range().first() > 1);
            assertFalse(disk.isArmed());
            assertTrue(unloggable.refused() > 0, "the log of the fault failed too");
        }
    }

    private static List<LogRecord> records(String data) {
        return List.of(new LogRecord(Event.on("t1").id(data).data(data).build(), null),
            new LogRecord(Event.on("t3").data(data).build(), null));
    }

    @Test
    void anErrorAtEachUseOfTheGroupLosesNothingAcknowledged() throws IOException {
        boolean passed = false;
        for (int k = 1; !passed; k++) {
            Scenario scenario = new Scenario(Scenario.small("always"), k);
            MemoryDisk disk = new MemoryDisk(k);
            TendedLog log = scenario.open(disk);
            scenario.work(log, 5);
            FailingGroup group = new FailingGroup(records("x"), k);
            passed = appends(log, group);
            if (!passed) {
                assertEquals(0, scenario.work(log, 5), "it heals at once, k = " + k);
                assertNull(log.range().failure());
                scenario.verify(log);
                scenario.verifyAfter(disk.afterKill());
                scenario.verifyAfter(disk.afterPowerCut(k, 512));
            }
        }
    }

    private static boolean appends(TendedLog log, List<LogRecord> group) {
        try {
            log.append(group);
            return true;
        } catch (IOException | Error e) {
            return false;
        }
    }

    /**
     * The stack ends somewhere in an append, a little further in each time: so the Error comes from within each method
     * that an append calls, the index and the range among them. After each the log is compared with the book.
     */
    @ParameterizedTest
    @ValueSource(strings = {"always", "interval", "never"})
    void anErrorWithinAnyMethodOfAnAppendLosesNothingAcknowledged(String sync) throws Exception {
        Scenario scenario = new Scenario(Scenario.small(sync), 7);
        MemoryDisk disk = new MemoryDisk(7);
        TendedLog log = scenario.open(disk);
        scenario.work(log, 50); // all classes are there before the first Error
        AtomicInteger refused = new AtomicInteger();
        List<Throwable> failed = new ArrayList<>();
        Thread thread = new Thread(null, () -> {
            try {
                for (int above = 1; above < 600; above += 4) {
                    Descent descent = new Descent(log, above);
                    descent.down();
                    refused.addAndGet(descent.refused ? 1 : 0);
                    assertTrue(scenario.append(log), "it heals at once, " + above + " calls above the end");
                    scenario.verifyPrefix(log);
                }
            } catch (IOException | RuntimeException | Error e) {
                failed.add(e);
            }
        }, "deep", STACK_BYTES);
        thread.start();
        thread.join();
        if (!failed.isEmpty()) {
            throw new AssertionError(failed.get(0));
        }
        assertTrue(refused.get() > 5, "errors that hit an append: " + refused);
        scenario.verifyPrefix(log);
        try (TendedLog after = scenario.open(disk.afterKill())) {
            scenario.verifyPrefix(after);
            assertTrue(after.range().head() >= scenario.last());
        }
    }

    /** Goes down to the end of the stack, and appends so many calls above it. */
    private static final class Descent {
        private final TendedLog log;
        private final int above;
        private boolean refused;

        Descent(TendedLog log, int above) {
            this.log = log;
            this.above = above;
        }

        /** Returns how many calls it is above the end. */
        int down() {
            int here;
            try {
                here = down() + 1;
            } catch (StackOverflowError e) {
                return 0;
            }
            if (here == above) {
                refused = true;
                try {
                    refused = !appends(log, records("deep" + above));
                } catch (StackOverflowError e) {
                    return here;
                }
            }
            return here;
        }
    }
}
