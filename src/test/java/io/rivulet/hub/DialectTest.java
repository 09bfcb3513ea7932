package io.rivulet.hub;

import static io.rivulet.hub.HubScene.awaitEnd;
import static io.rivulet.hub.HubScene.awaitEvents;
import static io.rivulet.hub.HubScene.grant;
import static io.rivulet.hub.HubScene.topics;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.event.Event;
import io.rivulet.hub.dialect.Dialect;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.hub.stream.feed.GoLive;
import io.rivulet.kit.Await;
import java.nio.file.Path;
import java.util.List;
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
    private static final Event PRIVATE = Event.on("news").topic("other").id("p").data("z").markPrivate(true).build();

    @TempDir
    Path folder;

    @ParameterizedTest
    @MethodSource("io.rivulet.hub.HubScene#mercureDialects")
    void sub19AMercureStreamHasOnlyWhatTheProtocolKnows(Dialect dialect) throws Exception {
        try (HubScene scene = new HubScene(folder)) {
            HubClient client = scene.client("news").speaking(dialect).connect();
            scene.publish(EVENT);
            String empty = scene.publish(Event.on("news").build()).get(0);
            assertEquals("\n:\nevent: t\nretry: 700\ndata: x\ndata: y\nid: i\n\ndata: \nid: " + empty + "\n\n",
                awaitEvents(client, 2).wire().replaceFirst("^retry: \\d+", ""));
        }
    }

    @ParameterizedTest
    @MethodSource("io.rivulet.hub.HubScene#mercureDialects")
    void aMercureReplayIsTheSameWithoutTheRetry(Dialect dialect) throws Exception {
        try (HubScene scene = new HubScene(folder)) {
            scene.publish("news", "before");
            scene.publish(EVENT);
            HubClient client = scene.client("news").speaking(dialect).connect(Since.EARLIEST);
            assertTrue(awaitEvents(client, 2).wire().endsWith("\n\nevent: t\ndata: x\ndata: y\nid: i\n\n"),
                client.wire());
        }
    }

    @Test
    void withTheTopicsFieldAMercureStreamIsToldAllTopicsOfAPublicEvent() throws Exception {
        try (HubScene scene = new HubScene(folder, TOPICS_FIELD, "true")) {
            HubClient live = scene.mercure("news").connect();
            scene.publish(EVENT);
            assertTrue(awaitEvents(live, 1).wire().endsWith(
                "event: t\nretry: 700\ntopics: news\ntopics: other\ndata: x\ndata: y\nid: i\n\n"), live.wire());
            HubClient replay = awaitEvents(scene.mercure("news").connect(Since.EARLIEST), 1);
            assertTrue(replay.wire().endsWith(
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
