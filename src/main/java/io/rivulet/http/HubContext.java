package io.rivulet.http;

import io.rivulet.config.Settings;
import io.rivulet.hub.Hub;
import io.rivulet.metrics.Metrics;
import jakarta.servlet.ServletContext;
import java.time.InstantSource;

/**
 * What every servlet of the hub needs, put into the servlet context once at start.
 *
 * @param settings  in force
 * @param hub       which may still be opening
 * @param metrics   the counters
 * @param clock     the time
 * @param access    who may do what
 * @param cors      which pages may read
 * @param problem   how the hub says no
 * @param accessLog the file of requests, or {@link AccessLog#NONE}
 * @param store     whether the store serves
 */
public record HubContext(Settings settings, Hub hub, Metrics metrics, InstantSource clock, Access access, Cors cors,
                         Problem problem, AccessLog accessLog, StoreStatus store) {

    private static final String ATTRIBUTE = HubContext.class.getName();

    /** The usual wiring of the door. */
    public static HubContext of(Settings settings, Hub hub, Metrics metrics, InstantSource clock, AccessLog accessLog,
                                StoreStatus store) {
        return new HubContext(settings, hub, metrics, clock, new Access(settings), new Cors(settings),
            new Problem(clock), accessLog, store);
    }

    /** The one of this application; throws when the hub did not start. */
    public static HubContext of(ServletContext application) {
        Object held = application.getAttribute(ATTRIBUTE);
        if (held instanceof HubContext context) {
            return context;
        }
        throw new IllegalStateException("the hub is not running in this context");
    }

    /** Puts it where {@link #of(ServletContext)} finds it. */
    public void install(ServletContext application) {
        application.setAttribute(ATTRIBUTE, this);
    }

    /** Takes it out again. */
    public static void remove(ServletContext application) {
        application.removeAttribute(ATTRIBUTE);
    }
}
