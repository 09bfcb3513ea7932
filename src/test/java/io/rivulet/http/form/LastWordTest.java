package io.rivulet.http.form;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Looks at a request that waits, and look-ups that are given up with what was made of them. */
class LastWordTest {

    private final LastWord word = new LastWord();
    private final List<String> calls = new CopyOnWriteArrayList<>();

    /** If he went on, the look would read the first byte of the connection's next request. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void whoeverTakesTheWordWaitsForALookThatIsUnderWay(boolean container) throws InterruptedException {
        CountDownLatch inside = new CountDownLatch(1);
        CountDownLatch goOn = new CountDownLatch(1);
        Thread looking = new Thread(() -> word.whileNobodyHasIt(() -> {
            inside.countDown();
            try {
                goOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            calls.add("looked");
            return false;
        }), "test-look");
        looking.start();
        inside.await();
        Thread taking = new Thread(() -> {
            if (container) {
                word.takeInContainer();
                calls.add("taken");
            } else {
                word.take(() -> calls.add("taken"));
            }
        }, "test-take");
        taking.start();
        Await.until("he waits", () -> taking.getState() == Thread.State.BLOCKED);
        goOn.countDown();
        looking.join();
        taking.join();
        assertEquals(List.of("looked", "taken"), calls);
    }

    @Test
    void nobodyLooksAtARequestThatIsOver() {
        word.take(() -> true);
        assertFalse(word.whileNobodyHasIt(() -> calls.add("looked")));
        assertEquals(List.of(), calls);
    }

    @Test
    void aLookTellsWhatItSawWhileTheRequestWaits() {
        assertTrue(word.whileNobodyHasIt(() -> true));
        assertFalse(word.whileNobodyHasIt(() -> false));
    }

    @Test
    void aLookUpIsGivenUpWithWhatWasMadeOfIt() {
        CompletableFuture<String> lookUp = new CompletableFuture<>();
        GivingUp.apply(lookUp, String::length).cancel(false);
        assertTrue(lookUp.isCancelled());
    }

    @Test
    void ofTwoLookUpsTheOneThatIsUnderWayIsGivenUp() {
        CompletableFuture<String> first = new CompletableFuture<>();
        CompletableFuture<String> second = new CompletableFuture<>();
        CompletableFuture<String> made = GivingUp.compose(first, found -> {
            calls.add("asked");
            return second;
        });
        made.cancel(false);
        assertTrue(first.isCancelled());
        assertEquals(List.of(), calls);

        CompletableFuture<String> found = CompletableFuture.completedFuture("found");
        GivingUp.compose(found, word -> second).cancel(false);
        assertTrue(second.isCancelled());
        assertEquals("found, too", GivingUp.compose(found,
            word -> CompletableFuture.completedFuture(word + ", too")).join());
    }
}
