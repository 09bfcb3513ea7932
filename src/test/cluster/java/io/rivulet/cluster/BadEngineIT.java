package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertFalse;

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

    private static Server server(Container container, Path data, Map<String, String> settings) {
        return Server.in(container).data(data).set(settings).build();
    }

    /** Where the engine has not said within five seconds that it will not do, the hub starts, and waits for it. */
    private static boolean isRefused(Server server) {
        try (server) {
            IllegalStateException refused = null;
            try {
                server.start();
            } catch (IllegalStateException e) {
                refused = e;
            }
            return refused != null;
        }
    }

    @ParameterizedTest
    @EnumSource
    void nothingOfItRunsAndItsFolderIsLeftAsItWas(Container container) throws Exception {
        try (EngineServer server = engine.start()) {
            Map<String, String> settings = new HashMap<>(server.settings("bad"));
            settings.put("engine.url", server.url("bad", "wrong"));
            Set<Thread> before = HubThreads.alive();
            Path data = folder.resolve("data");
            Await.until("a start is refused", LIMIT, () -> isRefused(server(container, data, settings)));
            HubThreads.awaitNoneBut(before);
            assertFalse(Files.exists(data.resolve("mirror")), "no copy was begun");
            settings.put("engine.url", server.url("bad"));
            try (Server good = server(container, data, settings)) {
                good.start();
                Await.get(() -> "its log is open: " + Health.of(good).json(), LIMIT,
                    () -> Health.of(good).isOpen() ? good : null);
            }
            HubThreads.awaitNoneBut(before);
        }
    }
}
