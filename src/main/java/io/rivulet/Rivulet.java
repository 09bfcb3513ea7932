package io.rivulet;

import io.rivulet.config.Settings;
import io.rivulet.http.AccessLog;
import io.rivulet.http.HubContext;
import io.rivulet.hub.Hub;
import io.rivulet.metrics.Metrics;
import jakarta.servlet.ServletContext;
import jakarta.servlet.ServletContextEvent;
import jakarta.servlet.ServletContextListener;
import java.time.InstantSource;
import java.util.List;

/** The life of the hub in a servlet container: built in the order of the flow, closed in reverse. */
public final class Rivulet implements ServletContextListener {

    /** The hub of this application, for code in the same JVM. */
    public static Hub hub(ServletContext application) {
        return HubContext.of(application).hub();
    }

    @Override
    public void contextInitialized(ServletContextEvent event) {
        Settings settings = Settings.of(List.of());
        Metrics metrics = new Metrics();
        InstantSource clock = InstantSource.system();
        Hub hub = new Hub(settings, clock, metrics);
        HubContext.of(settings, hub, metrics, clock, AccessLog.NONE, () -> hub.isOpen() ? null : "opening")
            .install(event.getServletContext());
    }

    @Override
    public void contextDestroyed(ServletContextEvent event) {
        HubContext.remove(event.getServletContext());
    }
}
