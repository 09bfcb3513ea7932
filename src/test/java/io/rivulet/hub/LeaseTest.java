package io.rivulet.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.event.Event;
import io.rivulet.event.TopicEnd;
import io.rivulet.hub.publish.Publication;
import io.rivulet.hub.resume.Caller;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.Await;
import io.rivulet.refusal.Refused;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Publishers that promise to be heard again, and are not: their topics end as abandoned. */
class LeaseTest {

    private static final int LEASE_MS = 30_000;

    @TempDir
    private Path folder;
    private final SetClock clock = new SetClock();
    private HubScene scene;
    private FailingLog log;

    @BeforeEach
    void open() throws Exception {
        scene = HubScene.timed(folder, clock, around -> {
            log = new FailingLog(around);
            return log;
        }, "transient.topics", "tick/*");
    }

    @AfterEach
    void close() {
        scene.close();
    }

    private static Event.Builder leased(String topic) {
        return Event.on(topic).data("piece").lease(Duration.ofMillis(LEASE_MS));
    }

    private void lease(String topic) throws Exception {
        scene.publish(leased(topic).build());
    }

    private void pass(long ms) throws Exception {
        clock.advanceMs(ms);
        scene.tick();
    }

    private void awaitAbandoned(String topic) throws Exception {
        HubClient client = scene.client(topic).connect(Since.parse("earliest", Instant.EPOCH));
        HubScene.awaitEnd(client);
        assertEquals("{\"topics\":[\"" + topic + "\"],\"reason\":\"abandoned\"}",
            client.hubEvents("rivulet.end").get(0).data());
    }

    private Refused refused(Event event) {
        return refused(scene.hub.publish(event));
    }

    private static Refused refused(CompletableFuture<?> answer) {
        return (Refused) assertThrows(ExecutionException.class, () -> answer.get(20, TimeUnit.SECONDS)).getCause();
    }

    /** A publish that the disk holds up, so that others gather behind it. */
    private CompletableFuture<List<String>> hold() {
        log.hold = new CountDownLatch(1);
        int before = log.appends.get();
        CompletableFuture<List<String>> held = scene.hub.publish(Event.on("other").build());
        Await.until("the disk holds it", () -> log.appends.get() > before);
        return held;
    }

    @Test
    void aTopicEndsWhenItsPublisherIsSilentForLonger() throws Exception {
        HubClient client = scene.client("run/1").connect();
        HubScene.awaitHello(client, 1);
        lease("run/1");
        pass(LEASE_MS - 1);
        scene.publish("run/1", "without a word of the lease");
        pass(LEASE_MS - 1);
        scene.publish(Event.on("other").topic("run/1").build());
        pass(LEASE_MS - 1);
        scene.publish("other", "of another topic");
        assertFalse(client.drain().isEnded());
        pass(1);
        HubScene.awaitEnd(client);
        assertEquals("{\"topics\":[\"run/1\"],\"reason\":\"abandoned\"}",
            client.hubEvents("rivulet.end").get(0).data());
        assertEquals("abandoned", refused(leased("run/1").build()).facts().get("reason"));
    }

    @Test
    void aTopicThatEndedOtherwiseHasNoLeaseAnyMore() throws Exception {
        lease("run/1");
        scene.publish(Event.on("run/1").end(TopicEnd.FINISHED).build());
        long head = scene.log.range().head();
        pass(LEASE_MS);
        scene.publish("other", "behind whatever the tick has published");
        assertEquals(head + 1, scene.log.range().head());
        scene.close();
        open();
        assertEquals(List.of(), scene.log.leases().kept());
    }

    @Test
    void aLongerLeaseTakesThePlaceOfAShorterOne() throws Exception {
        scene.publish(leased("run/1").lease(Duration.ofSeconds(1)).build());
        lease("run/1");
        pass(LEASE_MS - 1);
        scene.publish("run/1", "in time");
        pass(LEASE_MS);
        awaitAbandoned("run/1");
    }

    /** While there was no hub nobody could be heard. */
    @Test
    void aHubThatStartsAgainWaitsAsLongOnceMore() throws Exception {
        lease("run/1");
        lease("run/2");
        lease("tick/1");
        scene.close();
        clock.advanceMs(10 * LEASE_MS);
        open();
        HubClient ticks = scene.client("tick/1").connect();
        HubScene.awaitHello(ticks, 1);
        pass(LEASE_MS - 1);
        scene.publish("run/1", "its publisher is there again");
        pass(1);
        awaitAbandoned("run/2");
        HubScene.awaitEnd(ticks);
        scene.publish("run/1", "and goes on");
        scene.close();
        open();
        assertEquals(List.of("run/1"), scene.log.leases().kept().stream().map(lease -> lease.topic()).toList());
        pass(LEASE_MS);
        awaitAbandoned("run/1");
    }

    @Test
    void whoWasHeardBehindAHangingDiskWasNotSilent() throws Exception {
        lease("run/1");
        CompletableFuture<List<String>> held = hold();
        CompletableFuture<List<String>> waits = scene.hub.publish(Event.on("run/1").data("waits").build());
        pass(LEASE_MS);
        log.hold.countDown();
        held.get(20, TimeUnit.SECONDS);
        waits.get(20, TimeUnit.SECONDS);
        scene.publish("run/1", "is open");
        pass(LEASE_MS);
        awaitAbandoned("run/1");
    }

