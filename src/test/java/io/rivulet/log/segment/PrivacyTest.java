package io.rivulet.log.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.GrantedTopics;
import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.log.LogChunk;
import io.rivulet.log.LogRecord;
import io.rivulet.log.TestClock;
import io.rivulet.log.View;
import io.rivulet.log.disk.RealDisk;
import io.rivulet.metrics.Metrics;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two logs, with and without private traffic: an outsider finds the same in both, and at about the same cost. */
class PrivacyTest {

    private static final TopicSpace SPACE = TopicSpace.of("https://hub.example/.well-known/mercure");
    private static final int PUBLIC = 40;
    private static final int PRIVATE = 100_000;

    @TempDir
    Path folder;

    private final TestClock clock = new TestClock();
    private final Metrics metrics = new Metrics();
    private TendedLog quiet;
    private TendedLog busy;

    @BeforeEach
    void open() throws IOException {
        quiet = open("quiet");
        busy = open("busy");
    }

    @AfterEach
    void close() {
        quiet.close();
        busy.close();
    }

    private TendedLog open(String name) throws IOException {
        LogOptions options = TendedLog.segmentsOf(PRIVATE / 4, LogOptions.of(Settings.with("log.sync", "never")));
        Path data = Files.createDirectories(folder.resolve(name));
        return TendedLog.open(data, options, new RealDisk(metrics), clock, clock::nanos, metrics);
    }

    private static LogRecord event(int n, boolean isPrivate) {
        return new LogRecord(Event.on("https://hub.example/books/" + n % 5).topic("all").id("id " + n % 20)
            .data("" + n).markPrivate(isPrivate).build(), null);
    }

    /** The public events, in one log with private ones before, between and after them, with the same topics and ids. */
    private void publish() throws IOException {
        Random random = new Random(3);
        List<LogRecord> group = new ArrayList<>();
        for (int i = 0; i < PRIVATE; i++) {
            group.add(event(random.nextInt(1_000), true));
            if (i % (PRIVATE / PUBLIC) == 1_000) {
                LogRecord visible = event(i / (PRIVATE / PUBLIC), false);
                group.add(visible);
                quiet.append(List.of(visible));
            }
            if (group.size() >= 500) {
                busy.append(group);
                group.clear();
            }
        }
        busy.append(group);
        quiet.housekeep();
        busy.housekeep();
    }

    private static List<View> outsiders() {
        TopicSelection any = TopicSelection.ofTopics(List.of("*"));
        TopicSelection one = TopicSelection.ofTopics(List.of("https://hub.example/books/3"));
        TopicSelection pattern = TopicSelection.of(List.of(SPACE.urlPattern("/books/:id")));
        GrantedTopics elsewhere = GrantedTopics.of(List.of(SPACE.urlPattern("/films/:id")));
        return List.of(new View(any, GrantedTopics.NONE), new View(one, GrantedTopics.NONE),
            new View(pattern, GrantedTopics.NONE), new View(any, elsewhere), new View(pattern, elsewhere));
    }

    /** All that an outsider can ask for; positions are replaced by what stands there. */
    private static String seen(TendedLog log, View view) throws IOException {
        StringBuilder seen = new StringBuilder("history");
        for (long next = 0; next < log.range().head(); ) {
            LogChunk chunk = log.read(next, log.range().head(), view, 64 * 1024);
            chunk.entries().forEach(e -> seen.append(' ').append(e.event().text()));
            next = chunk.examinedTo();
        }
        seen.append("\nnewest of each");
        log.find().newestOfEach(view, 1_000).forEach(e -> seen.append(' ').append(e.event().text()));
        for (int n : new int[] {1, 5, 50}) {
            long before = log.find().beforeNewest(view, n);
            seen.append("\nlast ").append(n).append(':');
            seen.append(log.read(before, log.range().head(), view, 1 << 30).entries().size());
        }
        for (int id = 0; id < 25; id++) {
            seen.append("\nid ").append(id).append(':');
            seen.append(log.find().byId("id " + id, view.privates()).map(e -> e.event().text()).orElse("none"));
        }
        return seen.append("\ntrimmed ").append(log.find().lastTrimmed(view)).toString();
    }

    @Test
    void anOutsiderFindsTheSameWithAndWithoutPrivateTraffic() throws IOException {
        publish();
        for (View view : outsiders()) {
            assertEquals(seen(quiet, view), seen(busy, view), "" + view);
        }
    }

    @Test
    void whatAnOutsiderAsksForDoesNotWalkOverPrivateEvents() throws IOException {
        publish();
        long size = busy.range().bytesAppended();
        for (View view : outsiders()) {
            if (!view.privates().isNone()) {
                continue; // who has a grant may have to be compared with what is granted
            }
            long before = metrics.get(Count.LOG_BYTES_READ);
            seen(busy, view);
            long read = metrics.get(Count.LOG_BYTES_READ) - before;
            assertTrue(read < size / 5, view + ": " + read + " of " + size + " bytes");
        }
    }

    @Test
    void anOutsiderDoesNotLearnThatPrivateEventsWereTrimmed() throws IOException {
        for (boolean isPrivate : new boolean[] {true, false}) {
            LogOptions options = LogOptions.of(Settings.with("log.sync", "never", "log.retain.events", "320"));
            Path data = Files.createDirectories(folder.resolve("trimmed " + isPrivate));
            try (TendedLog log = TendedLog.open(data, options, new RealDisk(metrics), clock, clock::nanos, metrics)) {
                log.append(List.of(event(1, false)));
                for (int i = 0; i < 1_000; i++) {
                    log.append(List.of(event(3, isPrivate)));
                }
                log.housekeep();
                long first = log.range().first();
                assertTrue(first > 600, "" + first);
                for (View view : outsiders()) {
                    long last = log.find().lastTrimmed(view);
                    assertTrue(isPrivate ? last <= 1 : last == first - 1, last + " of " + view);
                }
            }
        }
    }
}
