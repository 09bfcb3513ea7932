package io.rivulet.log.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.log.LogRecord;
import io.rivulet.log.TestClock;
import io.rivulet.log.disk.MemoryDisk;
import io.rivulet.metrics.Metrics;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Clocks that were wrong and are put right: what is written afterwards has its own time, and ages from then on. */
class ClockTest {

    private static final long MINUTE_MS = 60_000;
    private static final long HOUR_MS = 60 * MINUTE_MS;
    private static final long YEAR_MS = 365 * 24 * HOUR_MS;

    private final TestClock clock = new TestClock();
    private final MemoryDisk disk = new MemoryDisk(1);
    private TendedLog log;

    @BeforeEach
    void open() throws IOException {
        log = TendedLog.open(Scenario.FOLDER, LogOptions.of(Settings.with("log.retain.age", "16h")), disk, clock,
            clock::nanos, new Metrics());
    }

    @AfterEach
    void close() {
        log.close();
    }

    private void reopen() throws IOException {
        close();
        open();
    }

    private long append() throws IOException {
        return log.append(List.of(new LogRecord(Event.on("a").data("x").build(), null))).get(0).timeMs();
    }

    /** Time goes on, an event every ten minutes. */
    private void live(int hours) throws IOException {
        for (int i = 0; i < hours * 6; i++) {
            append();
            clock.advanceMs(10 * MINUTE_MS);
            log.housekeep();
        }
    }

    /** How far back the oldest event lies, by the number of those after it. */
    private long hoursKept() {
        return (log.range().head() - log.range().first() + 1) / 6;
    }

    private long since(long agoMs) throws IOException {
        return log.range().head() - log.find().beforeTime(clock.millis() - agoMs);
    }

    private void aYearAheadForOneEvent() throws IOException {
        clock.jumpMs(YEAR_MS);
        append();
        clock.jumpMs(-YEAR_MS);
    }

    @Test
    void aClockThatWasAheadOnceDatesNoLaterEvents() throws IOException {
        live(2);
        aYearAheadForOneEvent();
        assertEquals(clock.millis(), append());
        live(2);
        long head = log.range().head();
        assertEquals(clock.millis() - 10 * MINUTE_MS,
            log.read(head - 1, head, Scenario.ALL, 1).entries().get(0).timeMs());
    }

    @Test
    void sinceATimeAgoSendsWhatCameSinceThen() throws IOException {
        live(2);
        aYearAheadForOneEvent();
        live(3);
        for (int opened = 0; opened < 2; opened++) {
            assertEquals(6, since(HOUR_MS));
            assertEquals(1, since(10 * MINUTE_MS));
            assertEquals(0, since(-HOUR_MS), "nothing is of the future");
            assertEquals(18 + 1 + 6, since(4 * HOUR_MS), "what was ahead counts as written before it was put right");
            reopen();
        }
    }

    @Test
    void historyGoesOnAgeingWhenTheClockIsPutRight() throws IOException {
        live(2);
        aYearAheadForOneEvent();
        live(20);
        assertTrue(hoursKept() >= 15 && hoursKept() <= 18, hoursKept() + " hours");
        reopen();
        live(20);
        assertTrue(hoursKept() >= 15 && hoursKept() <= 18, hoursKept() + " hours");
    }

    @Test
    void segmentsOfALogThatAnEarlierRunLeftInTheFutureAgeFromTheOpening() throws IOException {
        live(2);
        clock.jumpMs(YEAR_MS);
        append();
        close();
        clock.jumpMs(-YEAR_MS);
        open();
        log.housekeep();
        clock.advanceMs(13 * HOUR_MS);
        log.housekeep();
        assertEquals(1, log.range().first(), "the oldest are of fifteen hours ago");
        clock.advanceMs(5 * HOUR_MS);
        log.housekeep();
        log.housekeep();
        assertEquals(log.range().head() + 1, log.range().first(), "even though nothing was published meanwhile");
    }

    @Test
    void aClockThatWasBehindAtTheStartDelaysNoRetention() throws IOException {
        live(2);
        close();
        clock.jumpMs(-YEAR_MS);
        open();
        live(1);
        clock.jumpMs(YEAR_MS);
        live(20);
        assertTrue(hoursKept() >= 15 && hoursKept() <= 18, hoursKept() + " hours");
    }

    /** What earlier runs wrote is aged by the wall clock, but never by more than has passed since the opening. */
    @Test
    void aClockThatIsSetAheadWhileTheHubRunsMakesNothingOlder() throws IOException {
        live(2);
        reopen();
        clock.jumpMs(YEAR_MS);
        log.housekeep();
        log.housekeep(); // what it would roll at once it would take now
        assertEquals(1, log.range().first(), "all of it is of the last two hours");
        assertEquals(12, log.range().head());
        clock.advanceMs(17 * HOUR_MS);
        log.housekeep();
        log.housekeep();
        assertEquals(log.range().head() + 1, log.range().first(), "seventeen hours have passed");
    }

    @Test
    void aClockThatIsSetBackByMistakeAndForwardAgainTakesNothingEarly() throws IOException {
        live(10);
        clock.jumpMs(-YEAR_MS);
        live(1);
        clock.jumpMs(YEAR_MS);
        live(1);
        for (int opened = 0; opened < 2; opened++) {
            log.housekeep();
            assertEquals(1, log.range().first(), "all of it is of the last twelve hours");
            assertEquals(6, since(HOUR_MS));
            reopen();
        }
        live(20);
        assertTrue(hoursKept() >= 15 && hoursKept() <= 18, hoursKept() + " hours");
    }

    @Test
    void aClockThatGoesToAndFroBeginsNoMoreSegmentsThanItMustAndSmallStepsNone() throws IOException {
        for (int i = 0; i < 50; i++) {
            append();
            clock.jumpMs(i % 2 == 0 ? -50_000 : 51_000);
        }
        assertEquals(1, log.segments().length);
        assertEquals(50, log.range().head());
    }
}
