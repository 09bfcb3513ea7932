package io.rivulet.hub.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.feed.Feeds;
import io.rivulet.http.stream.PageResponses;
import io.rivulet.http.stream.WaitingCallers;
import io.rivulet.http.trace.AccessLog;
import io.rivulet.hub.Hub;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.Await;
import io.rivulet.kit.FaultPoints;
import io.rivulet.kit.FaultSwitch;
import io.rivulet.kit.HubThreads;
import io.rivulet.kit.Quiet;
import io.rivulet.log.EventLog;
import io.rivulet.log.segment.SegmentLog;
import io.rivulet.log.store.StoreKeeper;
import io.rivulet.metrics.Metrics;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicSelection;
import io.rivulet.topic.TopicSpace;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Errors in all threads of the hub at once, and further ones while they are handled: each thread goes on. */
@ExtendWith(FaultPoints.class)
@SuppressWarnings("try") // Quiet is open, and that is all
class LastingThreadsTest {

    private static final TopicSelection NEWS = TopicSelection.ofTopics(List.of("news"));
    /** What a hub has beside shards, one for each core. Lanes of HTTP/2 and loads of key sets come and go. */
    private static final Set<String> KNOWN = Set.of("rivulet-access", "rivulet-answer", "rivulet-commit",
        "rivulet-feed", "rivulet-log", "rivulet-pages", "rivulet-presence", "rivulet-read", "rivulet-shard",
        "rivulet-store", "rivulet-tick");

    /** A hub with all that runs beside it. */
    private static final class House implements AutoCloseable {
        private final Set<Thread> before = HubThreads.alive();
        private final Hub hub;
        private final StoreKeeper keeper;
        private final AccessLog access;
        private final PageResponses pages;
        private final Feeds feeds;
        private final HubClient client;
        private final Set<Thread> threads;

        House(Path folder) throws Exception {
            Settings settings = Settings.with("presence", "true", "log.sync", "never");
            InstantSource clock = InstantSource.system();
            Metrics metrics = new Metrics();
            hub = new Hub(settings, TopicSpace.of("http://localhost/.well-known/mercure"), clock, metrics);
            keeper = new StoreKeeper(folder, "", false,
                at -> SegmentLog.open(at, settings, clock, System::nanoTime, metrics), new StoreKeeper.Owner() {
                    @Override
                    public void opened(EventLog log) {
                        hub.open(log);
                    }

                    @Override
                    public void pause() {
                        hub.pause();
                    }

                    @Override
                    public void handOver() {
                        hub.close();
                    }
                }, clock);
            access = new AccessLog(folder.resolve("access.log"), clock, metrics);
            pages = new PageResponses(settings, () -> false, new WaitingCallers());
            feeds = new Feeds(settings, hub, clock, null);
            feeds.start();
            keeper.start();
            Await.until("the hub is open", () -> hub.publishTrouble() == null);
            client = new HubClient(hub, 1 << 20, "news").connect(Since.LATEST);
            threads = new HashSet<>(HubThreads.alive());
            threads.removeAll(before);
        }

        /** Work for those threads that wait for some. */
        void stir(String data) {
            try {
                hub.publish(Event.on("news").data(data).build());
                for (int i = 0; i < 4; i++) { // as many as read at a time, and more
                    hub.history(NEWS, Grant.ANONYMOUS, Since.EARLIEST, null, 5);
                }
            } catch (Refused e) {
                assertTrue(e.getMessage() != null, "a refusal says why");
            }
        }

        String awaited(FaultSwitch faults, int points) {
            return threads.stream().filter(thread -> faults.passed(thread) < points)
                .map(thread -> thread.getName() + (thread.isAlive() ? "" : ", which has ended")).sorted()
                .collect(Collectors.joining("; "));
        }

        /** Whoever publishes is heard, whoever asks is answered. */
        void atWork(String data) {
            Await.until(data + " to be heard", () -> {
                stir(data);
                client.drain();
                if (client.isEnded()) {
                    client.cut();
                    client.connect(Since.LATEST);
                }
                return client.events().stream().anyMatch(event -> event.data().equals(data));
            });
            assertTrue(hub.history(NEWS, Grant.ANONYMOUS, Since.EARLIEST, null, 5).join().events().size() > 0);
        }

        @Override
        public void close() {
            client.cut();
            feeds.close();
            hub.close();
            keeper.close();
            pages.close();
            access.close();
        }
    }

    private static Set<String> kinds(Set<Thread> threads) {
        return threads.stream().map(thread -> thread.getName().replaceAll("-?[0-9]+$", ""))
            .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void noThreadEndsByWhatItMeetsAndEachIsAtWorkAfterIt(@TempDir Path folder) throws Exception {
        try (Quiet quiet = new Quiet(); House house = new House(folder)) {
            assertEquals(new TreeSet<>(KNOWN), kinds(house.threads), "a thread that this test should know");
            for (int n : new int[] {1, 4}) {
                try (FaultSwitch faults = FaultSwitch.inEach(n, 5, house.threads::contains,
                    () -> new OutOfMemoryError("made by the test"))) {
                    Await.get(() -> "each thread to meet its faults: " + house.awaited(faults, n + 5), Await.LIMIT,
                        () -> {
                            house.stir("stir");
                            return house.awaited(faults, n + 5).isEmpty() ? Boolean.TRUE : null;
                        });
                }
                house.atWork("after " + n);
            }
            try (FaultSwitch faults = FaultSwitch.inEach(Integer.MAX_VALUE, 0, house.threads::contains,
                () -> new AssertionError("never thrown"))) {
                Await.get(() -> "each thread to be at work: " + house.awaited(faults, 1), Await.LIMIT, () -> {
                    house.stir("again");
                    return house.awaited(faults, 1).isEmpty() ? Boolean.TRUE : null;
                });
            }
            assertEquals(null, house.keeper.state().reason());
        }
    }
}
