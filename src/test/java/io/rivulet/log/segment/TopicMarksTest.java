package io.rivulet.log.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.event.TopicEnd;
import io.rivulet.log.LogRecord;
import io.rivulet.log.TestClock;
import io.rivulet.log.disk.MemoryDisk;
import io.rivulet.log.disk.StoreHash;
import io.rivulet.metrics.Metrics;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which topics have ended is known from little memory, across openings, and no longer than history reaches. */
class TopicMarksTest {

    private final TestClock clock = new TestClock();
    private final MemoryDisk disk = new MemoryDisk(1);
    private final StoreHash hash = new StoreHash(new byte[16]);

    private TendedLog open(String... settings) throws IOException {
        return TendedLog.open(Scenario.FOLDER, TendedLog.segmentsOf(10, LogOptions.of(Settings.with(settings))), disk,
            clock, clock::nanos, new Metrics());
    }

    private static void append(TendedLog log, String topic, TopicEnd end) throws IOException {
        log.append(List.of(new LogRecord(Event.on(topic).data("x").end(end).build(), null)));
    }

    private long mark(int topic) {
        return hash.ofMark(hash.of("run/" + topic));
    }

    @Test
    void aMillionTopicsThatEndedTakeEightMegabytesAndMixUpFew() {
        TopicMarks marks = new TopicMarks(8 << 20);
        assertTrue(marks.isEmpty());
        for (int i = 0; i < 1_000_000; i++) {
            marks.add(mark(i));
        }
        assertEquals(8L << 20, marks.bytes());
        int mixedUp = 0;
        for (int i = 0; i < 1_000_000; i++) {
            assertTrue(marks.mayHold(mark(i)));
            mixedUp += marks.mayHold(mark(1_000_000 + i)) ? 1 : 0;
        }
        assertTrue(mixedUp < 1_000, mixedUp + " of a million are said to have ended");
    }

    @Test
    void moreThanMemoryMayHoldMakeItSayPerhaps() {
        TopicMarks marks = new TopicMarks(4_096);
        for (int i = 0; i < 768; i++) {
            marks.add(mark(i));
        }
        assertFalse(marks.mayHold(mark(-1)));
        marks.add(mark(768));
        assertTrue(marks.mayHold(mark(-1)) && marks.mayHold(mark(768)));
        assertEquals(4_096, marks.bytes());
    }

    @Test
    void theEndsOfSealedSegmentsAreKnownAfterAnOpeningWithoutAScan() throws IOException {
        TendedLog log = open();
        for (int i = 0; i < 95; i++) {
            append(log, "run/" + i, i % 3 == 0 ? TopicEnd.ABANDONED : null);
            log.housekeep();
        }
        for (int opening = 0; opening < 2; opening++) {
            for (int i = 0; i < 95; i++) {
                assertEquals(i % 3 == 0, log.mayBeMarked("run/" + i), "run/" + i);
                assertEquals(i % 3 == 0, log.find().mark("run/" + i).isPresent(), "run/" + i);
            }
            assertFalse(log.segments()[0].index().isHeap(), "opening " + opening + " of " + log.segments().length);
            log.close();
            log = open();
        }
    }

    @Test
    void whenRetentionHasTakenTheEndATopicIsAsIfItHadNeverBeen() throws IOException {
        TendedLog log = open("log.retain.events", "30");
        append(log, "run/1", TopicEnd.FINISHED);
        append(log, "run/2", TopicEnd.FINISHED);
        for (int i = 0; i < 25; i++) {
            append(log, "other", null);
            log.housekeep();
        }
        assertTrue(log.find().mark("run/1").isPresent() && log.mayBeMarked("run/2"));
        append(log, "run/2", TopicEnd.CANCELLED); // as if its first end had gone before
        for (int i = 0; i < 15; i++) {
            append(log, "other", null);
            log.housekeep();
        }
        assertTrue(log.range().first() > 2 && log.range().first() < 28, log.range() + "");
        assertTrue(log.find().mark("run/1").isEmpty());
        assertEquals(28, log.find().mark("run/2").orElseThrow().position());
        for (int i = 0; i < 40; i++) {
            append(log, "other", null);
            log.housekeep();
        }
        assertFalse(log.hasMarks() || log.mayBeMarked("run/2"));
    }
}
