package io.rivulet.http;

import io.rivulet.config.BadSetting;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Which pages of other origins may use the hub: those of the settings, byte for byte, and in dev
 * mode, for reading, every port of this machine. Any thread.
 */
public final class Cors {

    private static final Pattern ORIGIN =
        Pattern.compile("[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\\[[0-9a-f:.]+])(:[1-9][0-9]{0,4})?");
    private static final Pattern LOCAL =
        Pattern.compile("https?://(localhost|127\\.0\\.0\\.1|\\[::1])(:[0-9]{1,5})?");
    private static final String REQUEST_HEADERS =
        "Last-Event-ID, Authorization, Content-Type, Cache-Control, Accept, X-Requested-With, Idempotency-Key";
    private static final String EXPOSED = "Mercure-Last-Event-ID, Last-Event-ID, Retry-After, X-Request-Id";
    private static final String MAX_AGE_S = "7200";

    private final Set<String> origins;
    private final boolean dev;

    /**
     * As the settings say.
     *
     * @throws BadSetting when {@code rivulet.cors.origins} holds something that no browser ever sends
     */
    public Cors(Settings settings) {
        List<String> listed = settings.get(SettingsTable.CORS_ORIGINS);
        listed.forEach(Cors::check);
        origins = Set.copyOf(listed);
        dev = settings.get(SettingsTable.DEV);
    }

    private static void check(String origin) {
        String key = SettingsTable.CORS_ORIGINS.fullKey();
        if (origin.equals("*")) {
            throw new BadSetting(key + " is *; name the origins, such as https://app.example.com");
        }
        if (!ORIGIN.matcher(origin).matches()) {
            throw new BadSetting(key + " holds \"" + Shown.of(origin)
                + "\"; an origin is scheme://host or scheme://host:port, in lower case, without a path");
        }
        if (origin.matches("http://.*:80|https://.*:443")) {
            throw new BadSetting(key + " holds \"" + origin + "\"; browsers leave the default port out");
        }
    }

    /** Lets the request's origin read the answer, whatever it will be; before anything is written. */
    void apply(HttpServletRequest request, HttpServletResponse response) {
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
    void options(HttpServletRequest request, HttpServletResponse response, String methods) {
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
