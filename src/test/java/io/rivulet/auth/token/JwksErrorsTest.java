package io.rivulet.auth.token;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Jwks;
import io.rivulet.auth.Keys;
import io.rivulet.hub.SetClock;
import io.rivulet.kit.Await;
import io.rivulet.kit.FaultPoints;
import io.rivulet.kit.FaultSwitch;
import io.rivulet.kit.Quiet;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** An Error at any point of a load of keys: they are loaded again, and until then the keys that are here go on. */
@ExtendWith(FaultPoints.class)
@SuppressWarnings("try") // Quiet is open, and that is all
class JwksErrorsTest {

    private static final int AGE_MS = 600_000;

    @Test
    void aLoadThatMeetsAnErrorAnywhereIsMadeAgain(@TempDir Path folder) throws Exception {
        Path file = folder.resolve("keys.json");
        Files.writeString(file, Jwks.set(Jwks.of("one", Keys.pair("rsa").getPublic())));
        SetClock clock = new SetClock();
        KeySource source = JwksSource.of(file.toString(), List.of("RS256"), Duration.ofMillis(AGE_MS), clock);
        try (Quiet quiet = new Quiet()) {
            boolean thrown = true;
            for (int n = 1; thrown; n++) {
                long before = source.generation();
                try (FaultSwitch faults = FaultSwitch.at(n, FaultSwitch.named("rivulet-jwks"),
                    () -> new OutOfMemoryError("made by the test"))) {
                    clock.advanceMs(AGE_MS);
                    assertTrue(source.keys().size() == 1, "the keys that are here go on");
                    Await.until("the load to end", () -> faults.hasThrown() || source.generation() > before);
                    thrown = faults.hasThrown();
                }
                clock.advanceMs(61_000);
                Await.until("the keys to be loaded again, n = " + n,
                    () -> source.keys().size() == 1 && source.generation() > before);
                assertTrue(n < 2_000, "it ends");
            }
        } finally {
            source.close();
        }
    }
}
