package io.rivulet.log.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.log.LogChunk;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogRecord;
import io.rivulet.metrics.Metrics;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.topic.TopicSelection;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/**
 * The log beside {@link PlainLog} in one run: medians of rounds that take turns, so that a busy machine slows both; and
 * what a million events cost to read, in bytes.
 */
@Tag("once")
@TestMethodOrder(MethodOrderer.MethodName.class)
class YardstickIT {

    private static final int EVENTS = Integer.getInteger("rivulet.yardstick.events", 1_000_000);
    private static final int TOPICS = 1_000;
    private static final int ROUNDS = 5;
    private static final int PUBLISHERS = 64;
    private static final int EACH = 250;

    @TempDir
    static Path folder;

    private static Path loaded;

    private static SegmentLog open(Path at, Metrics metrics) throws IOException {
        return SegmentLog.open(at, Settings.with(), InstantSource.system(), System::nanoTime, metrics);
    }

    private static LogRecord record(int topic, int i) {
        byte[] data = new byte[200];
        new Random(i).nextBytes(data);
        for (int k = 0; k < data.length; k++) {
            data[k] = (byte) ('a' + (data[k] & 15));
        }
        return new LogRecord(Event.on("https://example.com/topics/" + topic).data(data).build(), null);
    }

    private static double median(List<Double> values) {
        return values.stream().sorted().toList().get(values.size() / 2);
    }

    /** 1 publisher and 64, each waiting for its own event to be on the disk. */
    @Test
    void a1DurableAppendsComeNearThePlainLog() throws Exception {
        Path plainFile = folder.resolve("plain-append");
        Path own = folder.resolve("own-append");
        LogRecord record = record(7, 7);
        List<Double> plain = new ArrayList<>();
        List<Double> segments = new ArrayList<>();
        try (PlainLog yardstick = new PlainLog(plainFile); SegmentLog log = open(own, new Metrics())) {
            for (int round = 0; round <= ROUNDS; round++) {
                double a = GroupCommitter.eventsPerSecond(yardstick::append, PUBLISHERS, EACH, record);
                double b = GroupCommitter.eventsPerSecond(log::append, PUBLISHERS, EACH, record);
                if (round > 0) { // the first warms up
                    plain.add(a);
                    segments.add(b);
                }
            }
            System.out.printf("durable append, 1 publisher: plain %.0f/s, segment log %.0f/s%n",
                GroupCommitter.eventsPerSecond(yardstick::append, 1, 1_000, record),
                GroupCommitter.eventsPerSecond(log::append, 1, 1_000, record));
        }
        double ratio = median(segments) / median(plain);
        System.out.printf("durable append, %d publishers: plain %.0f/s, segment log %.0f/s, ratio %.2f%n", PUBLISHERS,
            median(plain), median(segments), ratio);
        assertTrue(ratio >= 0.6, "ratio " + ratio);
    }

    @Test
    void a2ReplayComesNearThePlainLog() throws Exception {
        loaded = folder.resolve("own-replay");
        List<Double> plain = new ArrayList<>();
        List<Double> segments = new ArrayList<>();
        try (PlainLog yardstick = new PlainLog(folder.resolve("plain-replay"));
             SegmentLog log = open(loaded, new Metrics())) {
            load(yardstick, log);
            for (int round = 0; round <= ROUNDS; round++) {
                double a = plainReplay(yardstick);
                double b = replay(log);
                if (round > 0) {
                    plain.add(a);
                    segments.add(b);
                }
            }
        }
        double ratio = median(segments) / median(plain);
        System.out.printf("replay of %d events: plain %.0f/s, segment log %.0f/s, ratio %.2f%n", EVENTS, median(plain),
            median(segments), ratio);
        assertTrue(ratio >= 0.3, "ratio " + ratio);
    }

