package io.rivulet.http.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import io.rivulet.kit.Unloggable;
import io.rivulet.refusal.Refused;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The threads that write where a container blocks: one for each connection that needs one, and for nobody else. */
class WriterPoolTest {

    private static final int MAX = 8;

    private final WriterPool pool = new WriterPool(MAX);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private final AtomicInteger stuck = new AtomicInteger();

    @AfterEach
    void close() {
        goOn.countDown();
        pool.close();
        assertEquals(Set.of(), threads());
    }

    private Set<String> threads() {
        Set<String> names = ConcurrentHashMap.newKeySet();
        Thread.getAllStackTraces().keySet().stream().map(Thread::getName).filter(n -> n.startsWith("rivulet-h2-"))
            .forEach(names::add);
        return names;
    }

    /** What Tomcat does while the client does not read. */
    private void block() {
        stuck.incrementAndGet();
        try {
            goOn.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void aConnectionThatBlocksHoldsUpNoOther() {
        for (int i = 1; i < MAX; i++) {
            pool.enter("stalled " + i).run(this::block);
        }
        Await.until("all are stuck", () -> stuck.get() == MAX - 1);
        AtomicInteger done = new AtomicInteger();
        WriterPool.Lane lane = pool.enter("reads");
        for (int i = 0; i < 1_000; i++) {
            lane.run(done::incrementAndGet);
        }
        Await.until("the last one goes on", () -> done.get() == 1_000);
        assertEquals(MAX - 1, stuck.get());
    }

    /** Its streams would be silent for ever. */
    @Test
    void aLaneGoesOnThoughAJobFailsAndThatCannotEvenBeLogged() {
        WriterPool.Lane lane = pool.enter("fails");
        AtomicInteger done = new AtomicInteger();
        try (Unloggable unloggable = new Unloggable("io.rivulet.http")) {
            lane.run(() -> {
                throw new OutOfMemoryError("made by the test");
            });
            Await.until("it cannot be logged", () -> unloggable.refused() > 0);
            lane.run(done::incrementAndGet);
            Await.until("the next job is done", () -> done.get() == 1);
        }
    }

    @Test
    void oneConnectionsStreamsAreWrittenOneAfterTheOtherInTheOrderOfTheirTurns() {
        List<Integer> order = Collections.synchronizedList(new ArrayList<>());
        AtomicInteger inside = new AtomicInteger();
        WriterPool.Lane lane = pool.enter("c");
        for (int i = 0; i < 2_000; i++) {
            int number = i;
            lane.run(() -> {
                order.add(inside.incrementAndGet() == 1 ? number : -1);
                inside.decrementAndGet();
            });
        }
        Await.until("all turns are done", () -> order.size() == 2_000);
        for (int i = 0; i < 2_000; i++) {
            assertEquals(i, order.get(i));
        }
    }

    @Test
    void whoHasNothingToWriteHoldsNoThread() {
        for (int i = 0; i < MAX; i++) {
            pool.enter("idle " + i);
        }
        AtomicInteger done = new AtomicInteger();
        for (int i = 0; i < 50; i++) {
            int soFar = i;
            pool.enter("idle 0").run(done::incrementAndGet);
            Await.until("a turn is done", () -> done.get() == soFar + 1);
        }
        assertTrue(threads().size() <= 3, "threads for one busy connection: " + threads());
    }

    @Test
    void aConnectionBeyondTheLimitIsRefusedAndOneMoreStreamOfAKnownOneIsNot() {
        WriterPool.Lane first = pool.enter("1");
        for (int i = 2; i <= MAX; i++) {
            pool.enter(Integer.toString(i));
        }
        assertSame(first, pool.enter("1"));
        Refused refused = assertThrows(Refused.class, () -> pool.enter("one more"));
        assertEquals(Refused.Reason.OVERLOADED, refused.reason());
        assertTrue(refused.getMessage().contains("8 HTTP/2 connections")
            && refused.getMessage().contains("rivulet.writers.max"), refused.getMessage());
        first.leave();
        assertThrows(Refused.class, () -> pool.enter("one more"), "one of its two streams is still there");
        first.leave();
        pool.enter("one more");
    }

    @Test
    void aTurnThatFailsIsTheLastOfNoOther() {
        AtomicInteger done = new AtomicInteger();
        WriterPool.Lane lane = pool.enter("c");
        lane.run(() -> {
            throw new IllegalStateException("on purpose");
        });
        lane.run(done::incrementAndGet);
        Await.until("the next one is done", () -> done.get() == 1);
    }

    @Test
    void whoeverIsStuckWhenThePoolClosesIsInterruptedAndLateNewsIsDealtWithByWhoeverBringsIt() {
        WriterPool.Lane lane = pool.enter("stalled");
        lane.run(this::block);
        Await.until("it is stuck", () -> stuck.get() == 1);
        pool.close();
        AtomicInteger done = new AtomicInteger();
        Thread[] who = new Thread[1];
        pool.enter("late").run(() -> {
            who[0] = Thread.currentThread();
            done.incrementAndGet();
        });
        assertEquals(1, done.get());
        assertSame(Thread.currentThread(), who[0]);
        lane.run(done::incrementAndGet);
        assertEquals(2, done.get());
    }
}
