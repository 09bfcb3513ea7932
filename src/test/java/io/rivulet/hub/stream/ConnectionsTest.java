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
import io.rivulet.hub.FailingLog;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.SetClock;
import io.rivulet.hub.resume.Since;
import io.rivulet.kit.Await;
import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Refused.Reason;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams by their names: who owns one may go on with a fresh token, and nobody else. */
class ConnectionsTest {

    private static final long HOUR_MS = 3_600_000;

    @TempDir
    Path folder;

    private final SetClock clock = new SetClock();

    @Test
    void aConnectionIsShownWithoutItsSecret() throws Exception {
        try (HubScene scene = scene()) {
            Grant grant = until(grant("reader", topics("news")), clock.millis() + HOUR_MS);
            HubClient client = awaitHello(scene.client("news", "*").as(grant).connect(), 1);
            Connection shown = scene.hub.connections().find(client.connection()).orElseThrow();
            assertEquals(new Connection(client.told("connection"), "https://issuer", "reader", null, "test",
                List.of("news", "*"), "rivulet", clock.millis(), clock.millis() + HOUR_MS), shown);
            assertEquals(List.of(shown), scene.hub.connections().list());
            assertFalse(shown.toString().contains(client.told("secret")));
            assertEquals(Optional.empty(), scene.hub.connections().find("nobody"));
        }
    }

    @Test
    void theSecretAloneTellsTheOwner() throws Exception {
        try (HubScene scene = scene()) {
            HubClient one = awaitHello(scene.client("news").connect(), 1);
            HubClient other = awaitHello(scene.client("news").connect(), 1);
            Connections connections = scene.hub.connections();
            assertTrue(connections.isOwner(one.connection(), one.told("secret")));
            for (String wrong : new String[] {other.told("secret"), one.connection(), "", null}) {
                assertFalse(connections.isOwner(one.connection(), wrong));
            }
            assertFalse(connections.isOwner("nobody", one.told("secret")));
        }
    }

    @Test
    void onlyTheOwnerWithATokenOfTheSameSubjectGoesOn() throws Exception {
        try (HubScene scene = scene()) {
            Grant old = until(grant("reader", topics("news")), clock.millis() + HOUR_MS / 2);
            Grant fresh = until(grant("reader", topics("news")), clock.millis() + 2 * HOUR_MS);
            HubClient client = awaitHello(scene.client("news").as(old).connect(), 1);
            String secret = client.told("secret");
            Refused unknown = renewal(scene, "nobody", secret, fresh);
            Refused wrong = renewal(scene, client.connection(), "wrong", fresh);
            assertEquals(Reason.NOT_FOUND, unknown.reason());
            assertEquals(Reason.NOT_FOUND, wrong.reason());
            assertEquals(unknown.getMessage(), wrong.getMessage(), "tells which names exist");
            assertEquals(Reason.FORBIDDEN,
                renewal(scene, client.connection(), secret, grant("stranger", GrantedTopics.ALL)).reason());
            assertEquals(Reason.FORBIDDEN, renewal(scene, client.connection(), secret, Grant.of("https://other",
                "reader", GrantedTopics.NONE, GrantedTopics.ALL, false)).reason());
            renew(scene, client, fresh);
            clock.advanceMs(HOUR_MS / 2);
            scene.publish("news", "still there");
            assertEquals(List.of("still there"), awaitEvents(client, 1).data());
            assertEquals(clock.millis() + 3 * HOUR_MS / 2,
                scene.hub.connections().find(client.connection()).orElseThrow().expiresMs());
        }
    }

    @Test
    void withoutAFreshTokenThatStreamEnds() throws Exception {
        try (HubScene scene = scene()) {
            Grant old = until(grant("reader", topics("news")), clock.millis() + HOUR_MS / 2);
            HubClient client = awaitHello(scene.client("news").as(old).connect(), 1);
            clock.advanceMs(HOUR_MS / 2);
            awaitEnd(client);
            assertEquals(Reason.NOT_FOUND, renewal(scene, client.connection(), client.told("secret"), old).reason());
        }
    }

    /** A token of large patterns, on a stream that was let in for a small one. */
    @Test
    void aFreshGrantThatThereIsNoRoomForIsRefusedAndTheStreamGoesOn() throws Exception {
        try (HubScene scene = scene()) {
            HubClient client = awaitHello(scene.client("news").as(grant("reader", topics("news"))).connect(), 1);
            scene.caps.totalMax(4, 16);
            Grant heavy = grant("reader", GrantedTopics.of(IntStream.range(0, 12)
                .mapToObj(i -> scene.hub.topics().selector(i + "/{a:1000}")).toList()));
            Refused refused = renewal(scene, client.connection(), client.told("secret"), heavy);
            assertEquals(Reason.OVERLOADED, refused.reason());
            scene.publish("news", "still there");
            assertEquals(List.of("still there"), awaitEvents(client, 1).data());
            scene.caps.totalMax(400, 16);
            renew(scene, client, heavy);
            client.cut();
            Await.until("it has left", () -> scene.caps.total() == 0);
            assertEquals(0, scene.caps.kib());
        }
    }

