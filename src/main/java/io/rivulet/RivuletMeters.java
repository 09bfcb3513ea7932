package io.rivulet;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.rivulet.boot.Assembly;
import io.rivulet.meter.HubMeters;
import jakarta.servlet.ServletContext;

/**
 * The hub's meters for a registry of Micrometer's that an application has already: {@code new
 * RivuletMeters(servletContext).bindTo(registry)}, once the hub is installed. They are those of {@code /metrics}
 * without the meters of the JVM. Any thread.
 *
 * <p>It is the only type of this package that needs Micrometer, and nothing else names it: an application without
 * Micrometer has a hub all the same.
 */
public final class RivuletMeters implements MeterBinder, AutoCloseable {

    private final HubMeters meters;

    /**
     * The meters of the hub that runs in this application.
     *
     * @param application where {@link Rivulet#install} was called, or the WAR's own
     * @throws IllegalStateException when no hub runs in this context
     */
    public RivuletMeters(ServletContext application) {
        Assembly running = Assembly.of(application);
        if (running == null) {
            throw new IllegalStateException("the hub is not running in this context");
        }
        meters = new HubMeters(running.hub());
    }

    @Override
    public void bindTo(MeterRegistry registry) {
        meters.bindTo(registry);
    }

    /** Takes the meters out of all registries again: where the registry outlives the application, before its end. */
    @Override
    public void close() {
        meters.close();
    }
}
