package io.rivulet.hub.stream;

import static io.rivulet.hub.HubScene.awaitEnd;
import static io.rivulet.hub.HubScene.awaitEvents;
import static io.rivulet.hub.HubScene.awaitHello;
import static io.rivulet.hub.HubScene.grant;
import static io.rivulet.hub.HubScene.topics;
import static io.rivulet.hub.HubScene.until;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.event.Event;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.SetClock;
import io.rivulet.hub.dialect.Dialect;
import io.rivulet.hub.publish.Publication;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.StartPoint;
import io.rivulet.kit.Await;
import io.rivulet.kit.StreamParser;
import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Refused.Reason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** How the hub ends streams: always between two events, and never later than it must. */
class StreamEndTest {

    private static final long MINUTE_MS = 60_000;

    @TempDir
    Path folder;

    private final SetClock clock = new SetClock();

    @ParameterizedTest
    @MethodSource("io.rivulet.hub.HubScene#dialects")
    void tok13AStreamEndsNoLaterThanItsTokenAndIsToldWhenToComeBack(Dialect dialect) throws Exception {
        try (HubScene scene = scene()) {
            Grant hour = until(grant("reader", topics("news")), clock.millis() + 5 * MINUTE_MS);
            HubClient client = scene.client("news").speaking(dialect).as(hour).connect();
            HubClient endless = scene.client("news").speaking(dialect).connect();
            scene.publish("news", "1");
            awaitEvents(client, 1);
            clock.advanceMs(5 * MINUTE_MS - 1_000); // the look at ends comes twice a second: one before it is over
            awaitEnd(client);
            assertTrue(client.wire().matches("(?s).*\n\nretry: \\d+\n:\n"), client.wire());
            assertFalse(endless.drain().isEnded());
        }
    }

    @Test
    void tok13AStreamThatIsNotReadyDeliversNothingAfterItsTokenEnded() throws Exception {
        try (HubScene scene = scene("stall.timeout", "0s")) {
            Grant brief = until(grant("reader", GrantedTopics.ALL), clock.millis() + 5 * MINUTE_MS);
            HubClient slow = new HubClient(scene.hub, 200, "news").as(brief).connect();
            HubClient other = new HubClient(scene.hub, 200, "news").as(grant("other", GrantedTopics.ALL)).connect();
            for (int i = 0; i < 40; i++) {
                scene.publish("news", i + " " + "x".repeat(50));
            }
            clock.advanceMs(5 * MINUTE_MS);
            Await.until("the end", slow::isEnded); // though its socket takes nothing
            assertTrue(slow.drain().events().size() < 40, "the window was too large");
            assertEquals(40, awaitEvents(other, 40).events().size()); // the same without an end
        }
    }

