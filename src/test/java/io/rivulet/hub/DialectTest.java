package io.rivulet.hub;

import static io.rivulet.hub.HubScene.awaitEnd;
import static io.rivulet.hub.HubScene.awaitEvents;
import static io.rivulet.hub.HubScene.awaitHello;
import static io.rivulet.hub.HubScene.grant;
import static io.rivulet.hub.HubScene.topics;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.event.Event;
import io.rivulet.hub.dialect.Dialect;
import io.rivulet.hub.dialect.PlainDialect;
import io.rivulet.hub.resume.Caller;
import io.rivulet.hub.resume.HistoryPages;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.hub.stream.feed.GoLive;
import io.rivulet.kit.Await;
import io.rivulet.topic.TopicSelection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A stream of each dialect, byte for byte. */
class DialectTest {

    private static final String TOPICS_FIELD = "mercure.topics.field";
    private static final Event EVENT = Event.on("news").topic("other").type("t").retryMs(700).id("i")
        .data("x\ny").build();
    private static final Dialect ENVELOPES = PlainDialect.enveloping(false);
    private static final Event PRIVATE = Event.on("news").topic("other").id("p").data("z").markPrivate(true).build();

    @TempDir
    Path folder;

    /** What came, without the heartbeats that a young stream gets after half a second: the prelude's comment stays. */
    private static String wire(HubClient client) {
        return client.wire().replaceAll("(?<=\n\n|\n:\n):\n", "");
    }

    @ParameterizedTest
    @MethodSource("io.rivulet.hub.HubScene#mercureDialects")
    void sub19AMercureStreamHasOnlyWhatTheProtocolKnows(Dialect dialect) throws Exception {
        try (HubScene scene = new HubScene(folder)) {
            HubClient client = scene.client("news").speaking(dialect).connect();
            scene.publish(EVENT);
            String empty = scene.publish(Event.on("news").build()).get(0);
            assertEquals("\n:\nevent: t\nretry: 700\ndata: x\ndata: y\nid: i\n\ndata: \nid: " + empty + "\n\n",
                wire(awaitEvents(client, 2)).replaceFirst("^retry: \\d+", ""));
        }
    }

    @ParameterizedTest
    @MethodSource("io.rivulet.hub.HubScene#mercureDialects")
    void aMercureReplayIsTheSameWithoutTheRetry(Dialect dialect) throws Exception {
        try (HubScene scene = new HubScene(folder)) {
            scene.publish("news", "before");
            scene.publish(EVENT);
            HubClient client = scene.client("news").speaking(dialect).connect(Since.EARLIEST);
            assertTrue(wire(awaitEvents(client, 2)).endsWith("\n\nevent: t\ndata: x\ndata: y\nid: i\n\n"),
                client.wire());
        }
    }

    @Test
    void withTheTopicsFieldAMercureStreamIsToldAllTopicsOfAPublicEvent() throws Exception {
        try (HubScene scene = new HubScene(folder, TOPICS_FIELD, "true")) {
            HubClient live = scene.mercure("news").connect();
            scene.publish(EVENT);
            assertTrue(wire(awaitEvents(live, 1)).endsWith(
                "event: t\nretry: 700\ntopics: news\ntopics: other\ndata: x\ndata: y\nid: i\n\n"), live.wire());
            HubClient replay = awaitEvents(scene.mercure("news").connect(Since.EARLIEST), 1);
            assertTrue(wire(replay).endsWith(
                "event: t\ntopics: news\ntopics: other\ndata: x\ndata: y\nid: i\n\n"), replay.wire());
        }
    }

    @Test
    void ofAPrivateEventItIsToldThoseThatItsTokenCovers() throws Exception {
        try (HubScene scene = new HubScene(folder, TOPICS_FIELD, "true")) {
            HubClient one = scene.mercure("*").as(grant("one", topics("other"))).connect();
            HubClient both = scene.mercure("*").as(grant("both", topics("*"))).connect();
            HubClient none = scene.mercure("*").connect();
            scene.publish(PRIVATE);
            scene.publish("news", "end");
            assertTrue(awaitEvents(one, 2).wire().contains(":\ntopics: other\ndata: z\nid: p\n\n"), one.wire());
            assertTrue(awaitEvents(both, 2).wire().contains(":\ntopics: news\ntopics: other\ndata: z\nid: p\n\n"));
            assertEquals(List.of("end"), awaitEvents(none, 1).data());
        }
    }

