package io.rivulet.log.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.log.LogRecord;
import io.rivulet.log.TestClock;
import io.rivulet.log.View;
import io.rivulet.log.disk.RealDisk;
import io.rivulet.metrics.Metrics;
import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a look-up makes for the collector: a stranger may ask for many, and those who are honest wait meanwhile. */
class LookUpAllocationTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final TopicSpace SPACE = TopicSpace.of("https://hub.example/.well-known/mercure");
    private static final int EVENTS = 20_000;
    private static final int GROUP = 200;

    @TempDir
    Path folder;

    private final TestClock clock = new TestClock();
    private TendedLog log;

    @BeforeEach
    void open() throws IOException {
        log = TendedLog.open(folder, LogOptions.of(Settings.with("log.sync", "never")), new RealDisk(new Metrics()),
            clock, clock::nanos, new Metrics());
    }

    @AfterEach
    void close() {
        log.close();
    }

    private interface Job {
        void run() throws IOException;
    }

    private static long bytesOf(Job job) throws IOException {
        long thread = Thread.currentThread().getId();
        long before = THREADS.getThreadAllocatedBytes(thread);
        job.run();
        return THREADS.getThreadAllocatedBytes(thread) - before;
    }

    private void fill(int topics) throws IOException {
        List<LogRecord> group = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            group.add(new LogRecord(Event.on("order/" + i % topics).topic("all orders").data("d".repeat(60))
                .markPrivate(i % 2 == 1).build(), null));
            if (group.size() == GROUP) {
                log.append(group);
                group.clear();
            }
        }
    }

    private int read(View view) throws IOException {
        int found = 0;
        long head = log.range().head();
        for (long at = 0; at < head; ) {
            var chunk = log.read(at, head, view, 128 << 10);
            found += chunk.entries().size();
            at = chunk.examinedTo();
        }
        return found;
    }

    /**
     * Of so few topics one is asked for, so many of the records that chunks are read whole. The bytes of the log, which
     * stay in memory for others, are not counted: they are not the reader's alone.
     */
    private double eachBeyondTheLog(int topics, View view, int expected) throws IOException {
        fill(topics);
        int[] found = new int[1];
        long bytes = bytesOf(() -> found[0] = read(view)) - log.size().bytes();
        assertEquals(expected, found[0]);
        return (double) bytes / EVENTS;
    }

    @Test
    void whatIsNotAskedForByNameIsNotDecoded() throws IOException {
        double each = eachBeyondTheLog(7, View.unlimited(TopicSelection.ofTopics(List.of("order/3"))),
            EVENTS / 7);
        assertTrue(each < 100, () -> each + " bytes for each event that is looked at");
    }

    @Test
    void whatMayNotBeSeenIsNotDecoded() throws IOException {
        double each = eachBeyondTheLog(3, new View(TopicSelection.ofTopics(List.of("order/2")), GrantedTopics.NONE),
            EVENTS / 3 / 2);
        assertTrue(each < 120, () -> each + " bytes for each event that is looked at");
    }

    /** Each stream that begins asks for the nonce of the newest event, while events come all the time. */
    @Test
    void theNewestNonceIsFoundWithoutACopyOfItsChunk() throws IOException {
        List<LogRecord> one = List.of(new LogRecord(Event.on("t").data("d".repeat(60)).build(), null));
        for (int i = 0; i < 5; i++) {
            log.append(Collections.nCopies(GROUP, one.get(0)));
        }
        log.find().nonceAt(log.range().head());
        int rounds = 300;
        long all = 0;
        for (int i = 0; i < rounds; i++) {
            log.append(one);
            all += bytesOf(() -> log.find().nonceAt(log.range().head()));
        }
        double each = (double) all / rounds;
        assertTrue(each < 4_000, () -> each + " bytes for each nonce");
    }

    private void fillWithTopics() throws IOException {
        List<LogRecord> group = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            group.add(new LogRecord(Event.on("order/" + i * 7_919L % EVENTS).data("d").build(), null));
            if (group.size() == GROUP) {
                log.append(group);
                group.clear();
            }
        }
    }

    @Test
    void theNewestOfManyTopicsAreCountedWithoutAnObjectForEach() throws IOException {
        fillWithTopics();
        View all = View.unlimited(TopicSelection.ofTopics(List.of("*")));
        log.find().newestOfEach(all, 100); // loads what it needs
        int[] found = new int[1];
        double each = (double) bytesOf(() -> found[0] = log.find().newestOfEach(all, 100).size()) / EVENTS;
        assertEquals(100, found[0]);
        assertTrue(each < 20, () -> each + " bytes for each topic");
    }

    @Test
    void theLastOfManyTopicsTakeNoListOfAll() throws IOException {
        fillWithTopics();
        View orders = View.unlimited(TopicSelection.of(List.of(SPACE.selector("order/{x}"))));
        log.find().beforeNewest(orders, 100); // the names are tried once
        log.find().beforeNewest(orders, 100);
        long[] found = new long[1];
        double each = (double) bytesOf(() -> found[0] = log.find().beforeNewest(orders, 100)) / EVENTS;
        assertEquals(EVENTS - 100, found[0]);
        assertTrue(each < 8, () -> each + " bytes for each topic");
    }
}
