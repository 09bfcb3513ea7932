package io.rivulet.hub.stream;

import static io.rivulet.hub.HubScene.awaitEvents;
import static io.rivulet.hub.HubScene.awaitHello;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.hub.FailingLog;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.SetClock;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.stream.feed.GoLive;
import io.rivulet.kit.Await;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Operators see of a stream that does not keep up how far it is behind, and why. */
class LagTest {

    @TempDir
    Path folder;

    private final SetClock clock = new SetClock();

    @Test
    void aStreamThatKeepsUpHasNoLagAndNoReason() throws Exception {
        try (HubScene scene = HubScene.timed(folder, clock)) {
            HubClient client = awaitHello(scene.client("news").connect(), 1);
            scene.publish("news", "1");
            awaitEvents(client, 1);
            clock.advanceMs(400);
            scene.tick();
            assertEquals(new Lag("live", 0L, null, 0, 0, 0, null, 400, null, null), lag(scene, client));
        }
    }

    @Test
    void aFullSocketIsTheReasonWhileEventsWaitInMemory() throws Exception {
        try (HubScene scene = HubScene.timed(folder, clock)) {
            HubClient client = awaitHello(new HubClient(scene.hub, 1, "news").connect(), 1);
            scene.publish("news", "fills the window");
            client.settle(); // it is written before the time passes
            clock.advanceMs(1_000);
            scene.publish("news", "x".repeat(100));
            scene.publish("other", "not for it");
            scene.publish("news", "y".repeat(100));
            client.settle(); // an answer may come before the shard has the event
            clock.advanceMs(4_000);
            scene.tick();
            Lag lag = lag(scene, client);
            assertEquals(List.of("live", 2L, 4_000L, 2, Lag.Reason.SOCKET, 5_000L, 5_000L), List.of(lag.state(),
                lag.events(), lag.ageMs(), lag.backlogEvents(), lag.reason(), lag.writtenAgoMs(), lag.stalledMs()));
            assertTrue(lag.backlogBytes() > 200 && lag.backlogBytes() < 400, lag.toString());
            assertEquals(client.unread(), lag.unsentBytes());
            assertEquals(1, client.read(1));
            scene.tick();
            assertEquals(0, lag(scene, client).stalledMs(), "a byte is progress");
        }
    }

    @Test
    void aRateIsTheReasonWhereItHoldsBackWhatTheSocketWouldTake() throws Exception {
        try (HubScene scene = HubScene.timed(folder, clock)) {
            HubClient client = awaitHello(scene.client("news").rate(1).connect(), 1);
            scene.publish("news", "at once");
            awaitEvents(client, 1);
            scene.publish("news", "later");
            scene.publish("news", "too old by then");
            client.settle();
            Lag lag = lag(scene, client);
            assertEquals(List.of("behind", 2L, 1, Lag.Reason.RATE),
                List.of(lag.state(), lag.events(), lag.backlogEvents(), lag.reason()));
            clock.advanceMs(1_000);
            assertEquals(2, awaitEvents(client.settle(), 2).events().size());
            assertNull(lag(scene, client).reason());
        }
    }

    @Test
    void whatIsBeyondMemoryIsCountedToo() throws Exception {
        try (HubScene scene = HubScene.timed(folder, clock, "ring.bytes", "4096", "backlog.events", "4",
            "stall.timeout", "0s")) {
            HubClient client = awaitHello(new HubClient(scene.hub, 1, "news").connect(), 1);
            scene.publish("news", "fills the window");
            for (int i = 0; i < 50; i++) {
                clock.advanceMs(1_000);
                scene.publish(i % 2 == 0 ? "news" : "other", i + "x".repeat(200));
            }
            scene.tick();
            Lag lag = lag(scene, client);
            assertEquals(List.of("behind", 50L, 49_000L, 0, 0L, Lag.Reason.SOCKET), List.of(lag.state(), lag.events(),
                lag.ageMs(), lag.backlogEvents(), lag.backlogBytes(), lag.reason()));
            awaitEvents(client, 26);
            Await.until("it is live again", () -> client.drain() != null && lag(scene, client).state().equals("live"));
            assertNull(lag(scene, client).ageMs());
        }
    }

    @Test
    void aReadOfTheLogIsTheReasonWhileItLasts() throws Exception {
        AtomicReference<FailingLog> disk = new AtomicReference<>();
        try (HubScene scene = new HubScene(folder, GoLive.EXACT, log -> {
            disk.set(new FailingLog(log));
            return disk.get();
        }, "ring.bytes", "4096")) {
            for (int i = 0; i < 50; i++) {
                scene.publish("news", i + "x".repeat(200));
            }
            disk.get().holdReads = new CountDownLatch(1);
            HubClient client = awaitHello(scene.client("news").connect(Since.EARLIEST), 1);
            Await.until("a read", () -> disk.get().reads.get() > 0);
            Lag lag = lag(scene, client);
            assertEquals(List.of("behind", 50L, Lag.Reason.LOG), List.of(lag.state(), lag.events(), lag.reason()));
            assertNull(lag.ageMs(), "nothing was read yet");
            assertNull(lag.stalledMs());
            disk.get().holdReads.countDown();
            awaitEvents(client, 50);
        }
    }

    @Test
    void memoryThatOthersHoldIsTheReasonWhereALargeEventWaitsForIt() throws Exception {
        int shards = Runtime.getRuntime().availableProcessors();
        try (HubScene scene = HubScene.timed(folder, clock, "write.bytes", Integer.toString(100_000 * shards))) {
            for (int i = 0; i < shards; i++) { // one on each shard
                HubClient holder = awaitHello(new HubClient(scene.hub, 1, "own/" + i).connect(), 1);
                scene.publish("own/" + i, "x".repeat(80_000));
                Await.until("it to hold it", () -> holder.unread() > 80_000);
            }
            HubClient waits = awaitHello(scene.client("news").connect(), 1);
            scene.publish("news", "y".repeat(80_000));
            Await.until("it to wait", () -> lag(scene, waits).reason() == Lag.Reason.MEMORY);
            assertEquals(1, lag(scene, waits).events());
        }
    }

    @Test
    void nobodyIsAskedForStreamsThatAreGone() throws Exception {
        try (HubScene scene = new HubScene(folder)) {
            HubClient client = awaitHello(scene.client("news").connect(), 1);
            assertEquals(1, lags(scene, client.connection(), "nobody").size());
            client.cut();
            Await.until("it is gone", () -> scene.hub.connections().list().size() == 0);
            assertEquals(Map.of(), lags(scene, client.connection()));
        }
    }

    private static Lag lag(HubScene scene, HubClient client) {
        return lags(scene, client.connection()).get(client.connection());
    }

    private static Map<String, Lag> lags(HubScene scene, String... connections) {
        try {
            return scene.hub.connections().lags(List.of(connections)).get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            throw new AssertionError(e);
        }
    }
}
