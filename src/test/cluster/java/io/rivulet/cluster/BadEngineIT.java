package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.Health;
import io.rivulet.kit.HubThreads;
import io.rivulet.kit.Server;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A WAR in a container whose engine does not let it in: it does not start by half, and later starts whole. */
@ParameterizedClass(name = "{0}")
@EnumSource
class BadEngineIT {

    /** An engine, a container and its clients share the machine, and an empty log is made first. */
    private static final Duration LIMIT = Await.LIMIT.multipliedBy(3);

    @TempDir
    private Path folder;
    private final Engines engine;

    BadEngineIT(Engines engine) {
        this.engine = engine;
    }

    @ParameterizedTest
    @EnumSource
    void nothingOfItRunsAndItsFolderIsLeftAsItWas(Container container) throws Exception {
        try (EngineServer server = engine.start()) {
            Map<String, String> settings = new HashMap<>(server.settings("bad"));
            settings.put("engine.url", server.url("bad", "wrong"));
            Set<Thread> before = HubThreads.alive();
            Path data = folder.resolve("data");
            assertThrows(IllegalStateException.class,
                () -> Server.in(container).data(data).set(settings).start());
            HubThreads.awaitNoneBut(before);
            assertFalse(Files.exists(data.resolve("mirror")), "no copy was begun");
            settings.put("engine.url", server.url("bad"));
            try (Server good = Server.in(container).data(data).set(settings).start()) {
                Await.get(() -> "its log is open: " + Health.of(good).json(), LIMIT,
                    () -> Health.of(good).isOpen() ? good : null);
            }
            HubThreads.awaitNoneBut(before);
        }
    }
}
