package io.rivulet;

import io.rivulet.boot.Assembly;
import io.rivulet.boot.Mount;
import io.rivulet.config.Settings;
import io.rivulet.hub.Hub;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The hub's public face. Another application installs a hub in itself with {@link #install}; code in the same JVM asks
 * for it with {@link #hub}. As the listener of the WAR it starts and ends the hub with its context.
 */
public final class Rivulet implements ServletContextListener {

    private static final Logger LOG = LoggerFactory.getLogger(Rivulet.class);

    private Assembly assembly;

    /**
     * Starts a hub in this application, with all its paths below a prefix such as {@code /live}; the application's own
     * pages, servlets, filters and error pages stay as they are. To be called while the application starts: by a
     * {@code ServletContextListener} of its {@code web.xml} or annotations, or by a
     * {@code ServletContainerInitializer}.
     *
     * @param prefix empty for the application's root; there the hub has only the paths of its servlets
     * @return to be closed when the application ends
     * @throws RuntimeException when a setting cannot be meant, or a path or name is another servlet's; then nothing
     *                          runs
     */
    public static Assembly install(ServletContext application, Settings settings, String prefix) {
        return Assembly.start(application, settings, Mount.at(prefix));
    }

    /**
     * The hub of this application, for code in the same JVM: {@code Rivulet.hub(servletContext).publish(event)}.
     *
     * @throws IllegalStateException when the hub is not running in this context
     */
    public static Hub hub(ServletContext application) {
        Hub hub = Assembly.hub(application);
        if (hub == null) {
            throw new IllegalStateException("the hub is not running in this context");
        }
        return hub;
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
        try {
            assembly = Assembly.ofWar(event.getServletContext());
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
