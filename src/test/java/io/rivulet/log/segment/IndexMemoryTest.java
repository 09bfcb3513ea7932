package io.rivulet.log.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.GrantedTopics;
import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.log.Digest;
import io.rivulet.log.LogChunk;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogFailure;
import io.rivulet.log.LogRecord;
import io.rivulet.log.Receipt;
import io.rivulet.log.TestClock;
import io.rivulet.log.View;
import io.rivulet.log.disk.MemoryDisk;
import io.rivulet.log.disk.RealDisk;
import io.rivulet.log.index.HeapIndex;
import io.rivulet.log.index.IndexWriter;
import io.rivulet.metrics.Metrics;
import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever is published, the indexes in memory have a bound: while the log grows, and while it is opened. */
class IndexMemoryTest {

    private static final long BOUND = 512 * 1024;
    private static final LogOptions BASE = LogOptions.of(Settings.with("log.sync", "never"));
    private static final LogOptions BOUNDED = TendedLog.indexesOf(BOUND, BASE);
    /** As it was before: an index grows as its segment does. */
    private static final LogOptions UNBOUNDED = TendedLog.indexesOf(Long.MAX_VALUE / 4, BASE);

    private final TestClock clock = new TestClock();
    private final List<LogEntry> all = new ArrayList<>();

    @TempDir
    Path folder;

    private TendedLog open(LogOptions options) throws IOException {
        Metrics metrics = new Metrics();
        return TendedLog.open(folder, options, new RealDisk(metrics), clock, clock::nanos, metrics);
    }

    /** Events of 100 topics of a character or two, some with an id or a key, some private. */
    private void append(TendedLog log, int groups) throws IOException {
        for (int g = 0; g < groups; g++) {
            List<LogRecord> group = new ArrayList<>();
            for (int i = 0; i < 16; i++) {
                int n = all.size() + i;
                Event.Builder event = Event.on("own" + n).data("x").markPrivate(n % 5 == 0)
                    .id(n % 2 == 0 ? "id" + n : null);
                for (int t = 0; t < 99; t++) {
                    event.topic(Integer.toString((n + t) % 1_296, 36));
                }
                group.add(new LogRecord(event.build(), n % 3 == 0 ? new Receipt(key(n), key(n), 1) : null));
            }
            all.addAll(log.append(group));
        }
    }

    private static Digest key(int n) {
        return new Digest(n, -n);
    }

    /** Bytes of the indexes in memory of the sealed segments; that of the active one is within its own bound. */
    private static long held(TendedLog log) {
        Segment[] segments = log.segments();
        HeapIndex active = (HeapIndex) segments[segments.length - 1].index();
        assertTrue(active.bytes() <= BOUND, "the active segment's index has " + active.bytes() + " bytes");
        long held = 0;
        for (int i = 0; i < segments.length - 1; i++) {
            held += segments[i].index() instanceof HeapIndex heap ? heap.bytes() : 0;
        }
        return held;
    }

    private void findsEverything(TendedLog log) throws IOException {
        for (int n = 0; n < all.size(); n += 7) {
            LogEntry entry = all.get(n);
            assertEquals(List.of(entry.position()), positions(log, View.unlimited(
                TopicSelection.ofTopics(List.of("own" + n)))));
            assertEquals(entry.event().id() != null, log.find().byId("id" + n, GrantedTopics.ALL).isPresent());
            assertEquals(entry.receipt() != null, log.find().byKey(key(n)).isPresent());
        }
        TopicSpace space = TopicSpace.of("https://hub.example/hub");
        TopicSelection named = TopicSelection.of(List.of(space.selector("own{n}")));
        assertEquals(all.size(), positions(log, View.unlimited(named)).size(), "by the names of topics");
        assertEquals(all.stream().filter(e -> !e.event().isPrivate() && e.event().topics().contains("7")).count(),
            positions(log, new View(TopicSelection.ofTopics(List.of("7")), GrantedTopics.NONE)).size());
    }