    @Test
    void eventsThatAreWrittenTogetherAreToldEachStreamsOwnTopics() throws Exception {
        try (HubScene scene = new HubScene(folder, TOPICS_FIELD, "true")) {
            HubClient one = new HubClient(scene.hub, 1, "*").speaking(HubScene.MERCURE)
                .as(grant("one", topics("other"))).connect();
            HubClient other = new HubClient(scene.hub, 1, "*").speaking(HubScene.MERCURE)
                .as(grant("other", topics("news"))).connect();
            scene.publish("a", "fills the window");
            scene.publish(PRIVATE);
            scene.publish("b", "end");
            assertTrue(awaitEvents(one, 3).wire().contains("\n\ntopics: other\ndata: z\nid: p\n\ntopics: b\n"));
            assertTrue(awaitEvents(other, 3).wire().contains("\n\ntopics: news\ndata: z\nid: p\n\ntopics: b\n"));
        }
    }

    private static final String PUBLIC_LINE =
        "data: {\"topics\":[\"news\",\"other\"],\"type\":\"t\",\"id\":\"i\",\"time\":\"";
    private static final String ENVELOPED = "\",\"data\":\"x\\ny\"}\nid: i\n\n";

    private static String withoutTimes(HubClient client) {
        return client.wire().replaceAll("\"time\":\"[^\"]*Z\"", "\"time\":\"\"");
    }

    @Test
    void inEnvelopesAStreamIsToldTheTopicsLiveAndFromMemoryAndFromTheLogAndWhereItConflates() throws Exception {
        try (HubScene scene = new HubScene(folder, "ring.bytes", "4096")) {
            HubClient live = scene.client("news").speaking(ENVELOPES).connect();
            HubClient slow = new HubClient(scene.hub, 1, "news", "a").speaking(ENVELOPES).conflating().connect();
            scene.publish("a", "fills the window");
            scene.publish(EVENT);
            assertTrue(
                withoutTimes(awaitEvents(live, 1)).endsWith("event: t\nretry: 700\n" + PUBLIC_LINE + ENVELOPED),
                live.wire());
            assertTrue(withoutTimes(awaitEvents(slow, 2)).endsWith("event: t\n" + PUBLIC_LINE + ENVELOPED),
                slow.wire());
            HubClient ring = scene.client("news").speaking(ENVELOPES).connect(Since.EARLIEST);
            assertTrue(withoutTimes(awaitEvents(ring, 1)).endsWith("event: t\n" + PUBLIC_LINE + ENVELOPED),
                ring.wire());
            for (int i = 0; i < 100; i++) {
                scene.publish("a", "x".repeat(500));
            }
            HubClient log = scene.client("news").speaking(ENVELOPES).connect(Since.EARLIEST);
            assertTrue(withoutTimes(awaitEvents(log, 1)).endsWith("event: t\n" + PUBLIC_LINE + ENVELOPED), log.wire());
        }
    }

    @Test
    void anEnvelopeOfAPrivateEventNamesTheTopicsThatTheGrantCovers() throws Exception {
        try (HubScene scene = new HubScene(folder)) {
            HubClient one = scene.client("*").speaking(ENVELOPES).as(grant("one", topics("other"))).connect();
            HubClient both = scene.client("*").speaking(ENVELOPES).as(grant("both", topics("*"))).connect();
            HubClient none = scene.client("*").speaking(ENVELOPES).connect();
            scene.publish(PRIVATE);
            scene.publish("news", "end");
            String other = "\ndata: {\"topics\":[\"other\"],\"type\":null,\"id\":\"p\",";
            assertTrue(awaitEvents(one, 2).wire().contains(other), one.wire());
            assertTrue(awaitEvents(both, 2).wire().contains(other.replace("[", "[\"news\",")), both.wire());
            assertEquals(1, awaitEvents(none, 1).events().size());
            HubClient replay = scene.client("*").speaking(ENVELOPES).as(grant("one", topics("other")));
            assertTrue(awaitEvents(replay.connect(Since.EARLIEST), 2).wire().contains(other), replay.wire());
            var page = scene.hub.history(Caller.of(grant("one", topics("other")), "peer"),
                TopicSelection.ofTopics(List.of("*")), grant("one", topics("other")), Since.EARLIEST, null, 10,
                HistoryPages.Room.ENDLESS).get(20, TimeUnit.SECONDS);
            assertEquals(List.of("other"), page.events().get(0).topics());
        }
    }

