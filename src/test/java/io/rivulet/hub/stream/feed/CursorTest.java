package io.rivulet.hub.stream.feed;

import static io.rivulet.hub.HubScene.awaitEvents;
import static io.rivulet.hub.HubScene.awaitHello;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.event.Event;
import io.rivulet.hub.FailingLog;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.hub.stream.Outlet;
import io.rivulet.hub.stream.SharedBytes;
import io.rivulet.kit.Await;
import io.rivulet.topic.TopicSelection;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Cursors in the corners: groups of both classes, private events in the count, a ring that outlives the log. */
class CursorTest {

    @TempDir
    Path folder;

    @Test
    void everyIdOfAGroupOfBothClassesIsAnExactCursor() throws Exception {
        AtomicReference<FailingLog> disk = new AtomicReference<>();
        try (HubScene scene = new HubScene(folder, GoLive.EXACT, log -> {
            disk.set(new FailingLog(log));
            return disk.get();
        }, "transient.topics", "clock")) {
            scene.publish("news", "before");
            CountDownLatch entered = new CountDownLatch(1);
            disk.get().hold = new CountDownLatch(1) {
                @Override
                public void await() throws InterruptedException {
                    entered.countDown();
                    super.await();
                }
            };
            List<CompletableFuture<List<String>>> answers = new ArrayList<>();
            answers.add(scene.hub.publish(Event.on("news").data("holds the disk").build()));
            entered.await();
            for (int i = 0; i < 3; i++) { // these gather into one group meanwhile
                answers.add(scene.hub.publish(Event.on("clock").data("tick " + i).build()));
                answers.add(scene.hub.publish(Event.on("news").data("news " + i).build()));
            }
            disk.get().hold.countDown();
            for (int i = 0; i < answers.size(); i++) {
                String id = answers.get(i).get().get(0);
                HubClient client = awaitHello(scene.client("clock", "news").connectAfter(id), 1);
                assertTrue(client.hubEvents("rivulet.hello").get(0).data().contains("\"resumed\":\"exact\""),
                    "id " + i);
                assertEquals(answers.size() - 1 - i, awaitEvents(client, answers.size() - 1 - i).events().size());
                client.cut();
            }
        }
    }

    @Test
    void privateEventsTakeNoPlaceFromWhoMayNotSeeThem() throws Exception {
        try (HubScene scene = new HubScene(folder)) {
            for (int i = 1; i <= 4; i++) {
                scene.publish("news", "public " + i);
            }
            for (int i = 1; i <= 5; i++) {
                scene.publish(Event.on("news").data("private").markPrivate(true).build());
            }
            HubClient client = scene.client("news").connect(Since.parse("last=6", Instant.now()));
            assertEquals(List.of("public 1", "public 2", "public 3", "public 4"), awaitEvents(client, 4).data());
        }
    }

    @Test
    void whatWasAnsweredBeforeAStreamBeganIsNotInIt() throws Exception {
        try (HubScene scene = new HubScene(folder)) {
            CountDownLatch stuck = new CountDownLatch(1);
            for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) { // one on each shard
                scene.hub.subscribe(new SubscribeRequest(TopicSelection.ofTopics(List.of("news")), Grant.ANONYMOUS,
                    null, Since.LATEST, Duration.ofSeconds(15), false, HubScene.PLAIN, "stuck"), new Stuck(stuck));
            }
            scene.publish("news", "old");
            HubClient client = scene.client("news").connect();
            stuck.countDown();
            awaitHello(client, 1);
            scene.publish("news", "new");
            assertEquals(List.of("new"), awaitEvents(client, 1).data());
        }
    }

    @Test
    void theNewestOfManyLargeTopicsAllCome() throws Exception {
        try (HubScene scene = new HubScene(folder, "transient.topics", "t/*", "log.sync", "never")) {
            for (int i = 1; i <= 6; i++) {
                scene.publish("d/" + i, "d" + i + "x".repeat(300_000));
                scene.publish("t/" + i, "t" + i + "x".repeat(100_000));
            }
            HubClient client = awaitEvents(scene.client("*").connect(Since.LAST), 12);
            scene.publish("d/1", "end");
            awaitEvents(client, 13);
            assertEquals(List.of("d1", "t1", "d2", "t2", "d3", "t3", "d4", "t4", "d5", "t5", "d6", "t6", "en"),
                client.data().stream().map(d -> d.substring(0, 2)).toList());
        }
    }

    @Test
    void whatTheRingStillHoldsIsResumedThoughTheLogHasTrimmedIt() throws Exception {
        try (HubScene scene = new HubScene(folder, "log.retain.bytes", "1m", "log.sync", "never", "ring.bytes", "64m",
            "transient.topics", "clock")) {
            List<String> expected = new ArrayList<>();
            String cursor = scene.publish("news", "first");
            for (int i = 0; scene.log.range().first() < 20; i++) {
                assertTrue(i < 2_000, "retention deletes nothing");
                expected.add(scene.publish("news", i + "x".repeat(20_000)));
                expected.add(scene.publish("clock", "tick " + i));
            }
            HubClient client = awaitEvents(scene.client("clock", "news").connectAfter(cursor), expected.size());
            assertEquals(expected, client.events().stream().map(e -> e.id()).toList());
            HubClient all = scene.client("clock", "news").connect(Since.EARLIEST);
            assertEquals(expected, awaitEvents(all, expected.size() + 1).events().stream().skip(1).map(e -> e.id())
                .toList());
        }
    }

    /** A response whose first write does not return until the test says so: its shard dispatches nothing. */
    private record Stuck(CountDownLatch latch) implements Outlet {
        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void write(SharedBytes events) {
            Await.until("the latch", () -> latch.getCount() == 0);
        }

        @Override
        public void end() {
            // nothing is held
        }
    }
}
