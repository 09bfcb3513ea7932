package io.rivulet.hub.stream;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.event.Event;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.SetClock;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.kit.Await;
import io.rivulet.topic.TopicSelection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Those who come back are fed in turns, and whoever is there gets its events between two of them. */
class CatchUpTest {

    private static final int SHARDS = Runtime.getRuntime().availableProcessors();
    private static final int STREAMS = 100 * SHARDS;
    private static final int PRESENT = 8 * SHARDS; // some in each shard
    private static final long WRITE_NS = 100_000;
    /** 0.5 ms are five writes; one more may have begun. */
    private static final int WRITES_MAX = 6;
    private static final int TIMES = 40;
    /** Writes from one live event to the next: no divisor of a round's twenty, so that they come all over it. */
    private static final int APART = 21;

    @TempDir
    Path folder;

    private final SetClock clock = new SetClock();
    private final CountDownLatch allMayRead = new CountDownLatch(1);
    private final CountDownLatch there = new CountDownLatch(TIMES);
    private final AtomicInteger early = new AtomicInteger();
    private final AtomicInteger greeted = new AtomicInteger();
    private HubScene scene;
    /** The shard that is looked at, from its first write to one who came back. */
    private volatile Thread shard;
    private boolean waits;
    private int fed;
    private int between;
    private volatile int betweenMost;

    /** One who is there. */
    private final class Present implements Outlet {
        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void write(SharedBytes events) {
            String text = text(events);
            early.addAndGet(text.contains("data: early") ? 1 : 0);
            if (text.contains("data: now") && Thread.currentThread() == shard && waits) {
                waits = false;
                betweenMost = Math.max(betweenMost, between);
                there.countDown();
            }
        }

        @Override
        public void end() {
            // nothing to end
        }
    }

    /** One who comes back, and takes nothing after its hello until all may read. */
    private final class Returning implements Outlet {
        private volatile boolean hasHello;

        @Override
        public boolean isReady() {
            return !hasHello || allMayRead.getCount() == 0;
        }

        @Override
        public void write(SharedBytes events) {
            if (text(events).contains("rivulet.hello")) {
                hasHello = true;
                greeted.incrementAndGet();
            } else if (text(events).contains("missed")) {
                fed();
            }
        }

        @Override
        public void end() {
            // nothing to end
        }
    }

    private static String text(SharedBytes events) {
        return new String(events.bytes(), StandardCharsets.UTF_8);
    }

    /** A write to one who came back: now and then a live event comes, and then they are counted. */
    private void fed() {
        synchronized (this) {
            shard = shard == null ? Thread.currentThread() : shard;
        }
        if (Thread.currentThread() != shard) {
            return;
        }
        fed++;
        if (waits) {
            between++;
        } else if (fed % APART == 0) {
            waits = true;
            between = 0;
            scene.hub.publish(Event.on("live").data("now").build()).join();
        }
        clock.advanceNs(WRITE_NS);
    }

    @Test
    void aLiveEventWaitsForHalfAMillisecondOfThem() throws Exception {
        try (HubScene opened = HubScene.timed(folder, clock, "log.sync", "never", "connections.address.max", "0",
            "connections.subject.max", "0", "stall.timeout", "0s")) {
            scene = opened;
            String last = scene.publish("news", "before");
            for (int i = 0; i < 100; i++) {
                scene.publish("news", "missed " + "x".repeat(10_000));
            }
            for (int i = 0; i < PRESENT; i++) {
                subscribe("live", null, new Present());
            }
            scene.publish("live", "early");
            Await.until("all who are there are live", () -> early.get() == PRESENT);
            List<Subscription> returning = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                returning.add(subscribe("news", last, new Returning()));
            }
            Await.until("all have their hello", () -> greeted.get() == STREAMS);
            allMayRead.countDown();
            returning.forEach(Subscription::writable);
            assertTrue(there.await(20, TimeUnit.SECONDS));
            assertTrue(betweenMost <= WRITES_MAX, betweenMost + " writes came before a live event");
        }
    }

    private Subscription subscribe(String topic, String after, Outlet outlet) {
        return scene.hub.subscribe(new SubscribeRequest(TopicSelection.ofTopics(List.of(topic)), Grant.ANONYMOUS, after,
            Since.LATEST, Duration.ofMinutes(5), true, HubScene.PLAIN, "192.0.2.1"), outlet);
    }
}
