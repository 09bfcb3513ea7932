package io.rivulet.log.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.log.Digest;
import io.rivulet.log.LogChunk;
import io.rivulet.log.LogRecord;
import io.rivulet.log.LogWork;
import io.rivulet.log.Receipt;
import io.rivulet.log.TestClock;
import io.rivulet.log.View;
import io.rivulet.log.disk.Disk;
import io.rivulet.log.disk.MemoryDisk;
import io.rivulet.log.index.IndexFile;
import io.rivulet.log.index.SparseIndex;
import io.rivulet.metrics.Metrics;
import io.rivulet.topic.TopicSelection;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** However many segments a log has, their filters have a bound in memory, and a key costs the committer few reads. */
class ManySegmentsTest {

    /** A key is looked for in so many of the newest, and in the files of so many of them. */
    private static final int ASKED = 1_024;
    private static final int READ = 64;
    private static final int SEGMENTS = ASKED + 200;
    private static final long BOUND = 16 * 1024;

    private final TestClock clock = new TestClock();
    private final MemoryDisk disk = new MemoryDisk(1);
    private final AtomicInteger opened = new AtomicInteger();

    private TendedLog open() throws IOException {
        return open(TendedLog.indexesOf(BOUND, LogOptions.of(Settings.with())));
    }

    private TendedLog open(LogOptions of) throws IOException {
        LogOptions options = TendedLog.segmentsOf(1, of);
        Disk counting = (Disk) Proxy.newProxyInstance(Disk.class.getClassLoader(), new Class<?>[] {Disk.class},
            (proxy, method, args) -> {
                opened.addAndGet(method.getName().equals("open") ? 1 : 0);
                try {
                    return method.invoke(disk, args);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            });
        return TendedLog.open(Scenario.FOLDER, options, counting, clock, clock::nanos, new Metrics());
    }

    private static Digest key(int n) {
        return new Digest(n, n);
    }

    /** Files that are opened to look for the key, and whether it is found. */
    private String lookedFor(TendedLog log, int key) throws IOException {
        int before = opened.get();
        boolean found = log.find().byKey(key(key)).isPresent();
        int reads = opened.get() - before;
        assertTrue(reads <= READ + 1, reads + " files for one key");
        return found ? "found" : "not found";
    }

    @Test
    void filtersHaveABoundInMemoryAndAKeyCostsFewReads() throws IOException {
        TendedLog log = open();
        fill(log);
        for (int opening = 0; opening < 2; opening++) {
            assertEquals(SEGMENTS, log.segments().length);
            long filters = log.filterBytes();
            assertTrue(filters <= BOUND && filters > BOUND / 2, filters + " bytes of filters");
            assertEquals("found", lookedFor(log, SEGMENTS - 1));
            assertEquals("found", lookedFor(log, SEGMENTS - 100));
            assertEquals("not found", lookedFor(log, 0));
            assertEquals("not found", lookedFor(log, -1));
            log.close();
            log = open();
        }
    }

    /** A segment for each key. */
    private static void fill(TendedLog log) throws IOException {
        for (int i = 0; i < SEGMENTS; i++) {
            log.append(List.of(new LogRecord(Event.on("a").build(), new Receipt(key(i), key(i), 1))));
            log.housekeep();
        }
    }

    /** Each look into a filter costs the committer a little, and publishers wait meanwhile. */
    @Test
    void whereFiltersHaveRoomAKeyIsLookedForInTheNewestThousandSegments() throws IOException {
        try (TendedLog log = open(LogOptions.of(Settings.with()))) {
            fill(log);
            assertEquals("found", lookedFor(log, SEGMENTS - ASKED));
            assertEquals("not found", lookedFor(log, SEGMENTS - ASKED - 1));
            assertEquals("not found", lookedFor(log, 0));
        }
    }

    /**
     * The sparse tables of all segments would be more than memory has for them. Every event is read whatever tables are
     * there, also where a side file has gone meanwhile.
     */
    @Test
    void sparseTablesHaveABoundInMemoryAndThoseThatLeftItAreReadAgain() throws IOException {
        long bound = BOUND / 2;
        TendedLog log = open();
        for (int i = 0; i < 200; i++) {
            log.append(List.of(new LogRecord(Event.on("t" + i % 7).data("x".repeat(1_000)).build(), null)));
            clock.advanceMs(1_000);
            log.housekeep();
        }
        for (int opening = 0; opening < 2; opening++) {
            assertEquals(200, log.segments().length);
            readsAll(log, bound);
            log.close();
            log = open();
        }
        disk.delete(log.segments()[3].indexFile());
        readsAll(log, bound);
        log.housekeep();
        readsAll(log, bound);
        log.close();
    }

    @Test
    void aSparseTableThatIsReadAgainIsWhatItWas() throws IOException {
        LogOptions options = TendedLog.segmentsOf(20, LogOptions.of(Settings.with()));
        TendedLog log = TendedLog.open(Scenario.FOLDER, options, disk, clock, clock::nanos, new Metrics());
        for (int i = 0; i < 21; i++) {
            log.append(List.of(new LogRecord(Event.on("t").data("x".repeat(50_000)).build(), null)));
            clock.advanceMs(1_000);
        }
        log.housekeep();
        Segment sealed = log.segments()[0];
        SparseIndex before = sealed.sparse();
        SparseIndex read = IndexFile.sparse(disk, sealed.indexFile(), sealed.facts());
        for (int rel = 0; rel < 20; rel++) {
            int entry = before.holding(rel);
            assertEquals(entry, read.holding(rel));
            assertEquals(before.rel(entry) + " " + before.offset(entry) + " " + before.end(entry, 1 << 20),
                read.rel(entry) + " " + read.offset(entry) + " " + read.end(entry, 1 << 20));
            long timeMs = sealed.minTimeMs() + rel * 1_000L;
            assertEquals(before.before(timeMs), read.before(timeMs));
        }
        assertTrue(before.holding(19) > 3, "it has some entries");
        log.close();
    }

    private void readsAll(TendedLog log, long bound) throws IOException {
        View all = View.unlimited(TopicSelection.ofTopics(List.of("*")));
        View one = View.unlimited(TopicSelection.ofTopics(List.of("t3")));
        for (View view : List.of(all, one)) {
            int found = 0;
            for (long next = 0; next < 200; ) {
                LogChunk chunk = log.read(next, 200, view, 200_000, LogWork.UNBOUNDED);
                found += chunk.entries().size();
                next = chunk.examinedTo();
                long held = log.sparseBytes();
                assertTrue(held <= bound && held > bound / 2, held + " bytes of sparse tables");
            }
            assertEquals(view == all ? 200 : 29, found);
        }
        long firstMs = log.read(0, 1, all, 1_000, LogWork.UNBOUNDED).entries().get(0).timeMs();
        for (int i = 0; i < 200; i += 9) {
            assertEquals(i, log.find().beforeTime(firstMs + 1_000L * i));
        }
    }
}
