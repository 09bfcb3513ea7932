package io.rivulet.hub.stream.feed;

import static io.rivulet.hub.HubScene.awaitEvents;
import static io.rivulet.hub.HubScene.awaitHello;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.hub.HubScene;
import io.rivulet.hub.SetClock;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.Await;
import io.rivulet.metrics.Metrics.Count;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code write.bytes}: what streams that do not read hold in memory is bounded, and nobody pays for it with a gap. */
class WriteBudgetTest {

    private static final int SHARDS = Runtime.getRuntime().availableProcessors();
    private static final int LARGE = 100_000;

    @TempDir
    Path folder;

    private final SetClock clock = new SetClock();

    @Test
    void whatSeveralStreamsHoldTogetherCountsOnceAndSmallThingsDoNotCount() {
        WriteBudget budget = new WriteBudget(100_000);
        byte[] shared = new byte[60_000];
        WriteBudget.Share one = budget.hold(shared, shared.length);
        WriteBudget.Share other = budget.hold(shared, shared.length);
        assertNull(budget.hold(new byte[WriteBudget.FREE_BYTES], WriteBudget.FREE_BYTES));
        assertEquals(60_000, budget.bytes());
        assertEquals(30_000, one.part());
        assertTrue(budget.isTight());
        assertTrue(budget.hasRoomFor(new byte[40_000], 40_000));
        assertFalse(budget.hasRoomFor(new byte[40_001], 40_001));
        assertTrue(budget.hasRoomFor(shared, shared.length));
        assertFalse(budget.hasRoomFor(30_000, 10_001));
        assertTrue(budget.hasRoomFor(WriteBudget.FREE_BYTES, 1_000_000), "each stream's own");
        budget.release(one);
        assertEquals(60_000, budget.bytes());
        budget.release(other);
        budget.release(null);
        assertEquals(0, budget.bytes());
        assertTrue(budget.hasRoomFor(1_000_000, 0), "one event passes, however large it is");
        assertNotNull(budget.hold(new byte[10_000], 10_000), "and not the same that was let go of");
    }

    /** Each has a topic and an event of its own, so nothing is shared: there is room for four in each shard. */
    @Test
    void anEventThatThereIsNoRoomForWaitsUntilOthersHaveTakenTheirs() throws Exception {
        try (HubScene scene = HubScene.timed(folder, clock, "write.bytes", Integer.toString(5 * LARGE * SHARDS))) {
            List<HubClient> clients = new ArrayList<>();
            for (int i = 0; i < 10 * SHARDS; i++) {
                clients.add(awaitHello(new HubClient(scene.hub, 1, "own/" + i).connect(), 1));
            }
            for (int i = 0; i < clients.size(); i++) {
                scene.publish("own/" + i, i + "x".repeat(LARGE));
            }
            Await.until("as many as there is room for", () -> held(clients) == 4 * SHARDS);
            for (int done = 0; done < clients.size(); done++) { // each that reads makes room for another
                int least = Math.min(4 * SHARDS, clients.size() - done);
                scene.tick();
                Await.until("others to follow", () -> held(clients) >= Math.max(1, least - SHARDS));
                HubClient reader = clients.stream().filter(c -> c.unread() > 0).findFirst().orElseThrow();
                awaitEvents(reader, 1);
                assertTrue(held(clients) <= 4 * SHARDS, "more than there is room for");
            }
            assertEquals(0, scene.metrics.get(Count.CROWDED_OUT) + scene.metrics.get(Count.STALLED));
            assertEquals(clients.size(), scene.hub.connections().list().size());
        }
    }

    @Test
    void whoHoldsWhatOthersWaitForAndTakesNothingIsEnded() throws Exception {
        try (HubScene scene = HubScene.timed(folder, clock, "write.bytes", Integer.toString(5 * LARGE * SHARDS),
            "stall.timeout", "0s")) {
            List<HubClient> dead = new ArrayList<>();
            for (int i = 0; i < 4 * SHARDS; i++) {
                dead.add(awaitHello(new HubClient(scene.hub, 1, "own/" + i).connect(), 1));
                scene.publish("own/" + i, "x".repeat(LARGE));
            }
            Await.until("all is full", () -> held(dead) == dead.size());
            HubClient waits = awaitHello(scene.client("news").connect(), 1);
            HubClient small = awaitHello(scene.client("news/small").connect(), 1);
            scene.publish("news", "y".repeat(LARGE));
            scene.publish("news/small", "small ones pass");
            awaitEvents(small, 1);
            assertEquals(List.of(), waits.drain().data());
            clock.advanceMs(TimeUnit.SECONDS.toMillis(6));
            scene.tick();
            awaitEvents(waits, 1);
            assertEquals(1, scene.metrics.get(Count.CROWDED_OUT));
            assertEquals(dead.size() - 1, dead.stream().filter(c -> !c.isEnded()).count());
        }
    }

    @Test
    void anEventForManyIsInMemoryOnceHoweverManyDoNotTakeIt() throws Exception {
        try (HubScene scene = HubScene.timed(folder, clock, "write.bytes", Integer.toString(2 * LARGE * SHARDS))) {
            List<HubClient> clients = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                clients.add(awaitHello(new HubClient(scene.hub, 1, "news").connect(), 1));
            }
            scene.publish("news", "x".repeat(LARGE));
            Await.until("all have it", () -> held(clients) == clients.size());
            assertEquals(1, clients.stream().map(HubClient::heldBytes).distinct().count(), "the same bytes");
        }
    }

    /** What a stream begins with is more than there is room for: it is read again, and nobody is refused for it. */
    @Test
    void aStreamThatBeginsWithMoreThanThereIsRoomForGetsItInPasses() throws Exception {
        try (HubScene scene = HubScene.timed(folder, clock, "write.bytes", Integer.toString(LARGE * SHARDS),
            "conflate.bytes", Integer.toString(LARGE))) {
            for (int i = 0; i < 8; i++) {
                scene.publish("many/" + i, "x".repeat(LARGE / 8));
            }
            List<HubClient> holding = new ArrayList<>();
            for (int i = 0; i < SHARDS; i++) {
                holding.add(new HubClient(scene.hub, 100, "*").connect(Since.LAST));
            }
            Await.until("a hello in each shard", () -> holding.stream().allMatch(c -> c.unread() > 100));
            assertEquals(8, awaitEvents(scene.client("*").connect(Since.LAST), 8).events().size());
            holding.forEach(c -> awaitEvents(c, 8));
        }
    }

    private static long held(List<HubClient> clients) {
        return clients.stream().filter(c -> c.unread() > LARGE).count();
    }
}
