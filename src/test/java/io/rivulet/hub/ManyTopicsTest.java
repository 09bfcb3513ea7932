package io.rivulet.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.event.Event;
import io.rivulet.hub.publish.Publication;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.hub.stream.Outlet;
import io.rivulet.hub.stream.SharedBytes;
import io.rivulet.hub.stream.Subscription;
import io.rivulet.kit.Await;
import io.rivulet.kit.Heap;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.topic.TopicSelection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The sum of what 15,000 streams that do not read hold in memory, each with a topic and events of its own so that
 * nothing is shared, in the 512 MB that the tests' heap has: what is each stream's own, and the budgets. Then all read,
 * and get all.
 */
class ManyTopicsTest {

    private static final int STREAMS = 15_000;
    private static final int HEAP_MAX_MB = 600;
    private static final int BATCH = 50;
    /** Each may hold it beside all budgets. */
    private static final int OWN_BYTES = 7_000;
    /** This counts. */
    private static final int COUNTED_BYTES = 20_000;
    private static final int SMALL_BYTES = 100;
    /** What a stream with a topic of its own takes while it lags, see {@link StreamMemoryTest}, and an outlet here. */
    private static final int STREAM_BYTES = 1_300;

    @TempDir
    Path folder;

    /** Takes what is small at once, and what is large when it reads. */
    private static final class Slow implements Outlet {
        private static final int AT_ONCE_BYTES = 2_000;
        private byte[] holds;
        private volatile boolean reads;
        private volatile int events;
        private volatile boolean greeted;
        private Subscription subscription;

        @Override
        public synchronized boolean isReady() {
            return holds == null;
        }

        @Override
        public synchronized void write(SharedBytes shared) {
            byte[] bytes = shared.bytes();
            greeted |= new String(bytes, StandardCharsets.US_ASCII).contains("rivulet.hello");
            if (reads || bytes.length < AT_ONCE_BYTES) {
                count(bytes);
            } else {
                holds = bytes;
            }
        }

        @Override
        public synchronized byte[] held() {
            return holds;
        }

        @Override
        public synchronized int left() {
            return holds == null ? 0 : holds.length;
        }

        @Override
        public void end() {
            // nothing to end
        }

        private void count(byte[] bytes) {
            for (byte b : bytes) {
                events += b == '#' ? 1 : 0;
            }
        }

        void read() {
            synchronized (this) {
                reads = true;
                if (holds != null) {
                    count(holds);
                    holds = null;
                }
            }
            subscription.writable();
        }
    }

    @Test
    void fifteenThousandStreamsWithTopicsOfTheirOwnThatDoNotReadStayWithinTheBudgetsAndThenGetAll() throws Exception {
        long heapMax = Runtime.getRuntime().maxMemory();
        assertTrue(heapMax >> 20 < HEAP_MAX_MB, "a heap of " + (heapMax >> 20) + " MB shows nothing");
        try (HubScene scene = HubScene.timed(folder, new SetClock(), "log.sync", "never",
            "connections.address.max", "0", "connections.subject.max", "0", "stall.timeout", "0s")) {
            List<Slow> all = open(scene);
            long before = Heap.used();
            for (int size : new int[] {OWN_BYTES, COUNTED_BYTES, SMALL_BYTES}) {
                publish(scene, size);
            }
            Await.until("each to hold its own, and some of the others what there is room for",
                () -> all.stream().filter(s -> s.held() != null).count() > STREAMS / 2 + 1_000);
            long grown = Heap.used() - before;
            long sixteenth = heapMax / 16;
            long most = (long) STREAMS / 2 * OWN_BYTES + 2 * sixteenth // the ring, and what slow sockets hold
                + (long) STREAMS * STREAM_BYTES + (32 << 20);          // what was read of the log
            assertTrue(grown <= most, "it takes " + (grown >> 20) + " MB more; at most " + (most >> 20));
            assertTrue(grown > (long) STREAMS / 2 * OWN_BYTES, "nobody held anything: " + (grown >> 20) + " MB");
            all.forEach(Slow::read);
            Await.until("all to have all", () -> {
                scene.hub.tickNow();
                return all.stream().allMatch(s -> s.events >= 2);
            });
            assertEquals(2L * STREAMS, all.stream().mapToLong(s -> s.events).sum());
            assertEquals(STREAMS, scene.hub.connections().list().size());
            assertEquals(0, scene.metrics.get(Count.CROWDED_OUT) + scene.metrics.get(Count.GAPS));
        }
    }

    private static List<Slow> open(HubScene scene) {
        List<Slow> all = new ArrayList<>(STREAMS);
        for (int i = 0; i < STREAMS; i++) {
            Slow slow = new Slow();
            slow.subscription = scene.hub.subscribe(new SubscribeRequest(TopicSelection.ofTopics(List.of(topic(i))),
                Grant.ANONYMOUS, null, Since.LATEST, Duration.ofMinutes(5), false, HubScene.PLAIN, "192.0.2.1"), slow);
            all.add(slow);
        }
        Await.until("all have their places", () -> all.stream().allMatch(s -> s.greeted));
        return all;
    }

    private static String topic(int i) {
        return "own/" + i;
    }

    /** One event for each whose size this is, {@code SMALL} is for all. */
    private static void publish(HubScene scene, int size) throws Exception {
        String data = "#" + "x".repeat(size);
        List<Event> batch = new ArrayList<>();
        for (int i = 0; i < STREAMS; i++) {
            // two and two: neighbours are on different shards
            if (size == SMALL_BYTES || size == (i % 4 < 2 ? OWN_BYTES : COUNTED_BYTES)) {
                batch.add(Event.on(topic(i)).data(data).build());
            }
            if (batch.size() == BATCH || i == STREAMS - 1 && !batch.isEmpty()) {
                scene.hub.publish(new Publication(batch, Grant.INTERNAL, null)).get(20, TimeUnit.SECONDS);
                batch = new ArrayList<>();
            }
        }
    }
}
