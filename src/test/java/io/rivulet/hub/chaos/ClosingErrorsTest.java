package io.rivulet.hub.chaos;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.hub.HubScene;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.Await;
import io.rivulet.kit.FaultPoints;
import io.rivulet.kit.FaultSwitch;
import io.rivulet.kit.HubThreads;
import io.rivulet.kit.Quiet;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Errors at any point of the thread that closes a hub: its threads and its streams end all the same. */
@ExtendWith(FaultPoints.class)
@SuppressWarnings("try") // Quiet is open, and that is all
class ClosingErrorsTest {

    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void eachThreadEndsWhateverTheOneMeetsThatClosesTheHub(int burst, @TempDir Path folder) throws Exception {
        Thread here = Thread.currentThread();
        try (Quiet quiet = new Quiet()) {
            boolean thrown = true;
            for (int n = 1; thrown; n++) {
                Set<Thread> before = HubThreads.alive();
                HubScene scene = new HubScene(folder.resolve("" + n), "presence", "true", "log.sync", "never");
                HubClient client = scene.client("news").connect();
                try (FaultSwitch faults = FaultSwitch.at(n, burst, thread -> thread == here,
                    () -> new OutOfMemoryError("made by the test"))) {
                    closeAsAContainerDoes(scene);
                    thrown = faults.hasThrown();
                }
                scene.close(); // of the log, and again of the hub
                HubThreads.awaitNoneBut(before);
                Await.until("the stream ends, n = " + n, () -> client.drain().isEnded());
                assertTrue(n < 2_000, "it ends");
            }
        }
    }

    /** It logs what is thrown, and goes on. */
    private static void closeAsAContainerDoes(HubScene scene) {
        try {
            scene.hub.close();
        } catch (OutOfMemoryError e) {
            // where nothing was done yet, the hub is closed once more
        }
    }
}
