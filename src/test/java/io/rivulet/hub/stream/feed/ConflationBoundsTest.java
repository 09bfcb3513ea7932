package io.rivulet.hub.stream.feed;

import static io.rivulet.hub.HubScene.awaitHello;
import static io.rivulet.hub.HubScene.grant;
import static io.rivulet.hub.HubScene.topics;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.event.Event;
import io.rivulet.hub.FailingLog;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.SetClock;
import io.rivulet.hub.Updates;
import io.rivulet.hub.publish.Publication;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.hub.stream.Shard;
import io.rivulet.kit.Await;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The memory of conflating streams has bounds; beyond them a loss is told, and the newest events arrive always. */
class ConflationBoundsTest {

    private static final String MEMORY = "transient.topics";
    /** An event of {@link Updates} and what its place in a window takes, generously. */
    private static final int EVENT_BYTES = 500;
    private static final Updates.Reader SLOWLY = client -> client.readEvents(5);
    private static final Updates.Reader AT_ONCE = HubClient::readAll;
    private static final Updates.Reader ALL_THERE_IS = client -> {
        int all = 0;
        for (int n = 1; n > 0; all += n) {
            n = AT_ONCE.read(client.settle());
        }
        return all;
    };

    @TempDir
    Path folder;
    private final SetClock clock = new SetClock();

    private HubScene scene(String... settings) throws Exception {
        return HubScene.timed(folder, clock, settings);
    }

    private static ConflationWindow window(HubClient client) {
        return ((ConflatingFeed) client.subscriber().feed()).window();
    }

    /** Publishes an event of each topic. */
    private static void publish(HubScene scene, String prefix, int topics, String data) throws Exception {
        for (int i = 0; i < topics; ) {
            List<Event> batch = new ArrayList<>();
            for (; i < topics && batch.size() < 1_000; i++) {
                batch.add(Event.on(prefix + i).data(data).build());
            }
            scene.hub.publish(new Publication(batch, Grant.INTERNAL, null)).get(20, TimeUnit.SECONDS);
        }
    }

    /** Publishes something else until the ring has forgotten what it had. */
    private static void flush(HubScene scene) throws Exception {
        for (int i = 0; i < 40; i++) {
            scene.publish("something else", "x".repeat(100_000));
        }
    }

    /** A stream that has not read even the first bytes, and lags. */
    private static HubClient stalled(HubScene scene, HubClient client, String topic) throws Exception {
        client.connect().settle();
        scene.publish(topic, "the first of the window");
        return client.settle();
    }

