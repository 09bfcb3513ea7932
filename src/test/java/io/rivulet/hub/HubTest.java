package io.rivulet.hub;

import static io.rivulet.hub.HubScene.awaitEvents;
import static io.rivulet.hub.HubScene.awaitHello;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.event.Event;
import io.rivulet.hub.dialect.Dialect;
import io.rivulet.hub.publish.Publication;
import io.rivulet.hub.resume.History;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.hub.stream.Outlet;
import io.rivulet.hub.stream.SharedBytes;
import io.rivulet.hub.stream.Subscription;
import io.rivulet.hub.stream.feed.GoLive;
import io.rivulet.kit.Await;
import io.rivulet.kit.HubThreads;
import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Refused.Reason;
import io.rivulet.topic.TopicSelection;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The promises of the hub to publishers and streams. */
class HubTest {

    private static final String MEMORY = "transient.topics";

    @TempDir
    Path folder;

    @Test
    void theSameKeyAndContentIsPublishedOnceAndAnsweredTwice() throws Exception {
        String first;
        try (HubScene scene = new HubScene(folder)) {
            first = keyed(scene, "k", "x").get().get(0);
            assertEquals(List.of(first), keyed(scene, "k", "x").get());
            assertEquals(Reason.CONFLICT, reason(keyed(scene, "k", "other")));
            assertNotEquals(first, keyed(scene, "k2", "x").get().get(0));
        }
        try (HubScene scene = new HubScene(folder)) {
            assertEquals(List.of(first), keyed(scene, "k", "x").get(), "after the store was opened anew");
            assertEquals(2, history(scene, Grant.ANONYMOUS, "news").size());
        }
    }

