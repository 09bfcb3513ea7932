package io.rivulet.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Quiet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A task that fails is run again, and one that always fails keeps no other from its turn. */
@SuppressWarnings("try") // Quiet is open, and that is all
class AnswerThreadTest {

    private final AtomicInteger runs = new AtomicInteger();
    private final CountDownLatch next = new CountDownLatch(1);
    private final AnswerThread thread = new AnswerThread();

    @AfterEach
    void end() throws InterruptedException {
        thread.close(20_000);
    }

    private void runUpTo(int failures) throws InterruptedException {
        try (Quiet quiet = new Quiet()) {
            thread.execute(() -> {
                if (runs.incrementAndGet() <= failures) {
                    throw new OutOfMemoryError("made by the test");
                }
            });
            thread.execute(next::countDown);
            thread.start();
            assertTrue(next.await(20, TimeUnit.SECONDS), "the next task has its turn");
        }
    }

    @Test
    void aTaskThatAlwaysFailsIsRunTwentyTimesAndTheNextOneFollows() throws InterruptedException {
        runUpTo(Integer.MAX_VALUE);
        assertEquals(20, runs.get());
    }

    @Test
    void aTaskThatFailsNineteenTimesIsDone() throws InterruptedException {
        runUpTo(19);
        assertEquals(20, runs.get());
    }
}
