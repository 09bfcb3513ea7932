package io.rivulet.hub.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.event.Event;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.resume.Pace;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.kit.Await;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An honest event has many topics, strangers have many patterns: what that takes is charged to the strangers. */
class ManyTopicsBesidePatternsTest {

    private static final int STRANGERS = 40;
    /** An event's part of a round, that of all, and one match, the longest there is. */
    private static final long STEPS_MAX = 5_000 + 100_000 + 202_000;

    private static final TopicSpace SPACE = TopicSpace.of("http://localhost/.well-known/mercure");

    @TempDir
    Path folder;

    private static SubscribeRequest asking(List<TopicMatcher> matchers, String address) {
        return new SubscribeRequest(TopicSelection.of(matchers), Grant.ANONYMOUS, null, Since.LATEST,
            Duration.ofMinutes(5), false, HubScene.PLAIN, address);
    }

    /** Its patterns take thousands of steps for a topic; they match what ends with its number. */
    private static List<TopicMatcher> costly(int n) {
        return List.of(SPACE.urlPattern("/:a" + n + "((?:.?){100}!)"),
            SPACE.urlPattern("/:b((?:.?){100}-" + n + ")"));
    }

    private static Event event(String data) {
        Event.Builder event = Event.on("/honest").data(data);
        for (int i = 0; i < 98; i++) {
            event.topic("/" + "x".repeat(200) + data + i);
        }
        return event.topic("/the-last-one-" + data).build();
    }

    private static long steps(Shard shard) {
        CompletableFuture<Long> steps = new CompletableFuture<>();
        shard.post(() -> steps.complete(shard.stepsForEvents()));
        return steps.orTimeout(20, TimeUnit.SECONDS).join();
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "/honest"})
    void itTakesABoundedNumberOfStepsAndAllGetIt(String transientTopics) throws Exception {
        try (HubScene scene = new HubScene(folder, "log.sync", "never", "patterns.max", "100000",
            "transient.topics", transientTopics)) {
            HubClient honest = scene.client("/honest").connect();
            HubClient byPattern = scene.client().connect(asking(
                List.of(SPACE.urlPattern("/honest")), "192.0.2.1"));
            List<HubClient> strangers = new ArrayList<>();
            for (int i = 0; i < STRANGERS; i++) {
                strangers.add(scene.client().connect(asking(costly(i), "198.51.100." + i)));
            }
            List<HubClient> all = new ArrayList<>(strangers);
            all.addAll(List.of(honest, byPattern));
            for (HubClient one : all) {
                Await.until("it is live", () -> one.subscriber().stage() == Subscriber.Stage.LIVE);
            }
            List<Shard> shards = all.stream().map(one -> (Shard) one.subscriber().owner()).distinct().toList();
            for (int n = 0; n < 3; n++) {
                List<Long> before = shards.stream().map(ManyTopicsBesidePatternsTest::steps).toList();
                scene.publish(event("" + n));
                List<String> data = IntStream.rangeClosed(0, n).mapToObj(i -> "" + i).toList();
                assertEquals(data, HubScene.awaitEvents(honest, n + 1).data());
                assertEquals(data, HubScene.awaitEvents(byPattern, n + 1).data());
                assertEquals(List.of("" + n), HubScene.awaitEvents(strangers.get(n), 1).data());
                for (int i = 0; i < shards.size(); i++) {
                    long taken = steps(shards.get(i)) - before.get(i);
                    assertTrue(taken <= STEPS_MAX, taken + " steps");
                }
            }
            for (HubClient one : strangers) {
                Await.until("it is live again", () -> one.subscriber().stage() == Subscriber.Stage.LIVE);
            }
            scene.publish("/other-5", "of the sixth");
            assertEquals(List.of("of the sixth"), HubScene.awaitEvents(strangers.get(5), 1).data());
            assertEquals(List.of(), strangers.get(6).data());
        }
    }

    /** It is of many topics, so it is looked at what it may stand for. */
    @Test
    void aStreamThatConflatesGetsTheNewestAsWell() throws Exception {
        try (HubScene scene = new HubScene(folder, "log.sync", "never", "patterns.max", "100000")) {
            HubClient conflates = scene.client().connect(asking(costly(7), "198.51.100.7").at(new Pace(true, 0, 0)));
            Await.until("it is live", () -> conflates.subscriber().stage() == Subscriber.Stage.LIVE);
            scene.publish(event("7"));
            scene.publish("/other-7", "later");
            List<String> got = HubScene.awaitEvents(conflates, 2).data();
            assertEquals(List.of("7", "later"), got);
        }
    }
}
