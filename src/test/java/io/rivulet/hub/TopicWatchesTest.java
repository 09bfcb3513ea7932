package io.rivulet.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.hub.TopicWatches.Stop;
import io.rivulet.refusal.Refused;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Watches of single topics, with a clock of the test's. */
class TopicWatchesTest {

    private final Turned time = new Turned();
    private boolean heard;
    private final TopicWatches watches = new TopicWatches(topic -> heard, time, () -> time.nowMs * 1_000_000);
    private final List<String> told = new ArrayList<>();

    @Test
    void aStopIsToldToThoseWhoWatchThatTopicUntilTheyLeave() throws Exception {
        AutoCloseable a = watches.onStop("a", why -> told.add("a " + why));
        AutoCloseable again = watches.onStop("a", why -> told.add("again " + why));
        AutoCloseable b = watches.onStop("b", why -> told.add("b " + why));
        watches.stopped("a", Stop.CANCELLED);
        a.close();
        a.close();
        watches.stopped("a", Stop.ENDED);
        watches.stopped("none", Stop.ENDED);
        assertEquals(List.of("a CANCELLED", "again CANCELLED", "again ENDED"), told);
        watches.close();
        assertTrue(told.contains("again CLOSED") && told.contains("b CLOSED"), told.toString());
        again.close();
        b.close();
    }

    @Test
    void oneThatFailsKeepsTheOthersFromNothing() {
        watches.onStop("a", why -> {
            throw new IllegalStateException("no");
        });
        watches.onStop("a", why -> told.add("second"));
        watches.stopped("a", Stop.ENDED);
        assertEquals(List.of("second"), told);
    }

    @Test
    void silenceIsToldOnceEachTimeItHasLastedForSoLong() throws Exception {
        AutoCloseable watch = watches.onUnheard("a", Duration.ofSeconds(8), () -> told.add("silent at " + time.nowMs));
        time.pass(7_000);
        assertEquals(List.of(), told);
        time.pass(60_000);
        assertEquals(List.of("silent at 8000"), told);
        heard = true;
        time.pass(10_000);
        heard = false;
        time.pass(7_000);
        assertEquals(1, told.size());
        time.pass(2_000);
        assertEquals(2, told.size());
        watch.close();
        watch.close();
        time.pass(60_000);
        assertEquals(2, told.size());
        assertEquals(0, time.tasks.size());
    }

    @Test
    void aTaskThatFailsIsRunOnceForOneSilenceAndTheWatchGoesOn() throws Exception {
        AutoCloseable watch = watches.onUnheard("a", Duration.ofSeconds(1), () -> {
            told.add("silent");
            throw new IllegalStateException("no");
        });
        assertThrows(IllegalStateException.class, () -> time.pass(1_000));
        time.pass(5_000);
        heard = true;
        time.pass(1_000);
        heard = false;
        assertThrows(IllegalStateException.class, () -> time.pass(3_000));
        assertEquals(2, told.size());
        watch.close();
    }

    @Test
    void theirNumberAndTheirTimesAreBounded() throws Exception {
        for (Duration bad : List.of(Duration.ofMillis(999), Duration.ofDays(31))) {
            assertEquals(Refused.Reason.MALFORMED,
                assertThrows(Refused.class, () -> watches.onUnheard("a", bad, () -> { })).reason());
        }
        List<AutoCloseable> all = new ArrayList<>();
        for (int i = 0; i < TopicWatches.WATCHES_MAX; i++) {
            all.add(watches.onStop("a" + i, why -> { }));
            all.add(watches.onUnheard("a" + i, Duration.ofDays(1), () -> { }));
        }
        assertThrows(Refused.class, () -> watches.onStop("more", why -> { }));
        assertThrows(Refused.class, () -> watches.onUnheard("more", Duration.ofDays(1), () -> { }));
        all.get(0).close();
        all.get(1).close();
        watches.onStop("more", why -> { });
        watches.onUnheard("more", Duration.ofDays(1), () -> { });
    }

    /** A clock that the test turns, in steps of a tenth of a second. */
    private static final class Turned implements Alarms {
        private static final int STEP_MS = 100;
        private final List<Task> tasks = new ArrayList<>();
        private long nowMs;

        private record Task(long dueMs, Runnable task) {
        }

        @Override
        public Runnable after(Duration time, Runnable task) {
            Task set = new Task(nowMs + time.toMillis(), task);
            tasks.add(set);
            return () -> tasks.remove(set);
        }

        void pass(long millis) {
            for (long end = nowMs + millis; nowMs < end; ) {
                nowMs += STEP_MS;
                List<Task> due = tasks.stream().filter(task -> task.dueMs <= nowMs).toList();
                tasks.removeAll(due);
                due.forEach(task -> task.task.run());
            }
        }
    }
}