    @Test
    void whoIsBannedCannotGoOn() throws Exception {
        try (HubScene scene = scene()) {
            Grant grant = grant("reader", topics("news"));
            HubClient client = awaitHello(scene.client("news").as(grant).connect(), 1);
            renew(scene, client, grant);
            Grant banned = new Grant(grant.issuer(), grant.subject(), "bad", grant.publishes(), grant.subscribes(),
                List.of(), false, Grant.NEVER, false);
            scene.hub.bans(g -> "bad".equals(g.tokenId()));
            assertEquals(Reason.BANNED,
                renewal(scene, client.connection(), client.told("secret"), banned).reason());
        }
    }

    /** REC-04, in mid-stream: what waits for a slow client was examined under the old rights. */
    @Test
    void rightsThatShrinkCountForWhatWaitsAlready() throws Exception {
        try (HubScene scene = scene()) {
            HubClient slow = new HubClient(scene.hub, 1, "news").as(grant("reader", topics("news"))).connect();
            HubClient full = new HubClient(scene.hub, 1, "news").as(grant("full", topics("news"))).connect();
            awaitHello(slow, 1);
            awaitHello(full, 1);
            scene.publish("news", "fills the window");
            scene.publish(Event.on("news").data("secret").markPrivate(true).build());
            scene.publish("news", "public");
            renew(scene, slow, grant("reader", topics("other")));
            assertEquals(List.of("fills the window", "public"), awaitEvents(slow, 2).data());
            assertEquals(List.of("fills the window", "secret", "public"), awaitEvents(full, 3).data());
        }
    }

    @Test
    void rightsThatGrowCountFromThenOn() throws Exception {
        try (HubScene scene = scene()) {
            HubClient client = awaitHello(scene.client("news").as(grant("reader", GrantedTopics.NONE)).connect(), 1);
            scene.publish(Event.on("news").data("before").markPrivate(true).build());
            scene.publish("news", "public");
            awaitEvents(client, 1); // its shard has passed over the first: only now do the rights grow
            renew(scene, client, grant("reader", topics("news")));
            scene.publish(Event.on("news").data("after").markPrivate(true).build());
            assertEquals(List.of("public", "after"), awaitEvents(client, 2).data());
        }
    }

    /** In mid-replay: what is being read of the log was asked for under the old rights, and would lack the secret. */
    @Test
    void rightsThatGrowCountForWhatIsBeingRead() throws Exception {
        try (HubScene before = scene()) {
            before.publish("news", "public");
            before.publish(Event.on("news").data("secret").markPrivate(true).build());
        }
        AtomicReference<FailingLog> disk = new AtomicReference<>();
        try (HubScene scene = new HubScene(folder, clock, log -> {
            disk.set(new FailingLog(log));
            return disk.get();
        })) {
            disk.get().holdReads = new CountDownLatch(1);
            HubClient client = scene.client("news").as(grant("reader", GrantedTopics.NONE)).connect(Since.EARLIEST);
            awaitHello(client, 1);
            Await.until("a read", () -> disk.get().reads.get() > 0);
            renew(scene, client, grant("reader", topics("news")));
            disk.get().holdReads.countDown();
            assertEquals(List.of("public", "secret"), awaitEvents(client, 2).data());
        }
    }

    /** SUBA-01, SUBA-02: wanted by one topic, granted by another; and what is wanted grants nothing. */
    @Test
    void suba01APrivateEventNeedsAWishAndARightForAnyOfItsTopicsEach() throws Exception {
        try (HubScene scene = scene()) {
            HubClient both = awaitHello(scene.client("wanted").as(grant("b", topics("granted"))).connect(), 1);
            HubClient wish = awaitHello(scene.client("wanted", "*").connect(), 1);
            HubClient right = awaitHello(scene.client("other").as(grant("r", topics("granted"))).connect(), 1);
            scene.publish(Event.on("wanted").topic("granted").data("private").markPrivate(true).build());
            scene.publish(Event.on("wanted").topic("other").data("public").build());
            assertEquals(List.of("private", "public"), awaitEvents(both, 2).data());
            assertEquals(List.of("public"), awaitEvents(wish, 1).data());
            assertEquals(List.of("public"), awaitEvents(right, 1).data());
        }
    }

    private static void renew(HubScene scene, HubClient client, Grant fresh) throws Exception {
        scene.hub.connections().renew(client.connection(), client.told("secret"), fresh).get(20, TimeUnit.SECONDS);
    }

    private static Refused renewal(HubScene scene, String connection, String secret, Grant fresh) {
        return (Refused) assertThrows(ExecutionException.class, () -> scene.hub.connections()
            .renew(connection, secret, fresh).get(20, TimeUnit.SECONDS)).getCause();
    }

    private HubScene scene() throws Exception {
        return new HubScene(folder, clock);
    }
}
