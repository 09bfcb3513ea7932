package io.rivulet.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rivulet.config.Settings;
import io.rivulet.kit.Container;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Server;
import org.junit.jupiter.api.Test;

/** What the containers tell an application of their own limit for writes. */
@OnEveryContainer
class WriteLimitIT {

    private final Container container;

    WriteLimitIT(Container container) {
        this.container = container;
    }

    @Test
    void tomcatTellsTheLimitOfItsConnectorAndJettyTellsNothing() {
        try (Server server = Server.in(container).start()) {
            assertEquals("a stream whose socket takes nothing " + (container == Container.TOMCAT
                    ? "ends after 60 s, by connectionTimeout of Tomcat's connector; rivulet.stall.timeout is 120 s"
                    : "ends after 120 s (rivulet.stall.timeout), or sooner by the connector's idleTimeout, "
                    + "30 s in Jetty unless configured (rivulet.jetty.straight: only over TLS and HTTP/2)"),
                WriteLimit.line(Settings.with("stall.timeout", "2m"), server.context().getServerInfo(),
                    ConnectorLimit.writeMs()));
        }
    }
}
