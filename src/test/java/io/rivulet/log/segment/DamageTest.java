package io.rivulet.log.segment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.log.LogChunk;
import io.rivulet.log.LogCorrupt;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogRecord;
import io.rivulet.log.disk.Bytes;
import io.rivulet.log.disk.MemoryDisk;
import io.rivulet.topic.TopicSelection;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A flipped byte and a cut at every offset: the log opens rightly or refuses rightly, and never shows wrong data. */
class DamageTest {

    private static final String FIRST = Segment.name(1);
    private static final LogOptions ONE_SEGMENT = options(1_000);
    private static final LogOptions TWO_SEGMENTS = options(24);

    private final Scenario scenario = new Scenario(ONE_SEGMENT, 11);

    private static LogOptions options(long segmentEvents) {
        LogOptions of = Scenario.small("always");
        return new LogOptions(of.sync(), 100, 1 << 20, of.retainMs(), 0, 1 << 20, of.segmentMs(), segmentEvents,
            1 << 20, of.indexBytes());
    }

    /** Files of a log of about 4 kB in one segment, closed or killed. */
    private Map<String, byte[]> oneSegment(boolean closed) throws IOException {
        MemoryDisk disk = new MemoryDisk(1);
        TendedLog log = scenario.open(disk);
        scenario.work(log, 10);
        if (closed) {
            log.close();
        }
        Map<String, byte[]> files = disk.files();
        assertTrue(files.get(FIRST).length > 3_000, files.get(FIRST).length + " bytes");
        return files;
    }

    private static Map<String, byte[]> with(Map<String, byte[]> files, String name, byte[] content) {
        Map<String, byte[]> changed = new java.util.TreeMap<>(files);
        changed.put(name, content);
        return changed;
    }

    private static byte[] flipped(byte[] content, int at) {
        byte[] changed = content.clone();
        changed[at] ^= (byte) (at % 3 == 0 ? 0xff : 1 << at % 8);
        return changed;
    }

    private static int bodyLength(byte[] segment, int at) {
        return Bytes.getInt(segment, at + 4);
    }

    /** Where the last block begins. */
    private static int lastBlock(byte[] segment) {
        int at = Segment.HEADER_BYTES;
        while (true) {
            int next = at + BlockHeader.BYTES + bodyLength(segment, at);
            if (next == segment.length) {
                return at;
            }
            at = next;
        }
    }

    /** Opens and compares; or sees it refused, with nothing changed. */
    private boolean opens(Map<String, byte[]> files) throws IOException {
        MemoryDisk disk = MemoryDisk.of(files);
        try (TendedLog log = scenario.open(disk)) {
            scenario.verifyPrefix(log);
            return true;
        } catch (LogCorrupt e) {
            assertTrue(e.getMessage().contains(Scenario.FOLDER.toString()), e.getMessage());
            Map<String, byte[]> after = disk.files();
            assertEquals(files.keySet(), after.keySet());
            files.forEach((name, content) -> assertArrayEquals(content, after.get(name), name));
            return false;
        }
    }

    @Test
    void aFlippedByteOfTheLastSegmentCostsATornTailOrRefuses() throws IOException {
        Map<String, byte[]> files = oneSegment(false);
        byte[] segment = files.get(FIRST);
        int last = lastBlock(segment);
        for (int at = 0; at < segment.length; at++) {
            assertEquals(at >= last, opens(with(files, FIRST, flipped(segment, at))), "offset " + at);
        }
    }

    @Test
    void aFlippedByteOfALogThatWasClosedRefuses() throws IOException {
        Map<String, byte[]> files = oneSegment(true);
        byte[] segment = files.get(FIRST);
        for (int at = 0; at < segment.length; at++) {
            assertFalse(opens(with(files, FIRST, flipped(segment, at))), "offset " + at);
        }
    }

