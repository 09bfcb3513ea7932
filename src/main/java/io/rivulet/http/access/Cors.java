package io.rivulet.http.access;

import io.rivulet.config.BadSetting;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.regex.Pattern;

/**
 * Decides which pages of other origins may use the hub: those of the settings, byte for byte or by a star for one
 * label, and in dev mode, for reading, every port of this machine. The edge applies it to each request, and the
 * servlets answer OPTIONS with it. Any thread.
 */
public final class Cors {

    private static final Pattern LOCAL =
        Pattern.compile("https?://(localhost|127\\.0\\.0\\.1|\\[::1])(:[0-9]{1,5})?");
    private static final String REQUEST_HEADERS =
        "Last-Event-ID, Authorization, Content-Type, Cache-Control, Accept, X-Requested-With, Idempotency-Key, "
            + "If-None-Match, Rivulet-Secret";
    private static final String EXPOSED =
        "Mercure-Last-Event-ID, Last-Event-ID, Link, ETag, Retry-After, X-Request-Id";
    private static final String MAX_AGE_S = "7200";

    /** Another one when the setting changes. */
    private volatile OriginList origins;
    private final boolean dev;

    /**
     * As the settings say.
     *
     * @throws BadSetting when {@code rivulet.cors.origins} holds something that no browser ever sends
     */
    public Cors(Settings settings) {
        origins = new OriginList(settings, SettingsTable.CORS_ORIGINS);
        dev = settings.get(SettingsTable.DEV);
        settings.onChange(fresh -> {
            OriginList next = new OriginList(fresh, SettingsTable.CORS_ORIGINS);
            return () -> origins = next;
        });
    }

    /** Lets the request's origin read the answer, whatever it will be; before anything is written. */
    public void apply(HttpServletRequest request, HttpServletResponse response) {
        if (origins.isEmpty() && !dev) {
            return;
        }
        response.setHeader("Vary", "Origin");
        String origin = request.getHeader("Origin");
        if (origin != null && mayRead(origin)) {
            response.setHeader("Access-Control-Allow-Origin", origin);
            response.setHeader("Access-Control-Allow-Credentials", "true");
            response.setHeader("Access-Control-Expose-Headers", EXPOSED);
        }
    }

    /** Answers OPTIONS: what the resource can do and, to an origin that may use it, what a page may send. */
    public void options(HttpServletRequest request, HttpServletResponse response, String methods) {
        response.setStatus(HttpServletResponse.SC_NO_CONTENT);
        response.setHeader("Allow", methods);
        String origin = request.getHeader("Origin");
        if (origin != null && mayRead(origin)) {
            response.setHeader("Access-Control-Allow-Methods", origins.contains(origin) ? methods : "GET, HEAD");
            response.setHeader("Access-Control-Allow-Headers", REQUEST_HEADERS);
            response.setHeader("Access-Control-Max-Age", MAX_AGE_S);
        }
    }

    private boolean mayRead(String origin) {
        return origins.contains(origin) || dev && LOCAL.matcher(origin).matches();
    }
}