    @Test
    void anEventThatIsPublishedOnceAStreamIsHeardIsForThatStream() throws Exception {
        try (HubScene scene = new HubScene(folder)) {
            Dialect dialect = (Dialect) Proxy.newProxyInstance(Dialect.class.getClassLoader(),
                new Class<?>[] {Dialect.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("prelude")) { // the hub is in the middle of opening the stream
                        assertTrue(scene.hub.isHeard("news"));
                        scene.publish("news", "for those who listen");
                    }
                    return method.invoke(HubScene.PLAIN, arguments);
                });
            HubClient client = awaitEvents(scene.client("news").speaking(dialect).connect(), 1);
            assertEquals(List.of("for those who listen"), client.data());
        }
    }

    @Test
    void twoOfTheSameKeyInOneGroupGetOneAnswer() throws Exception {
        AtomicReference<FailingLog> disk = new AtomicReference<>();
        try (HubScene scene = scene(disk)) {
            disk.get().hold = new CountDownLatch(1);
            CompletableFuture<List<String>> before = scene.hub.publish(Event.on("news").build());
            CompletableFuture<List<String>> one = keyed(scene, "k", "x");
            CompletableFuture<List<String>> two = keyed(scene, "k", "x");
            CompletableFuture<List<String>> other = keyed(scene, "k", "y");
            disk.get().hold.countDown();
            before.get();
            assertEquals(one.get(), two.get());
            assertEquals(Reason.CONFLICT, reason(other));
        }
    }

    @Test
    void aBatchIsContiguousAndItsRepetitionOneUnit() throws Exception {
        try (HubScene scene = new HubScene(folder)) {
            List<Event> batch = List.of(Event.on("a").data("1").build(), Event.on("b").data("2").build(),
                Event.on("a").data("3").id("mine").build());
            List<String> ids = scene.hub.publish(new Publication(batch, Grant.DEV, "b")).get();
            assertEquals(ids, scene.hub.publish(new Publication(batch, Grant.DEV, "b")).get());
            assertEquals("mine", ids.get(2));
            assertEquals(ids, history(scene, Grant.ANONYMOUS, "*").stream().map(History.Item::id).toList());
        }
    }

    @Test
    void oneDurableEventMakesItsBatchDurable() throws Exception {
        try (HubScene scene = new HubScene(folder, MEMORY, "clock")) {
            List<Event> batch = List.of(Event.on("clock").data("t").build(), Event.on("news").data("n").build());
            scene.hub.publish(new Publication(batch, Grant.DEV, null)).get();
            scene.publish("clock", "in memory");
            assertEquals(List.of("t", "n"), history(scene, Grant.ANONYMOUS, "*").stream()
                .map(i -> i.event().text()).toList());
        }
    }

    @Test
    void privateEventsReachNobodyWithoutAGrant() throws Exception {
        try (HubScene scene = new HubScene(folder, "private.topics", "secret/*", "ring.bytes", "4096")) {
            HubClient outsider = awaitHello(scene.client("news", "secret/1").connect(), 1);
            HubClient insider = awaitHello(scene.client("news", "secret/1").as(Grant.DEV).connect(), 1);
            scene.publish("secret/1", "by its topic");
            scene.publish(Event.on("news").data("said so").markPrivate(true).build());
            for (int i = 0; i < 50; i++) {
                scene.publish("news", "public " + i + "x".repeat(200)); // the first have left the ring by now
            }
            awaitEvents(insider, 52);
            awaitEvents(outsider, 50);
            assertEquals(52, awaitEvents(replay(scene, Grant.DEV), 52).events().size());
            assertEquals("public 0", awaitEvents(replay(scene, Grant.ANONYMOUS), 50).data().get(0).substring(0, 8));
            assertEquals("public 0", outsider.data().get(0).substring(0, 8));
            assertEquals(50, history(scene, Grant.ANONYMOUS, "*").size());
        }
    }

    @Test
    void aFullDiskStopsPublishingNotTheStreams() throws Exception {
        AtomicReference<FailingLog> disk = new AtomicReference<>();
        try (HubScene scene = scene(disk)) {
            HubClient client = awaitHello(scene.client("news", "clock").connect(), 1);
            disk.get().full = true;
            assertEquals(Reason.STORE_FULL, reason(scene.hub.publish(Event.on("news").data("lost").build())));
            scene.publish("clock", "ticks on");
            disk.get().full = false;
            scene.publish("news", "works again");
            assertEquals(List.of("ticks on", "works again"), awaitEvents(client, 2).data());
            assertEquals(1, client.hubEvents("rivulet.hello").size());
        }
    }

    @Test
    void aFullQueueIsRefusedAndWhatWaitsIsPublished() throws Exception {
        AtomicReference<FailingLog> disk = new AtomicReference<>();
        try (HubScene scene = scene(disk, "publish.queue.bytes", "1m")) {
            disk.get().hold = new CountDownLatch(1);
            Event big = Event.on("news").data("x".repeat(400_000)).build();
            AtomicReference<CompletableFuture<List<String>>> last = new AtomicReference<>();
            Refused refused = assertThrows(Refused.class, () -> {
                for (int i = 0; i < 10; i++) {
                    last.set(scene.hub.publish(big));
                }
            });
            assertEquals(Reason.OVERLOADED, refused.reason());
            assertTrue(refused.getMessage().contains("rivulet.publish.queue.bytes"));
            disk.get().hold.countDown();
            last.get().get();
        }
    }

    @Test
    void aFanOutThatIsBehindMakesPublishersWaitAndThenRefusesThem() throws Exception {
        try (HubScene scene = new HubScene(folder, "lag.max", "100ms", "publish.queue.bytes", "1m")) {
            CountDownLatch stuck = new CountDownLatch(1);
            List<Subscription> streams = new ArrayList<>();
            for (int i = 0; i < Runtime.getRuntime().availableProcessors(); i++) { // one on each shard
                streams.add(scene.hub.subscribe(new SubscribeRequest(TopicSelection.ofTopics(List.of("news")),
                    Grant.ANONYMOUS, null, Since.LATEST, Duration.ofSeconds(15), false, HubScene.PLAIN, "stuck"),
                    new StuckOutlet(stuck)));
            }
            streams.forEach(Subscription::writable);
            Event big = Event.on("news").data("x".repeat(100_000)).build();
            List<CompletableFuture<List<String>>> accepted = new ArrayList<>();
            Refused refused = assertThrows(Refused.class, () -> {
                for (int i = 0; i < 10_000; i++) {
                    accepted.add(scene.hub.publish(big));
                    accepted.get(0).get();
                }
            });
            assertEquals(Reason.OVERLOADED, refused.reason());
            Await.until("what is on the disk is answered while others wait", () ->
                accepted.stream().filter(CompletableFuture::isDone).count() == scene.log.range().head());
            stuck.countDown();
            for (CompletableFuture<List<String>> answer : accepted) {
                answer.get();
            }
            streams.forEach(s -> s.gone("end of test"));
        }
    }

    /** A response whose write does not return: what must never be, and here stands for a machine that is too slow. */
    private record StuckOutlet(CountDownLatch latch) implements Outlet {
        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void write(SharedBytes events) {
            if (new String(events.bytes(), StandardCharsets.UTF_8).contains("xxx")) {
                Await.until("the latch", () -> latch.getCount() == 0);
            }
        }

        @Override
        public void end() {
            // nothing is held
        }
    }

    @Test
    void aStalledStreamDelaysNobodyAndGetsEverythingLater() throws Exception {
        try (HubScene scene = new HubScene(folder, "ring.bytes", "65536", "backlog.events", "4")) {
            HubClient stalled = new HubClient(scene.hub, 500, "news").connect();
            HubClient quick = awaitHello(scene.client("news").connect(), 1);
            for (int i = 0; i < 500; i++) {
                scene.publish("news", i + "x".repeat(500));
            }
            awaitEvents(quick, 500);
            assertEquals(quick.data(), awaitEvents(stalled, 500).data());
            assertEquals(List.of(), stalled.hubEvents("rivulet.gap"));
        }
    }

    @Test
    void aLaggardIsToldThatTransientEventsLeftTheRing() throws Exception {
        try (HubScene scene = new HubScene(folder, MEMORY, "clock", "ring.bytes", "8192", "backlog.events", "4")) {
            HubClient stalled = new HubClient(scene.hub, 500, "clock", "news").connect();
            for (int i = 0; i < 100; i++) {
                scene.publish("clock", i + "x".repeat(500));
            }
            scene.publish("news", "end");
            Await.until("the end", () -> stalled.drain().data().contains("end"));
            assertEquals(1, stalled.hubEvents("rivulet.gap").size());
            assertTrue(stalled.hubEvents("rivulet.gap").get(0).data().contains("\"transient\":true"));
            assertTrue(stalled.data().get(stalled.data().size() - 2).startsWith("99"), "the newest arrive");
        }
    }

    @Test
    void aStreamThatRetentionOvertakesIsToldOfTheGap() throws Exception {
        try (HubScene scene = new HubScene(folder, "log.retain.bytes", "1m", "log.sync", "never", "ring.bytes",
            "65536", "backlog.events", "4")) {
            HubClient stalled = new HubClient(scene.hub, 500, "news").connect();
            Await.until("hello", () -> stalled.read(10_000) > 0);
            for (int i = 0; scene.log.range().first() < 30 && i < 5_000; i++) {
                scene.publish("news", "x".repeat(20_000));
            }
            String end = scene.publish("news", "end");
            Await.until("the end", () -> stalled.drain().data().contains("end"));
            assertFalse(stalled.hubEvents("rivulet.gap").isEmpty());
            assertTrue(stalled.hubEvents("rivulet.gap").get(0).id().startsWith("urn:rivulet:"));
            assertEquals(end, stalled.events().get(stalled.events().size() - 1).id());
        }
    }

    @Test
    void damageInTheLogIsToldAsAGapAndTheStreamGoesOn() throws Exception {
        AtomicReference<FailingLog> disk = new AtomicReference<>();
        try (HubScene scene = scene(disk, "ring.bytes", "4096")) {
            beyondTheRing(scene);
            disk.get().damaged = true;
            HubClient client = scene.client("news").connect(Since.EARLIEST);
            Await.until("a gap", () -> !client.drain().hubEvents("rivulet.gap").isEmpty());
            scene.publish("news", "end");
            Await.until("the end", () -> client.drain().data().contains("end"));
        }
    }

    @Test
    void aPassingTroubleOfTheDiskEndsTheStreamWhichComesBackAndLosesNothing() throws Exception {
        AtomicReference<FailingLog> disk = new AtomicReference<>();
        try (HubScene scene = scene(disk, "ring.bytes", "4096")) {
            beyondTheRing(scene);
            disk.get().unreadable = true;
            HubClient client = scene.client("news").connect(Since.EARLIEST);
            Await.until("the end of the stream", () -> client.drain().isEnded());
            assertEquals(List.of(), client.hubEvents("rivulet.gap"));
            disk.get().unreadable = false;
            client.cut();
            assertEquals(100, awaitEvents(client.connect(Since.EARLIEST), 100).events().size());
        }
    }

    private static void beyondTheRing(HubScene scene) throws Exception {
        for (int i = 0; i < 100; i++) {
            scene.publish("news", i + "x".repeat(200));
        }
    }

    @Test
    void aSilentStreamGetsCommentsOrHeartbeatEvents() throws Exception {
        try (HubScene scene = new HubScene(folder)) {
            HubClient comments = scene.client("news").heartbeat(Duration.ofMillis(600)).connect();
            Await.until("two comments beside the first", () -> {
                comments.drain();
                return comments.comments.size() >= 3;
            });
            assertEquals(List.of(), comments.events());
        }
    }

    @Test
    void feedsWorkOnlyWhileSomebodyListens() throws Exception {
        try (HubScene scene = new HubScene(folder)) {
            assertFalse(scene.hub.isHeard("clock"));
            HubClient client = awaitHello(scene.client("clock").connect(), 1);
            assertTrue(scene.hub.isHeard("clock"));
            assertFalse(scene.hub.isHeard("host"));
            client.cut();
            Await.until("nobody listens",
                () -> !scene.hub.isHeard("clock") && scene.hub.connections().list().isEmpty());
            HubClient all = awaitHello(scene.client("*").connect(), 1);
            assertTrue(scene.hub.isHeard("host"));
            all.cut();
        }
    }

    @Test
    void oneStreamTooManyIsRefused() throws Exception {
        try (HubScene scene = new HubScene(folder, "connections.max", "1")) {
            HubClient one = awaitHello(scene.client("news").connect(), 1);
            Refused refused = assertThrows(Refused.class, () -> scene.client("news").connect());
            assertEquals(Reason.OVERLOADED, refused.reason());
            one.cut();
            Await.until("it is gone", () -> scene.hub.connections().list().size() == 0);
            awaitHello(scene.client("news").connect(), 1);
        }
    }

    @Test
    void closingTellsStreamsWhenToComeBackAndLeavesNoThread() throws Exception {
        Set<Thread> before = HubThreads.alive();
        HubScene scene = new HubScene(folder);
        HubClient client = awaitHello(scene.client("news").connect(), 1);
        scene.close();
        client.drain();
        assertTrue(client.isEnded());
        assertTrue(client.retryMs() >= 12_000 && client.retryMs() <= 18_000, "longer than a new version takes to come");
        assertEquals(Reason.NOT_OPEN,
            assertThrows(Refused.class, () -> scene.hub.publish(Event.on("news").build())).reason());
        assertThrows(Refused.class, () -> scene.client("news").connect());
        HubThreads.awaitNoneBut(before);
    }

    @Test
    void aHubThatASuccessorTakesOverFromTellsStreamsToComeBackSoon() throws Exception {
        try (HubScene scene = new HubScene(folder)) {
            HubClient client = awaitHello(scene.client("news").connect(), 1);
            scene.hub.handOver();
            assertTrue(client.drain().isEnded());
            assertTrue(client.retryMs() >= 2_000 && client.retryMs() <= 4_000, client.wire());
            assertTrue(scene.hub.retryMs() <= 4_000);
            scene.hub.close(); // the old version is undeployed: whoever asks it now meets a gap
            assertTrue(scene.hub.retryMs() >= 12_000);
        }
    }

    @Test
    void theTimeToComeBackToAHubThatEndsIsASetting() throws Exception {
        HubScene scene = new HubScene(folder, "retry.closing", "40s");
        HubClient client = awaitHello(scene.client("news").connect(), 1);
        assertTrue(client.retryMs() <= 4_000, client.wire());
        scene.close();
        assertTrue(client.drain().retryMs() >= 40_000 && client.retryMs() <= 60_000, client.wire());
    }

    @Test
    void aHubWithoutItsLogRefusesForNow() {
        Hub hub = new Hub(io.rivulet.config.Settings.with(), HubScene.SPACE, java.time.InstantSource.system(),
            new io.rivulet.metrics.Metrics());
        assertEquals(Reason.NOT_OPEN,
            assertThrows(Refused.class, () -> hub.publish(Event.on("news").build())).reason());
        assertNotNull(hub.publishTrouble());
        hub.close();
    }

    private HubScene scene(AtomicReference<FailingLog> disk, String... settings) throws Exception {
        return new HubScene(folder, GoLive.EXACT, log -> {
            disk.set(new FailingLog(log));
            return disk.get();
        }, settings);
    }

    @Test
    void aStreamThatIsRefusedForItsPatternsLeavesNothingBehind() throws Exception {
        try (HubScene scene = new HubScene(folder, "patterns.max", "16")) {
            for (int i = 0; i < 20; i++) {
                SubscribeRequest request = new SubscribeRequest(TopicSelection.of(List.of(
                    scene.hub.topics().selector("{a" + i + "}"))), Grant.ANONYMOUS, null, Since.LATEST,
                    Duration.ofSeconds(15), false, HubScene.PLAIN, "test");
                if (i < 16) {
                    new HubClient(scene.hub, 1 << 20, "x").connect(request);
                } else {
                    assertEquals(Reason.OVERLOADED,
                        assertThrows(Refused.class, () -> scene.hub.subscribe(request, null)).reason());
                }
            }
            assertEquals(16, scene.caps.total());
            assertEquals(16, scene.hub.connections().list().size());
            awaitHello(scene.client("news").connect(), 1);
        }
    }

    private static HubClient replay(HubScene scene, Grant grant) {
        return scene.client("news", "secret/1").as(grant).connect(Since.EARLIEST);
    }

    private static CompletableFuture<List<String>> keyed(HubScene scene, String key, String data) {
        return scene.hub.publish(new Publication(List.of(Event.on("news").data(data).build()), Grant.DEV, key));
    }

    private static List<History.Item> history(HubScene scene, Grant grant, String topic) throws Exception {
        return scene.hub.history(TopicSelection.ofTopics(List.of(topic)), grant, Since.EARLIEST, null, 1_000).get()
            .events();
    }

    private static Reason reason(CompletableFuture<?> answer) {
        ExecutionException e = assertThrows(ExecutionException.class, answer::get);
        return ((Refused) e.getCause()).reason();
    }
}