    @Test
    void aCutOfTheLastSegmentKeepsEveryWholeGroup() throws IOException {
        Map<String, byte[]> files = oneSegment(false);
        byte[] segment = files.get(FIRST);
        for (int length = 0; length < segment.length; length++) {
            MemoryDisk disk = MemoryDisk.of(with(files, FIRST, Arrays.copyOf(segment, length)));
            try (TendedLog log = scenario.open(disk)) {
                scenario.verifyPrefix(log);
                assertEquals(wholeEvents(segment, length), log.range().head(), "cut at " + length);
            }
        }
    }

    private static long wholeEvents(byte[] segment, int length) {
        long head = 0;
        for (int at = Segment.HEADER_BYTES; at < segment.length; ) {
            int count = Bytes.getInt(segment, at + 32);
            at += BlockHeader.BYTES + bodyLength(segment, at);
            head += at <= length ? count : 0;
        }
        return head;
    }

    @Test
    void aCutOfALogThatWasClosedRefuses() throws IOException {
        Map<String, byte[]> files = oneSegment(true);
        byte[] segment = files.get(FIRST);
        for (int length = 0; length < segment.length; length++) {
            assertFalse(opens(with(files, FIRST, Arrays.copyOf(segment, length))), "cut at " + length);
        }
    }

    /** Files of a log with a sealed segment of about 4 kB before the last one. */
    private Map<String, byte[]> twoSegments(Scenario of) throws IOException {
        MemoryDisk disk = new MemoryDisk(2);
        TendedLog log = of.open(disk);
        while (log.range().head() < 30) {
            of.work(log, 3);
        }
        Map<String, byte[]> files = disk.files();
        assertTrue(files.containsKey(FIRST.replace(Segment.LOG, Segment.INDEX)), files.keySet().toString());
        return files;
    }

    @Test
    void aFlippedByteOfASealedSegmentIsNeverShown() throws IOException {
        Scenario of = new Scenario(TWO_SEGMENTS, 12);
        Map<String, byte[]> files = twoSegments(of);
        byte[] segment = files.get(FIRST);
        int refused = 0;
        for (int at = 0; at < segment.length; at++) {
            try (TendedLog log = of.open(MemoryDisk.of(with(files, FIRST, flipped(segment, at))))) {
                refused += eachIsRightOrRefused(of, log);
            } catch (LogCorrupt e) {
                assertTrue(at < Segment.HEADER_BYTES, "offset " + at + ": " + e.getMessage());
                refused++;
            }
        }
        assertTrue(refused >= segment.length, "every flip is seen by somebody: " + refused);
    }

    /** All topics together and one by one; returns how many reads were refused. */
    private static int eachIsRightOrRefused(Scenario of, TendedLog log) throws IOException {
        int refused = 0;
        for (String topic : List.of("*", "t0", "t1", "t2", "t3", "t4")) {
            TopicSelection topics = TopicSelection.ofTopics(List.of(topic));
            try {
                for (long next = 0; next < log.range().head(); ) {
                    LogChunk chunk = log.read(next, log.range().head(), topics, 1_000);
                    for (LogEntry entry : chunk.entries()) {
                        assertEquals(of.acknowledged.get(entry.position()), entry.event().text());
                    }
                    next = chunk.examinedTo();
                }
            } catch (LogCorrupt e) {
                refused++;
            }
        }
        return refused;
    }

    @Test
    void aSealedSegmentWithoutItsSideFileIsComparedWhenItIsOpened() throws IOException {
        Scenario of = new Scenario(TWO_SEGMENTS, 13);
        Map<String, byte[]> files = twoSegments(of);
        files.remove(FIRST.replace(Segment.LOG, Segment.INDEX));
        byte[] segment = files.get(FIRST);
        try (TendedLog log = of.open(MemoryDisk.of(files))) {
            of.verifyPrefix(log);
        }
        for (int at = 0; at < segment.length; at++) {
            Map<String, byte[]> changed = with(files, FIRST, flipped(segment, at));
            assertThrows(LogCorrupt.class, () -> of.open(MemoryDisk.of(changed)));
        }
        for (int length = 0; length < segment.length; length += 5) {
            Map<String, byte[]> changed = with(files, FIRST, Arrays.copyOf(segment, length));
            assertThrows(LogCorrupt.class, () -> of.open(MemoryDisk.of(changed)));
        }
    }