    @Test
    void tok14StreamsEndAtTheirAgeEachARandomPartOfAFifthEarlier() throws Exception {
        try (HubScene scene = scene("mercure.max.age", "10m", "connection.max.age", "20m")) {
            List<HubClient> mercure = new ArrayList<>();
            List<HubClient> own = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                mercure.add(scene.client("news").speaking(i % 2 == 0 ? HubScene.MERCURE : HubScene.LEGACY).connect());
                own.add(scene.client("news").connect());
            }
            own.forEach(c -> awaitHello(c, 1));
            clock.advanceMs(8 * MINUTE_MS - 1);
            scene.publish("news", "all are there");
            mercure.forEach(c -> assertFalse(awaitEvents(c, 1).isEnded()));
            clock.advanceMs(MINUTE_MS);
            Await.until("some to end", () -> mercure.stream().anyMatch(HubClient::isEnded));
            assertTrue(mercure.stream().anyMatch(c -> !c.isEnded()), "all ended at once");
            clock.advanceMs(MINUTE_MS + 1);
            mercure.forEach(HubScene::awaitEnd);
            assertTrue(own.stream().noneMatch(c -> c.drain().isEnded()));
            clock.advanceMs(10 * MINUTE_MS);
            own.forEach(HubScene::awaitEnd);
        }
    }

    @Test
    void anAgedStreamWithAFullSocketEndsBetweenTwoEventsOnceItReadsAgain() throws Exception {
        try (HubScene scene = scene("connection.max.age", "20s", "stall.timeout", "30s")) {
            HubClient slow = aged(scene);
            pass(scene, 9); // its socket has been full for less than 30 s
            assertFalse(slow.isEnded());
            awaitEnd(slow);
            assertTrue(slow.wire().matches("(?s).*\n\nretry: \\d+\n:\n"), slow.wire());
        }
    }

    @Test
    void anAgedStreamWhoseSocketTakesNothingIsCutAfterTheTimeOfAStalledOne() throws Exception {
        try (HubScene scene = scene("connection.max.age", "20s", "stall.timeout", "30s")) {
            HubClient silent = aged(scene);
            pass(scene, 31);
            assertTrue(silent.isEnded());
        }
    }

    /** One that reads nothing and has just reached its age. */
    private HubClient aged(HubScene scene) throws Exception {
        HubClient client = new HubClient(scene.hub, 200, "news").connect();
        for (int i = 0; i < 10; i++) {
            scene.publish("news", i + " " + "x".repeat(100));
        }
        // ticks are mail, which a shard reads before it dispatches: an end before the events would be at once
        Await.until("its socket is full", () -> client.subscriber().socketWait() != null);
        for (int second = 0; client.subscriber().stage() != Subscriber.Stage.ENDING; second++) {
            assertTrue(second < 21, "its age was passed over");
            pass(scene, 1);
        }
        return client;
    }

    private void pass(HubScene scene, int seconds) throws Exception {
        for (int i = 0; i < seconds; i++) {
            clock.advanceMs(1_000);
            scene.tick(); // the look at ends comes before it, the next one's after what this one found
        }
    }

    @Test
    void anAgeOf0IsNoEnd() throws Exception {
        try (HubScene scene = scene("mercure.max.age", "0s", "connection.max.age", "20m")) {
            HubClient endless = scene.mercure("news").connect();
            HubClient aged = scene.client("news").connect();
            clock.advanceMs(20 * MINUTE_MS);
            awaitEnd(aged);
            scene.publish("news", "still there");
            assertFalse(awaitEvents(endless, 1).isEnded());
        }
    }

    @Test
    void aBanEndsTheStreamsOfASubjectAndKeepsItOut() throws Exception {
        try (HubScene scene = scene()) {
            Grant bad = grant("bad", topics("news"));
            Grant good = grant("good", topics("news"));
            List<HubClient> banned = new ArrayList<>();
            for (int i = 0; i < 8; i++) { // on each shard some
                banned.add(awaitHello(scene.client("news").as(bad).connect(), 1));
            }
            HubClient stays = scene.client("news").as(good).connect();
            CompletableFuture<StartPoint.Placed> placed = scene.hub.place(banned.get(0).request(Since.LATEST));
            scene.hub.bans(g -> g.subject().equals("bad"));
            scene.hub.endBanned();
            banned.forEach(HubScene::awaitEnd);
            scene.publish("news", "1");
            assertEquals(List.of("1"), awaitEvents(stays, 1).data());
            assertEquals(Reason.BANNED, assertThrows(Refused.class, () -> banned.get(0).connect()).reason());
            assertEquals(Reason.BANNED, assertThrows(Refused.class, () -> banned.get(0).connectPlaced()).reason());
            assertEquals(Reason.BANNED, assertThrows(Refused.class,
                () -> scene.hub.subscribe(banned.get(0).request(Since.LATEST), placed.get(), null)).reason());
            assertEquals(1, scene.hub.connections().list().size());
            Publication slow = new Publication(List.of(Event.on("news").data("2").build()),
                new Grant(bad.issuer(), "bad", null, topics("news"), bad.subscribes(), List.of(), false, Grant.NEVER,
                    false), null); // its body has come only now
            assertEquals(Reason.BANNED, assertThrows(Refused.class, () -> scene.hub.publish(slow)).reason());
            scene.hub.bans(g -> false);
            scene.hub.publish(slow).get(20, TimeUnit.SECONDS);
            awaitHello(banned.get(0).connect(), 2);
        }
    }

    @Test
    void aBanInTheMomentOfOpeningEndsTheStreamBeforeItsFirstEvent() throws Exception {
        try (HubScene scene = scene()) {
            AtomicInteger asked = new AtomicInteger();
            scene.hub.bans(g -> asked.getAndIncrement() > 0); // after the door has let it in, and its sweep is over
            HubClient client = scene.client("news").connect(Since.EARLIEST);
            awaitEnd(client);
            assertEquals(List.of(), client.hubEvents("rivulet.hello"));
            scene.hub.bans(g -> false);
            awaitHello(client.connect(), 1);
        }
    }

    @Test
    void aConnectionIsClosedByItsNameBetweenTwoEvents() throws Exception {
        try (HubScene scene = scene()) {
            HubClient client = awaitHello(scene.client("news").connect(), 1);
            HubClient other = awaitHello(scene.client("news").connect(), 1);
            assertFalse(scene.hub.connections().close("nobody"));
            assertTrue(scene.hub.connections().close(client.connection()));
            awaitEnd(client);
            assertTrue(client.wire().matches("(?s).*\n\nretry: \\d+\n:\n"), client.wire());
            Await.until("it is forgotten", () -> scene.hub.connections().list().size() == 1);
            assertFalse(other.isEnded());
        }
    }

    @Test
    void someSecondsBeforeATokenEndsItsStreamIsToldAndCanGoOn() throws Exception {
        try (HubScene scene = scene()) {
            Grant five = until(grant("reader", topics("news")), clock.millis() + 5 * MINUTE_MS);
            HubClient client = awaitHello(scene.client("news").as(five).connect(), 1);
            HubClient mercure = scene.mercure("news").as(five).connect();
            HubClient endless = awaitHello(scene.client("news").connect(), 1);
            assertEquals("reader", client.told("as"));
            String until = java.time.Instant.ofEpochMilli(five.expiresMs()).toString();
            assertEquals(until, client.told("until"));
            assertFalse(endless.hubEvents("rivulet.hello").get(0).data().matches(".*\"(as|until)\".*"));
            pass(scene, 4 * 60);
            assertEquals(0, client.drain().hubEvents("rivulet.expiring").size(), "a minute is left");
            pass(scene, 40);
            StreamParser.Dispatched told = client.drain().hubEvents("rivulet.expiring").get(0);
            assertEquals("{\"until\":\"" + until + "\",\"connection\":\"" + client.connection() + "\"}", told.data());

            Grant fresh = until(five, clock.millis() + 5 * MINUTE_MS);
            scene.hub.connections().renew(client.connection(), client.told("secret"), fresh).get(20, TimeUnit.SECONDS);
            pass(scene, 60);
            assertFalse(client.drain().isEnded());
            assertTrue(mercure.drain().isEnded());
            assertEquals(1, client.hubEvents("rivulet.expiring").size(), "once for a token");
            pass(scene, 4 * 60 - 20);
            assertEquals(2, client.drain().hubEvents("rivulet.expiring").size(), "and for the next one again");
            assertFalse(mercure.wire().contains("rivulet"), "Mercure's path has no events of the hub's own");
            assertEquals(0, endless.drain().hubEvents("rivulet.expiring").size());
        }
    }

    @Test
    void ofATokenThatLastsForSecondsHalfIsWaited() throws Exception {
        try (HubScene scene = scene()) {
            Grant brief = until(grant("reader", topics("news")), clock.millis() + 21_500);
            HubClient client = awaitHello(scene.client("news").as(brief).connect(), 1);
            pass(scene, 8);
            assertEquals(0, client.drain().hubEvents("rivulet.expiring").size());
            pass(scene, 4);
            assertEquals(1, client.drain().hubEvents("rivulet.expiring").size());
            pass(scene, 9);
            assertTrue(client.drain().isEnded());
        }
    }

    @Test
    void aClockThatJumpsByAnHourEndsNoStream() throws Exception {
        SetClock wall = new SetClock();
        try (HubScene scene = HubScene.timed(folder, wall, clock::nanos, "connection.max.age", "20m",
            "mercure.max.age", "10m")) {
            Grant long2h = until(grant("reader", topics("news")), wall.millis() + 120 * MINUTE_MS);
            List<HubClient> all = List.of(scene.client("news").connect(), scene.mercure("news").connect(),
                scene.client("news").as(long2h).connect());
            awaitHello(all.get(0), 1);
            for (long jumpMs : List.of(60 * MINUTE_MS, -120 * MINUTE_MS, 90 * MINUTE_MS)) {
                wall.advanceMs(jumpMs);
                clock.advanceMs(1_000); // the time between two looks at ends has passed
                scene.tick();
                scene.tick();
                scene.publish("news", "the clock jumped by " + jumpMs);
            }
            all.forEach(c -> assertFalse(awaitEvents(c, 3).isEnded()));
            clock.advanceMs(20 * MINUTE_MS); // and it does not keep an age from coming
            awaitEnd(all.get(0));
            awaitEnd(all.get(1));
        }
    }

    @Test
    void aClockThatIsSetBackKeepsNoStreamThatMustEnd() throws Exception {
        SetClock wall = new SetClock();
        try (HubScene scene = HubScene.timed(folder, wall, clock::nanos)) {
            HubClient silent = new HubClient(scene.hub, 200, "news").as(grant("bad", topics("news"))).connect();
            for (int i = 0; i < 10; i++) {
                scene.publish("news", i + " " + "x".repeat(100));
            }
            Await.until("its socket is full", () -> silent.subscriber().socketWait() != null);
            scene.hub.bans(g -> "bad".equals(g.subject()));
            scene.hub.endBanned();
            Await.until("it ends", () -> silent.subscriber().stage() == Subscriber.Stage.ENDING);
            wall.advanceMs(-60 * MINUTE_MS);
            pass(scene, 2);
            assertTrue(silent.isEnded(), "it had half a second");
        }
    }

    private HubScene scene(String... settings) throws Exception {
        return HubScene.timed(folder, clock, settings);
    }
}