    private static List<Long> positions(TendedLog log, View view) throws IOException {
        List<Long> found = new ArrayList<>();
        for (long at = 0; at < log.range().head(); ) {
            LogChunk chunk = log.read(at, log.range().head(), view, 1 << 20);
            chunk.entries().forEach(e -> found.add(e.position()));
            at = chunk.examinedTo();
        }
        return found;
    }

    /** Nobody keeps house here: what the log's thread does not seal in time, the committer seals. */
    @Test
    void noEventsMakeTheIndexesLargerThanTheirBound() throws IOException {
        try (TendedLog log = open(BOUNDED)) {
            for (int i = 0; i < 60; i++) {
                append(log, 1);
                long held = held(log);
                assertTrue(held <= 2 * BOUND, "sealed segments hold " + held);
            }
            assertTrue(log.segments().length > 4, log.segments().length + " segments");
            findsEverything(log);
        }
    }

    @Test
    void whereNoSegmentCanBeBegunAPublishIsRefusedOnceTheIndexHasTwiceItsBound() throws IOException {
        MemoryDisk disk = new MemoryDisk(1);
        try (TendedLog log = TendedLog.open(Scenario.FOLDER, BOUNDED, disk, clock, clock::nanos, new Metrics())) {
            append(log, 1);
            disk.folderSyncWorks(false);
            LogFailure refused = assertThrows(LogFailure.class, () -> append(log, 60));
            assertTrue(refused.getMessage().contains("no new segment could be made"), refused.getMessage());
            long held = ((HeapIndex) log.segments()[0].index()).bytes();
            assertTrue(held > BOUND && held <= 2 * BOUND, "the index has " + held + " bytes");
            disk.folderSyncWorks(true);
            clock.advanceMs(2_000); // it tries again after a second
            append(log, 1);
            assertEquals(2, log.segments().length);
        }
    }

    @Test
    void aLogThatAnOlderVersionLeftWithALargeIndexOpensWithinTheBound() throws IOException {
        try (TendedLog log = open(UNBOUNDED)) {
            append(log, 60);
            assertEquals(1, log.segments().length);
            assertTrue(((HeapIndex) log.segments()[0].index()).bytes() > 4 * BOUND);
        }
        for (int opened = 0; opened < 2; opened++) {
            try (TendedLog log = open(BOUNDED)) {
                assertEquals(0, held(log), "its index is in its side file");
                findsEverything(log);
                append(log, 1);
                assertEquals(all.size(), log.range().head());
            }
        }
        findsEverything(open(UNBOUNDED));
    }

    @Test
    void aSideFileThatIsWrittenInPartsIsTheSameAsOneWrittenAtOnce() throws IOException {
        TendedLog log = open(UNBOUNDED);
        append(log, 50);
        log.close();
        open(BOUNDED).close();
        byte[] parts = Files.readAllBytes(sideFiles().get(0));
        Path once = folder.resolve("once.idx");
        try (TendedLog whole = open(UNBOUNDED)) {
            Segment segment = whole.segments()[0];
            IndexWriter.write(new RealDisk(new Metrics()), once, segment.facts(), segment.sparse(),
                (HeapIndex) segment.index());
        }
        assertEquals(-1, Arrays.mismatch(parts, Files.readAllBytes(once)));
    }

    private List<Path> sideFiles() throws IOException {
        List<Path> found = new ArrayList<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.idx")) {
            files.forEach(found::add);
        }
        return found;
    }

    @Test
    void sideFilesThatAreGoneFillMemoryNeitherAtAnOpeningNorLater() throws IOException {
        try (TendedLog log = open(BOUNDED)) {
            append(log, 60);
        }
        for (Path file : sideFiles()) {
            Files.delete(file);
        }
        try (TendedLog log = open(BOUNDED)) {
            assertTrue(held(log) <= 2 * BOUND, "the opening holds " + held(log));
            log.housekeep();
            assertEquals(0, held(log));
            for (Path file : sideFiles()) {
                Files.delete(file);
            }
            assertFalse(log.find().byKey(key(3)).isEmpty());
            findsEverything(log);
            assertTrue(held(log) <= 2 * BOUND, "questions left " + held(log));
        }
    }
}
