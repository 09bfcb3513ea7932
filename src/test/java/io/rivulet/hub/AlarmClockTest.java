package io.rivulet.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.rivulet.kit.Await;
import io.rivulet.refusal.Refused;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** The one thread that runs tasks at their time. */
class AlarmClockTest {

    private final List<String> run = new CopyOnWriteArrayList<>();

    @Test
    void tasksRunInTheOrderOfTheirTimesAndOneThatFailsKeepsTheOthersFromNothing() {
        try (AlarmClock clock = new AlarmClock()) {
            clock.after(Duration.ofHours(1), () -> run.add("late"));
            clock.after(Duration.ofMillis(2), () -> {
                run.add("first");
                throw new IllegalStateException("no");
            });
            clock.after(Duration.ofMillis(60), () -> run.add("second"));
            Await.until("both", () -> run.size() == 2);
            assertEquals(List.of("first", "second"), run);
        }
    }

    @Test
    void whatIsCancelledBeforeItsTurnDoesNotRun() {
        try (AlarmClock clock = new AlarmClock()) {
            CountDownLatch gate = new CountDownLatch(1);
            clock.after(Duration.ZERO, () -> await(gate));
            Runnable cancel = clock.after(Duration.ZERO, () -> run.add("cancelled"));
            cancel.run();
            clock.after(Duration.ZERO, () -> run.add("next"));
            gate.countDown();
            Await.until("the next one", () -> !run.isEmpty());
            assertEquals(List.of("next"), run);
        }
    }

    @Test
    void afterItsEndNothingIsTaken() {
        AlarmClock clock = new AlarmClock();
        clock.after(Duration.ofHours(1), () -> run.add("never"));
        clock.close();
        clock.close();
        assertEquals(Refused.Reason.NOT_OPEN,
            assertThrows(Refused.class, () -> clock.after(Duration.ZERO, () -> { })).reason());
        assertEquals(List.of(), run);
    }

    private static void await(CountDownLatch gate) {
        try {
            gate.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
