package io.rivulet.log.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.log.LogChunk;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogFinder;
import io.rivulet.log.LogRange;
import io.rivulet.log.LogRecord;
import io.rivulet.log.LogWork;
import io.rivulet.log.TestClock;
import io.rivulet.log.View;
import io.rivulet.log.disk.Bytes;
import io.rivulet.log.disk.MemoryDisk;
import io.rivulet.log.index.TopicFilter;
import io.rivulet.topic.TopicSelection;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** What retention takes, what it leaves behind, and that no clock makes it take too much. */
class RetentionTest {

    private static final long HOUR_MS = 3_600_000;

    private final TestClock clock = new TestClock();
    private final MemoryDisk disk = new MemoryDisk(1);

    private TendedLog open(MemoryDisk on, String... settings) throws IOException {
        return TendedLog.open(Scenario.FOLDER, LogOptions.of(Settings.with(settings)), on, clock, clock::nanos,
            new io.rivulet.metrics.Metrics());
    }

    private static long append(TendedLog log, String topic, int bytes) throws IOException {
        return log.append(List.of(new LogRecord(Event.on(topic).data("x".repeat(bytes)).build(), null))).get(0)
            .position();
    }

    private static View topic(String topic) {
        return View.unlimited(TopicSelection.ofTopics(List.of(topic)));
    }

    private long bytesOnDisk() {
        return disk.files().entrySet().stream().filter(f -> f.getKey().matches(".*\\.(log|idx)"))
            .mapToLong(f -> f.getValue().length).sum();
    }

    @Test
    void historyIsKeptUpToItsBytes() throws IOException {
        TendedLog log = open(disk, "log.retain.bytes", "1m");
        for (int i = 0; i < 2_000; i++) {
            append(log, "a", 1_000);
            log.housekeep();
            assertTrue(bytesOnDisk() <= (1 << 20) + 70_000, bytesOnDisk() + " bytes");
        }
        LogRange range = log.range();
        assertTrue(range.head() - range.first() > 700, "at least 13/16 of it is history: " + range);
        assertEquals(2_000, range.head());
        assertTrue(range.bytesAppended() > 2_000_000, "appended is not what is there");
    }

    @Test
    void historyIsKeptUpToItsCount() throws IOException {
        TendedLog log = open(disk, "log.retain.events", "160");
        for (int i = 1; i <= 1_000; i++) {
            append(log, "a", 10);
            log.housekeep();
            long kept = i - log.range().first() + 1;
            assertTrue(kept <= 160 && (i < 150 ? kept == i : kept >= 149), "kept " + kept + " of " + i);
        }
    }

    @Test
    void historyIsKeptUpToItsAge() throws IOException {
        TendedLog log = open(disk, "log.retain.age", "16h");
        for (int i = 0; i < 100; i++) {
            append(log, "a", 10);
            clock.advanceMs(HOUR_MS / 2);
            log.housekeep();
        }
        long oldest = log.read(0, 100, topic("a"), 1 << 20).entries().get(0).timeMs();
        long age = (clock.millis() - oldest) / HOUR_MS;
        assertTrue(age >= 15 && age <= 17, age + " hours");
    }

    @Test
    void theLastEventsExpireToo() throws IOException {
        TendedLog log = open(disk, "log.retain.age", "16h");
        long nonce = log.append(List.of(new LogRecord(Event.on("a").build(), null))).get(0).nonce();
        clock.advanceMs(18 * HOUR_MS);
        log.housekeep();
        log.housekeep();
        assertEquals("2 1", log.range().first() + " " + log.range().head());
        assertEquals(OptionalLong.of(nonce), log.find().nonceAt(1), "a cursor at the end is still known");
        assertEquals(nonce, log.range().headNonce());
        long appended = log.range().bytesAppended();
        log.close();
        log = open(disk, "log.retain.age", "16h");
        assertEquals("2 1", log.range().first() + " " + log.range().head());
        assertEquals(nonce, log.range().headNonce());
        assertEquals(appended, log.range().bytesAppended());
        assertEquals(2, append(log, "a", 1));
    }

