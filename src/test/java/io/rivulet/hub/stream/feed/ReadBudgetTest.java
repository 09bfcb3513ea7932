package io.rivulet.hub.stream.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rivulet.kit.Await;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What was read and not taken yet, for however many streams. */
class ReadBudgetTest {

    private static final int ALL = 1 << 20;

    private final ReadBudget budget = new ReadBudget(ALL);
    private final CompletableFuture<ReadBudget.Taken> second = new CompletableFuture<>();

    private ReadBudget.Taken take(long bytes) {
        try {
            return budget.acquire(bytes);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aReaderWaitsWhileOthersHoldAllAndOneThatNeedsMoreThanAllIsNotStuck() throws Exception {
        ReadBudget.Taken first = take(10L * ALL);
        assertEquals(ALL, budget.taken());
        Thread reader = new Thread(() -> second.complete(take(1)), "test-reader");
        reader.start();
        Await.until("it waits", () -> reader.getState() == Thread.State.WAITING || second.isDone());
        assertEquals(ALL, budget.taken());
        first.release();
        first.release(); // once more is nothing
        ReadBudget.Taken taken = second.get(20, TimeUnit.SECONDS);
        assertEquals(1_024, budget.taken());
        taken.release();
        assertEquals(0, budget.taken());
        reader.join();
    }
}
