package io.rivulet.hub;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.Await;
import io.rivulet.kit.FaultPoints;
import io.rivulet.kit.FaultSwitch;
import io.rivulet.kit.HubThreads;
import io.rivulet.kit.Quiet;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * An Error at any point at which a hub lets its streams go: whoever waits for the end is told of it, no stream stays,
 * nobody gets anything out of order, and publishing goes on.
 */
@ExtendWith(FaultPoints.class)
@SuppressWarnings("try") // Quiet is open, and that is all
class DrainErrorsTest {

    private static final int STREAMS = 4;
    private static final String STEPS = "test-drain";

    /** On a thread that the faults are for. */
    private static void run(Runnable task) {
        Thread thread = new Thread(() -> {
            try {
                task.run();
            } catch (OutOfMemoryError e) {
                // whoever calls it calls it again
            }
        }, STEPS);
        thread.start();
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource({STEPS + ",1", STEPS + ",3", "rivulet-shard-,1", "rivulet-shard-,3"})
    void allStreamsEndAndWhoeverWaitsIsTold(String name, int burst, @TempDir Path folder) throws Exception {
        try (Quiet quiet = new Quiet()) {
            boolean thrown = true;
            for (int n = 1; thrown; n += 4 * burst - 3) {
                thrown = drain(name, n, burst, folder.resolve("" + n));
                assertTrue(n < 5_000, "it ends");
            }
        }
    }

    private static boolean drain(String name, int n, int burst, Path folder) throws Exception {
        String when = name + ", n = " + n;
        SetClock clock = new SetClock();
        Set<Thread> before = HubThreads.alive();
        boolean thrown;
        try (HubScene scene = HubScene.timed(folder, clock, "drain", "10s", "log.sync", "never", "backlog.events",
            "1")) {
            List<HubClient> clients = new ArrayList<>();
            for (int i = 0; i < STREAMS; i++) {
                clients.add(new HubClient(scene.hub, i == 0 ? 10 : 1 << 20, "news").connect());
                HubScene.awaitHello(clients.get(i), 1);
            }
            scene.publish("news", "1");
            scene.publish("news", "2");
            clients.forEach(HubClient::settle);
            Drain drain = scene.hub.drain();
            AtomicReference<CompletableFuture<Void>> done = new AtomicReference<>();
            try (FaultSwitch faults = FaultSwitch.at(n, burst, FaultSwitch.named(name),
                () -> new OutOfMemoryError("made by the test"))) {
                while (done.get() == null) {
                    run(() -> done.set(drain.begin()));
                }
                Await.until("its end, " + when, () -> {
                    clock.advanceMs(100);
                    clients.forEach(HubClient::drain);
                    run(drain::step); // as its thread does
                    return done.get().isDone();
                });
                Await.until("all streams end, " + when, () -> scene.hub.connections().open() == 0);
                thrown = faults.hasThrown();
            }
            assertEquals(Drain.State.DRAINED, drain.progress().state(), when);
            assertEquals(0, scene.caps.total(), when);
            scene.publish("news", "3");
            for (HubClient client : clients) {
                Await.until("its client is told, " + when, () -> client.drain().isEnded());
                List<String> got = client.data();
                assertEquals(List.of("1", "2").subList(0, got.size()), got, when);
            }
        }
        HubThreads.awaitNoneBut(before);
        return thrown;
    }
}
