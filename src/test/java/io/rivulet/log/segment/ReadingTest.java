package io.rivulet.log.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.GrantedTopics;
import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.log.LogChunk;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogRecord;
import io.rivulet.log.TestClock;
import io.rivulet.log.View;
import io.rivulet.log.disk.RealDisk;
import io.rivulet.metrics.Metrics;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Readers on real files: what they cost, that they share, and that nothing but the disk can end them. */
class ReadingTest {

    private static final TopicSelection ALL = TopicSelection.ofTopics(List.of("*"));
    private static final int EVENTS = 40_000;

    @TempDir
    Path folder;

    private final TestClock clock = new TestClock();
    private final Metrics metrics = new Metrics();
    private TendedLog log;

    @BeforeEach
    void open() throws IOException {
        log = open(8);
    }

    @AfterEach
    void close() {
        log.close();
        assertFalse(Thread.getAllStackTraces().keySet().stream().anyMatch(t -> t.getName().equals("rivulet-log")));
    }

    private TendedLog open(int segments) throws IOException {
        return open(segments, "log.sync", "never");
    }

    private TendedLog open(int segments, String... settings) throws IOException {
        LogOptions options = TendedLog.segmentsOf(EVENTS / segments + 1, LogOptions.of(Settings.with(settings)));
        return TendedLog.open(folder, options, new RealDisk(metrics), clock, clock::nanos, metrics).begun();
    }