    @Test
    void streamsThatAskAlikeGetTheSameBytesAndTheHubsOwnEventsStayAsTheyAre() throws Exception {
        try (HubScene scene = new HubScene(folder)) {
            // each shard may render an event by itself, when it is the first; so of one stream more two have the same
            int shards = Runtime.getRuntime().availableProcessors();
            List<HubClient> alike = new ArrayList<>();
            for (int i = 0; i <= shards; i++) {
                alike.add(new HubClient(scene.hub, 1 << 20, i % 2 == 0 ? "*" : "news").speaking(ENVELOPES).connect());
            }
            HubClient one = alike.get(0);
            HubClient json = scene.client("news").speaking(PlainDialect.enveloping(true)).connect();
            for (HubClient client : alike) {
                awaitHello(client, 1);
            }
            scene.publish("news", "{\"n\": 1}");
            Await.until("an event in all windows", () -> alike.stream().allMatch(client -> client.unread() > 0));
            Set<Object> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
            for (HubClient client : alike) {
                client.settle();
                arrays.add(client.heldBytes());
            }
            assertTrue(arrays.size() <= shards, arrays.size() + " renderings by " + shards + " shards");
            assertTrue(awaitEvents(one, 1).data().get(0).endsWith(",\"data\":\"{\\\"n\\\": 1}\"}"), one.wire());
            assertTrue(awaitEvents(json, 1).data().get(0).endsWith(",\"data\":{\"n\": 1}}"), json.wire());
            assertEquals("live", one.told("resumed"));
        }
    }

    @Test
    void withoutTheSettingAndInOtherDialectsThereIsNoTopicsField() throws Exception {
        try (HubScene scene = new HubScene(folder, TOPICS_FIELD, "true")) {
            HubClient own = scene.client("news").connect();
            HubClient old = scene.legacy("news").connect();
            HubClient mercure = scene.mercure("news").connect();
            scene.publish(EVENT);
            assertFalse(awaitEvents(own, 1).wire().contains("topics:"));
            assertFalse(awaitEvents(old, 1).wire().contains("topics:"));
            assertTrue(awaitEvents(mercure, 1).wire().contains("topics:"));
        }
        try (HubScene scene = new HubScene(folder)) {
            assertFalse(awaitEvents(scene.mercure("news").connect(Since.EARLIEST), 1).wire().contains("topics:"));
        }
    }

    @Test
    void aMercureStreamThatRetentionOvertakesEndsThereAndIsToldWhenItComesBack() throws Exception {
        try (HubScene scene = new HubScene(folder, "log.retain.bytes", "1m", "log.sync", "never", "ring.bytes",
            "65536", "backlog.events", "4")) {
            HubClient stalled = new HubClient(scene.hub, 500, "news").speaking(HubScene.MERCURE).connect();
            String first = scene.publish("news", "first");
            awaitEvents(stalled, 1);
            for (int i = 0; scene.log.range().first() < 30 && i < 5_000; i++) {
                scene.publish("news", i + "x".repeat(20_000));
            }
            awaitEnd(stalled);
            int before = stalled.data().size();
            stalled.cut();
            assertEquals("earliest", stalled.connectPlaced());
            scene.publish("news", "end");
            Await.until("the end", () -> {
                if (stalled.drain().isEnded()) { // retention goes on, and may overtake it once more
                    stalled.cut();
                    stalled.connect();
                }
                return stalled.drain().data().contains("end");
            });
            assertTrue(stalled.data().size() > before + 1, "nothing of what was left came");
            HubClient fine = scene.mercure("news").after(stalled.events().get(stalled.events().size() - 1).id());
            assertFalse(fine.connectPlaced().equals("earliest") || first.isEmpty());
        }
    }

    @Test
    void aMercureStreamThatLostTransientEventsEndsThereAndIsToldWhenItComesBack() throws Exception {
        try (HubScene scene = new HubScene(folder, "transient.topics", "clock", "ring.bytes", "8192",
            "backlog.events", "4")) {
            HubClient stalled = new HubClient(scene.hub, 500, "clock").speaking(HubScene.LEGACY).connect();
            for (int i = 0; i < 100; i++) {
                scene.publish("clock", i + "x".repeat(500));
            }
            awaitEnd(stalled);
            stalled.cut();
            assertEquals("earliest", stalled.connectPlaced());
            scene.publish("clock", "end");
            Await.until("the end", () -> stalled.drain().data().contains("end"));
            assertFalse(stalled.isEnded());
        }
    }

    @Test
    void damageEndsAMercureStreamOnceAndThenIsPassedOver() throws Exception {
        AtomicReference<FailingLog> disk = new AtomicReference<>();
        try (HubScene scene = new HubScene(folder, GoLive.EXACT, log -> {
            disk.set(new FailingLog(log));
            return disk.get();
        }, "ring.bytes", "4096")) {
            String first = scene.publish("news", "first");
            for (int i = 0; i < 100; i++) {
                scene.publish("news", i + "x".repeat(500));
            }
            HubClient client = scene.mercure("news").after(first);
            disk.get().damaged = true;
            assertEquals(first, client.connectPlaced());
            awaitEnd(client);
            client.cut();
            assertEquals("earliest", client.connectPlaced());
            scene.publish("news", "end");
            Await.until("the end", () -> client.drain().data().contains("end"));
            assertFalse(client.isEnded());
        }
    }
}
