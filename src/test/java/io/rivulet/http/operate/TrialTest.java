package io.rivulet.http.operate;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.hub.FailingLog;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.hub.stream.Outlet;
import io.rivulet.hub.stream.SharedBytes;
import io.rivulet.hub.stream.feed.GoLive;
import io.rivulet.kit.Await;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.topic.TopicSelection;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Health tries what the hub is for, and nobody sees it. */
class TrialTest {

    /** For those that never answer; the others have all the time they want. */
    private static final long SHORT_MS = 50;
    private static final long LONG_MS = 60_000;
    private static final long TEN_SECONDS_NS = 10_000_000_000L;

    @TempDir
    private Path folder;
    private final AtomicLong nowNs = new AtomicLong();
    private FailingLog log;

    @Test
    void aTrialPublishesNothingAndCountsNothing() throws Exception {
        try (HubScene scene = scene()) {
            assertEquals(new Trial.Result(null, null), trial(scene, LONG_MS).result());
            assertEquals(0, scene.log.range().head());
            for (Count count : List.of(Count.PUBLISHED, Count.REPEATED, Count.REFUSED, Count.COMMITS)) {
                assertEquals(0, scene.metrics.get(count), count.name());
            }
            assertTrue(scene.metrics.get(Count.LOG_BYTES_WRITTEN) > 0, "the disk has not taken anything");
        }
    }

    @Test
    void aFullDiskIsToldBeforeAnybodyPublishesAndSoIsItsEnd() throws Exception {
        try (HubScene scene = scene()) {
            log.full = true;
            Trial trial = trial(scene, LONG_MS);
            assertEquals(new Trial.Result(null, "no space left"), trial.result());
            log.full = false;
            assertEquals(new Trial.Result(null, null), trial.result(), "what failed is tried again at once");
        }
    }

    @Test
    void aDiskThatHangsIsTold() throws Exception {
        try (HubScene scene = scene()) {
            log.hold = new CountDownLatch(1);
            Trial trial = trial(scene, SHORT_MS);
            assertNull(trial.result().publish(), "slow is not ill");
            nowNs.addAndGet(TEN_SECONDS_NS);
            Trial.Result result = trial.result();
            log.hold.countDown();
            assertEquals("a publish on trial has had no answer for 10 s", result.publish());
            Await.until("it is well again", () -> trial.result().publish() == null);
        }
    }

    @Test
    void aShardThatHangsIsTold() throws Exception {
        try (HubScene scene = scene()) {
            Hanging outlet = new Hanging();
            scene.hub.subscribe(new SubscribeRequest(TopicSelection.ofTopics(List.of("a")), Grant.ANONYMOUS, null,
                Since.LATEST, Duration.ofMinutes(5), false, HubScene.PLAIN, "192.0.2.1"), outlet);
            Await.until("a shard hangs", () -> outlet.reached.getCount() == 0);
            Trial trial = trial(scene, SHORT_MS);
            assertNull(trial.result().streams(), "slow is not ill");
            nowNs.addAndGet(TEN_SECONDS_NS);
            Trial.Result result = trial.result();
            outlet.go.countDown();
            assertEquals("a thread of the fan-out on trial has had no answer for 10 s", result.streams());
            Await.until("it is well again", () -> trial.result().streams() == null);
        }
    }

    @Test
    void aGoodResultStandsForASecond() throws Exception {
        try (HubScene scene = scene()) {
            Trial trial = trial(scene, LONG_MS);
            assertNull(trial.result().publish());
            log.full = true;
            nowNs.addAndGet(999_999_999);
            assertNull(trial.result().publish(), "the disk is not asked twice in a second");
            nowNs.incrementAndGet();
            assertEquals("no space left", trial.result().publish());
        }
    }

    private HubScene scene() throws Exception {
        return new HubScene(folder, GoLive.EXACT, real -> {
            log = new FailingLog(real);
            return log;
        });
    }

    private Trial trial(HubScene scene, long waitMs) {
        return new Trial(scene.hub, nowNs::get, waitMs);
    }

    /** Holds the thread that writes to it. */
    private static final class Hanging implements Outlet {
        private final CountDownLatch reached = new CountDownLatch(1);
        private final CountDownLatch go = new CountDownLatch(1);

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void write(SharedBytes events) {
            reached.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public void end() {
            // nobody reads
        }
    }
}
