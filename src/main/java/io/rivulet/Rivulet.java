package io.rivulet;

import io.rivulet.boot.Assembly;
import io.rivulet.http.HubContext;
import io.rivulet.hub.Hub;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hub's public face. As the listener of the WAR it starts the hub when the context starts and ends it when the
 * context ends; code in the same JVM asks it for the {@link Hub}.
 */
public final class Rivulet implements ServletContextListener {

    private static final Logger LOG = LoggerFactory.getLogger(Rivulet.class);

    private Assembly assembly;

    /**
     * The hub of this application, for code in the same JVM: {@code Rivulet.hub(servletContext).publish(event)}.
     *
     * @throws IllegalStateException when the hub is not running in this context
     */
    public static Hub hub(ServletContext application) {
        return HubContext.of(application).hub();
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
        try {
            assembly = Assembly.ofContainer(event.getServletContext());
        } catch (RuntimeException e) {
            LOG.error("the hub does not start: {}", e.getMessage());
            throw e; // the container marks the application as failed
        }
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        if (assembly != null) {
            assembly.close();
            assembly = null;
        }
    }
}
