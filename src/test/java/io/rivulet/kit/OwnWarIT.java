package io.rivulet.kit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kit's hub of its own process. */
class OwnWarIT {

    @TempDir
    private Path folder;

    @Test
    void whatItsThreadsAreAtIsToldWhenATestWaitsInVain() throws IOException {
        try (OwnWar war = new OwnWar(folder, Map.of(), "--port=0").awaitOpen()) {
            String told = war.threads();
            assertTrue(told.contains("\"rivulet-store\"") && told.contains("at java.") && told.contains("Metaspace"),
                told);
        }
    }
}
