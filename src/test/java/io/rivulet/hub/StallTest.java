package io.rivulet.hub;

import static io.rivulet.hub.HubScene.awaitEnd;
import static io.rivulet.hub.HubScene.awaitEvents;
import static io.rivulet.hub.HubScene.awaitHello;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.Await;
import io.rivulet.metrics.Metrics.Count;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code stall.timeout}: a stream ends when its socket has taken nothing for so long, and only then. */
class StallTest {

    @TempDir
    Path folder;

    private final SetClock clock = new SetClock();

    @Test
    void aStreamWhoseSocketTakesNothingForTheTimeLimitIsEndedAndLosesNothing() throws Exception {
        try (HubScene scene = scene("stall.timeout", "30s")) {
            HubClient stalled = stalledWith(scene, 10);
            HubClient quick = awaitHello(scene.client("news").connect(), 1);
            clock.advanceMs(29_000);
            scene.tick();
            assertFalse(stalled.isEnded());
            clock.advanceMs(1_000);
            Await.until("the end", stalled::isEnded);
            assertEquals(1, scene.metrics.get(Count.STALLED));
            assertFalse(quick.isEnded());
            stalled.cut();
            assertEquals(range(10), awaitEvents(stalled.connect(), 10).data());
        }
    }

    @Test
    void aStreamThatTakesAByteNowAndThenIsNotEnded() throws Exception {
        try (HubScene scene = scene("stall.timeout", "30s")) {
            HubClient slow = stalledWith(scene, 10);
            for (int i = 0; i < 10; i++) {
                clock.advanceMs(20_000);
                assertEquals(1, slow.read(1));
                scene.tick();
            }
            assertFalse(slow.isEnded());
            assertEquals(range(10), awaitEvents(slow, 10).data());
            assertEquals(0, scene.metrics.get(Count.STALLED));
        }
    }

    @Test
    void aSilentStreamThatTakesItsHeartbeatsIsNotEnded() throws Exception {
        try (HubScene scene = scene("stall.timeout", "30s")) {
            HubClient silent = awaitHello(scene.client("news").connect(), 1);
            for (int i = 0; i < 10; i++) {
                clock.advanceMs(20_000);
                scene.tick();
            }
            assertFalse(silent.drain().isEnded());
        }
    }

    @Test
    void aTimeLimitOf0IsNoEnd() throws Exception {
        try (HubScene scene = scene("stall.timeout", "0s")) {
            HubClient stalled = stalledWith(scene, 10);
            clock.advanceMs(1_000_000);
            scene.tick();
            assertFalse(stalled.isEnded());
            assertEquals(range(10), awaitEvents(stalled, 10).data());
        }
    }

    /** The response that a container never opens is one whose socket takes nothing. */
    @Test
    void aStreamThatIsNeverReadyIsEndedToo() throws Exception {
        try (HubScene scene = scene("stall.timeout", "30s")) {
            HubClient never = new HubClient(scene.hub, 0, "news").connect();
            scene.tick();
            clock.advanceMs(30_000);
            awaitEnd(never);
            assertEquals(1, scene.metrics.get(Count.STALLED));
        }
    }

    private static HubClient stalledWith(HubScene scene, int events) throws Exception {
        HubClient client = awaitHello(new HubClient(scene.hub, 1, "news").connect(), 1);
        for (int i = 0; i < events; i++) {
            scene.publish("news", Integer.toString(i));
        }
        scene.tick();
        return client;
    }

    private static List<String> range(int n) {
        return IntStream.range(0, n).mapToObj(Integer::toString).toList();
    }

    private HubScene scene(String... settings) throws Exception {
        return HubScene.timed(folder, clock, settings);
    }
}