    @Test
    void aClockSetAheadTrimsNothingAndOrderHolds() throws IOException {
        TendedLog log = open(disk, "log.retain.age", "30m");
        for (int i = 0; i < 30; i++) {
            append(log, "a", 10);
            clock.advanceMs(10_000);
        }
        clock.jumpMs(HOUR_MS);
        for (int i = 0; i < 30; i++) {
            append(log, "a", 10);
            log.housekeep();
            assertEquals(1, log.range().first(), "no event is older than ten minutes");
            clock.advanceMs(10_000);
        }
        ascending(log);
        clock.advanceMs(2 * HOUR_MS);
        append(log, "a", 10);
        log.housekeep();
        assertTrue(log.range().first() > 30, "in the end they do expire");
    }

    @Test
    void aClockSetBackBreaksNeitherOrderNorRetention() throws IOException {
        TendedLog log = open(disk, "log.retain.age", "30m");
        for (int i = 0; i < 30; i++) {
            append(log, "a", 10);
            clock.advanceMs(10_000);
        }
        long before = clock.millis();
        clock.jumpMs(-HOUR_MS);
        for (int i = 0; i < 30; i++) {
            append(log, "a", 10);
            log.housekeep();
            clock.advanceMs(10_000);
        }
        assertEquals(1, log.range().first());
        assertEquals(60, log.range().head());
        assertEquals(31, log.find().beforeTime(clock.millis() - 299_999), "of the new hour one is older");
        clock.jumpMs(HOUR_MS);
        log.housekeep();
        assertEquals(1, log.range().first());
        assertEquals(29, log.find().beforeTime(before - 10_000));
        clock.advanceMs(4 * HOUR_MS);
        append(log, "a", 10);
        log.housekeep();
        assertEquals("61 61", log.range().first() + " " + log.range().head());
    }

    private static void ascending(TendedLog log) throws IOException {
        long before = 0;
        for (LogEntry entry : log.read(0, log.range().head(), topic("a"), 1 << 20).entries()) {
            assertTrue(entry.timeMs() >= before);
            before = entry.timeMs();
        }
    }

    @Test
    void whatIsTrimmedLeavesTheLastPositionOfEachTopic() throws IOException {
        TendedLog log = open(disk, "log.retain.events", "32");
        append(log, "quiet", 1);
        for (int i = 0; i < 20; i++) {
            append(log, i % 2 == 0 ? "even" : "odd", 1);
        }
        assertEquals(0, log.find().lastTrimmed(topic("quiet")));
        for (int i = 0; i < 30; i++) {
            append(log, "late", 1);
        }
        log.housekeep();
        long first = log.range().first();
        assertTrue(first > 10 && first <= 21, "first " + first);
        for (int open = 0; open < 2; open++) {
            LogFinder find = log.find();
            assertEquals(1, find.lastTrimmed(topic("quiet")), "a cursor at 1 is exact for this topic");
            assertEquals((first - 1) / 2 * 2, find.lastTrimmed(topic("even")));
            assertEquals(0, find.lastTrimmed(topic("late")));
            assertEquals(0, find.lastTrimmed(topic("never seen")));
            assertEquals(first - 1, find.lastTrimmed(topic("*")));
            assertEquals(OptionalLong.empty(), find.nonceAt(first - 2));
            assertTrue(find.nonceAt(first - 1).isPresent());
            LogChunk chunk = log.read(0, first, topic("*"), 1_000);
            assertEquals(first + " 1", chunk.from() + " " + chunk.entries().size());
            log.close();
            log = open(disk, "log.retain.events", "32");
        }
    }

