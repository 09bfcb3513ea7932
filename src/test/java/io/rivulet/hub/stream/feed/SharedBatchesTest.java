package io.rivulet.hub.stream.feed;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.resume.SubscribeRequest;
import io.rivulet.hub.stream.Outlet;
import io.rivulet.hub.stream.SharedBytes;
import io.rivulet.kit.Await;
import io.rivulet.topic.TopicSelection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Streams that get the same history share its writes: after an outage thousands of them ask for it. */
class SharedBatchesTest {

    private static final int SHARDS = Runtime.getRuntime().availableProcessors();
    private static final int STREAMS = 150 * SHARDS;
    private static final int EVENTS = 1_000;
    private static final int OWN_TOPICS = 10;
    /** Each shard joins a write for each own topic that has an event in it or just before, and else for all. */
    private static final int ARRAYS_MAX = 10 * OWN_TOPICS * SHARDS;
    /** A write that nobody asks for in this time is forgotten, and joined anew for those who come later. */
    private static final long KEPT_MS = 500;

    @TempDir
    Path folder;

    /** Takes everything, and keeps the arrays that it was given. */
    private static final class Keeping implements Outlet {
        private final List<byte[]> given = Collections.synchronizedList(new ArrayList<>());

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void write(SharedBytes events) {
            given.add(events.bytes());
        }

        @Override
        public void end() {
            // nothing to end
        }

        String text() {
            StringBuilder text = new StringBuilder();
            synchronized (given) {
                given.forEach(bytes -> text.append(new String(bytes, StandardCharsets.UTF_8)));
            }
            return text.toString();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"16m", "64k"})
    void thousandsWhoReadTheSameShareItsWrites(String ring) throws Exception {
        try (HubScene scene = new HubScene(folder, "log.sync", "never", "ring.bytes", ring,
            "connections.address.max", "0", "connections.subject.max", "0")) {
            String last = scene.publish("news", "before");
            for (int i = 0; i < EVENTS; i++) {
                scene.publish("news", "event " + i + " " + "x".repeat(100));
                if (i % 100 == 37) {
                    scene.publish("own" + i / 100, "only for some");
                }
            }
            long beganNs = System.nanoTime();
            List<Keeping> outlets = IntStream.range(0, STREAMS).mapToObj(i -> new Keeping()).toList();
            for (int i = 0; i < STREAMS; i++) {
                scene.hub.subscribe(new SubscribeRequest(TopicSelection.ofTopics(
                    List.of("news", "own" + i % OWN_TOPICS)), Grant.ANONYMOUS, last, Since.LATEST,
                    Duration.ofMinutes(5), true, HubScene.PLAIN, "192.0.2.1"), outlets.get(i));
            }
            Set<byte[]> arrays = Collections.newSetFromMap(new IdentityHashMap<>());
            for (Keeping outlet : outlets) {
                Await.until("the last event", () -> outlet.text().contains("event " + (EVENTS - 1) + " "));
                assertInOrder(outlet.text());
                outlet.given.stream().filter(bytes -> bytes.length > 4_000).forEach(arrays::add);
            }
            long times = 1 + TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - beganNs) / KEPT_MS;
            long writes = outlets.stream().flatMap(o -> o.given.stream()).filter(b -> b.length > 4_000).count();
            assertTrue(writes > 3L * STREAMS, writes + " writes"); // else nothing would have been shared
            assertTrue(arrays.size() < ARRAYS_MAX * times, arrays.size() + " arrays for " + writes + " writes, " + times
                + " times " + KEPT_MS + " ms");
        }
    }

    private static void assertInOrder(String text) {
        int at = 0;
        for (int i = 0; i < EVENTS; i++) {
            int next = text.indexOf("data: event " + i + " ", at);
            assertTrue(next >= at, "event " + i + " is missing");
            assertEquals(-1, text.indexOf("data: event " + i + " ", next + 1), "event " + i + " came twice");
            at = next;
        }
        assertEquals(1, text.split("only for some", -1).length - 1);
    }

    @Test
    void whatNobodyAsksForIsForgotten() {
        SharedBatches replays = new SharedBatches(null);
        List<byte[]> parts = List.of(new byte[] {1, 2}, new byte[] {3});
        byte[] joined = replays.replay(parts, 3, 7);
        assertEquals(List.of((byte) 1, (byte) 2, (byte) 3), List.of(joined[0], joined[1], joined[2]));
        replays.tick();
        assertTrue(joined == replays.replay(parts, 3, 7));
        replays.tick();
        replays.tick();
        assertEquals(0, replays.replayBytes());
        assertTrue(joined != replays.replay(parts, 3, 7));
    }

    @Test
    void partsThatAreEqualButNotTheSameAreNotTakenForThem() {
        SharedBatches replays = new SharedBatches(null);
        byte[] first = replays.replay(List.of(new byte[] {1}, new byte[] {2}), 2, 7);
        byte[] other = replays.replay(List.of(new byte[] {8}, new byte[] {9}), 2, 7);
        assertEquals(1, first[0]);
        assertEquals(8, other[0]);
    }
}
