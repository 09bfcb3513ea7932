package io.rivulet.hub.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.hub.HubScene;
import io.rivulet.hub.TakingOutlet;
import io.rivulet.hub.resume.Since;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.hub.stream.Outlet;
import io.rivulet.hub.stream.Shard;
import io.rivulet.hub.stream.feed.Budgets;
import io.rivulet.kit.Await;
import io.rivulet.kit.FaultPoints;
import io.rivulet.kit.FaultSwitch;
import io.rivulet.kit.Quiet;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** An Error at any point at which a shard forgets a stream: what the stream had taken is given back all the same. */
@ExtendWith(FaultPoints.class)
@SuppressWarnings("try") // Quiet is open, and that is all
class DepartureErrorsTest {

    @Test
    void whoHasLeftIsCountedNoMoreWhateverFailsMeanwhile(@TempDir Path folder) throws Exception {
        try (Quiet quiet = new Quiet(); HubScene scene = new HubScene(folder, "presence", "true")) {
            scene.publish("news", "1");
            boolean thrown = true;
            for (int n = 1; thrown; n++) {
                String when = "nobody to be counted, n = " + n;
                HubClient client = new HubClient(scene.hub, 1, "news").connect(Since.EARLIEST); // a full socket
                client.settle();
                try (FaultSwitch faults = FaultSwitch.at(n, FaultSwitch.named("rivulet-shard-"),
                    () -> new OutOfMemoryError("made by the test"))) {
                    client.cut();
                    Await.until(when, () -> isNobodyThere(scene));
                    thrown = faults.hasThrown();
                }
                CompletableFuture<String> held = new CompletableFuture<>();
                Shard shard = (Shard) client.subscriber().owner();
                shard.post(() -> held.complete(Budgets.held(shard.turn())));
                assertEquals("", held.join(), when);
                assertTrue(n < 2_000, "it ends");
            }
        }
    }

    /** Its thread has others to serve: what always fails is given up, and what follows is given back. */
    @Test
    void aStepOfAnEndThatAlwaysFailsIsTriedSixTimes(@TempDir Path folder) throws Exception {
        AtomicInteger tries = new AtomicInteger();
        Outlet outlet = new TakingOutlet() {
            @Override
            public void end() {
                tries.incrementAndGet();
                throw new OutOfMemoryError("made by the test");
            }
        };
        try (Quiet quiet = new Quiet(); HubScene scene = new HubScene(folder)) {
            scene.hub.subscribe(scene.client("news").asked(), outlet).gone("cut by the test");
            Await.until("nobody to be counted", () -> isNobodyThere(scene));
            scene.tick(); // behind the end: each shard has done what it was asked before
            assertEquals(6, tries.get());
        }
    }

    private static boolean isNobodyThere(HubScene scene) {
        return scene.caps.total() == 0 && scene.hub.connections().list().isEmpty() && !scene.hub.isHeard("news");
    }
}