    private void load() throws IOException {
        Random random = new Random(5);
        List<LogRecord> group = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            Event.Builder event = Event.on("t" + random.nextInt(1_000)).data("x".repeat(200));
            group.add(new LogRecord(i % 10 == 0 ? event.id("id" + i).build() : event.build(), null));
            if (group.size() == 100) {
                log.append(group);
                group.clear();
            }
        }
        log.housekeep();
    }

    private long bytesRead(Job job) throws IOException {
        long before = metrics.get(Count.LOG_BYTES_READ);
        job.run();
        return metrics.get(Count.LOG_BYTES_READ) - before;
    }

    private interface Job {
        void run() throws IOException;
    }

    private int readAll(TopicSelection topics) throws IOException {
        int found = 0;
        long head = log.range().head();
        for (long next = 0; next < head; ) {
            LogChunk chunk = log.read(next, head, topics, 64 * 1024);
            found += chunk.entries().size();
            next = chunk.examinedTo();
        }
        return found;
    }

    private static View all(String... topics) {
        return View.unlimited(TopicSelection.ofTopics(List.of(topics)));
    }

    @Test
    void fewTopicsSkipTheRestOfTheLog() throws IOException {
        load();
        long size = log.range().bytesAppended();
        for (int open = 0; open < 2; open++) {
            List<Integer> found = new ArrayList<>();
            long read = bytesRead(() -> found.add(readAll(TopicSelection.ofTopics(List.of("t1", "t500")))));
            assertTrue(found.get(0) > 40 && found.get(0) < 120, found + " events");
            assertTrue(read < size / 20, read + " of " + size + " bytes");
            assertTrue(bytesRead(() -> readAll(TopicSelection.ofTopics(List.of("nobody's")))) < size / 50);
            log.close();
            log = open(8);
        }
    }

    /** Each wants a thousandth of the log, all together want every block: as after a restart with many users. */
    @Test
    void manyWhoWantFewEventsEachReadEachBlockAboutOnce() throws IOException {
        log.close();
        log = open(1, "read.bytes", "128m"); // and no side files: their pages are read for each look-up
        load();
        long size = log.range().bytesAppended();
        int[] found = new int[1];
        long read = bytesRead(() -> {
            for (int topic = 0; topic < 1_000; topic++) {
                found[0] += readAll(TopicSelection.ofTopics(List.of("t" + topic)));
            }
        });
        assertEquals(EVENTS, found[0]);
        assertTrue(read < 2 * size, read + " bytes of a log of " + size);
    }

    @Test
    void aPatternThatMatchesFewTopicsReadsTheirNamesAndTheRecords() throws IOException {
        load();
        TopicSelection few = TopicSelection.of(List.of(TopicSpace.of("https://hub.example/hub").selector("t50{n}")));
        long size = log.range().bytesAppended();
        for (int open = 0; open < 2; open++) {
            List<Integer> found = new ArrayList<>();
            long read = bytesRead(() -> found.add(readAll(few)));
            assertTrue(found.get(0) > 200 && found.get(0) < 600, found + " events"); // of t50, t500 to t509
            assertTrue(read < size / 10, read + " of " + size + " bytes");
            View view = View.unlimited(few);
            read = bytesRead(() -> {
                assertEquals(log.find().beforeNewest(view, found.get(0)) + 1,
                    log.read(0, EVENTS, few, 1).entries().get(0).position());
                assertEquals(11, log.find().newestOfEach(view, 100).size());
            });
            assertTrue(read < size / 10, read + " of " + size + " bytes to look up");
            log.close();
            log = open(8);
        }
    }

    /** Names of more than an eighth of a segment are not kept: then all of it is read. */
    @Test
    void topicsWithoutANameAreFoundByAPatternToo() throws IOException {
        View view = View.unlimited(TopicSelection.of(List.of(TopicSpace.of("https://hub.example/hub")
            .selector("{n}7"))));
        for (int i = 0; i < 2_300; i++) {
            log.append(List.of(new LogRecord(Event.on("y".repeat(4_000) + i).build(), null)));
        }
        for (int round = 0; round < 2; round++) {
            assertEquals(230, readAll(view.topics()));
            assertEquals(2_278 - 1, log.find().beforeNewest(view, 3));
            assertEquals(230, log.find().newestOfEach(view, 1_000).size());
            for (int i = 0; i < EVENTS / 8 && round == 0; i++) { // the segment is rolled and sealed
                log.append(List.of(new LogRecord(Event.on("other").build(), null)));
            }
            log.housekeep();
        }
    }

    @Test
    void lookUpsReadPagesNotSegments() throws IOException {
        load();
        long read = bytesRead(() -> {
            assertEquals(12_341, log.find().byId("id12340", GrantedTopics.ALL).orElseThrow().position());
            assertTrue(log.find().byId("id12341", GrantedTopics.ALL).isEmpty());
            assertTrue(log.find().byId("id", GrantedTopics.ALL).isEmpty());
        });
        assertTrue(read < 60_000, read + " bytes for ids");
        read = bytesRead(() -> log.find().beforeNewest(all("t7"), 5));
        assertTrue(read < 200_000, read + " bytes for the newest");
        read = bytesRead(() -> log.find().newestOfEach(all("t7", "t8"), 10));
        assertTrue(read < 200_000, read + " bytes for the newest of each");
        read = bytesRead(() -> log.find().beforeTime(clock.millis()));
        assertTrue(read < 300_000, read + " bytes for a time");
        assertEquals(1_000, log.find().newestOfEach(all("*"), 5_000).size());
    }

    @Test
    void anOpenReadsTheLastSegmentOnly() throws IOException {
        load();
        long size = log.range().bytesAppended();
        log.close();
        long read = bytesRead(() -> log = open(8));
        assertTrue(read < size / 4, read + " of " + size + " bytes");
        assertEquals(EVENTS, log.range().head());
    }

    @Test
    void manyReadersReadTheSameBlockFromTheDiskOnce() throws Exception {
        load();
        long size = log.range().bytesAppended();
        List<Thread> readers = new ArrayList<>();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        long read = bytesRead(() -> {
            for (int i = 0; i < 8; i++) {
                readers.add(new Thread(() -> {
                    try {
                        assertEquals(EVENTS, readAll(ALL));
                    } catch (Throwable e) {
                        failure.set(e);
                    }
                }));
            }
            readers.forEach(Thread::start);
            readers.forEach(ReadingTest::join);
        });
        assertNull(failure.get());
        assertTrue(read <= size + 10_000, read + " bytes for eight readers of " + size);
    }

    private static void join(Thread thread) {
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anInterruptedReaderReadsOnAndHurtsNobody() throws Exception {
        load();
        Thread.currentThread().interrupt();
        assertEquals(EVENTS, readAll(ALL));
        assertEquals(40, log.read(0, 40, ALL, 1 << 20).entries().size());
        assertTrue(Thread.interrupted(), "the flag is left to its owner");
        log.append(List.of(new LogRecord(Event.on("a").build(), null)));
        assertEquals(EVENTS + 1, log.range().head());
    }

    @Test
    void anInterruptedCommitterCommitsRollsAndSyncs() throws IOException {
        log.close();
        LogOptions options = TendedLog.segmentsOf(5, LogOptions.of(Settings.with()));
        log = TendedLog.open(folder, options, new RealDisk(metrics), clock, clock::nanos, metrics).begun();
        for (int i = 0; i < 40; i++) {
            Thread.currentThread().interrupt();
            log.append(List.of(new LogRecord(Event.on("a").data("" + i).build(), null)));
            assertTrue(Thread.interrupted());
            assertNull(log.range().failure());
        }
        Thread.currentThread().interrupt();
        log.housekeep();
        log.close();
        assertTrue(Thread.interrupted());
        log = TendedLog.open(folder, options, new RealDisk(metrics), clock, clock::nanos, metrics).begun();
        assertEquals(40, readAll(ALL));
        assertTrue(folder.toFile().list().length > 10, "it rolled");
    }

    /** Retention runs while readers replay: they see everything in order, and holes only where they are told. */
    @Test
    void readersSurviveRollsSealsAndTrimsUnderThem() throws Exception {
        log.close();
        LogOptions base = LogOptions.of(Settings.with("log.sync", "never", "log.retain.events", "3200"));
        log = TendedLog.open(folder, base, new RealDisk(metrics), clock, clock::nanos, metrics).begun();
        AtomicBoolean ended = new AtomicBoolean();
        AtomicReference<Throwable> failure = new AtomicReference<>();
        List<Thread> readers = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            TopicSelection topics = i % 2 == 0 ? ALL : TopicSelection.ofTopics(List.of("t3", "t4"));
            readers.add(new Thread(() -> {
                try {
                    while (!ended.get()) {
                        follow(topics, ended);
                    }
                } catch (Throwable e) {
                    failure.set(e);
                }
            }));
        }
        readers.forEach(Thread::start);
        for (int i = 0; i < 4_000 && failure.get() == null; i++) {
            List<LogRecord> group = new ArrayList<>();
            for (int n = 0; n < 10; n++) {
                group.add(new LogRecord(Event.on("t" + n).data("" + (i * 10 + n + 1)).build(), null));
            }
            log.append(group);
        }
        log.housekeep();
        ended.set(true);
        readers.forEach(ReadingTest::join);
        if (failure.get() != null) {
            throw new AssertionError(failure.get());
        }
        assertTrue(metrics.get(Count.SEGMENTS_DELETED) > 100, "segments went while they read");
    }

    private void follow(TopicSelection topics, AtomicBoolean ended) throws IOException {
        for (long next = log.range().first() - 1; !ended.get(); ) {
            LogChunk chunk = log.read(next, log.range().head(), topics, 10_000);
            assertTrue(chunk.from() > next);
            long before = next;
            for (LogEntry entry : chunk.entries()) {
                assertTrue(entry.position() > before && entry.position() <= chunk.examinedTo());
                assertEquals("" + entry.position(), entry.event().text());
                before = entry.position();
            }
            long expected = 0;
            for (long p = chunk.from(); p <= chunk.examinedTo(); p++) {
                expected += topics.isAny() || p % 10 == 4 || p % 10 == 5 ? 1 : 0;
            }
            assertEquals(expected, chunk.entries().size());
            if (chunk.examinedTo() == next) {
                return;
            }
            next = chunk.examinedTo();
        }
    }
}
