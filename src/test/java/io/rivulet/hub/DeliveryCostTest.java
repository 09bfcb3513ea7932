package io.rivulet.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.rivulet.auth.Grant;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.hub.stream.Subscription;
import io.rivulet.kit.Await;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.topic.TopicSelection;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The cost of a delivery for the hub itself in steady state, container left out: no memory, no lock, and no change of
 * threads. An event may cost these once, however many streams get it.
 */
class DeliveryCostTest {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int STREAMS = 2_000;
    private static final int EVENTS = 200;
    /** Of one event, on all shards and the committer: records, ids, the chunk that all get. */
    private static final long BYTES_PER_EVENT_MAX = 16 << 10;

    @TempDir
    Path folder;

    @Test
    void aDeliveryAllocatesNothingWaitsForNoLockAndChangesNoThread() throws Exception {
        try (HubScene scene = new HubScene(folder, "log.sync", "never", "connections.address.max", "0",
            "connections.subject.max", "0")) {
            List<Subscription> open = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                open.add(scene.hub.subscribe(new SubscribeRequest(TopicSelection.ofTopics(List.of("news")),
                    Grant.ANONYMOUS, null, Since.LATEST, Duration.ofMinutes(5), false, HubScene.PLAIN, "192.0.2.1"),
                    TakingOutlet.NOWHERE));
            }
            publish(scene, EVENTS); // tables have grown to their size, and all are live
            long[] hub = Arrays.stream(THREADS.dumpAllThreads(false, false))
                .filter(t -> t.getThreadName().startsWith("rivulet-shard-")
                    || t.getThreadName().equals("rivulet-commit")).mapToLong(ThreadInfo::getThreadId).toArray();
            long bytes = Arrays.stream(THREADS.getThreadAllocatedBytes(hub)).sum();
            long blocked = sum(hub, true);
            long waited = sum(hub, false);
            long before = scene.metrics.get(Count.DELIVERED_LIVE);
            publish(scene, EVENTS);
            assertEquals((long) STREAMS * EVENTS, scene.metrics.get(Count.DELIVERED_LIVE) - before);
            bytes = Arrays.stream(THREADS.getThreadAllocatedBytes(hub)).sum() - bytes;
            assertTrue(bytes < EVENTS * BYTES_PER_EVENT_MAX,
                bytes / EVENTS + " bytes an event, " + (double) bytes / STREAMS / EVENTS + " a delivery");
            assertTrue(sum(hub, true) - blocked <= EVENTS, "blocked " + (sum(hub, true) - blocked) + " times");
            // the publisher wakes the committer, the committer each shard; a tick now and then
            assertTrue(sum(hub, false) - waited <= 2L * hub.length * EVENTS,
                "waited " + (sum(hub, false) - waited) + " times for " + EVENTS + " events");
            assertEquals(STREAMS, open.size());
        }
    }

    private static void publish(HubScene scene, int events) throws Exception {
        for (int i = 0; i < events; i++) {
            long delivered = delivered(scene) + STREAMS;
            scene.publish("news", "event " + i);
            Await.until("all to have it", () -> delivered(scene) >= delivered);
        }
    }

    private static long delivered(HubScene scene) {
        return scene.metrics.get(Count.DELIVERED_LIVE) + scene.metrics.get(Count.DELIVERED_RING)
            + scene.metrics.get(Count.DELIVERED_LOG);
    }

    private static long sum(long[] threads, boolean blocked) {
        return Arrays.stream(THREADS.getThreadInfo(threads))
            .mapToLong(t -> blocked ? t.getBlockedCount() : t.getWaitedCount()).sum();
    }
}
