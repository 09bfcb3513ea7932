package io.rivulet;

import io.rivulet.boot.Assembly;
import io.rivulet.boot.HostSettings;
import io.rivulet.boot.Mount;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.Map;
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
     * {@code ServletContainerInitializer}. It does not wait for the log: until that is open, publishing is refused.
     *
     * @param settings by their whole keys, such as {@code rivulet.data.dir}, or as the environment has them, {@code
     *                 RIVULET_DATA_DIR}, which are stronger. Nothing is read from the machine. Without a folder the
     *                 log is below the container's base where that lasts, else in {@code rivulet-data} below the
     *                 folder that the process runs in
     * @param prefix   empty for the application's root; there the hub has only the paths of its servlets
     * @return to be closed when the application ends
     * @throws RuntimeException when a setting cannot be meant, or a path or name is another servlet's; then nothing
     *                          runs
     */
    public static Installation install(ServletContext application, Map<String, String> settings, String prefix) {
        return new Installation(Assembly.start(application, HostSettings.given(settings), Mount.at(prefix)));
    }

    /** The same with the home page, at the prefix itself. */
    public static Installation installWithHomePage(ServletContext application, Map<String, String> settings,
                                                   String prefix) {
        return new Installation(Assembly.start(application, HostSettings.given(settings),
            Mount.at(prefix).withHome()));
    }

    /**
     * The hub of this application, for code in the same JVM: {@code Rivulet.hub(servletContext).publish(topic, data)}.
     * In the WAR and where {@link #install} was called.
     *
     * @throws IllegalStateException when the hub is not running in this context
     */
    public static RivuletHub hub(ServletContext application) {
        return new EmbeddedHub(running(application));
    }

    /**
     * Answers a request of the application's own servlet, controller or resource with a stream of the hub of this
     * application: {@code Rivulet.respond(request, response).topic("run/42").fromStart().plain().start()}. Whether this
     * caller may read the topic is decided before, by the application.
     *
     * @throws IllegalStateException when the hub is not running in the context of the request
     */
    public static StreamResponse respond(HttpServletRequest request, HttpServletResponse response) {
        return new StreamResponse(running(request.getServletContext()), request, response);
    }

    private static Assembly running(ServletContext application) {
        Assembly running = Assembly.of(application);
        if (running == null) {
            throw new IllegalStateException("the hub is not running in this context");
        }
        return running;
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
