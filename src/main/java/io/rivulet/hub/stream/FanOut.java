package io.rivulet.hub.stream;

import io.rivulet.event.EventFrame;
import io.rivulet.hub.tail.TailRing;
import io.rivulet.topic.TopicSelection;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.function.Predicate;

/**
 * All shards together. The committer wakes them through it and waits where they are behind; the hub assigns new
 * streams. Any thread.
 *
 * <p>A shard is a cursor too: the ring evicts no event that a shard has not dispatched. So the committer waits here for
 * the slowest shard, and publishers then meet a full queue rather than a gap.
 */
public final class FanOut {

    private static final long WAIT_NS = 200_000;

    private final List<Shard> shards = new ArrayList<>();
    private final long lagMaxMs;
    private final InstantSource clock;
    private volatile boolean closed;

    /** A shard lags when an event waits for it longer than {@code lagMaxMs}. */
    public FanOut(long lagMaxMs, InstantSource clock) {
        this.lagMaxMs = lagMaxMs;
        this.clock = clock;
    }

    /** One more shard, before any is started. */
    public void add(Shard shard) {
        shards.add(shard);
    }

    /** All shards. */
    public List<Shard> shards() {
        return shards;
    }

    /** Gives one more stream to the shard with the fewest. */
    public Shard assign() {
        Shard best = shards.get(0);
        for (Shard shard : shards) {
            if (shard.assigned().get() < best.assigned().get()) {
                best = shard;
            }
        }
        best.assigned().incrementAndGet();
        return best;
    }

    /** Events are about to stand in the ring, in order since then: a time of {@link System#nanoTime}. */
    public void expect(long sinceNs) {
        for (Shard shard : shards) {
            shard.expect(sinceNs);
        }
    }

    /** There is something new in the ring. */
    public void wake() {
        for (Shard shard : shards) {
            shard.wake();
        }
    }

    /** Ends the streams that may have lost transient events: they come back and are told. */
    public void endLost(Predicate<TopicSelection> mayHaveLost) {
        for (Shard shard : shards) {
            shard.endLost(mayHaveLost);
        }
    }

    /** Asks every shard on its own thread; completed with their answers by the last of them. Any thread. */
    public <T> CompletableFuture<List<T>> ask(Function<Shard, T> question) {
        List<CompletableFuture<T>> answers = new ArrayList<>();
        for (Shard shard : shards) {
            CompletableFuture<T> answer = new CompletableFuture<>();
            answers.add(answer);
            shard.post(() -> {
                try {
                    answer.complete(question.apply(shard));
                } catch (RuntimeException | Error e) {
                    answer.completeExceptionally(e);
                }
            });
        }
        return CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new))
            .thenApply(all -> answers.stream().map(CompletableFuture::join).toList());
    }

    /** Ends all waiting. */
    public void close() {
        closed = true;
    }

    /** Waits while a shard lags; meanwhile publishes fill the queue. */
    public void awaitNotLagging(TailRing ring) {
        while (!closed && isLagging(ring)) {
            pause();
        }
    }

    /** Whether an event older than {@code lag.max} waits for a shard. */
    public boolean isLagging(TailRing ring) {
        for (Shard shard : shards) {
            EventFrame waiting = ring.get(shard.dispatched() + 1);
            if (waiting != null && clock.millis() - waiting.timeMs() > lagMaxMs) {
                return true;
            }
        }
        return false;
    }

    /** Waits until the ring may take an event without evicting what a shard still has to dispatch. */
    public void awaitRoom(TailRing ring, int weight) {
        while (!closed && !ring.fits(weight, slowest())) {
            wake();
            pause();
        }
    }

    private static void pause() {
        Thread.interrupted(); // a stranger's interrupt would turn the pause into a spin
        LockSupport.parkNanos(WAIT_NS);
    }

    /** The sequence that all shards have dispatched. */
    private long slowest() {
        long least = Long.MAX_VALUE;
        for (Shard shard : shards) {
            least = Math.min(least, shard.dispatched());
        }
        return least;
    }
}
