package io.rivulet.hub.presence;

import static io.rivulet.hub.HubScene.awaitEvents;
import static io.rivulet.hub.HubScene.awaitHello;
import static io.rivulet.hub.HubScene.grant;
import static io.rivulet.hub.HubScene.topics;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.auth.Grant;
import io.rivulet.auth.Grant.Payload;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.SetClock;
import io.rivulet.hub.dialect.Dialect;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.hub.stream.Shard;
import io.rivulet.kit.Await;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicSelection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Active subscriptions: as events, only while somebody may see them, and as a list. */
class PresenceTest {

    private static final String HUB = "/.well-known/mercure/subscriptions/";
    private static final String URN = "urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}";
    private static final Grant ALL = grant("watcher", GrantedTopics.ALL);

    @TempDir
    Path folder;

    private final SetClock clock = new SetClock();

    @Test
    void act01To05ASubscriptionThatComesAndGoesIsToldToAWatcher() throws Exception {
        try (HubScene scene = scene()) {
            HubClient watcher = watcher(scene, HubScene.MERCURE);
            Grant known = new Grant("https://issuer", "user", "t", GrantedTopics.NONE, GrantedTopics.NONE, List.of(
                new Payload(topics("a/b c%"), "{\"name\":\"x\"}")), false, Grant.NEVER, false);
            HubClient user = scene.mercure("a/b c%").as(known).connect();
            Dispatched began = awaitEvents(watcher, 2).events().get(1);
            String subscriber = subscriber(began);
            assertTrue(subscriber.matches(URN), subscriber);
            String topic = HUB + "exact/a%2Fb%20c%25/" + subscriber.replace(":", "%3A");
            assertEquals("mercure", began.type());
            assertEquals("{\"id\":\"" + topic + "\",\"type\":\"subscription\",\"match_type\":\"exact\","
                + "\"match\":\"a/b c%\",\"subscriber\":\"" + subscriber + "\",\"active\":true,"
                + "\"payload\":{\"name\":\"x\"}}", began.data());
            assertNotEquals("urn:uuid:" + user.connection(), subscriber);
            user.cut();
            Dispatched ended = awaitEvents(watcher, 3).events().get(2);
            assertEquals(began.data().replace("\"active\":true", "\"active\":false"), ended.data());
            assertNotEquals(began.id(), ended.id());
        }
    }

    /** ACT-06: the list has a bound, and what is asked for alone still comes. */
    @Test
    void aListThatWouldFillTheMemoryIsRefused() throws Exception {
        try (HubScene scene = scene()) {
            for (int i = 0; i < 21; i++) {
                String beginning = "x".repeat(4_000) + i + ' ';
                scene.client(IntStream.range(0, 100).mapToObj(n -> beginning + n).toArray(String[]::new)).connect();
            }
            HubClient other = awaitHello(scene.client("other").connect(), 1);
            Await.until("all are there", () -> {
                try {
                    scene.hub.presence().list(one -> true);
                    return false;
                } catch (Refused e) {
                    return e.reason() == Refused.Reason.OVERLOADED;
                }
            });
            assertEquals(1, scene.hub.presence().list(one -> one.text().equals("other")).size());
            other.cut();
        }
    }

    /** A subscription is a long topic of a stranger's, and each is another one. */
    @Test
    void patternsOfThoseWhoMaySeeNoSubscriptionAreNotTriedOnThem() throws Exception {
        try (HubScene scene = scene()) {
            List<HubClient> watchers = new ArrayList<>();
            for (int i = 0; i < 2 * Runtime.getRuntime().availableProcessors(); i++) { // some on each shard
                watchers.add(new HubClient(scene.hub, 1 << 20, "*").speaking(HubScene.MERCURE).as(ALL).connect());
            }
            HubClient stranger = scene.client().connect(new SubscribeRequest(TopicSelection.of(List.of(
                scene.hub.topics().urlPattern("/:a((?:.?){100}!)"))), Grant.ANONYMOUS, null, Since.LATEST,
                Duration.ofSeconds(15), false, HubScene.PLAIN, "test"));
            Await.until("all are there", () -> scene.hub.presence().list(one -> true).size() == watchers.size() + 1);
            Shard shard = (Shard) stranger.subscriber().owner();
            long before = steps(shard);
            scene.mercure("x".repeat(1_000)).connect();
            for (HubClient watcher : watchers) {
                Await.until("it is told", () -> watcher.drain().wire().contains("x".repeat(1_000)));
            }
            long taken = steps(shard) - before;
            assertTrue(taken < 1_000, taken + " steps");
        }
    }

    private static long steps(Shard shard) {
        CompletableFuture<Long> steps = new CompletableFuture<>();
        shard.post(() -> steps.complete(shard.stepsForEvents()));
        return steps.join();
    }

