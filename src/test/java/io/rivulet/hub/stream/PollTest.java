package io.rivulet.hub.stream;

import static io.rivulet.hub.HubScene.awaitEnd;
import static io.rivulet.hub.HubScene.awaitHello;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.hub.HubScene;
import io.rivulet.hub.SetClock;
import io.rivulet.hub.resume.Portion;
import io.rivulet.hub.resume.Since;
import io.rivulet.kit.Await;
import io.rivulet.kit.StreamParser.Dispatched;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Streams that do not stay open: polls, those with a greatest length, those with a comment at their beginning. */
class PollTest {

    private static final Portion POLL = new Portion(0, 0, Duration.ofSeconds(25));
    private static final Portion LOOK = new Portion(0, 0, Duration.ZERO);

    @TempDir
    Path folder;

    private final SetClock clock = new SetClock();

    @Test
    void aPollEndsWithTheFirstEventThatComes() throws Exception {
        try (HubScene scene = HubScene.timed(folder, clock)) {
            HubClient client = awaitHello(scene.client("a").only(POLL).connect(), 1);
            scene.publish("b", "another's");
            assertFalse(client.drain().isEnded());
            scene.publish("a", "one");
            assertEquals(List.of("one"), awaitEnd(client).data());
            assertEquals(EndReason.SERVED, client.subscriber().ending());
        }
    }

    @Test
    void aPollThatComesLateGetsAllThereIsAndEnds() throws Exception {
        try (HubScene scene = HubScene.timed(folder, clock)) {
            List<String> all = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                all.add(i + "x".repeat(500));
                scene.publish("a", all.get(i));
            }
            HubClient client = scene.client("a").only(POLL).connect(Since.EARLIEST);
            assertEquals(all, awaitEnd(client).data());
        }
    }

    /** Between two polls nobody listens: what comes then is the next one's. */
    @Test
    void nothingIsLostBetweenTwoPolls() throws Exception {
        try (HubScene scene = HubScene.timed(folder, clock)) {
            HubClient client = awaitHello(scene.client("a").only(POLL).connect(), 1);
            List<String> all = new ArrayList<>();
            for (int i = 0; i < 50; i++) {
                scene.publish("a", "during " + i);
                all.add("during " + i);
                awaitEnd(client);
                if (i % 2 == 0) {
                    scene.publish("a", "between " + i);
                    all.add("between " + i);
                }
                client.again();
                if (i % 2 == 0) {
                    awaitEnd(client);
                    client.again();
                }
            }
            assertEquals(all, client.data());
        }
    }

    /** The first poll has no id of its own: without a cursor the second one would not know where to begin. */
    @Test
    void aPollInWhichNothingCameGivesACursorToGoOnFrom() throws Exception {
        try (HubScene scene = HubScene.timed(folder, clock)) {
            HubClient client = awaitHello(scene.client("a").only(POLL).connect(), 1);
            String others = scene.publish("b", "another's");
            client.settle(); // its shard has passed over that
            clock.advanceMs(26_000);
            scene.tick();
            awaitEnd(client);
            assertEquals(EndReason.AGED, client.subscriber().ending());
            Dispatched last = client.received.get(client.received.size() - 1);
            assertEquals("rivulet.cursor", last.type());
            assertEquals(others, last.id(), "the next poll need not look through what this one has looked through");
            scene.publish("a", "meanwhile");
            assertEquals(List.of("meanwhile"), awaitEnd(client.again()).data());
        }
    }

    @Test
    void aLookEndsAtOnceAndSaysHowFarItSees() throws Exception {
        try (HubScene scene = HubScene.timed(folder, clock)) {
            HubClient client = scene.client("a").only(LOOK);
            assertLooked(awaitEnd(client.connect()), "");
            List<String> all = new ArrayList<>();
            for (int i = 0; i < 300; i++) {
                all.add(i + "x".repeat(500));
                scene.publish("a", all.get(i));
            }
            String others = scene.publish("b", "another's");
            assertLooked(awaitEnd(client.again()), others);
            assertEquals(all, client.data());
            assertLooked(awaitEnd(client.again()), others);
            assertEquals(all, client.data());
        }
    }

    private static void assertLooked(HubClient client, String upTo) {
        Dispatched last = client.received.get(client.received.size() - 1);
        assertEquals("rivulet.cursor", last.type());
        assertTrue(last.id().endsWith(upTo), last.id());
        assertEquals(EndReason.SERVED, client.subscriber().ending());
    }

    /** A publish is answered before the shards come to it. */
    @Test
    void aLookSeesAllThatWasAnsweredBeforeIt() throws Exception {
        try (HubScene scene = HubScene.timed(folder, clock)) {
            String first = scene.publish("a", "first");
            Shard shard = (Shard) awaitEnd(scene.client("a").only(LOOK).connect()).subscriber().owner();
            Await.until("the next stream gets that shard", () -> shard.assigned().get() == 0);
            CountDownLatch goesOn = new CountDownLatch(1);
            shard.post(() -> {
                try {
                    goesOn.await();
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
            String second = scene.publish("a", "second");
            HubClient client = scene.client("a").only(LOOK).after(first);
            client.connectPlaced();
            assertSame(shard, client.subscriber().owner());
            goesOn.countDown();
            assertLooked(awaitEnd(client), second);
            assertEquals(List.of("second"), client.data());
        }
    }

    @Test
    void aStreamWithAGreatestLengthEndsBetweenTwoEventsAndGoesOn() throws Exception {
        try (HubScene scene = HubScene.timed(folder, clock)) {
            List<String> all = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                all.add(i + "x".repeat(1_000));
                scene.publish("a", all.get(i));
            }
            HubClient client = scene.client("a").only(new Portion(0, 20_000, null)).connect(Since.EARLIEST);
            int streams = 1;
            while (awaitEnd(client).events().size() < 80) {
                client.again();
                streams++;
            }
            assertEquals(all.subList(0, client.events().size()), client.data());
            assertTrue(streams >= 3, "only " + streams + " streams for 80 KB");
        }
    }

    @Test
    void paddingIsOneCommentOfSoManyBytes() throws Exception {
        try (HubScene scene = HubScene.timed(folder, clock)) {
            HubClient client = awaitHello(scene.client("a").only(new Portion(2_048, 0, null)).connect(), 1);
            assertTrue(client.wire().contains("\n:" + " ".repeat(2_046) + "\nevent: rivulet.hello"), client.wire());
        }
    }
}
