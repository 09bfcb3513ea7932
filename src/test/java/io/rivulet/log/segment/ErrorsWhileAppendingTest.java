package io.rivulet.log.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.GrantedTopics;
import io.rivulet.event.Event;
import io.rivulet.kit.Await;
import io.rivulet.kit.FaultPoints;
import io.rivulet.kit.FaultSwitch;
import io.rivulet.kit.Unloggable;
import io.rivulet.log.Digest;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogRecord;
import io.rivulet.log.Receipt;
import io.rivulet.log.View;
import io.rivulet.log.disk.MemoryDisk;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An Error at any point of an append, as when memory ends: what was acknowledged stays, and nothing else appears. */
@ExtendWith(FaultPoints.class)
class ErrorsWhileAppendingTest {

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

    private static Digest key(String text) {
        return Digest.of(text.getBytes(StandardCharsets.UTF_8));
    }

    private static List<LogRecord> records(String data, int events) {
        List<LogRecord> records = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            Event.Builder event = Event.on("t" + i % 5).data(data + "-" + i);
            records.add(new LogRecord(event.id("id-" + data + "-" + i).build(),
                i > 0 ? null : new Receipt(key(data), key("content"), events)));
        }
        return records;
    }

    @Test
    void anErrorAtEachUseOfTheGroupLosesNothingAcknowledged() throws IOException {
        boolean passed = false;
        for (int k = 1; !passed; k++) {
            Scenario scenario = new Scenario(Scenario.small("always"), k);
            MemoryDisk disk = new MemoryDisk(k);
            TendedLog log = scenario.open(disk);
            scenario.work(log, 5);
            FailingGroup group = new FailingGroup(records("x", 2), k);
            passed = append(log, group) != null;
            if (!passed) {
                assertEquals(0, scenario.work(log, 5), "it heals at once, k = " + k);
                assertNull(log.range().failure());
                scenario.verify(log);
                scenario.verifyAfter(disk.afterKill());
                scenario.verifyAfter(disk.afterPowerCut(k, 512));
            }
        }
    }

    /** What was acknowledged; null when the group was refused. */
    private static List<LogEntry> append(TendedLog log, List<LogRecord> group) {
        try {
            return log.append(group);
        } catch (IOException | Error e) {
            return null;
        }
    }

    /**
     * The Error comes at the first point of an append, then at the second, and so on until an append passes: from
     * within each method that it calls and from each allocation. One append does nothing else, one rolls its segment,
     * one has to heal a log whose file and index an earlier Error has left unsure. In one the Errors go on for a while,
     * so that the handling of the first meets the next.
     */
    @ParameterizedTest
    @ValueSource(strings = {"always", "interval", "never"})
    void anErrorAtAnyPointOfAnAppendLosesNothingAcknowledged(String sync) throws Exception {
        int plain = throwAtEachPoint(sync, false, 0, 1);
        assertTrue(plain > 50, "points of an append: " + plain);
        assertTrue(throwAtEachPoint(sync, true, 0, 1) > plain, "rolling has more points");
        if (sync.equals("always")) { // healing is the same in all modes
            assertTrue(throwAtEachPoint(sync, false, plain, 1) > plain, "healing has more points");
            throwAtEachPoint(sync, false, 0, 10);
        }
    }

    /** Returns how many points there are; {@code earlier} is the point of an Error in the append before, or 0. */
    private static int throwAtEachPoint(String sync, boolean full, int earlier, int burst) throws Exception {
        for (int n = 1; ; n++) {
            Scenario scenario = new Scenario(Scenario.small(sync), 7);
            MemoryDisk disk = new MemoryDisk(7);
            TendedLog log = scenario.open(disk);
            scenario.work(log, 3);
            if (full) {
                scenario.note(log.append(records("full", Scenario.SEGMENT_EVENTS)));
            }
            if (earlier > 0) {
                assertTrue(throwAt(earlier, 1, scenario, log));
            }
            if (!throwAt(n, burst, scenario, log)) {
                return n - 1;
            }
            assertTrue(scenario.append(log), "it heals at once, n = " + n);
            scenario.verify(log);
            scenario.verifyAfter(disk.afterKill());
        }
    }

    /** Appends with an Error at the n-th point; false if the append has less. */
    private static boolean throwAt(int n, int burst, Scenario scenario, TendedLog log) throws IOException {
        List<LogRecord> group = records("point" + n, 2);
        long head = log.range().head();
        Thread here = Thread.currentThread();
        List<LogEntry> acknowledged;
        boolean thrown;
        try (FaultSwitch faults = FaultSwitch.at(n, burst, thread -> thread == here,
            () -> new OutOfMemoryError("made by the test"))) {
            acknowledged = append(log, group);
            thrown = faults.hasThrown();
        }
        assertEquals(acknowledged == null ? head : head + 2, log.range().head(), "all or nothing, n = " + n);
        // its publisher may try again before the log heals: what was refused is not taken for done
        assertEquals(acknowledged != null, log.find().byKey(key("point" + n)).isPresent(), "key, n = " + n);
        assertEquals(acknowledged != null, log.find().byId("id-point" + n + "-0", GrantedTopics.ALL).isPresent());
        if (burst == 1) { // else the index stays unsure until the log heals, and a look-up may fail
            assertEquals(log.range().head() - 1, log.find().beforeNewest(View.unlimited(Scenario.ALL), 1));
            assertTrue(log.find().newestOfEach(View.unlimited(Scenario.ALL), 10).stream()
                .allMatch(entry -> entry.position() <= log.range().head()), "the newest, n = " + n);
        }
        if (acknowledged != null) {
            scenario.note(acknowledged);
        }
        return thrown;
    }
}
