package io.rivulet.log.segment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.event.Event;
import io.rivulet.log.LogFailure;
import io.rivulet.log.LogRange;
import io.rivulet.log.LogRecord;
import io.rivulet.log.disk.MemoryDisk;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A log whose new epoch cannot be written when it opens: it is read, takes nothing, and begins when it can. */
class FullDiskOpeningTest {

    private final Scenario scenario = new Scenario(Scenario.small("always"), 7);

    /** A disk with 40 events of epoch 1, and no byte more. */
    private MemoryDisk full() throws IOException {
        return full(scenario);
    }

    private static MemoryDisk full(Scenario scenario) throws IOException {
        MemoryDisk disk = new MemoryDisk(7);
        try (TendedLog log = scenario.open(disk)) {
            scenario.work(log, 16);
            assertEquals(1, log.range().epoch());
        }
        disk.capacity(size(disk));
        return disk;
    }

    private static long size(MemoryDisk disk) {
        return disk.files().values().stream().mapToLong(file -> file.length).sum();
    }

    private static LogFailure assertReadOnly(LogRange range) {
        LogFailure failure = range.failure();
        assertTrue(failure != null && failure.isBeforeEpoch(), String.valueOf(failure));
        assertTrue(failure.getMessage().startsWith("the log is open to read only, for its new epoch could not be"
            + " written: "), failure.getMessage());
        return failure;
    }

    @Test
    void onAFullDiskItIsReadAndTakesNothingUntilThereIsRoom() throws IOException {
        MemoryDisk disk = full();
        byte[] meta = disk.files().get(StoreMeta.NAME);
        try (TendedLog log = scenario.open(disk)) {
            assertTrue(assertReadOnly(log.range()).isFull());
            scenario.verify(log);
            for (int i = 0; i < 3; i++) {
                long head = log.range().head();
                LogFailure refused = assertThrows(LogFailure.class, () -> log.append(List.of(
                    new LogRecord(Event.on("t").data("no").build(), null))));
                assertTrue(refused.isFull() && refused.isBeforeEpoch());
                log.housekeep();
                assertReadOnly(log.range());
                assertEquals(head, log.range().head());
                assertArrayEquals(meta, disk.files().get(StoreMeta.NAME), "the old meta file is there, whole");
            }
            disk.capacity(Long.MAX_VALUE);
            assertTrue(scenario.append(log), "the next append begins the epoch");
            assertNull(log.range().failure());
            assertEquals(2, log.range().epoch());
            scenario.verify(log);
        }
        scenario.verifyAfter(disk.afterKill());
        try (TendedLog log = scenario.open(disk)) {
            assertEquals(3, log.range().epoch());
        }
    }

    /** Transient events, which no append waits for, are let in by it. */
    @Test
    void itBeginsByItselfWhenThereIsRoom() throws IOException {
        MemoryDisk disk = full();
        try (TendedLog log = scenario.open(disk)) {
            disk.capacity(size(disk) + (256 << 10) - 1);
            log.housekeep();
            assertReadOnly(log.range()); // it does not try each second on a disk that is nearly full
            disk.capacity(size(disk) + (256 << 10));
            log.housekeep();
            assertNull(log.range().failure());
            assertEquals(2, StoreMeta.read(disk, Scenario.FOLDER).epoch(), "it is on the disk");
        }
    }

    @Test
    void retentionGoesOnAndMayMakeTheRoomItself() throws IOException {
        MemoryDisk disk = new MemoryDisk(7);
        LogOptions of = scenario.options;
        Function<Long, LogOptions> retaining = bytes -> new LogOptions(of.sync(), of.syncIntervalMs(), bytes,
            of.retainMs(), 0, 100_000, of.segmentMs(), 1_000, of.readBytes(), of.indexBytes());
        Scenario large = new Scenario(retaining.apply(Long.MAX_VALUE), 8);
        try (TendedLog log = large.open(disk)) {
            for (int i = 0; i < 60; i++) {
                log.append(List.of(new LogRecord(Event.on("t").data("x".repeat(10_000)).build(), null)));
            }
        }
        disk.capacity(size(disk));
        try (TendedLog log = new Scenario(retaining.apply(200_000L), 8).open(disk)) {
            assertReadOnly(log.range());
            log.housekeep();
            assertTrue(log.range().first() > 1, "what retention takes is gone");
            log.housekeep();
            assertNull(log.range().failure());
            log.append(List.of(new LogRecord(Event.on("t").data("room").build(), null)));
        }
    }