    @Test
    void whoKeepsUpGetsEveryEvent() throws Exception {
        try (HubScene scene = scene(MEMORY, "t")) {
            HubClient client = scene.client("t", "d").conflating().connect().settle();
            HubClient paced = scene.client("t", "d").rate(1_000).connect().settle();
            List<String> published = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                List<Event> burst = new ArrayList<>();
                for (int n = 0; n < 1 + i % 5; n++) {
                    published.add(i + "." + n);
                    burst.add(Event.on(i % 2 == 0 ? "t" : "d").data(i + "." + n).build());
                }
                scene.hub.publish(new Publication(burst, Grant.INTERNAL, null)).get(20, TimeUnit.SECONDS);
                clock.advanceMs(10);
                AT_ONCE.read(client.settle());
                AT_ONCE.read(paced.settle());
            }
            assertEquals(published, client.data());
            assertEquals(published, paced.data());
        }
    }

    @Test
    void whoDoesNotAskForItGetsEveryEventHoweverSlowlyItReads() throws Exception {
        try (HubScene scene = scene(MEMORY, "t")) {
            HubClient client = stalled(scene, new HubClient(scene.hub, 200, "t"), "t");
            for (int i = 0; i < 1_000; i++) {
                scene.publish("t", "" + i);
            }
            assertEquals(1_001, HubScene.awaitEvents(client, 1_001).events().size());
        }
    }

    @Test
    void aWindowHoldsAsManyTopicsAsTheSettingSaysAndTheRestComesLater() throws Exception {
        try (HubScene scene = scene(MEMORY, "t/*", "conflate.topics.max", "100")) {
            Updates updates = new Updates(scene, clock, "t/");
            HubClient client = new HubClient(scene.hub, 2_000, "*").conflating().connect().settle();
            updates.run(client, 100, c -> {
                assertTrue(window(c).topics() <= 100, window(c).topics() + " topics");
                return SLOWLY.read(c);
            });
            updates.readOn(client, SLOWLY);
            updates.verify(client, "");
        }
    }

    @Test
    void moreTopicsThanTheDefaultAreServedToo() throws Exception {
        try (HubScene scene = scene(MEMORY, "t/*")) {
            HubClient client = stalled(scene, new HubClient(scene.hub, 200, "*").conflating(), "t/0");
            publish(scene, "t/", 15_000, "old");
            publish(scene, "t/", 15_000, "new");
            assertEquals(10_000, window(client.settle()).topics());
            AT_ONCE.read(client);
            ALL_THERE_IS.read(client);
            assertEquals(15_000, client.data().stream().filter("new"::equals).count());
            assertEquals(List.of(), client.hubEvents("rivulet.gap"));
        }
    }

    @Test
    void allOfThemTogetherHoldNoMoreThanTheirBudget() throws Exception {
        long budget = 256 << 10;
        int shards = Runtime.getRuntime().availableProcessors();
        try (HubScene scene = scene(MEMORY, "t/*", "conflate.bytes", "" + budget * shards, "ring.bytes", "1m",
            "stall.timeout", "0s")) {
            Updates updates = new Updates(scene, clock, "t/");
            List<HubClient> clients = new ArrayList<>();
            for (int i = 0; i < 12 * shards; i++) {
                clients.add(new HubClient(scene.hub, 2_000, "*").conflating().connect().settle());
            }
            for (int i = 0; i < 100; i++) {
                updates.step();
                clients.get(i % clients.size()).settle().readEvents(50);
                for (HubClient client : clients) {
                    assertTrue(held(client) <= budget + 12 * EVENT_BYTES, held(client) + " bytes");
                }
            }
            long most = clients.stream().mapToLong(ConflationBoundsTest::held).max().orElse(0);
            assertTrue(most > budget / 2, most + " bytes: it is used");
            for (HubClient client : clients) {
                updates.readOn(client, AT_ONCE);
                updates.verify(client, "");
            }
            assertEquals(0, clients.stream().mapToLong(ConflationBoundsTest::held).sum(), "all is given back");
        }
    }

    /** What the passes of the client's shard hold. */
    private static long held(HubClient client) {
        CompletableFuture<Long> held = new CompletableFuture<>();
        Shard shard = (Shard) client.subscriber().owner();
        shard.post(() -> held.complete(shard.turn().conflation().bytes()));
        return held.join();
    }

    @Test
    void aStreamThatEndsGivesBackWhatItHeld() throws Exception {
        try (HubScene scene = scene(MEMORY, "t/*")) {
            HubClient client = stalled(scene, new HubClient(scene.hub, 200, "*").conflating(), "t/0");
            publish(scene, "t/", 1_000, "x");
            assertTrue(held(client.settle()) > 50_000, held(client) + " bytes");
            client.cut();
            assertEquals(0, held(client));
        }
    }

    @Test
    void anEventLargerThanAllBudgetsStillArrives() throws Exception {
        try (HubScene scene = scene("conflate.bytes", "1024", "ring.bytes", "4096")) {
            HubClient client = stalled(scene, new HubClient(scene.hub, 200, "a", "b").conflating(), "a");
            for (String topic : List.of("a", "b", "a", "b")) {
                scene.publish(topic, topic + "x".repeat(100_000));
            }
            ALL_THERE_IS.read(client);
            assertTrue(client.data().stream().anyMatch(d -> d.startsWith("ax")));
            assertTrue(client.data().get(client.data().size() - 1).startsWith("bx"));
        }
    }

    @Test
    void whatIsForgottenOfTransientTopicsIsToldAndNothingElse() throws Exception {
        try (HubScene scene = scene(MEMORY, "t/*", "ring.bytes", "3m", "conflate.topics.max", "100")) {
            HubClient enough = stalled(scene, new HubClient(scene.hub, 200, "*").conflating(), "t/0");
            publish(scene, "t/", 10_000, "remembered");
            flush(scene);
            ALL_THERE_IS.read(enough);
            assertEquals(10_000, enough.data().stream().filter("remembered"::equals).count());
            assertEquals(List.of(), enough.hubEvents("rivulet.gap"));

            HubClient all = stalled(scene, new HubClient(scene.hub, 200, "*").conflating(), "t/0");
            HubClient gone = stalled(scene, new HubClient(scene.hub, 200, "t/500").conflating(), "t/500");
            HubClient there = stalled(scene, new HubClient(scene.hub, 200, "t/11999").conflating(), "t/11999");
            publish(scene, "t/", 12_000, "more");
            flush(scene);
            ALL_THERE_IS.read(all);
            assertEquals(1, all.hubEvents("rivulet.gap").size());
            assertTrue(all.hubEvents("rivulet.gap").get(0).data().contains("\"transient\":true"));
            assertTrue(all.data().stream().filter("more"::equals).count() >= 10_000);
            for (HubClient one : List.of(gone, there)) { // they followed, and hold what the ring forgot
                ALL_THERE_IS.read(one);
                assertEquals(List.of("more"), one.data());
                assertEquals(List.of(), one.hubEvents("rivulet.gap"));
            }
        }
    }

    @Test
    void whoComesBackIsToldOfALossOnlyWhereTheNewestIsForgotten() throws Exception {
        try (HubScene scene = scene(MEMORY, "t/*", "ring.bytes", "3m")) {
            String before = scene.publish("t/0", "before");
            publish(scene, "t/", 12_000, "x");
            publish(scene, "t/", 200, "y");
            flush(scene);
            HubClient first = awaitHello(scene.client("t/100").conflating().connectAfter(before), 1);
            HubClient gone = awaitHello(scene.client("t/1000").conflating().connectAfter(before), 1);
            HubClient last = awaitHello(scene.client("t/11999").conflating().connectAfter(before), 1);
            HubClient every = awaitHello(scene.client("t/11999").connectAfter(before), 1);
            for (HubClient client : List.of(first, gone, last, every)) {
                ALL_THERE_IS.read(client);
            }
            assertEquals(List.of("y"), first.data());
            assertEquals(List.of("x"), last.data());
            assertEquals(List.of(), gone.data());
            String told = "\"transient\":\"lost\"";
            assertFalse(first.wire().contains(told));
            assertFalse(last.wire().contains(told), "the newest is there: nothing that was promised is lost");
            assertTrue(gone.wire().contains(told));
            assertTrue(every.wire().contains(told), "who asked for every event has lost some");
            for (HubClient client : List.of(first, gone, last)) {
                assertEquals(List.of(), client.hubEvents("rivulet.gap"));
            }
        }
    }

    @Test
    void retentionIsToldOnlyWhereItTookTheNewestOfATopic() throws Exception {
        try (HubScene scene = scene("log.retain.bytes", "1m", "log.sync", "never", "ring.bytes", "65536")) {
            String before = scene.publish("quiet", "old");
            scene.publish("noisy", "old");
            scene.publish("quiet", "the last of its topic");
            while (scene.log.range().first() < 20) {
                scene.publish("noisy", "x".repeat(20_000));
            }
            scene.publish("noisy", "new");
            HubClient noisy = awaitHello(scene.client("noisy").conflating().connectAfter(before), 1);
            HubClient quiet = awaitHello(scene.client("quiet").conflating().connectAfter(before), 1);
            HubClient every = awaitHello(scene.client("noisy").connectAfter(before), 1);
            ALL_THERE_IS.read(noisy);
            ALL_THERE_IS.read(quiet);
            assertEquals("exact", noisy.told("resumed"));
            assertEquals(List.of("new"), noisy.data());
            assertEquals(List.of(), noisy.hubEvents("rivulet.gap"));
            assertEquals("partial", quiet.told("resumed"));
            assertEquals("partial", every.told("resumed"));
        }
    }

    @Test
    void aStreamThatRetentionOvertakesIsToldOnlyIfItLostTheNewestOfATopic() throws Exception {
        try (HubScene scene = scene("log.retain.bytes", "1m", "log.sync", "never", "ring.bytes", "65536",
            "conflate.topics.max", "1", "stall.timeout", "0s")) {
            HubClient all = stalled(scene, new HubClient(scene.hub, 200, "*").conflating(), "a");
            HubClient noisy = stalled(scene, new HubClient(scene.hub, 200, "noisy", "a").conflating(), "a");
            scene.publish("b", "what a window of one topic holds");
            scene.publish("quiet", "the last of its topic");
            while (scene.log.range().first() < 20) {
                scene.publish("noisy", "x".repeat(20_000));
                noisy.settle(); // a shard that has not looked yet when retention comes cannot know what was lost
            }
            scene.publish("noisy", "new");
            ALL_THERE_IS.read(all);
            ALL_THERE_IS.read(noisy);
            assertEquals(1, all.hubEvents("rivulet.gap").size());
            assertTrue(all.hubEvents("rivulet.gap").get(0).data().contains("\"transient\":false"));
            assertTrue(all.data().contains("new") && noisy.data().contains("new"));
            assertEquals(List.of(), noisy.hubEvents("rivulet.gap"));
        }
    }

    @Test
    void damageInTheLogIsToldAsAGapAndTheStreamGoesOn() throws Exception {
        AtomicReference<FailingLog> disk = new AtomicReference<>();
        try (HubScene scene = new HubScene(folder, GoLive.EXACT, log -> {
            disk.set(new FailingLog(log));
            return disk.get();
        }, "ring.bytes", "4096")) {
            for (int i = 0; i < 100; i++) {
                scene.publish("news", i + "x".repeat(200));
            }
            disk.get().damaged = true;
            HubClient client = scene.client("news").conflating().connect(Since.EARLIEST);
            Await.until("a gap", () -> !client.drain().hubEvents("rivulet.gap").isEmpty());
            scene.publish("news", "end");
            Await.until("the end", () -> client.drain().data().contains("end"));
        }
    }

    @Test
    void rightsThatChangeCountForWhatWaitsInAWindow() throws Exception {
        try (HubScene scene = scene(MEMORY, "t/*")) {
            HubClient fewer = new HubClient(scene.hub, 200, "t/1").conflating();
            HubClient more = new HubClient(scene.hub, 200, "t/1").conflating();
            for (HubClient client : List.of(fewer, more)) {
                awaitHello(client.as(grant("reader", topics("t/1"))).connect(), 1);
            }
            scene.publish(Event.on("t/1").data("x".repeat(200)).build());
            fewer.settle(); // else one write may take the next event as well
            more.settle();
            scene.publish(Event.on("t/1").data("for all").build());
            scene.publish(Event.on("t/1").data("for some").markPrivate(true).build());
            fewer.settle();
            renew(scene, fewer, grant("reader", topics("t/2")));
            renew(scene, more, grant("reader", GrantedTopics.ALL));
            ALL_THERE_IS.read(fewer);
            ALL_THERE_IS.read(more);
            assertEquals("for all", fewer.data().get(1));
            assertEquals("for some", more.data().get(1));
            assertEquals(2, fewer.data().size());
        }
    }

    private static void renew(HubScene scene, HubClient client, Grant fresh) throws Exception {
        scene.hub.connections().renew(client.connection(), client.told("secret"), fresh).get(20, TimeUnit.SECONDS);
    }

    @Test
    void theNewestOfEachTopicAtFirstAndThenAtARate() throws Exception {
        try (HubScene scene = scene(MEMORY, "t/*")) {
            publish(scene, "t/", 30, "first");
            publish(scene, "d/", 30, "first");
            HubClient client = scene.client("*").rate(20).connect(Since.LAST);
            ALL_THERE_IS.read(client);
            assertEquals(60, client.data().size(), "what it begins with is not counted");
            for (int i = 0; i < 40; i++) {
                publish(scene, "t/", 10, "later");
                ALL_THERE_IS.read(client); // else the time may move on before its shard
                clock.advanceMs(100);
                ALL_THERE_IS.read(client);
                assertTrue(client.data().size() <= 60 + 2 + 2 * (i + 1), client.data().size() + " after " + i);
            }
            assertEquals(60 + 2 + 80, client.data().size(), "it gets what it asked for");
            assertEquals(60, client.data().stream().filter("first"::equals).count());
        }
    }

    /** Publishes an event of each of some topics, which says its topic. */
    private static void publishNamed(HubScene scene, int topics, int number) throws Exception {
        List<Event> batch = new ArrayList<>();
        for (int i = 0; i < topics; i++) {
            String topic = (i % 2 == 0 ? "t/" : "d/") + i;
            batch.add(Event.on(topic).data(topic + " " + number).build());
        }
        scene.hub.publish(new Publication(batch, Grant.INTERNAL, null)).get(20, TimeUnit.SECONDS);
    }

    /** When each topic came last, in milliseconds; what comes sooner again is a fault. */
    private final class Arrivals {
        private final HubClient client;
        private final Map<String, Long> last = new HashMap<>();
        private int seen;

        Arrivals(HubClient client) {
            this.client = client;
        }

        void read(long atLeastMs) {
            ALL_THERE_IS.read(client);
            for (; seen < client.data().size(); seen++) {
                Long before = last.put(client.data().get(seen).split(" ")[0], clock.millis());
                assertTrue(before == null || clock.millis() - before >= atLeastMs, client.data().get(seen));
            }
        }
    }

    @Test
    void eachTopicComesAtMostSoOftenAndItsNewestEventArrives() throws Exception {
        try (HubScene scene = scene(MEMORY, "t/*")) {
            Arrivals each = new Arrivals(scene.client("*").topicRate(2).connect().settle());
            Arrivals both = new Arrivals(scene.client("*").rate(10).topicRate(2).connect().settle());
            for (int i = 0; i < 40; i++) {
                publishNamed(scene, 20, i);
                each.read(500);
                both.read(500);
                clock.advanceMs(100);
                each.read(500);
                both.read(500);
            }
            assertEquals(9 * 20, each.seen, "at once, and twice a second for four seconds");
            assertTrue(both.seen >= 35 && both.seen <= 41, both.seen + " events in four seconds, ten a second");
            for (int i = 0; i < 60; i++) {
                clock.advanceMs(100);
                each.read(500);
                both.read(500);
            }
            for (Arrivals one : List.of(each, both)) {
                assertEquals(20, one.client.data().stream().filter(d -> d.endsWith(" 39")).count());
            }
        }
    }

    /** Who asks for a rate of each topic waits for nothing while the topics are quiet. */
    @Test
    void aTopicThatWasQuietComesAtOnce() throws Exception {
        try (HubScene scene = scene(MEMORY, "t/*")) {
            HubClient client = scene.client("*").topicRate(1).connect().settle();
            for (int i = 1; i <= 5; i++) {
                scene.publish("d/1", "" + i);
                ALL_THERE_IS.read(client);
                assertEquals(i, client.data().size());
                clock.advanceMs(1_000);
            }
        }
    }
}
