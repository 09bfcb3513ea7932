package io.rivulet.log.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.GrantedTopics;
import io.rivulet.event.Event;
import io.rivulet.log.LogFailure;
import io.rivulet.log.LogRecord;
import io.rivulet.log.disk.MemoryDisk;
import io.rivulet.log.disk.MemoryDisk.Op;
import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The healing rules: what the log does when the disk says no. */
class DiskFaultsTest {

    private static final int FAULTS = 50;
    private static final int APPENDS = 60;

    /** Fails the first, second, third ... write or sync, until {@link #FAULTS}: whatever it was part of. */
    @ParameterizedTest
    @EnumSource(value = Op.class, names = {"WRITE", "FORCE"})
    void afterAnyFailedWriteOrSyncNothingAcknowledgedIsLostAndTheLogHeals(Op op) throws IOException {
        int refusals = 0;
        for (int k = 1; k <= FAULTS; k++) {
            Scenario scenario = new Scenario(Scenario.small("always"), k);
            MemoryDisk disk = new MemoryDisk(k);
            TendedLog log = scenario.open(disk);
            disk.failing(op, k);
            int refused = scenario.work(log, APPENDS);
            assertFalse(disk.isArmed(), "the workload is too short for k = " + k);
            assertTrue(refused <= 1, "one fault refuses one group at most, but " + refused + " at k = " + k);
            assertNull(log.range().failure());
            refusals += refused;
            scenario.verify(log);
            for (int seed = 0; seed < 4; seed++) {
                scenario.verifyAfter(disk.afterPowerCut(seed, seed % 2 == 0 ? 512 : 4096));
            }
            scenario.verifyAfter(disk.afterKill());
        }
        assertTrue(refusals > FAULTS / 5, "faults that hit appends: " + refusals);
    }

    @Test
    void aRefusedGroupIsNeverSeen() throws IOException {
        for (Op op : List.of(Op.WRITE, Op.FORCE)) {
            Scenario scenario = new Scenario(Scenario.small("always"), 3);
            MemoryDisk disk = new MemoryDisk(3);
            TendedLog log = scenario.open(disk);
            scenario.work(log, 2);
            long head = log.range().head();
            disk.failing(op, 1);
            LogRecord refused = new LogRecord(Event.on("t0").id("refused").data("refused").build(), null);
            LogFailure failure = assertThrows(LogFailure.class, () -> log.append(List.of(refused, refused)));
            assertFalse(failure.isFull());
            assertEquals(failure, log.range().failure());
            assertEquals("the log could not be written: Input/output error", failure.getMessage());
            assertEquals(head, log.range().head());
            scenario.verify(log);
            assertTrue(log.find().byId("refused", GrantedTopics.ALL).isEmpty());
            try (TendedLog after = scenario.open(disk.afterKill())) {
                assertEquals(head, after.range().head(), "not after a crash either");
            }
            assertTrue(scenario.append(log));
            assertEquals(scenario.acknowledged.get(head + 1), log.read(head, head + 1, Scenario.ALL, 1_000).entries()
                .get(0).event().text());
        }
    }

    /** Publishers and health are told the failure. */
    @Test
    void aFailureDoesNotSayWhereTheFolderLies() {
        Path folder = Path.of("/srv/secret");
        LogFailure failure = new MemoryDisk(1).failure(folder, "the log could not be written",
            new FileSystemException(folder.resolve("1.log").toString(), null, "No space left on device"));
        assertEquals("the log could not be written: no space left (1.log: No space left on device)",
            failure.getMessage());
        LogFailure ofAll = new MemoryDisk(1).failure(folder, "the log could not be synced",
            new FileSystemException(folder.toString(), null, "Input/output error"));
        assertEquals("the log could not be synced: the data folder: Input/output error", ofAll.getMessage());
    }

    @Test
    void aBrokenDiskKeepsItPoisonedAndReadableUntilItHeals() throws IOException {
        Scenario scenario = new Scenario(Scenario.small("always"), 4);
        MemoryDisk disk = new MemoryDisk(4);
        TendedLog log = scenario.open(disk);
        scenario.work(log, 10);
        disk.broken(true);
        for (int i = 0; i < 20; i++) {
            assertFalse(scenario.append(log));
            log.housekeep();
            assertNotNull(log.range().failure());
            scenario.verify(log);
        }
        disk.broken(false);
        log.housekeep();
        assertNull(log.range().failure(), "it heals by itself");
        assertEquals(0, scenario.work(log, 10));
        scenario.verify(log);
        scenario.verifyAfter(disk.afterPowerCut(1, 512));
    }

