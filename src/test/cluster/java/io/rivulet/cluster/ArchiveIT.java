package io.rivulet.cluster;

import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** The command {@code log} at each real engine. */
@ParameterizedClass(name = "{0}")
@EnumSource
class ArchiveIT extends EngineLogTest {

    private final Engines engine;
    private EngineServer server;

    ArchiveIT(Engines engine) {
        this.engine = engine;
    }

    @BeforeEach
    void start() throws Exception {
        server = engine.start();
    }

    @AfterEach
    void end() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    @Override
    ClusterEngine engine() throws IOException {
        return server.open("archive");
    }
}
