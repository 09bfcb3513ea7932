package io.rivulet.hub;

import static io.rivulet.hub.HubScene.awaitHello;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.hub.Drain.State;
import io.rivulet.hub.stream.EndReason;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Refused.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hub that is about to end lets its streams go first, in a time of the test's own. */
class DrainTest {

    private static final int STREAMS = 100;

    @TempDir
    private Path folder;
    private final SetClock clock = new SetClock();
    private HubScene scene;
    private Drain drain;

    @BeforeEach
    void open() throws Exception {
        scene = HubScene.timed(folder, clock, "drain", "10s", "backlog.events", "1");
        drain = scene.hub.drain();
    }

    @AfterEach
    void close() {
        scene.close();
    }

    /** What the thread of the drain does twenty times a second, and its end on the shards. */
    private int openAfterMs(long ms) throws Exception {
        clock.advanceMs(ms);
        drain.step();
        scene.tick();
        return scene.hub.connections().open();
    }

    private List<HubClient> clients(int n) {
        List<HubClient> clients = new ArrayList<>();
        for (int i = 0; i < n; i++) {
            clients.add(scene.client("news").connect());
        }
        clients.forEach(client -> awaitHello(client, 1).settle());
        return clients;
    }

    @Test
    void streamsEndOneAfterTheOtherAndEachIsToldToComeBackWhenAllAreGoneAndTheGapIsOver() throws Exception {
        List<HubClient> clients = clients(STREAMS);
        assertEquals(State.SERVING, drain.progress().state());
        CompletableFuture<Void> done = drain.begin();
        assertEquals(STREAMS, openAfterMs(0), "none before its turn");
        assertEquals(new Drain.Progress(State.DRAINING, STREAMS, STREAMS, 10_000), drain.progress());
        int shards = Runtime.getRuntime().availableProcessors();
        assertEquals(STREAMS / 2, openAfterMs(STREAMS), shards, "500 a second, of each shard its part");
        assertFalse(done.isDone());
        assertEquals(0, openAfterMs(STREAMS));
        drain.step();
        done.get(20, TimeUnit.SECONDS);
        assertEquals(new Drain.Progress(State.DRAINED, 0, STREAMS, 0), drain.progress());
        for (HubClient client : clients) {
            assertTrue(client.drain().isEnded());
            assertEquals(EndReason.DRAINED, client.subscriber().ending());
            assertTrue(client.retryMs() >= 12_000 && client.retryMs() <= 18_000 + 2 * STREAMS, client.wire());
        }
        assertTrue(clients.stream().map(HubClient::retryMs).distinct().count() > STREAMS / 2, "each another time");
    }

    @Test
    void publishingGoesOnAndNewStreamsAreToldToComeBack() throws Exception {
        HubClient client = clients(1).get(0);
        drain.begin();
        scene.publish("news", "1");
        Refused refused = assertThrows(Refused.class, () -> scene.client("news").connect());
        assertEquals(Reason.NOT_OPEN, refused.reason());
        assertThrows(Refused.class, () -> scene.mercure("news").after("urn:x").connectPlaced());
        assertTrue(scene.hub.retryMs() >= 12_000);
        assertEquals(0, openAfterMs(2));
        scene.publish("news", "2");
        assertEquals(1, scene.hub.metrics().all().get("streams_ended"));
        assertTrue(client.drain().isEnded());
    }

    @Test
    void whoIsBehindGetsWhatWaitsForItBeforeItsStreamEnds() throws Exception {
        HubClient slow = awaitHello(new HubClient(scene.hub, 10, "news").connect(), 1);
        for (int i = 0; i < 20; i++) {
            scene.publish("news", Integer.toString(i));
        }
        CompletableFuture<Void> done = drain.begin();
        assertEquals(1, openAfterMs(1_000), "it is behind");
        assertFalse(done.isDone());
        for (int i = 0; i < 20; i++) {
            slow.readEvents(1);
            slow.settle();
            scene.tick(); // the hub sees that its client takes something
            clock.advanceMs(100);
        }
        assertEquals(0, openAfterMs(0));
        slow.drain();
        assertEquals(20, slow.data().size());
        assertTrue(slow.isEnded() && slow.retryMs() >= 12_000, slow.wire());
    }

    @Test
    void whoTakesNothingIsNotWaitedForAndTheTimeIsAnEnd() throws Exception {
        HubClient stalled = awaitHello(new HubClient(scene.hub, 10, "news").connect(), 1);
        HubClient rated = awaitHello(scene.client("news", "other").rate(1).connect(), 1);
        for (int i = 0; i < 20; i++) {
            scene.publish(i % 2 == 0 ? "news" : "other", Integer.toString(i));
        }
        stalled.settle();
        CompletableFuture<Void> done = drain.begin();
        assertEquals(2, openAfterMs(100));
        openAfterMs(2_000); // its end begins
        assertEquals(1, openAfterMs(1_000), "one that takes nothing");
        assertEquals(EndReason.DRAINED, stalled.subscriber().ending());
        assertFalse(done.isDone());
        drain.begin(Duration.ofSeconds(20));
        assertTrue(drain.progress().leftMs() < 10_000, "never longer");
        drain.begin(Duration.ZERO); // whoever ends the hub has no more time
        assertEquals(0, openAfterMs(0));
        drain.step();
        done.get(20, TimeUnit.SECONDS);
        assertTrue(rated.drain().isEnded());
    }

    @Test
    void aHubThatClosesLetsNobodyWait() {
        clients(3);
        CompletableFuture<Void> done = drain.begin();
        scene.hub.close();
        assertTrue(done.isDone());
        assertEquals(State.DRAINED, drain.progress().state());
    }
}
