package io.rivulet.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.hub.stream.SharedBytes;
import io.rivulet.hub.stream.Subscriber;
import io.rivulet.kit.Await;
import io.rivulet.topic.TopicSelection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How soon the hub finds out that a client has left, which only a write does, the second one. */
class DepartureTest {

    private static final int TICK_MS = 500;

    private final SetClock clock = new SetClock();
    @TempDir
    private Path folder;

    /** The ticks after which a silent stream got a comment. */
    private List<Integer> commentsOf(HubScene scene, HubClient client, int ticks) throws Exception {
        List<Integer> at = new ArrayList<>();
        scene.tick();
        client.drain();
        int before = client.comments.size();
        for (int tick = 1; tick <= ticks; tick++) {
            clock.advanceMs(TICK_MS);
            scene.tick();
            client.drain();
            if (client.comments.size() > before) {
                before = client.comments.size();
                at.add(tick);
            }
        }
        return at;
    }

    @Test
    void aYoungStreamIsWrittenToSoonAndAnOldOneByItsHeartbeat() throws Exception {
        try (HubScene scene = HubScene.timed(folder, clock)) {
            HubClient live = scene.client("news").heartbeat(Duration.ofMinutes(5)).connect();
            Await.until("its hello", () -> live.readAll() > 0);
            assertEquals(List.of(1, 3, 7, 15, 31, 63, 123, 183), commentsOf(scene, live, 200));
            HubClient hasty = scene.client("news").heartbeat(Duration.ofSeconds(1)).connect();
            Await.until("its hello", () -> hasty.readAll() > 0);
            assertEquals(List.of(1, 3, 5, 7, 9), commentsOf(scene, hasty, 10));
        }
    }

    @Test
    void aClientWhoseSocketTellsThatItHasLeftIsFoundWithoutAWrite() throws Exception {
        try (HubScene scene = HubScene.timed(folder, clock)) {
            Leaving[] all = new Leaving[20];
            for (int i = 0; i < all.length; i++) {
                all[i] = new Leaving();
                scene.hub.subscribe(new SubscribeRequest(TopicSelection.ofTopics(List.of("news")), Grant.ANONYMOUS,
                    null, Since.LATEST, Duration.ofMinutes(5), false, HubScene.PLAIN, "test"), all[i]);
            }
            Await.until("all have their hello", () -> List.of(all).stream().allMatch(one -> one.writes.get() > 0));
            scene.tick();
            int before = List.of(all).stream().mapToInt(one -> one.looks.get()).sum();
            for (int tick = 0; tick < 8; tick++) {
                scene.tick();
            }
            assertEquals(before + all.length, List.of(all).stream().mapToInt(one -> one.looks.get()).sum(),
                "each is looked at once in four seconds");
            int written = List.of(all).stream().mapToInt(one -> one.writes.get()).sum();
            all[3].left = true;
            all[4].left = true;
            for (int tick = 0; tick < 2 * 8; tick++) { // one that ends gives its place in the list to another
                scene.tick();
            }
            Await.until("they are not counted any more", () -> scene.caps.total() == all.length - 2);
            assertTrue(all[3].ended && all[4].ended && !all[5].ended);
            assertEquals(written, List.of(all).stream().mapToInt(one -> one.writes.get()).sum(), "no time has passed");
        }
    }

    /** Takes all, and tells whether its client has left. */
    private static final class Leaving extends TakingOutlet {
        private final AtomicInteger writes = new AtomicInteger();
        private final AtomicInteger looks = new AtomicInteger();
        private volatile boolean left;
        private volatile boolean ended;

        @Override
        public void write(SharedBytes events) {
            writes.incrementAndGet();
        }

        @Override
        public boolean hasLeft() {
            looks.incrementAndGet();
            return left;
        }

        @Override
        public void end() {
            ended = true;
        }
    }

    /** Its place is looked up by readers that are busy with others; it must be found out all the same. */
    @Test
    void aStreamWhoseLookUpWaitsIsWrittenToAndLeavesTheCount() throws Exception {
        try (HubScene scene = HubScene.timed(folder, clock)) {
            scene.publish("news", "1");
            try (HeldReaders held = new HeldReaders(scene, "news")) {
                HubClient waits = scene.client("*").conflating().heartbeat(Duration.ofMinutes(5))
                    .connect(Since.EARLIEST);
                assertEquals(List.of(1, 3, 7), commentsOf(scene, waits, 8));
                assertEquals(List.of(), waits.received);
                assertEquals(1, scene.caps.total());
                waits.cut();
                Await.until("it left the count", () -> scene.caps.total() == 0);
                held.letGo();
            }
        }
    }

    /** Readers would work for it as soon as they can, perhaps for long. */
    @Test
    void aStreamWhoseLookUpWaitsIsLookedAtWithEachTick() throws Exception {
        try (HubScene scene = HubScene.timed(folder, clock)) {
            scene.publish("news", "1");
            try (HeldReaders held = new HeldReaders(scene, "news")) {
                Leaving waits = new Leaving();
                Subscriber s = (Subscriber) scene.hub.subscribe(new SubscribeRequest(
                    TopicSelection.ofTopics(List.of("news")), Grant.ANONYMOUS, null, Since.EARLIEST,
                    Duration.ofMinutes(5), false, HubScene.PLAIN, "test"), waits);
                Await.until("its first bytes", () -> waits.writes.get() > 0);
                int looks = waits.looks.get();
                for (int tick = 1; tick <= 3; tick++) {
                    scene.tick();
                    assertEquals(looks + tick, waits.looks.get());
                }
                waits.left = true;
                scene.tick();
                Await.until("it left the count", () -> scene.caps.total() == 0);
                assertTrue(s.hasLeft(), "readers ask this, and do not work for it");
                held.letGo();
            }
        }
    }
}