    @Test
    void whoPublishesBehindTheEndIsToldOfIt() throws Exception {
        lease("run/1");
        CompletableFuture<List<String>> held = hold();
        pass(LEASE_MS);
        CompletableFuture<List<String>> late = scene.hub.publish(Event.on("run/1").data("late").build());
        log.hold.countDown();
        held.get(20, TimeUnit.SECONDS);
        assertEquals("abandoned", refused(late).facts().get("reason"));
    }

    @Test
    void whomAFullDiskRefusedWasNotSilent() throws Exception {
        lease("run/1");
        log.full = true;
        assertEquals(Refused.Reason.STORE_FULL, refused(Event.on("run/1").build()).reason());
        pass(LEASE_MS - 1);
        assertEquals(Refused.Reason.STORE_FULL, refused(Event.on("run/1").build()).reason());
        int before = log.appends.get();
        pass(LEASE_MS);
        Await.until("the end was refused", () -> log.appends.get() > before);
        refused(Event.on("other").build());
        log.full = false;
        scene.publish("run/1", "goes on");
        pass(LEASE_MS);
        awaitAbandoned("run/1");
    }

    @Test
    void aPublishThatIsRefusedBeginsNoLease() throws Exception {
        log.takesNoLease = true;
        Refused noLease = refused(leased("run/1").build());
        assertEquals(Refused.Reason.STORE_FULL, noLease.reason());
        assertTrue(noLease.getMessage().startsWith("the lease could not be written"), noLease.getMessage());
        scene.publish("run/1", "without one it is taken");
        log.takesNoLease = false;
        log.full = true;
        refused(leased("run/1").build());
        log.full = false;
        pass(LEASE_MS);
        scene.publish("run/1", "is open");
        lease("run/1");
        pass(LEASE_MS);
        awaitAbandoned("run/1");
    }

    @Test
    void aWishForTheEndIsNoSignOfLife() throws Exception {
        lease("run/1");
        pass(LEASE_MS - 1);
        scene.hub.cancel("run/1", Grant.INTERNAL, Caller.of(Grant.INTERNAL, null)).get(20, TimeUnit.SECONDS);
        pass(1);
        awaitAbandoned("run/1");
    }

    @Test
    void theEndIsAsPrivateAsTheNewestEvent() throws Exception {
        HubClient stranger = scene.client("run/1").connect();
        HubScene.awaitHello(stranger, 1);
        scene.publish(leased("run/1").markPrivate(true).build());
        pass(LEASE_MS);
        Await.until("the end", () -> scene.log.range().head() == 2);
        stranger.settle();
        assertFalse(stranger.drain().isEnded());
        assertEquals(1, stranger.received.size(), "hello and nothing else");
        assertEquals("abandoned", refused(Event.on("run/1").build()).facts().get("reason"));
    }

    @Test
    void leasesHaveABound() throws Exception {
        int many = 10_000;
        for (int from = 0; from < many; from += 500) {
            scene.hub.publish(new Publication(IntStream.range(from, from + 500)
                .mapToObj(i -> leased("run/" + i).build()).toList(), Grant.INTERNAL, null)).get(20, TimeUnit.SECONDS);
        }
        Refused full = refused(leased("run/x").build());
        assertEquals(Refused.Reason.OVERLOADED, full.reason());
        assertTrue(full.getMessage().startsWith("10000 topics have a lease"), full.getMessage());
        lease("run/1");
        scene.publish(Event.on("run/2").end(TopicEnd.FINISHED).build());
        lease("run/x");
    }

    @Test
    void longTopicsHaveFewerOfThem() throws Exception {
        String[] topics = IntStream.range(0, 1_200).mapToObj(i -> "run/" + i + "/" + "x".repeat(4_000))
            .toArray(String[]::new);
        int taken = 0;
        Refused full = null;
        for (; taken < topics.length && full == null; taken++) {
            try {
                scene.hub.publish(leased(topics[taken]).build()).get(20, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                full = (Refused) e.getCause();
            }
        }
        assertTrue(full != null && taken > 900, taken + " of 4 KB each");
        assertEquals(Refused.Reason.OVERLOADED, full.reason());
        assertTrue(full.getMessage().contains("topics have a lease, about the most that may"), full.getMessage());
    }

    @Test
    void aLeaseIsOfOneTopicAndOfATimeThatCanPass() {
        assertEquals("the event has a lease and 2 topics; a lease is of exactly one topic, which ends when it is over",
            assertThrows(Refused.class, () -> leased("run/1").topic("run/2").build()).getMessage());
        for (Duration bad : List.of(Duration.ofMillis(999), Duration.ZERO, Duration.ofHours(24).plusMillis(1))) {
            assertTrue(assertThrows(Refused.class, () -> Event.on("run/1").lease(bad)).getMessage()
                .endsWith("it must be of 1000 ms to 24 hours"));
        }
    }
}