    @Test
    void old11AClientOfMercure0xIsToldTheSameAsAPlainEventInJsonLd() throws Exception {
        try (HubScene scene = scene()) {
            HubClient watcher = watcher(scene, HubScene.LEGACY);
            HubClient user = scene.legacy("a/b").connect();
            Dispatched began = awaitEvents(watcher, 2).events().get(1);
            String subscriber = subscriber(began);
            assertEquals("message", began.type());
            assertEquals("{\"@context\":\"https://mercure.rocks/\",\"id\":\"" + HUB + "a%2Fb/"
                + subscriber.replace(":", "%3A") + "\",\"type\":\"Subscription\",\"topic\":\"a/b\",\"subscriber\":\""
                + subscriber + "\",\"active\":true}", began.data());
            user.cut();
            assertFalse(json(awaitEvents(watcher, 3).events().get(2)).get("active").getAsBoolean());
        }
    }

    /** Streams of one shard share the bytes of what is written together, but never with another dialect's. */
    @Test
    void watchersOfBothDialectsOnOneShardEachGetTheirForm() throws Exception {
        try (HubScene scene = scene()) {
            List<HubClient> watchers = new ArrayList<>();
            for (int i = 0; i < 8 * Runtime.getRuntime().availableProcessors(); i++) {
                Dialect dialect = i % 3 == 0 ? HubScene.LEGACY : HubScene.MERCURE;
                watchers.add(new HubClient(scene.hub, 1, "*").speaking(dialect).as(ALL).connect());
            }
            Await.until("all are there", () -> scene.hub.presence().list(one -> true).size() == watchers.size());
            scene.mercure("a", "b", "c").connect();
            scene.publish("news", "end");
            for (int i = 0; i < watchers.size(); i++) {
                HubClient watcher = watchers.get(i);
                Await.until("c", () -> watcher.drain().wire().contains("subscriptions/" + (watcher.isLegacy() ? "c/"
                    : "exact/c/")));
                String foreign = watcher.isLegacy() ? "event: mercure" : "@context";
                assertFalse(watcher.wire().contains(foreign), watcher.wire());
            }
        }
    }

    @Test
    void act02OnlyThoseWithARightToItsTopicAreTold() throws Exception {
        try (HubScene scene = scene()) {
            HubClient watcher = watcher(scene, HubScene.MERCURE);
            HubClient outsider = scene.mercure("*").as(grant("outsider", topics("news"))).connect();
            HubClient anonymous = scene.client("*").connect();
            awaitEvents(watcher, 3);
            scene.publish("news", "end");
            assertEquals(List.of("end"), awaitEvents(outsider, 1).data());
            assertEquals(List.of("end"), awaitEvents(anonymous, 1).data());
        }
    }

    @Test
    void aTopicOfOneSubscriptionIsWatchedByItself() throws Exception {
        try (HubScene scene = scene()) {
            HubClient first = awaitHello(scene.client("a").connect(), 1);
            String path = SubscriptionDocument.topic("/.well-known/mercure",
                scene.hub.presence().list(one -> true).get(0));
            HubClient watcher = scene.mercure(path).as(grant("w", topics(path))).connect();
            Await.until("it is there", () -> scene.hub.presence().list(one -> true).size() == 2);
            scene.client("a").connect();
            first.cut();
            Await.until("its end", () -> watcher.drain().events().stream().map(PresenceTest::json)
                .anyMatch(j -> !j.get("active").getAsBoolean()));
            assertEquals(List.of("a"), watcher.events().stream().map(e -> json(e).get("match").getAsString())
                .distinct().toList());
            assertEquals(1, watcher.events().stream().map(PresenceTest::subscriber).distinct().count());
        }
    }

    /** ACT-04, ACT-12: one name for all, and the subscriber itself is told. */
    @Test
    void act12TheSubscriberIsToldOfItsOwnSubscriptions() throws Exception {
        try (HubScene scene = scene()) {
            HubClient self = scene.mercure("*", "a", "b").as(ALL).connect();
            List<JsonObject> told = awaitEvents(self, 3).events().stream().map(PresenceTest::json).toList();
            assertEquals(List.of("*", "a", "b"), told.stream().map(j -> j.get("match").getAsString()).toList());
            assertEquals(1, told.stream().map(j -> j.get("subscriber").getAsString()).distinct().count());
        }
    }

    @Test
    void nothingIsPublishedWhileNobodyMaySeeIt() throws Exception {
        try (HubScene scene = scene()) {
            HubClient user = awaitHello(scene.client("*").connect(), 1); // all topics, but no right to any
            String before = scene.hub.presence().lastEventId();
            for (int i = 0; i < 20; i++) {
                awaitHello(scene.client("news").connect(), 1).cut();
            }
            Await.until("they are gone", () -> scene.hub.presence().list(one -> true).size() == 1);
            scene.publish("news", "end");
            awaitEvents(user, 1);
            assertEquals("earliest", before);
            assertEquals(1, scene.log.range().head());
            assertEquals(scene.hub.presence().lastEventId(), user.events().get(0).id());
        }
    }

