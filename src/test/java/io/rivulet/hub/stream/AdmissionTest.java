package io.rivulet.hub.stream;

import static io.rivulet.hub.HubScene.awaitHello;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.rivulet.auth.Grant;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.config.SettingsTable;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.TakingOutlet;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.StartPoint;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.kit.Await;
import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Refused.Reason;
import io.rivulet.topic.TopicSelection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams that a hub lets in: whatever becomes of one, it is counted no more, and once. */
class AdmissionTest {

    private static final Grant ANN = HubScene.grant("ann", GrantedTopics.ALL);

    @TempDir
    private Path folder;

    private static SubscribeRequest request(TopicSelection topics) {
        return new SubscribeRequest(topics, ANN, null, Since.LATEST, Duration.ofSeconds(15), false, HubScene.PLAIN,
            "192.0.2.1");
    }

    private static SubscribeRequest request() {
        return request(TopicSelection.ofTopics(List.of("news")));
    }

    private static void awaitNobody(HubScene scene) {
        Await.until("all is given back", () -> scene.caps.total() == 0 && scene.caps.remembered() == 0
            && scene.hub.connections().list().isEmpty() && !scene.hub.isHeard("news"));
    }

    @Test
    void aSubjectAtItsCapIsRefusedAndItsOldStreamsStay() throws Exception {
        try (HubScene scene = new HubScene(folder, "connections.subject.max", "2")) {
            HubClient one = awaitHello(scene.client("news").as(ANN).connect(), 1);
            HubClient two = awaitHello(scene.client("news").as(ANN).connect(), 1);
            assertEquals(Reason.TOO_MANY_STREAMS,
                assertThrows(Refused.class, () -> scene.client("news").as(ANN).connect()).reason());
            scene.publish("news", "x");
            HubScene.awaitEvents(one, 1);
            HubScene.awaitEvents(two, 1);
            awaitHello(scene.client("news").connect(), 1).cut();
            two.cut();
            Await.until("its stream is counted no more", () -> scene.hub.connections().list().size() == 1);
            awaitHello(two.connect(), 2);
        }
    }

    @Test
    void aFreshTokenMovesNothing() throws Exception {
        try (HubScene scene = new HubScene(folder, "connections.subject.max", "1")) {
            HubClient one = awaitHello(scene.client("news").as(ANN).connect(), 1);
            Grant fresh = HubScene.until(HubScene.grant("ann", GrantedTopics.NONE), Long.MAX_VALUE - 1);
            scene.hub.connections().renew(one.connection(), one.told("secret"), fresh).get(20, TimeUnit.SECONDS);
            assertThrows(Refused.class, () -> scene.client("news").as(fresh).connect());
            one.cut();
            awaitNobody(scene);
        }
    }

    @Test
    void anOpeningThatFailsHalfWayIsCountedNoMore() throws Exception {
        try (HubScene scene = new HubScene(folder, "connections.subject.max", "1", "connections.address.max", "1")) {
            for (int i = 0; i < 3; i++) {
                assertThrows(NullPointerException.class,
                    () -> scene.hub.subscribe(request(), new StartPoint.Placed(null, false, false, "nowhere"),
                        TakingOutlet.NOWHERE));
                awaitNobody(scene);
            }
            int patterns = scene.settings.get(SettingsTable.PATTERNS_MAX);
            List<io.rivulet.topic.TopicMatcher> crowd = new ArrayList<>();
            for (int i = 0; i <= patterns; i++) {
                crowd.add(scene.hub.topics().selector("{a" + i + "}"));
            }
            assertEquals(Reason.OVERLOADED, assertThrows(Refused.class,
                () -> scene.hub.subscribe(request(TopicSelection.of(crowd)), TakingOutlet.NOWHERE)).reason());
            awaitNobody(scene);
            Subscription let = scene.hub.subscribe(request(), TakingOutlet.NOWHERE);
            assertEquals(1, scene.hub.connections().list().size());
            let.gone("the test leaves");
            let.gone("and says so twice");
            awaitNobody(scene);
        }
    }

    /** Four threads open and leave, some of them twice, until the hub closes under them. */
    @Test
    void whateverHappensAtOnceEachStreamIsGivenBackOnce() throws Exception {
        HubScene scene = new HubScene(folder, "connections.subject.max", "40", "connections.address.max", "50");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        List<Future<?>> all = new ArrayList<>();
        for (int t = 0; t < 4; t++) {
            int seed = t;
            all.add(threads.submit(() -> {
                Random random = new Random(seed);
                List<Subscription> mine = new ArrayList<>();
                while (scene.hub.publishTrouble() == null) {
                    try {
                        Subscription s = scene.hub.subscribe(request(), TakingOutlet.NOWHERE);
                        s.writable();
                        mine.add(s);
                    } catch (Refused e) {
                        // at the cap, or closed
                    }
                    if (random.nextInt(3) == 0 && !mine.isEmpty()) {
                        Subscription s = mine.remove(random.nextInt(mine.size()));
                        s.gone("one");
                        s.gone("two");
                    }
                }
            }));
        }
        Await.until("the cap was met", () -> scene.metrics.get(
            io.rivulet.metrics.Metrics.Count.STREAMS_REFUSED_SUBJECT) > 1_000);
        scene.close();
        for (Future<?> one : all) {
            one.get(20, TimeUnit.SECONDS);
        }
        threads.shutdown();
        awaitNobody(scene);
        assertEquals(scene.metrics.get(io.rivulet.metrics.Metrics.Count.STREAMS_OPENED),
            scene.metrics.get(io.rivulet.metrics.Metrics.Count.STREAMS_ENDED));
    }
}