    @Test
    void aLostTrimFileMakesCursorsPartialNeverWrong() throws IOException {
        TendedLog log = open(disk, "log.retain.events", "32");
        for (int i = 0; i < 60; i++) {
            append(log, i == 0 ? "quiet" : "a", 1);
        }
        log.housekeep();
        long first = log.range().first();
        log.close();
        Map<String, byte[]> files = disk.files();
        byte[] trimmed = files.get(TrimmedTopics.NAME);
        for (int at = 0; at <= trimmed.length; at++) {
            if (at == trimmed.length) {
                files.remove(TrimmedTopics.NAME);
            } else {
                byte[] flipped = trimmed.clone();
                flipped[at] ^= 4;
                files.put(TrimmedTopics.NAME, flipped);
            }
            try (TendedLog again = open(MemoryDisk.of(files), "log.retain.events", "32")) {
                assertEquals(first, again.range().first());
                assertEquals(first - 1, again.find().lastTrimmed(topic("quiet")));
            }
        }
    }

    @Test
    void whatAnOlderVersionWroteDownOfTrimmedTopicsIsStillKnown() throws IOException {
        Bytes old = new Bytes(64);
        old.putInt(0x52765431);
        old.putLong(40);
        old.putLong(7);
        old.putInt(1);
        old.putLong(1234);
        old.putLong(30);
        old.putInt(Bytes.crc(old.array(), 0, old.length()));
        Path folder = Path.of("data");
        disk.replace(folder.resolve(TrimmedTopics.NAME), java.util.Arrays.copyOf(old.array(), old.length()));
        TrimmedTopics trimmed = TrimmedTopics.read(disk, folder);
        assertEquals(40, trimmed.through());
        TopicFilter none = hashed(5);
        assertEquals("30 7", trimmed.last(hashed(1234), none, LogWork.UNBOUNDED) + " "
            + trimmed.last(none, none, LogWork.UNBOUNDED));
        disk.delete(folder.resolve(TrimmedTopics.NAME));
    }

    private static long last(TrimmedTopics.Half trimmed, long hash) {
        return trimmed.last(hashed(hash), LogWork.UNBOUNDED);
    }

    private static TopicFilter hashed(long hash) {
        return TopicFilter.of(hash);
    }

    @Test
    void tooManyTrimmedTopicsAreForgottenTowardsPartial() {
        TrimmedTopics.Half trimmed = new TrimmedTopics.Half();
        for (long i = 1; i <= 100_000; i++) {
            trimmed.add(i * 7, i);
            trimmed.name(i * 7, "t" + i);
        }
        assertEquals(100_000, last(trimmed, 700_000));
        assertEquals(90_000, last(trimmed, 630_000));
        long floor = last(trimmed, 1);
        assertTrue(floor >= 30_000 && floor < 60_000, "floor " + floor);
        assertEquals(floor, last(trimmed, 7));
    }

    @Test
    void epochsRiseAtEveryOpenAndTellWhatTheyReached() throws IOException {
        TendedLog log = open(disk);
        assertEquals(1, log.range().epoch());
        append(log, "a", 1);
        append(log, "a", 1);
        log.close();
        log = open(disk);
        assertEquals(2, log.range().epoch());
        append(log, "a", 1);
        LogFinder find = log.find();
        assertTrue(find.epochReaches(1, 0) && find.epochReaches(1, 2));
        assertFalse(find.epochReaches(1, 3), "position 3 was written in epoch 2");
        assertTrue(find.epochReaches(2, 2) && find.epochReaches(2, 3));
        assertFalse(find.epochReaches(2, 1) || find.epochReaches(2, 4) || find.epochReaches(3, 3));
        assertEquals("1 1 2", String.join(" ", log.read(0, 3, topic("a"), 1_000).entries().stream()
            .map(e -> "" + e.epoch()).toList()));
    }

    @Test
    void aCursorFromAnOlderBackupIsKnownByItsNonce() throws IOException {
        TendedLog log = open(disk);
        append(log, "a", 1);
        MemoryDisk backup = disk.afterKill();
        long nonce = log.append(List.of(new LogRecord(Event.on("a").build(), null))).get(0).nonce();
        log.close();
        TendedLog restored = open(backup);
        append(restored, "a", 1);
        assertTrue(restored.find().nonceAt(2).getAsLong() != nonce);
    }
}
