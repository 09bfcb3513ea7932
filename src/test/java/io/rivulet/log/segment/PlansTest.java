package io.rivulet.log.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.GrantedTopics;
import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.log.LogRecord;
import io.rivulet.log.TestClock;
import io.rivulet.log.View;
import io.rivulet.metrics.Metrics;
import io.rivulet.topic.TopicSelection;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the log remembers of its readers' questions is bounded by what it takes, not by how many there are. */
class PlansTest {

    private static final int ASKED = 250;

    @TempDir
    Path folder;

    @Test
    void questionsOfManyLongTopicsAreNotRememberedForLong() throws Exception {
        TestClock clock = new TestClock();
        try (SegmentLog log = SegmentLog.open(folder, Settings.with(), clock, clock::nanos, new Metrics())) {
            for (int i = 0; i < 20; i++) {
                log.append(List.of(new LogRecord(Event.on("topic " + i).data("x").build(), null)));
            }
            ask(log, 1, 0);
            assertEquals(ASKED, log.plans());
            ask(log, 100, 4_000);
            assertTrue(log.plans() < 50, log.plans() + " plans, of 400 kB each");
        }
    }

    private static void ask(SegmentLog log, int topics, int length) throws Exception {
        for (int i = 0; i < ASKED; i++) {
            String beginning = "x".repeat(length) + i;
            List<String> all = IntStream.range(0, topics).mapToObj(n -> beginning + ' ' + n).toList();
            log.read(0, log.range().head(), new View(TopicSelection.ofTopics(all), GrantedTopics.NONE), 1 << 16);
        }
    }
}
