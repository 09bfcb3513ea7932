package io.rivulet.refusal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.slf4j.helpers.NOPLogger;

/** What a fault that comes again and again costs. */
class LastingLoopTest {

    private final AtomicInteger runs = new AtomicInteger();

    /** Else the thread would take all of a processor, just when memory is missing. A pause is never shorter. */
    @Test
    void eachRoundThatFailedIsFollowedByAPause() {
        int failing = 30;
        long beganNs = System.nanoTime();
        LastingLoop.run(NOPLogger.NOP_LOGGER, "{} failed in a test", "test", () -> {
            if (runs.getAndIncrement() < failing) {
                throw new OutOfMemoryError("made by the test");
            }
            return false;
        });
        long tookMs = (System.nanoTime() - beganNs) / 1_000_000;
        assertEquals(failing + 1, runs.get());
        assertTrue(tookMs > failing * 9, failing + " rounds failed within " + tookMs + " ms");
    }

    @Test
    void aStepThatFailsIsTriedSixTimesAndTheNextOneFollows() {
        AtomicInteger next = new AtomicInteger();
        LastingLoop.each(() -> {
            if (runs.incrementAndGet() < 1_000) {
                throw new IllegalStateException("made by the test");
            }
        }, next::incrementAndGet);
        assertEquals(6, runs.get());
        assertEquals(1, next.get());
    }
}
