package io.rivulet.cluster;

import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.Redeploys;
import io.rivulet.kit.Server;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A node at a real engine that is redeployed under load in Tomcat; {@code -Dredeploys=20} makes it more than three. */
@ParameterizedClass(name = "{0}")
@EnumSource
class RedeployNodesIT {

    private static final int BUILD = 3;
    private static final int TIMES = Integer.getInteger("redeploys", BUILD);
    private static final Duration DRIVERS_LIMIT = Duration.ofSeconds(60);

    private final Engines engine;

    RedeployNodesIT(Engines engine) {
        this.engine = engine;
    }

    @Test
    void nothingStaysOfAnyNodeThatWasReplacedUnderLoad() throws Exception {
        try (EngineServer server = engine.start()) {
            new Redeploys(Server.in(Container.TOMCAT).set(server.settings("redeployed"))).play(TIMES);
        }
        if (TIMES > BUILD) { // a driver's thread ends by itself, half a minute after its last connection
            Await.until("the threads of drivers end", DRIVERS_LIMIT, () -> Thread.getAllStackTraces().keySet().stream()
                .noneMatch(thread -> thread.getName().startsWith("PostgreSQL")));
        }
    }
}