    @Test
    void whoHasReadTheListIsToldOfWhatHappensInTheNextFiveMinutes() throws Exception {
        try (HubScene scene = scene()) {
            scene.publish("news", "1");
            awaitHello(scene.client("old").connect(), 1);
            scene.hub.presence().touched();
            String id = scene.hub.presence().lastEventId();
            assertEquals(1, scene.hub.presence().list(one -> true).size());
            clock.advanceMs(Presence.INTEREST_MS - 1);
            HubClient user = awaitHello(scene.client("new").connect(), 1);
            HubClient late = scene.mercure("*").as(ALL).after(id);
            assertEquals(id, late.connectPlaced());
            // "old" may be told once more: it came at the same time as the list was read
            Await.until("the new one", () -> late.drain().events().stream().map(PresenceTest::json)
                .anyMatch(j -> j.get("match").getAsString().equals("new")));
            user.cut();
        }
    }

    /** A change that nobody was told makes every older cursor say that something is missing; and only older ones. */
    @Test
    void aCursorFromBeforeATimeWithoutWatchersIsNotExact() throws Exception {
        try (HubScene scene = scene()) {
            scene.publish("news", "1");
            scene.hub.presence().touched();
            String id = scene.hub.presence().lastEventId();
            clock.advanceMs(Presence.INTEREST_MS);
            assertEquals(id, scene.mercure("*").as(ALL).after(id).connectPlaced()); // nothing happened yet
        }
        try (HubScene scene = scene()) {
            scene.publish("news", "1");
            scene.hub.presence().touched();
            String id = scene.hub.presence().lastEventId();
            clock.advanceMs(Presence.INTEREST_MS);
            awaitHello(scene.client("news").connect(), 1);
            Await.until("a new place", () -> !scene.hub.presence().lastEventId().equals(id));
            HubClient outsider = scene.mercure("*").after(id);
            assertEquals(id, outsider.connectPlaced());
            HubClient watcher = scene.mercure("*").as(ALL).after(id);
            assertEquals("earliest", watcher.connectPlaced());
            scene.hub.presence().touched();
            String fresh = scene.hub.presence().lastEventId();
            assertEquals(fresh, scene.mercure("*").as(ALL).after(fresh).connectPlaced());
        }
    }

    @Test
    void aCursorOfAnEarlierRunIsNotExactForAWatcher() throws Exception {
        String id;
        String named;
        try (HubScene scene = scene()) {
            HubClient watcher = watcher(scene, HubScene.MERCURE);
            id = watcher.events().get(0).id();
            named = scene.publish(io.rivulet.event.Event.on("news").id("mine").build()).get(0);
        }
        try (HubScene scene = scene()) {
            for (String cursor : List.of(id, named)) {
                assertEquals("earliest", scene.mercure("*").as(ALL).after(cursor).connectPlaced());
            }
            assertEquals(named, scene.mercure("news").after(named).connectPlaced());
        }
    }

    /** What is published to make a new place has no topic, so no right and no wish covers it. */
    @Test
    void theMarkOfATimeWithoutWatchersReachesNobody() throws Exception {
        try (HubScene scene = scene()) {
            scene.publish("news", "1");
            scene.hub.presence().touched();
            String before = scene.hub.presence().lastEventId();
            clock.advanceMs(Presence.INTEREST_MS);
            awaitHello(scene.client("news").connect(), 1);
            Await.until("a new place", () -> !scene.hub.presence().lastEventId().equals(before));
            HubClient all = scene.client("*").as(ALL).connect(Since.EARLIEST);
            assertEquals("1", awaitEvents(all, 2).data().get(0));
            assertEquals("*", json(all.events().get(1)).get("match").getAsString()); // itself, behind the mark
        }
    }

    @Test
    void presenceThatIsOffTellsNothing() throws Exception {
        try (HubScene scene = new HubScene(folder, clock)) {
            HubClient watcher = scene.client("*").as(ALL).connect();
            awaitHello(scene.client("news").connect(), 1).cut();
            scene.publish("news", "end");
            assertEquals(List.of("end"), awaitEvents(watcher, 1).data());
            assertFalse(scene.hub.presence().isOn());
            assertEquals(List.of(), scene.hub.presence().list(one -> true));
        }
    }

    private HubClient watcher(HubScene scene, Dialect dialect) {
        HubClient watcher = scene.client("*").speaking(dialect).as(ALL).connect();
        return awaitEvents(watcher, 1); // itself
    }

    private static JsonObject json(Dispatched event) {
        return JsonParser.parseString(event.data()).getAsJsonObject();
    }

    private static String subscriber(Dispatched event) {
        return json(event).get("subscriber").getAsString();
    }

    private HubScene scene() throws Exception {
        return new HubScene(folder, clock, "presence", "true");
    }
}