    /**
     * Two openings with the same number. An id of the first one names a place up to its head; it was given to nobody
     * else, so in the second one it is that of the same place.
     */
    @Test
    void theNextOpeningTakesTheSameEpochAndIdsOfBothAgree() throws IOException {
        MemoryDisk disk = full();
        byte[] meta = disk.files().get(StoreMeta.NAME);
        TendedLog first = scenario.open(disk);
        LogRange range = first.range();
        assertTrue(first.find().epochReaches(range.epoch(), range.head()));
        MemoryDisk left = disk.afterKill();
        left.capacity(Long.MAX_VALUE);
        try (TendedLog second = scenario.open(left)) {
            assertEquals(range.epoch(), second.range().epoch());
            assertEquals(range.head(), second.range().head());
            assertEquals(range.headNonce(), second.range().headNonce());
            assertTrue(scenario.append(second));
            assertTrue(second.find().epochReaches(range.epoch(), range.head()));
            assertFalse(second.find().epochReaches(range.epoch(), range.head() - 1), "of the epoch before");
        }
        first.close();
        assertArrayEquals(meta, disk.files().get(StoreMeta.NAME), "a log that began nothing writes nothing at its end");
    }

    /** Each step of writing the file fails in turn; whatever is on the disk then, a cut of the power leaves a log. */
    @Test
    void anyFaultOfTheOpeningLeavesALogThatIsReadAndBegins() throws IOException {
        int n = 1;
        while (begins(new Scenario(Scenario.small("always"), n), n)) {
            n++;
        }
        assertTrue(n > 6, "the opening has " + n + " operations");
    }

    /** False when the opening has fewer than {@code n} operations. */
    private static boolean begins(Scenario scenario, int n) throws IOException {
        MemoryDisk disk = full(scenario);
        disk.capacity(Long.MAX_VALUE);
        disk.failing(MemoryDisk.Op.ANY, n);
        TendedLog log;
        try {
            log = scenario.open(disk);
        } catch (IOException e) {
            log = scenario.open(disk); // a fault of another file: the keeper tries again
        }
        if (disk.isArmed()) {
            log.close();
            return false;
        }
        scenario.verify(log);
        for (int seed = 0; seed < 4; seed++) {
            scenario.verifyAfter(disk.afterPowerCut(seed, 512));
        }
        assertTrue(scenario.append(log));
        assertNull(log.range().failure());
        long epoch = log.range().epoch();
        for (int seed = 0; seed < 4; seed++) {
            try (TendedLog after = scenario.open(disk.afterPowerCut(seed, 512))) {
                assertTrue(after.range().epoch() > epoch, "an epoch that has an event is never taken again");
            }
        }
        log.close();
        return true;
    }

    @ParameterizedTest
    @EnumSource(value = MemoryDisk.Op.class, names = {"WRITE", "FORCE"})
    void itSaysThatTheDiskIsBrokenWhereItIsNotFull(MemoryDisk.Op op) throws IOException {
        MemoryDisk disk = full();
        disk.capacity(Long.MAX_VALUE);
        disk.failing(op, op == MemoryDisk.Op.WRITE ? 1 : 2); // the first sync is the segment's, and has no other way
        try (TendedLog log = scenario.open(disk)) {
            assertFalse(assertReadOnly(log.range()).isFull());
        }
    }

    @Test
    void aNewStoreHasNothingToReadAndDoesNotOpen() {
        MemoryDisk disk = new MemoryDisk(1);
        disk.capacity(0);
        assertThrows(IOException.class, () -> scenario.open(disk));
    }
}
