package io.rivulet.hub.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.GrantedTopics;
import io.rivulet.hub.HubScene;
import io.rivulet.kit.Await;
import io.rivulet.kit.FaultPoints;
import io.rivulet.kit.FaultSwitch;
import io.rivulet.kit.Quiet;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An Error at any point of the container's thread that opens a stream: there is a stream, or nothing is counted for it;
 * and whoever asks for the same afterwards gets all of it.
 */
@ExtendWith(FaultPoints.class)
@SuppressWarnings("try") // Quiet is open, and that is all
class OpeningErrorsTest {

    /** So many that they weigh something. */
    private static final int WORDS = 30;

    private static String counts(HubScene scene) {
        return scene.caps.total() + " streams of " + scene.caps.kib() + " KiB, " + scene.caps.remembered()
            + " callers, " + scene.hub.interest().remembered() + " patterns, "
            + scene.hub.connections().list().size() + " listed" + (scene.hub.isHeard("a") ? ", heard" : "")
            + (scene.hub.isHeard("w/7") ? ", words" : "");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void whatIsNotOpenedIsNotCounted(int burst, @TempDir Path folder) throws Exception {
        Thread here = Thread.currentThread();
        try (Quiet quiet = new Quiet(); HubScene scene = new HubScene(folder, "log.sync", "never")) {
            List<TopicMatcher> all = new ArrayList<>(List.of(scene.hub.topics().exact("a"),
                scene.hub.topics().selector("c/{x}"), scene.hub.topics().urlPattern("/:x/d")));
            for (int i = 0; i < WORDS; i++) {
                all.add(scene.hub.topics().exact("w/" + i));
            }
            String before = counts(scene);
            boolean thrown = true;
            for (int n = 1; thrown; n++) {
                String when = "n = " + n;
                HubClient client = scene.client("a").session("0123456789abcdef0123456789abcdef").as(
                    HubScene.grant("ann", GrantedTopics.ALL));
                TopicSelection topics = TopicSelection.of(all);
                boolean opened;
                FaultSwitch faults = FaultSwitch.at(n, burst, thread -> thread == here,
                    () -> new OutOfMemoryError("made by the test"));
                try (faults) {
                    client.connect(client.asked().asking(topics));
                    opened = true;
                } catch (OutOfMemoryError e) {
                    opened = List.of(e.getStackTrace()).toString().contains("HubClient.opened"); // by what it says then
                }
                thrown = faults.hasThrown();
                if (opened) {
                    client.cut();
                }
                Await.get(() -> "nothing to be counted: " + counts(scene) + ", and not " + before + ", " + when,
                    Await.LIMIT, () -> counts(scene).equals(before) ? Boolean.TRUE : null);
                HubClient next = scene.client("a");
                HubScene.awaitHello(next.connect(next.asked().asking(TopicSelection.of(all))), 1);
                scene.publish("c/1", when);
                scene.publish("a", when);
                HubScene.awaitEvents(next, 2);
                assertEquals(List.of(when, when), next.data());
                assertEquals(1, assigned(next), when);
                next.cut();
                Await.until("it has left, " + when, () -> counts(scene).equals(before));
                assertTrue(n < 5_000, "it ends");
            }
        }
    }

    /** Streams that its shard has or is about to have. */
    private static int assigned(HubClient client) {
        Shard shard = (Shard) client.subscriber().owner();
        CompletableFuture<Integer> assigned = new CompletableFuture<>();
        shard.post(() -> assigned.complete(shard.assigned().get()));
        return assigned.join();
    }
}
