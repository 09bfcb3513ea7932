package io.rivulet.hub.stream.feed;

import static io.rivulet.hub.HubScene.awaitEvents;
import static io.rivulet.hub.HubScene.grant;
import static io.rivulet.hub.HubScene.topics;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.event.Event;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.publish.Publication;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.hub.stream.Shard;
import io.rivulet.kit.Await;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code since=last}: the newest event of each topic, of all topics, in memory that has a bound; then live. */
class FillFeedTest {

    private static final int TOPICS = 3_000;

    @TempDir
    Path folder;

    private static void publish(HubScene scene, String prefix, int topics, String data) throws Exception {
        for (int i = 0; i < topics; ) {
            List<Event> batch = new ArrayList<>();
            for (; i < topics && batch.size() < 1_000; i++) {
                batch.add(Event.on(prefix + i).data(prefix + i + " " + data).build());
            }
            scene.hub.publish(new Publication(batch, Grant.INTERNAL, null)).get(20, TimeUnit.SECONDS);
        }
    }

    private static List<String> each(String prefix, int topics, String data) {
        return IntStream.range(0, topics).mapToObj(i -> prefix + i + " " + data).toList();
    }

    @Test
    void allTopicsComeHoweverManyThereAreAndTheHelloIsRight() throws Exception {
        try (HubScene scene = new HubScene(folder, "transient.topics", "t/*", "log.sync", "never")) {
            publish(scene, "d/", TOPICS, "old");
            publish(scene, "t/", TOPICS, "new");
            publish(scene, "d/", TOPICS, "new");
            List<String> all = Stream.concat(each("t/", TOPICS, "new").stream(), each("d/", TOPICS, "new").stream())
                .toList();
            HubClient client = awaitEvents(scene.client("*").connect(Since.LAST), all.size());
            assertEquals(all, client.data());
            assertEquals("exact", client.told("resumed"));
            assertEquals("0", client.told("missed"));
            assertEquals(all, awaitEvents(scene.client("*").conflating().connect(Since.LAST), all.size()).data());
            scene.publish("d/7", "live");
            assertEquals("live", awaitEvents(client, all.size() + 1).data().get(all.size()));
        }
    }

    /** The client takes little at a time, and what the hub holds for it stays within the budget of its shard. */
    @Test
    void memoryHasABoundWhateverTheTopicsWeigh() throws Exception {
        int budget = 256 << 10;
        try (HubScene scene = new HubScene(folder, "log.sync", "never", "conflate.bytes", Integer.toString(budget))) {
            publish(scene, "d/", TOPICS, "x".repeat(300));
            HubClient client = new HubClient(scene.hub, 2_000, "*").connect(Since.LAST);
            long most = 0;
            for (int i = 0; client.events().size() < TOPICS; i++) {
                assertTrue(i < 10_000, "only " + client.events().size() + " came");
                most = Math.max(most, held(client));
                client.readEvents(50);
                if (client.events().size() < TOPICS && client.unread() == 0) {
                    client.settle();
                }
            }
            assertEquals(each("d/", TOPICS, "x".repeat(300)), client.data());
            assertTrue(most > 0 && most <= budget / 4, most + " bytes of " + budget + " for one stream");
            client.settle();
            assertEquals(0, held(client), "what was sent is given back");
        }
    }

    private static long held(HubClient client) throws Exception {
        Shard shard = (Shard) client.subscriber().owner();
        CompletableFuture<Long> bytes = new CompletableFuture<>();
        shard.post(() -> bytes.complete(shard.turn().conflation().bytes()));
        return bytes.get(20, TimeUnit.SECONDS);
    }

    /** Who does not conflate gets every event that is published from its request on, also while it is filled. */
    @Test
    void whatIsPublishedMeanwhileFollowsAllOfIt() throws Exception {
        try (HubScene scene = new HubScene(folder, "transient.topics", "t/*", "log.sync", "never")) {
            publish(scene, "d/", 500, "before");
            publish(scene, "t/", 500, "before");
            HubClient client = new HubClient(scene.hub, 500, "*").connect(Since.LAST);
            Await.until("its hello", () -> client.readEvents(1) == 1);
            assertInstanceOf(FillFeed.class, client.settle().subscriber().feed());
            for (int i = 0; i < 3; i++) {
                publish(scene, "d/", 2, "meanwhile " + i);
                publish(scene, "t/", 2, "meanwhile " + i);
            }
            List<String> all = awaitEvents(client, 1_000 + 12).data();
            assertEquals(Stream.concat(each("d/", 500, "before").stream(), each("t/", 500, "before").stream()).toList(),
                all.subList(0, 1_000), "the newest of each when it opened");
            assertEquals(List.of("d/0 meanwhile 0", "d/1 meanwhile 0", "t/0 meanwhile 0", "t/1 meanwhile 0",
                "d/0 meanwhile 1"), all.subList(1_000, 1_005));
            assertEquals(1_012, all.size());
        }
    }

    @Test
    void whoIsCutWhileItIsFilledGoesOnBehindTheLastEventThatCame() throws Exception {
        try (HubScene scene = new HubScene(folder, "log.sync", "never")) {
            publish(scene, "d/", 500, "v");
            HubClient client = new HubClient(scene.hub, 500, "*");
            for (int cut = 0; cut < 3; cut++) {
                client.connect(Since.LAST);
                int wanted = 100 * (cut + 1);
                Await.until("some", () -> client.readEvents(20) >= 0 && client.events().size() >= wanted);
                client.cut();
            }
            awaitEvents(client.connect(Since.LAST), 500);
            assertEquals(each("d/", 500, "v"), client.data());
        }
    }

    /** A grant that grows while the stream is being filled counts for what has not been sent. */
    @Test
    void aFreshGrantCountsForWhatComesNext() throws Exception {
        try (HubScene scene = new HubScene(folder, "log.sync", "never")) {
            publish(scene, "d/", 300, "x".repeat(300)); // a hundred kilobytes: more than the first writes take
            scene.publish(Event.on("p").data("private").markPrivate(true).build());
            HubClient client = new HubClient(scene.hub, 500, "*").as(grant("one", topics("other")));
            client.connect(Since.LAST);
            Await.until("its hello", () -> client.readEvents(1) == 1);
            assertInstanceOf(FillFeed.class, client.settle().subscriber().feed());
            scene.hub.connections().renew(client.connection(), client.told("secret"), grant("one", topics("p")))
                .get(20, TimeUnit.SECONDS);
            assertEquals("private", awaitEvents(client, 301).data().get(300));
            assertEquals(List.of(), client.hubEvents("rivulet.gap"));
        }
    }

    /** Of transient topics so many are remembered; a client that cannot get all of them is told. */
    @Test
    void topicsThatMemoryHasForgottenAreToldOf() throws Exception {
        try (HubScene scene = new HubScene(folder, "transient.topics", "t/*", "ring.bytes", "65536")) {
            publish(scene, "t/", 400, "x".repeat(300));
            scene.publish("t/399", "end");
            HubClient client = scene.client("*").connect(Since.LAST);
            Await.until("the newest", () -> client.drain().data().contains("end"));
            assertTrue(client.events().size() < 400);
            assertEquals("lost", client.told("transient"));
            assertEquals(List.of(), client.hubEvents("rivulet.gap"), "told once");
        }
    }
}
