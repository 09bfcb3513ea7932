package io.rivulet.log.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.GrantedTopics;
import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.kit.Heap;
import io.rivulet.log.LogRecord;
import io.rivulet.log.LogWork;
import io.rivulet.log.TestClock;
import io.rivulet.log.View;
import io.rivulet.log.disk.RealDisk;
import io.rivulet.metrics.Metrics;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * What the log remembers of its readers' questions is bounded by what it takes, not by how many there are. A question
 * that is remembered costs no read of a sealed segment's side file.
 */
class PlansTest {

    private static final int ASKED = 250;
    private static final int MANY = 160_000;

    private final Metrics metrics = new Metrics();

    @TempDir
    Path folder;

    @Test
    void questionsOfManyLongTopicsAreNotRememberedForLong() throws IOException {
        TestClock clock = new TestClock();
        LogOptions options = TendedLog.segmentsOf(10, LogOptions.of(Settings.with()));
        try (TendedLog log = TendedLog.open(folder, options, new RealDisk(metrics), clock, clock::nanos, metrics)) {
            for (int i = 0; i < 20; i++) {
                log.append(List.of(new LogRecord(Event.on("topic " + i).data("x").build(), null)));
            }
            log.housekeep();
            assertEquals(ASKED, remembered(log, asked(log, 1, 0)));
            int remembered = remembered(log, asked(log, 100, 4_000));
            assertTrue(remembered < 50, remembered + " plans, of 400 kB each");
        }
    }

    /** A view of 700 characters may be half a megabyte once its templates are compiled. */
    @Test
    void questionsOfLargePatternsLeaveNoMoreThanTheBoundBehind() throws IOException {
        TestClock clock = new TestClock();
        LogOptions options = TendedLog.segmentsOf(10, LogOptions.of(Settings.with()));
        try (TendedLog log = TendedLog.open(folder, options, new RealDisk(metrics), clock, clock::nanos, metrics)) {
            for (int i = 0; i < 20; i++) {
                log.append(List.of(new LogRecord(Event.on("topic " + i).data("x").build(), null)));
            }
            log.housekeep();
            long before = Heap.used();
            for (int i = 0; i < 100; i++) {
                TopicSpace space = TopicSpace.of("https://hub.example/.well-known/mercure"); // forgets for itself
                String user = "user" + i;
                ask(log, new View(TopicSelection.of(IntStream.range(0, 33)
                    .mapToObj(n -> space.selector(user + "/" + n + "/{a:1000}")).toList()), GrantedTopics.NONE));
            }
            long kept = Heap.used() - before;
            assertTrue(kept < 12 << 20, () -> "kept " + kept);
        }
    }

    /** Metrics tell of each read: of the side file for a plan, of the segment for a chunk. */
    @Test
    void whatNobodyAsksForAgainIsForgottenInTimeAndNothingElse() throws IOException {
        TestClock clock = new TestClock();
        LogOptions options = TendedLog.segmentsOf(10, LogOptions.of(Settings.with()));
        try (TendedLog log = TendedLog.open(folder, options, new RealDisk(metrics), clock, clock::nanos, metrics)) {
            for (int i = 0; i < 20; i++) {
                log.append(List.of(new LogRecord(Event.on("topic " + i).data("x").build(), null)));
            }
            log.housekeep();
            Deque<View> asked = asked(log, 1, 0);
            View again = asked.removeFirst();
            View all = View.unlimited(TopicSelection.ofTopics(List.of("*")));
            ask(log, all);
            log.age();
            assertEquals(2, remembered(log, new ArrayDeque<>(List.of(again, all))));
            log.age();
            assertEquals(2, remembered(log, new ArrayDeque<>(List.of(again, all))));
            assertEquals(0, remembered(log, asked));
            log.age();
            log.age();
            assertEquals(0, remembered(log, new ArrayDeque<>(List.of(again, all))));
        }
    }

    /** The names are tried once, and not again for each chunk of a replay: steps tell, of which a name takes ten. */
    @Test
    void thatAllOfASegmentIsReadIsRememberedThoughTheMatchingTopicsAreTooManyToBe() throws IOException {
        TestClock clock = new TestClock();
        LogOptions options = TendedLog.segmentsOf(MANY, LogOptions.of(Settings.with()));
        View view = new View(TopicSelection.of(List.of(TopicSpace.of("https://hub.example/").selector("t{n}"))),
            GrantedTopics.NONE);
        try (TendedLog log = TendedLog.open(folder, options, new RealDisk(metrics), clock, clock::nanos, metrics)) {
            for (int from = 0; from <= MANY; from += 1_000) {
                int first = from;
                log.append(IntStream.range(0, 1_000)
                    .mapToObj(i -> new LogRecord(Event.on("t" + (first + i)).data("x").build(), null)).toList());
            }
            log.housekeep();
            assertTrue(steps(log, view) > 10L * MANY, "the names are tried");
            assertTrue(steps(log, view) < 10L * MANY, "the names are not tried again");
        }
    }

    /** What one read costs, in steps. */
    private static long steps(TendedLog log, View view) throws IOException {
        long[] all = {0};
        LogWork work = new LogWork() {
            @Override
            protected void sliceEnds(long taken) {
                all[0] += taken;
            }
        };
        log.read(0, log.range().head(), view, 1 << 16, work);
        return all[0] + work.steps().taken();
    }

    /** Asks so many questions, each of its own topics; returns them, the newest first. */
    private static Deque<View> asked(TendedLog log, int topics, int length) throws IOException {
        Deque<View> asked = new ArrayDeque<>();
        for (int i = 0; i < ASKED; i++) {
            String beginning = "x".repeat(length) + i;
            List<String> all = IntStream.range(0, topics).mapToObj(n -> beginning + ' ' + n).toList();
            asked.addFirst(new View(TopicSelection.ofTopics(all), GrantedTopics.NONE));
            ask(log, asked.getFirst());
        }
        return asked;
    }

    /** Asks again, the newest question first: one that was forgotten displaces none of those that are still to come. */
    private int remembered(TendedLog log, Deque<View> asked) throws IOException {
        int remembered = 0;
        for (View view : asked) {
            long before = metrics.get(Count.LOG_BYTES_READ);
            ask(log, view);
            remembered += metrics.get(Count.LOG_BYTES_READ) == before ? 1 : 0;
        }
        return remembered;
    }

    private static void ask(TendedLog log, View view) throws IOException {
        log.read(0, log.range().head(), view, 1 << 16);
    }
}
