package io.rivulet.log.segment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.GrantedTopics;
import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.log.LogChunk;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogRange;
import io.rivulet.log.LogRecord;
import io.rivulet.log.TestClock;
import io.rivulet.log.View;
import io.rivulet.log.disk.MemoryDisk;
import io.rivulet.metrics.Metrics;
import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.logging.Level;
import java.util.logging.Logger;

/**
 * A log at work on a {@link MemoryDisk}, and the book of what it acknowledged: after whatever happens to the disk, what
 * can be read is compared with the book.
 */
final class Scenario {

    /** How many events a segment of {@link #small} takes. */
    static final int SEGMENT_EVENTS = 12;
    static final Path FOLDER = Path.of("data");
    /** Thousands of damaged logs are opened: what each says would be all of the build's output. Kept: it is weak. */
    private static final Logger QUIET = Logger.getLogger("io.rivulet.log");

    static {
        QUIET.setLevel(Level.SEVERE);
    }

    static final TopicSelection ALL = TopicSelection.ofTopics(List.of("*"));

    final TestClock clock = new TestClock();
    final LogOptions options;
    private static final TopicSelection NAMED =
        TopicSelection.of(List.of(TopicSpace.of("https://hub.example/hub").selector("t{number}")));

    /** Position to data of what was acknowledged. */
    final Map<Long, String> acknowledged = new HashMap<>();
    private final Random random;
    private int serial;
    private long seenFirst = 1;

    Scenario(LogOptions options, long seed) {
        this.options = options;
        random = new Random(seed);
    }

    /** Segments of about 2 kB or 12 events, history of 60 events: everything happens soon. */
    static LogOptions small(String sync) {
        LogOptions of = LogOptions.of(Settings.with("log.sync", sync));
        return new LogOptions(of.sync(), 100, 1 << 20, of.retainMs(), 60, 2_000, of.segmentMs(),
            SEGMENT_EVENTS, 1 << 20, of.indexBytes());
    }

    TendedLog open(MemoryDisk disk) throws IOException {
        return TendedLog.open(FOLDER, options, disk, clock, clock::nanos, new Metrics());
    }

    private LogRecord record(String data) {
        Event.Builder event = Event.on("t" + random.nextInt(5)).data(data).markPrivate(serial % 3 == 0);
        return new LogRecord(random.nextInt(4) == 0 ? event.id("id-" + data).build() : event.build(), null);
    }

    /** Appends a group of random size, and writes it into the book when it is acknowledged. */
    boolean append(TendedLog log) {
        List<LogRecord> group = new ArrayList<>();
        for (int n = 1 + random.nextInt(4); n > 0; n--) {
            group.add(record(serial++ + "x".repeat(random.nextInt(300))));
        }
        try {
            note(log.append(group));
            return true;
        } catch (IOException e) {
            return false;
        } finally {
            clock.advanceMs(10);
        }
    }

    /** Writes into the book what was acknowledged. */
    void note(List<LogEntry> entries) {
        entries.forEach(entry -> acknowledged.put(entry.position(), entry.event().text()));
    }

    /** So many appends with housekeeping between; returns how many were refused. */
    int work(TendedLog log, int appends) {
        int refused = 0;
        for (int i = 0; i < appends; i++) {
            refused += append(log) ? 0 : 1;
            if (i % 3 == 2) {
                log.housekeep();
            }
            seenFirst = Math.max(seenFirst, log.range().first());
        }
        return refused;
    }

    /** The last acknowledged position. */
    long last() {
        return acknowledged.keySet().stream().mapToLong(p -> p).max().orElse(0);
    }

    /** Everything acknowledged that retention could not take is there, byte for byte, with nothing missing between. */
    void verify(TendedLog log) throws IOException {
        assertTrue(log.range().head() >= last(), "head " + log.range().head() + ", acknowledged " + last());
        assertTrue(log.range().first() <= Math.max(1, last() - 60 + 12 + 12),
            "first " + log.range().first() + ", last " + last());
        verifyPrefix(log);
    }

    /** Whatever is there is what was acknowledged there. */
    void verifyPrefix(TendedLog log) throws IOException {
        LogRange range = log.range();
        long next = range.first();
        while (next <= range.head()) {
            LogChunk chunk = log.read(next - 1, range.head(), ALL, 5_000);
            assertEquals(next, chunk.from());
            for (LogEntry entry : chunk.entries()) {
                assertEquals(next++, entry.position());
                String expected = acknowledged.get(entry.position());
                if (expected != null) {
                    assertArrayEquals(expected.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                        entry.event().data(), "position " + entry.position());
                    if (entry.event().id() != null) {
                        assertEquals(entry.position(),
                            log.find().byId("id-" + expected, GrantedTopics.ALL).orElseThrow().position());
                    }
                }
            }
        }
        verifyTopics(log, range);
    }

    private static void verifyTopics(TendedLog log, LogRange range) throws IOException {
        int found = 0;
        for (int topic = 0; topic < 5; topic++) {
            found += count(log, range, View.unlimited(TopicSelection.ofTopics(List.of("t" + topic))));
        }
        long all = range.head() - range.first() + 1;
        assertEquals(all, found, "every event has one of the five topics");
        assertEquals(all, count(log, range, View.unlimited(NAMED)), "names are known of all, public or private");
        assertEquals(count(log, range, new View(ALL, GrantedTopics.NONE)),
            count(log, range, new View(NAMED, GrantedTopics.NONE)));
    }

    private static int count(TendedLog log, LogRange range, View view) throws IOException {
        int found = 0;
        for (long at = range.first() - 1; at < range.head(); ) {
            LogChunk chunk = log.read(at, range.head(), view, 5_000);
            found += chunk.entries().size();
            at = chunk.examinedTo();
        }
        return found;
    }

    /** Opens what is left, compares, appends more, and compares again. */
    void verifyAfter(MemoryDisk left) throws IOException {
        Map<Long, String> book = new HashMap<>(acknowledged);
        try (TendedLog log = open(left)) {
            verify(log);
            assertTrue(log.range().head() <= last() + 4, "more than one group beyond what was acknowledged");
            assertEquals(0, work(log, 3));
            verify(log);
        } finally {
            acknowledged.clear();
            acknowledged.putAll(book);
        }
    }
}