    private static void load(PlainLog yardstick, SegmentLog log) throws IOException {
        Random random = new Random(1);
        List<LogRecord> group = new ArrayList<>();
        for (int i = 0; i < EVENTS; i++) {
            group.add(record(random.nextInt(TOPICS), i));
            if (group.size() == 500 || i == EVENTS - 1) {
                yardstick.append(group);
                log.append(group);
                group.clear();
            }
        }
    }

    private static double plainReplay(PlainLog yardstick) throws IOException {
        long[] sum = new long[2];
        long start = System.nanoTime();
        yardstick.replay((topic, data) -> {
            sum[0]++;
            sum[1] += topic.length() + data[0];
        });
        assertEquals(EVENTS, sum[0]);
        return EVENTS * 1e9 / (System.nanoTime() - start);
    }

    private static double replay(SegmentLog log) throws IOException {
        TopicSelection all = TopicSelection.ofTopics(List.of("*"));
        long count = 0;
        long sum = 0;
        long start = System.nanoTime();
        for (long at = 0; at < log.range().head(); ) {
            LogChunk chunk = log.read(at, log.range().head(), all, 256 * 1024);
            for (LogEntry entry : chunk.entries()) {
                count++;
                sum += entry.event().topics().get(0).length() + entry.event().data()[0];
            }
            at = chunk.examinedTo();
        }
        assertEquals(EVENTS, count);
        assertTrue(sum > 0);
        return EVENTS * 1e9 / (System.nanoTime() - start);
    }

    @Test
    void a3AFreshOpenReadsTheLastSegmentOnly() throws Exception {
        Metrics metrics = new Metrics();
        long start = System.nanoTime();
        try (SegmentLog log = open(loaded, metrics)) {
            System.out.printf("open with %d events: %d ms, %d kB read%n", EVENTS,
                (System.nanoTime() - start) / 1_000_000, metrics.get(Count.LOG_BYTES_READ) / 1024);
            assertEquals(EVENTS, log.range().head());
            assertTrue(metrics.get(Count.LOG_BYTES_READ) < 68L << 20);
        }
    }

    @Test
    void a4AResumeNearTheHeadReadsUnderAMegabyte() throws Exception {
        Metrics metrics = new Metrics();
        try (SegmentLog log = open(loaded, metrics)) {
            long before = metrics.get(Count.LOG_BYTES_READ);
            long head = log.range().head();
            long cursor = head - 200;
            assertTrue(log.find().nonceAt(cursor).isPresent());
            LogChunk chunk = log.read(cursor, head, TopicSelection.ofTopics(List.of("*")), 256 * 1024);
            assertEquals(200, chunk.entries().size());
            long read = metrics.get(Count.LOG_BYTES_READ) - before;
            System.out.printf("resume 200 events before the head of %d: %d kB read%n", EVENTS, read / 1024);
            assertTrue(read > 0 && read < 1 << 20, read + " bytes");
        }
    }

    @Test
    void a5OneTopicOfAThousandReadsUnderATwentieth() throws Exception {
        Metrics metrics = new Metrics();
        long size;
        try (var files = Files.list(loaded)) {
            size = files.filter(f -> f.toString().endsWith(".log")).mapToLong(f -> f.toFile().length()).sum();
        }
        try (SegmentLog log = open(loaded, metrics)) {
            long before = metrics.get(Count.LOG_BYTES_READ);
            long start = System.nanoTime();
            TopicSelection one = TopicSelection.ofTopics(List.of("https://example.com/topics/123"));
            int found = 0;
            for (long at = 0; at < log.range().head(); ) {
                LogChunk chunk = log.read(at, log.range().head(), one, 256 * 1024);
                found += chunk.entries().size();
                at = chunk.examinedTo();
            }
            long read = metrics.get(Count.LOG_BYTES_READ) - before;
            System.out.printf("one topic of %d: %d events, %d kB of %d kB read, %.1f ms%n", TOPICS, found, read / 1024,
                size / 1024, (System.nanoTime() - start) / 1e6);
            assertTrue(found > EVENTS / TOPICS / 2, found + " events");
            assertTrue(read < size / 20, read + " of " + size + " bytes");
        }
    }
}