    @Test
    void aDamagedSideFileIsReplacedAndNothingIsMissed() throws IOException {
        Scenario of = new Scenario(TWO_SEGMENTS, 14);
        Map<String, byte[]> files = twoSegments(of);
        String name = FIRST.replace(Segment.LOG, Segment.INDEX);
        byte[] index = files.get(name);
        for (int at = 0; at < index.length; at += 13) {
            MemoryDisk disk = MemoryDisk.of(with(files, name, flipped(index, at)));
            try (TendedLog log = of.open(disk)) {
                of.verifyPrefix(log);
                log.housekeep();
                of.verifyPrefix(log);
                assertArrayEquals(index, disk.files().get(name), "written anew, offset " + at);
            }
        }
        for (int length = 0; length < index.length; length += 501) {
            try (TendedLog log = of.open(MemoryDisk.of(with(files, name, Arrays.copyOf(index, length))))) {
                of.verifyPrefix(log);
            }
        }
    }

    /** Somebody publishes bytes that look like a block; a torn tail with them in it must not pass for corruption. */
    @Test
    void dataThatLooksLikeABlockIsNone() throws IOException {
        MemoryDisk disk = new MemoryDisk(3);
        TendedLog log = scenario.open(disk);
        scenario.work(log, 2);
        BlockHeader forged = new BlockHeader(0, 1, 0, log.range().head() + 2, 0, 1, Integer.MAX_VALUE, 0);
        Bytes bytes = new Bytes(BlockHeader.BYTES);
        bytes.length(BlockHeader.BYTES);
        forged.write(bytes, 0, 0);
        int at = disk.files().get(FIRST).length;
        log.append(List.of(new LogRecord(io.rivulet.event.Event.on("t0").data(bytes.array()).restored(), null)));
        byte[] torn = disk.files().get(FIRST);
        torn[at] ^= 1;
        assertTrue(opens(with(disk.files(), FIRST, torn)));
    }

    @Test
    void aDamagedMetaRefuses() throws IOException {
        Map<String, byte[]> files = oneSegment(false);
        byte[] meta = files.get(StoreMeta.NAME);
        for (int at = 0; at < meta.length; at++) {
            assertFalse(opens(with(files, StoreMeta.NAME, flipped(meta, at))), "offset " + at);
            assertFalse(opens(with(files, StoreMeta.NAME, Arrays.copyOf(meta, at))), "cut at " + at);
        }
        files.remove(StoreMeta.NAME);
        assertFalse(opens(files));
    }

    @Test
    void aMissingOrForeignSegmentRefuses() throws IOException {
        Scenario of = new Scenario(options(5), 15);
        Map<String, byte[]> files = twoSegments(of);
        List<String> segments = files.keySet().stream().filter(n -> n.endsWith(Segment.LOG)).toList();
        assertTrue(segments.size() > 3);
        for (int i = 1; i < segments.size() - 1; i++) {
            Map<String, byte[]> without = new java.util.TreeMap<>(files);
            without.remove(segments.get(i));
            LogCorrupt e = assertThrows(LogCorrupt.class, () -> of.open(MemoryDisk.of(without)));
            assertTrue(e.getMessage().contains("are missing"), e.getMessage());
        }
        Map<String, byte[]> foreign = with(files, segments.get(segments.size() - 1), oneSegment(false).get(FIRST));
        assertThrows(LogCorrupt.class, () -> of.open(MemoryDisk.of(foreign)));
        Map<String, byte[]> none = new java.util.TreeMap<>(oneSegment(true));
        none.remove(FIRST);
        assertThrows(LogCorrupt.class, () -> of.open(MemoryDisk.of(none)));
    }
}
