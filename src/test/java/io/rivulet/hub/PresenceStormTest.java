package io.rivulet.hub;

import static io.rivulet.hub.HubScene.awaitEvents;
import static io.rivulet.hub.HubScene.grant;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.event.Event;
import io.rivulet.hub.dialect.Dialect;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.hub.stream.feed.GoLive;
import io.rivulet.kit.Await;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.refusal.Refused;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A thousand subscribers that come and go at once: what a watcher was told last is what the list says. */
class PresenceStormTest {

    private static final int SUBSCRIBERS = 1_000;
    private static final int THREADS = 4;

    @TempDir
    Path folder;

    @Test
    void afterAThousandCameAndWentWatchersOfBothDialectsAgreeWithTheList() throws Exception {
        long seed = System.nanoTime();
        try (HubScene scene = new HubScene(folder, "presence", "true")) {
            List<HubClient> watchers = watchers(scene);
            List<HubClient> stay = storm(scene, seed);
            settle(scene, watchers, stay, seed);
        }
    }

    /** The disk hangs, so nothing can be told; and the queue is full of what others publish. */
    @Test
    void theSameWhileThePublishQueueIsFull() throws Exception {
        long seed = System.nanoTime();
        AtomicReference<FailingLog> disk = new AtomicReference<>();
        try (HubScene scene = new HubScene(folder, GoLive.EXACT, log -> {
            disk.set(new FailingLog(log));
            return disk.get();
        }, "presence", "true", "publish.queue.bytes", "1m")) {
            List<HubClient> watchers = watchers(scene);
            disk.get().hold = new CountDownLatch(1);
            assertTrue(fill(scene) > 0);
            List<HubClient> stay = storm(scene, seed);
            Await.until("the list",
                () -> scene.hub.presence().list(one -> true).size() == 2 * stay.size() + watchers.size());
            assertEquals(List.of(2, 1), watchers.stream().map(w -> told(w).size()).toList(), "told too early");
            disk.get().hold.countDown();
            settle(scene, watchers, stay, seed);
        }
    }

    private static List<HubClient> watchers(HubScene scene) {
        List<HubClient> watchers = new ArrayList<>();
        for (Dialect dialect : List.of(HubScene.MERCURE, HubScene.LEGACY)) {
            HubClient watcher = new HubClient(scene.hub, 1 << 14, "*").speaking(dialect)
                .as(grant("watcher", GrantedTopics.ALL)).connect();
            watchers.add(awaitEvents(watcher, 1));
        }
        awaitEvents(watchers.get(0), 2); // the other, too
        return watchers;
    }

    /** Publishes until there is no more room. */
    private static int fill(HubScene scene) {
        Event event = Event.on("filler").data("x".repeat(60_000)).build();
        for (int n = 0; ; n++) {
            try {
                scene.hub.publish(event);
            } catch (Refused e) {
                return n;
            }
        }
    }

    /** Returns those that are still there. */
    private static List<HubClient> storm(HubScene scene, long seed) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        List<Future<List<HubClient>>> work = new ArrayList<>();
        for (int t = 0; t < THREADS; t++) {
            Random random = new Random(seed + t);
            work.add(threads.submit(() -> {
                List<HubClient> mine = new ArrayList<>();
                for (int i = 0; i < SUBSCRIBERS / THREADS; i++) {
                    mine.add(scene.client("a" + i % 10, "b/" + i % 7).connect());
                    if (random.nextInt(3) > 0) {
                        mine.remove(random.nextInt(mine.size())).cut();
                    }
                }
                return mine;
            }));
        }
        List<HubClient> stay = new ArrayList<>();
        for (Future<List<HubClient>> one : work) {
            stay.addAll(one.get(20, TimeUnit.SECONDS));
        }
        threads.shutdown();
        return stay;
    }

    private static void settle(HubScene scene, List<HubClient> watchers, List<HubClient> stay, long seed) {
        int expected = 2 * stay.size() + watchers.size();
        assertTrue(stay.size() > 100 && stay.size() < 900, "the storm was none, seed " + seed);
        for (int i = 0; i < watchers.size(); i++) {
            HubClient watcher = watchers.get(i);
            // the second watcher saw itself come, and what came after it; the first saw the second, too
            String self = i == 0 ? "" : key(told(watchers.get(0)).get(0));
            Await.until("watcher " + i + " to be told all, seed " + seed, () -> {
                Set<String> active = active(told(watcher.drain()));
                active.add(self);
                active.remove("");
                return active.size() == expected && active.equals(listed(scene));
            });
            assertInOrder(told(watcher), seed);
        }
    }

    private static Set<String> listed(HubScene scene) {
        return scene.hub.presence().list(one -> true).stream().map(one -> one.subscriber() + " " + one.text())
            .collect(Collectors.toSet());
    }

    private static List<JsonObject> told(HubClient watcher) {
        return watcher.events().stream().map(Dispatched::data).filter(data -> data.startsWith("{"))
            .map(data -> JsonParser.parseString(data).getAsJsonObject()).toList();
    }

    private static String key(JsonObject told) {
        String match = told.has("match") ? "match" : "topic";
        return told.get("subscriber").getAsString() + " " + told.get(match).getAsString();
    }

    private static Set<String> active(List<JsonObject> told) {
        Map<String, Boolean> last = new HashMap<>();
        told.forEach(one -> last.put(key(one), one.get("active").getAsBoolean()));
        return last.keySet().stream().filter(last::get).collect(Collectors.toSet());
    }

    /** Each subscription: active, then at most once no longer. */
    private static void assertInOrder(List<JsonObject> told, long seed) {
        Map<String, Boolean> last = new HashMap<>();
        for (JsonObject one : told) {
            boolean active = one.get("active").getAsBoolean();
            Boolean before = last.put(key(one), active);
            assertEquals(active ? null : Boolean.TRUE, before, key(one) + ", seed " + seed);
        }
        assertFalse(last.isEmpty());
    }
}
