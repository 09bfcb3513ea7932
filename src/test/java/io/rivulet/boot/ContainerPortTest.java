package io.rivulet.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;

/** The port in the lines that can be copied; {@code LifecycleIT} asks it of running containers. */
class ContainerPortTest {

    @Test
    void aConnectorOfJettyIsAskedBeforeItIsOpen() {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server);
        connector.setPort(8123);
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        server.setHandler(context);
        assertEquals("http://localhost:8123", ContainerPort.url(context.getServletContext()));
    }

    @Test
    void whereNobodyKnowsThereIsNone() {
        assertNull(ContainerPort.url(new ServletContextHandler("/").getServletContext()));
    }
}
