package io.rivulet.log.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.rivulet.event.Event;
import io.rivulet.kit.Await;
import io.rivulet.kit.FaultPoints;
import io.rivulet.kit.FaultSwitch;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Readers that need the same chunk at once: one reads, and the others wait for no promise that nobody will keep. */
@ExtendWith(FaultPoints.class)
class ChunkCacheTest {

    private static final long WEIGHT = weight();

    /** A chunk that takes as much memory with one event as with two. */
    private static Chunk chunk(long first, int events) throws IOException {
        List<Event> some = new ArrayList<>();
        for (int i = 0; i < events; i++) {
            some.add(Event.on("t").data("x".repeat(events == 1 ? 115 : 50)).build());
        }
        return Chunks.of(first, some);
    }

    private static long weight() {
        try {
            assertEquals(chunk(1, 1).weight(), chunk(1, 2).weight());
            return chunk(1, 1).weight();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** With room for the bytes of so many chunks. */
    private static ChunkCache cache(int chunks) {
        return new ChunkCache(2 * chunks * WEIGHT);
    }

    private static <T> T soon(Future<T> answer, String when) throws Exception {
        try {
            return answer.get(Await.LIMIT.toSeconds(), TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("it waits for ever, " + when, e);
        }
    }

    @Test
    void anErrorAtAnyPointOfALoadLeavesNoPromiseAndNoWeightBehind() throws Exception {
        ExecutorService other = Executors.newSingleThreadExecutor();
        Thread here = Thread.currentThread();
        try {
            boolean thrown = true;
            for (int n = 1; thrown; n++) {
                String when = "n = " + n;
                ChunkCache cache = cache(2);
                cache.get(1, 0, 1, known -> chunk(1, 2));
                cache.get(1, 1, 11, known -> chunk(11, 1));
                try (FaultSwitch faults = FaultSwitch.at(n, thread -> thread == here,
                    () -> new OutOfMemoryError("made by the test"))) {
                    cache.get(1, 1, 11, known -> chunk(11, 1));
                    cache.get(1, 1, 12, known -> chunk(11, 2));
                    cache.get(1, 2, 21, known -> chunk(21, 1)); // the first of all leaves
                    thrown = faults.hasThrown();
                } catch (OutOfMemoryError e) {
                    thrown = true;
                }
                for (int number = 1; number <= 2; number++) {
                    long first = number * 10 + 1;
                    int asked = number;
                    assertEquals(first, soon(other.submit(
                        () -> cache.get(1, asked, first, known -> chunk(first, 2))), when).first());
                }
                assertEquals(2 * WEIGHT, cache.weight(), when);
                cache.forget(1);
                assertEquals(0, cache.weight(), when);
            }
        } finally {
            other.shutdown();
        }
    }

    /** Else what look-ups of strangers have read stays for ever. */
    @Test
    void aChunkThatNobodyAskedForSinceTimePassedLastIsLetGoOf() throws IOException {
        ChunkCache cache = cache(3);
        for (int number = 0; number < 3; number++) {
            long first = number * 10 + 1;
            cache.get(1, number, first, known -> chunk(first, 1));
        }
        cache.age();
        cache.get(1, 0, 1, known -> chunk(1, 1));
        cache.find(1, 1, 11);
        assertEquals(3 * WEIGHT, cache.weight());
        cache.age();
        assertEquals(2 * WEIGHT, cache.weight());
        assertNull(cache.find(1, 2, 21));
        cache.age();
        assertEquals(0, cache.weight());
    }

    @Test
    void whoWaitsForALoadThatFailsTriesForHimself() throws Exception {
        ChunkCache cache = cache(1);
        CountDownLatch fail = new CountDownLatch(1);
        CountDownLatch loading = new CountDownLatch(1);
        ExecutorService readers = Executors.newFixedThreadPool(2);
        try {
            Future<Chunk> first = readers.submit(() -> cache.get(1, 0, 1, known -> {
                loading.countDown();
                await(fail);
                throw new OutOfMemoryError("made by the test");
            }));
            await(loading);
            AtomicReference<Thread> waits = new AtomicReference<>();
            Future<Chunk> second = readers.submit(() -> {
                waits.set(Thread.currentThread());
                return cache.get(1, 0, 1, known -> chunk(1, 1));
            });
            Await.until("the second waits",
                () -> waits.get() != null && waits.get().getState() == Thread.State.WAITING);
            fail.countDown();
            assertEquals(1, soon(second, "after the fault").first());
            assertInstanceOf(OutOfMemoryError.class,
                assertThrows(ExecutionException.class, () -> soon(first, "after the fault")).getCause());
        } finally {
            fail.countDown();
            readers.shutdown();
        }
    }

    @Test
    void aChunkWhoseSegmentIsForgottenWhileItIsLoadedIsHandedOverAndNotKept() throws Exception {
        ChunkCache cache = cache(1);
        CountDownLatch load = new CountDownLatch(1);
        CountDownLatch loading = new CountDownLatch(1);
        ExecutorService readers = Executors.newFixedThreadPool(2);
        Chunk loaded = chunk(1, 1);
        try {
            Future<Chunk> first = readers.submit(() -> cache.get(1, 0, 1, known -> {
                loading.countDown();
                await(load);
                return loaded;
            }));
            await(loading);
            AtomicReference<Thread> waits = new AtomicReference<>();
            Future<Chunk> second = readers.submit(() -> {
                waits.set(Thread.currentThread());
                return cache.get(1, 0, 1, known -> chunk(1, 1));
            });
            Await.until("the second waits",
                () -> waits.get() != null && waits.get().getState() == Thread.State.WAITING);
            cache.forget(1);
            load.countDown();
            assertSame(loaded, soon(first, "at the end of the load"));
            assertSame(loaded, soon(second, "at the end of the load"));
            assertEquals(0, cache.weight());
        } finally {
            load.countDown();
            readers.shutdown();
        }
    }

    private static void await(CountDownLatch latch) throws IOException {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }
}
