package io.rivulet.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.hub.resume.Caller;
import io.rivulet.hub.stream.Readers;
import io.rivulet.hub.stream.feed.ReadBudget;
import io.rivulet.kit.Await;
import io.rivulet.kit.FaultPoints;
import io.rivulet.kit.FaultSwitch;
import io.rivulet.kit.Quiet;
import io.rivulet.log.LogWork;
import io.rivulet.refusal.Refused;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An Error at any point of a look-up: its caller is answered, and it is counted no more. */
@ExtendWith(FaultPoints.class)
@SuppressWarnings("try") // Quiet is open, and that is all
class ReadErrorsTest {

    private static final Caller ME = new Caller("me");

    @Test
    void aLookUpWhoseTaskMeetsAnErrorAnywhereIsAnsweredAndCountedOut() throws Exception {
        throwAtEachPoint(FaultSwitch.named("rivulet-read-"), 1);
        throwAtEachPoint(FaultSwitch.named("rivulet-read-"), 5);
    }

    @Test
    void aLookUpThatMeetsAnErrorWhileItIsAskedForIsCountedOut() throws Exception {
        Thread here = Thread.currentThread();
        throwAtEachPoint(thread -> thread == here, 1);
    }

    private static void throwAtEachPoint(Predicate<Thread> threads, int burst) throws Exception {
        Readers readers = new Readers(new ReadBudget(1 << 20));
        LookUps lookUps = new LookUps(readers, 100, 256 << 20);
        readers.start();
        try (Quiet quiet = new Quiet()) {
            assertEquals("warm", lookUps.ask(ME, 1, "it", work -> "warm")
                .get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS));
            boolean thrown = true;
            for (int n = 1; thrown; n++) {
                try (FaultSwitch faults = FaultSwitch.at(n, burst, threads,
                    () -> new OutOfMemoryError("made by the test"))) {
                    ask(lookUps, n);
                    thrown = faults.hasThrown();
                }
                String when = "none to wait, n = " + n;
                Await.until(when, () -> lookUps.waiting() == 0);
                assertEquals("next", lookUps.ask(ME, 1, "it", work -> "next")
                    .get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS));
                assertTrue(n < 1_000, "it ends");
            }
        } finally {
            readers.close();
        }
    }

    private static void ask(LookUps lookUps, int n) throws Exception {
        CompletableFuture<String> answer;
        try {
            answer = lookUps.ask(ME, 1, "it", ReadErrorsTest::twoSlices);
        } catch (OutOfMemoryError e) {
            return; // the caller was told at once
        }
        try {
            assertEquals("found", answer.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS));
        } catch (ExecutionException e) {
            assertEquals(Refused.Reason.STORE_FAILED, assertInstanceOf(Refused.class, e.getCause()).reason(),
                "n = " + n);
        }
    }

    private static String twoSlices(LogWork work) {
        for (int i = 0; i < 2; i++) {
            work.cost(LogWork.SLICE);
            work.pause();
        }
        return "found";
    }
}
