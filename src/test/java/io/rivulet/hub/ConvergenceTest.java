package io.rivulet.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.event.Event;
import io.rivulet.hub.publish.Publication;
import io.rivulet.hub.resume.History;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.hub.stream.feed.GoLive;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.topic.TopicSelection;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The promise: whoever connects, stalls, is cut at any byte and resumes has in the end each of its durable events
 * exactly once and in the log's order, whichever of the three paths they took.
 */
class ConvergenceTest {

    private static final int PUBLISHERS = 4;
    private static final int EVENTS_EACH = 1_500;
    private static final String[][] WANTED = {
        {"a"}, {"a", "b"}, {"c", "t/1"}, {"*"}, {"a", "b", "c"}, {"*"}, {"b", "t/1", "t/2"}, {"c"}};

    @TempDir
    Path folder;

    @Test
    void everyClientHasItsEventsOnceAndInOrderWhateverHappensToItsConnection() throws Exception {
        long seed = System.nanoTime();
        try (HubScene scene = scene(GoLive.EXACT)) {
            List<HubClient> clients = run(scene, seed);
            verify(scene, clients, seed);
            for (Count path : List.of(Count.DELIVERED_LIVE, Count.DELIVERED_RING, Count.DELIVERED_LOG)) {
                assertTrue(scene.metrics.get(path) > 0, path + " was never taken, seed " + seed);
            }
        }
    }

    @Test
    void aHandOverThatGoesLiveTooEarlyIsNoticed() throws Exception {
        try (HubScene scene = scene((seen, dispatched) -> true)) {
            List<HubClient> clients = run(scene, 42);
            assertThrows(AssertionError.class, () -> verify(scene, clients, 42));
        }
    }

    private HubScene scene(GoLive goLive) throws Exception {
        return new HubScene(folder, goLive, "ring.bytes", "65536", "backlog.events", "8", "transient.topics", "t/*",
            "log.sync", "never");
    }

    private List<HubClient> run(HubScene scene, long seed) throws Exception {
        List<HubClient> clients = new ArrayList<>();
        Random random = new Random(seed);
        for (int i = 0; i < 24; i++) {
            clients.add(new HubClient(scene.hub, 1 << 7 + random.nextInt(9), WANTED[i % WANTED.length]));
        }
        ExecutorService threads = Executors.newFixedThreadPool(PUBLISHERS);
        List<Future<?>> publishing = new ArrayList<>();
        for (int p = 0; p < PUBLISHERS; p++) {
            int publisher = p;
            publishing.add(threads.submit(() -> publishAll(scene, publisher, new Random(seed + publisher + 1))));
        }
        clients.forEach(c -> c.connect(Since.EARLIEST));
        while (publishing.stream().anyMatch(f -> !f.isDone())) {
            disturb(clients.get(random.nextInt(clients.size())), random);
        }
        for (Future<?> f : publishing) {
            f.get();
        }
        threads.shutdown();
        quieten(clients);
        for (String topic : List.of("a", "b", "c")) { // now that all have caught up, these go out live
            scene.publish(topic, "last");
        }
        quieten(clients);
        return clients;
    }

    /** Reads until nothing comes any more, nor will when the hub has done all it can. */
    private static void quieten(List<HubClient> clients) {
        int read = 1;
        while (read > 0) {
            for (int quiet = 0; quiet < 20; LockSupport.parkNanos(1_000_000)) {
                read = clients.stream().mapToInt(c -> c.read(Integer.MAX_VALUE)).sum();
                quiet = read > 0 ? 0 : quiet + 1;
            }
            read = clients.stream().mapToInt(c -> c.settle().read(Integer.MAX_VALUE)).sum();
        }
    }

    private static void disturb(HubClient client, Random random) {
        int what = random.nextInt(100);
        if (what < 3) {
            client.cut(); // wherever in an event the bytes read so far end
            client.connect(Since.EARLIEST);
        } else if (what < 70) {
            client.read(random.nextInt(what < 20 ? 50 : 20_000));
        } // else it stalls
    }

    private static Void publishAll(HubScene scene, int publisher, Random random) throws Exception {
        List<CompletableFuture<List<String>>> window = new ArrayList<>();
        for (int i = 0; i < EVENTS_EACH; i++) {
            String topic = List.of("a", "b", "c", "t/1", "t/2").get(random.nextInt(5));
            Event.Builder event = Event.on(topic).data(publisher + ":" + i + " " + "x".repeat(random.nextInt(200)));
            if (random.nextInt(10) == 0) {
                event.topic("a").topic("b");
            }
            window.add(scene.hub.publish(new Publication(List.of(event.build()), Grant.INTERNAL, null)));
            if (window.size() == 1 + random.nextInt(20)) {
                for (CompletableFuture<List<String>> answer : window) {
                    answer.get(20, TimeUnit.SECONDS);
                }
                window.clear();
            }
        }
        for (CompletableFuture<List<String>> answer : window) {
            answer.get(20, TimeUnit.SECONDS);
        }
        return null;
    }

    private static void verify(HubScene scene, List<HubClient> clients, long seed) throws Exception {
        for (int i = 0; i < clients.size(); i++) {
            TopicSelection topics = TopicSelection.ofTopics(List.of(WANTED[i % WANTED.length]));
            List<String> expected = new ArrayList<>();
            String next = null;
            do {
                History page = scene.hub.history(topics, Grant.ANONYMOUS, Since.EARLIEST, next, 10_000).get();
                page.events().forEach(e -> expected.add(e.id()));
                next = page.next();
            } while (next != null);
            List<String> ids = clients.get(i).events().stream().map(Dispatched::id).toList();
            assertEquals(ids.size(), new HashSet<>(ids).size(), "client " + i + " got an event twice, seed " + seed);
            HashSet<String> durable = new HashSet<>(expected);
            assertEquals(expected, ids.stream().filter(durable::contains).toList(), "client " + i + ", seed " + seed);
        }
    }
}