    @Test
    void whatARefusedGroupLeftBehindIsCutBeforeTheSegmentIsSealed() throws IOException {
        for (int seed = 0; seed < 10; seed++) {
            Scenario scenario = new Scenario(Scenario.small("always"), seed);
            MemoryDisk disk = new MemoryDisk(seed);
            TendedLog log = scenario.open(disk);
            LogRecord small = new LogRecord(Event.on("t0").data("small").build(), null);
            for (int i = 0; i < 11; i++) {
                log.append(List.of(small));
            }
            disk.broken(true);
            LogRecord large = new LogRecord(Event.on("t0").data("z".repeat(700)).build(), null);
            assertThrows(LogFailure.class, () -> log.append(List.of(large)));
            disk.broken(false);
            log.append(List.of(small, small)); // the twelfth and thirteenth: the segment is rolled
            try (TendedLog after = scenario.open(disk.afterKill())) {
                assertEquals(13, after.range().head());
            }
        }
    }

    @Test
    void aFullDiskRefusesAsFullAndTakesEventsAgainWhenSpaceReturns() throws IOException {
        for (int seed = 0; seed < 20; seed++) {
            Scenario scenario = new Scenario(Scenario.small("always"), seed);
            MemoryDisk disk = new MemoryDisk(seed);
            TendedLog log = scenario.open(disk);
            scenario.work(log, 8);
            long used = Long.MAX_VALUE - disk.freeBytes(Scenario.FOLDER);
            disk.capacity(used + 100 + seed * 150L);
            LogFailure failure = null;
            for (int i = 0; i < 40 && failure == null; i++) {
                scenario.append(log);
                failure = log.range().failure();
            }
            assertNotNull(failure, "it was never full");
            assertTrue(failure.isFull(), failure.getMessage());
            assertTrue(failure.getMessage().contains("no space left"), failure.getMessage());
            scenario.verify(log);
            scenario.verifyAfter(withSpace(disk.afterPowerCut(seed, 512)));
            scenario.verifyAfter(withSpace(disk.afterKill()));
            disk.capacity(Long.MAX_VALUE);
            assertEquals(0, scenario.work(log, 20));
            scenario.verify(log);
            scenario.verifyAfter(disk.afterPowerCut(seed, 512));
        }
    }

    private static MemoryDisk withSpace(MemoryDisk disk) {
        disk.capacity(Long.MAX_VALUE);
        return disk;
    }

    @Test
    void aRollThatFailsStopsNobody() throws IOException {
        Scenario scenario = new Scenario(Scenario.small("always"), 5);
        MemoryDisk disk = new MemoryDisk(5);
        TendedLog log = scenario.open(disk);
        disk.folderSyncWorks(false);
        assertEquals(0, scenario.work(log, 40), "the old segment goes on growing");
        scenario.verify(log);
        scenario.verifyAfter(copyOf(disk.afterPowerCut(1, 512)));
        disk.folderSyncWorks(true);
        scenario.clock.advanceMs(5_000);
        assertEquals(0, scenario.work(log, 40));
        assertTrue(log.range().first() > 1, "then it rolls, seals and trims");
        scenario.verify(log);
        scenario.verifyAfter(disk.afterKill());
    }

    private static MemoryDisk copyOf(MemoryDisk disk) {
        return MemoryDisk.of(disk.files());
    }

    @Test
    void aFailedSyncAtAnIntervalPoisonsAndHeals() throws IOException {
        Scenario scenario = new Scenario(Scenario.small("interval"), 6);
        MemoryDisk disk = new MemoryDisk(6);
        TendedLog log = scenario.open(disk);
        String large = "y".repeat(40_000); // pages that nothing after it writes again
        scenario.acknowledged.put(1L, large);
        log.append(List.of(new LogRecord(Event.on("t0").data(large).build(), null)));
        disk.failing(Op.FORCE, 1);
        log.syncNow();
        assertNotNull(log.range().failure());
        scenario.append(log);
        assertNull(log.range().failure());
        scenario.verify(log);
        log.syncNow();
        scenario.verifyAfter(disk.afterPowerCut(1, 512));
    }
}
