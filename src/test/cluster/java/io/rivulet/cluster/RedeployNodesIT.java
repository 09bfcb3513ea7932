package io.rivulet.cluster;

import io.rivulet.kit.Container;
import io.rivulet.kit.Redeploys;
import io.rivulet.kit.Server;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** A node at a real engine that is redeployed under load in Tomcat; {@code -Dredeploys=20} makes it more than three. */
@ParameterizedClass(name = "{0}")
@EnumSource
class RedeployNodesIT {

    private static final int TIMES = Integer.getInteger("redeploys", 3);

    private final Engines engine;

    RedeployNodesIT(Engines engine) {
        this.engine = engine;
    }

    @Test
    void nothingStaysOfAnyNodeThatWasReplacedUnderLoad() throws Exception {
        try (EngineServer server = engine.start()) {
            new Redeploys(Server.in(Container.TOMCAT).set(server.settings("redeployed"))).play(TIMES);
        }
    }
}
