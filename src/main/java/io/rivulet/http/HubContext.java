package io.rivulet.http;

import io.rivulet.auth.Bans;
import io.rivulet.auth.Roles;
import io.rivulet.auth.TokenVerifier;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
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
 * @param tokens    who issues tokens, and by which keys they are checked
 * @param bans      who is kept out
 * @param access    who may do what
 * @param clients   at which address a client is
 * @param cors      which pages may read
 * @param problem   how the hub says no
 * @param writers   who writes to streams whose container may block; to be closed after the hub
 * @param slashes   whether the connector lets encoded slashes through
 * @param accessLog the file of requests, or {@link AccessLog#NONE}
 * @param store     whether the store serves
 */
public record HubContext(Settings settings, Hub hub, Metrics metrics, InstantSource clock, TokenVerifier tokens,
                         Bans bans, Access access, ClientAddress clients, Cors cors, Problem problem,
                         WriterPool writers, SlashCheck slashes, AccessLog accessLog, StoreStatus store) {

    private static final String ATTRIBUTE = HubContext.class.getName();

    /** The usual wiring of the door; {@code tokens} stays the caller's to close, and {@link #writers} is. */
    public static HubContext of(Settings settings, Hub hub, Metrics metrics, InstantSource clock, TokenVerifier tokens,
                                Bans bans, AccessLog accessLog, StoreStatus store) {
        Access access = new Access(settings, tokens, new Roles(settings, hub.topics()), bans);
        String metadata = tokens.isConfigured() ? MetadataServlet.url(hub.topics().hubUrl()) : null;
        hub.bans(bans::isBanned);
        return new HubContext(settings, hub, metrics, clock, tokens, bans, access, new ClientAddress(settings),
            new Cors(settings), new Problem(clock, metadata), new WriterPool(settings.get(SettingsTable.WRITERS_MAX)),
            new SlashCheck(hub.presence().isOn()), accessLog, store);
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
