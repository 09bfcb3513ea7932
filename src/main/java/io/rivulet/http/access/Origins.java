package io.rivulet.http.access;

import io.rivulet.config.BadSetting;
import io.rivulet.config.Setting;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Refused.Reason;
import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Checks the page that a changing request comes from, when the browser itself shows who the caller is, by a cookie or
 * the container's login (TOK-05). The hub's own pages and those of {@code rivulet.publish.origins} may change
 * something. {@link Access} asks it; {@code Cors} reads its lists here. Immutable, any thread.
 *
 * <p>A page of another site can make the browser send such a request, but only with its own {@code Origin}.
 */
public final class Origins {

    private static final Pattern ORIGIN =
        Pattern.compile("[a-z][a-z0-9+.-]*://([a-z0-9._-]+|\\[[0-9a-f:.]+])(:[1-9][0-9]{0,4})?");

    private final Set<String> listed;
    private final String own;

    /**
     * As the settings say.
     *
     * @throws BadSetting when {@code rivulet.publish.origins} holds something that no browser ever sends
     */
    Origins(Settings settings) {
        listed = listed(settings, SettingsTable.PUBLISH_ORIGINS);
        own = settings.get(SettingsTable.RESOURCE).map(Origins::ofUrl).orElse("");
    }

    /** The origins of a setting, each as browsers write it. */
    static Set<String> listed(Settings settings, Setting<List<String>> setting) {
        List<String> all = settings.get(setting);
        all.forEach(origin -> check(origin, setting.fullKey()));
        return Set.copyOf(all);
    }

    static void check(String origin, String key) {
        if (origin.equals("*")) {
            throw new BadSetting(key + " is *; name the origins, such as https://app.example.com");
        }
        if (!ORIGIN.matcher(origin).matches()) {
            throw new BadSetting(key + " holds \"" + Printable.of(origin)
                + "\"; an origin is scheme://host or scheme://host:port, in lower case, without a path");
        }
        if (origin.matches("http://.*:80|https://.*:443")) {
            throw new BadSetting(key + " holds \"" + origin + "\"; browsers leave the default port out");
        }
    }

    /**
     * Lets a changing request pass that comes from one of these pages: {@code Origin} says so, else {@code Referer}.
     *
     * @throws Refused when it comes from elsewhere, or says nothing
     */
    void check(HttpServletRequest request) {
        List<String> origins = Collections.list(request.getHeaders("Origin"));
        String referer = request.getHeader("Referer");
        if (origins.isEmpty() && referer == null) {
            throw refused("has neither");
        }
        for (String origin : origins) {
            if (!isOurs(origin, request)) {
                throw refused("comes from \"" + Printable.of(origin) + "\"");
            }
        }
        if (origins.isEmpty() && !isOurs(ofUrl(referer), request)) {
            throw refused("has a Referer of another origin");
        }
    }

    private boolean isOurs(String origin, HttpServletRequest request) {
        String host = hostOf(request);
        return listed.contains(origin) || !origin.isEmpty() && origin.equals(own)
            || host != null && origin.equals(ofHost(request.getScheme(), host));
    }

    private static Refused refused(String what) {
        return Refused.because(Reason.BAD_CREDENTIALS, "with a cookie or the container's login only pages of the hub "
            + "itself or of " + SettingsTable.PUBLISH_ORIGINS.fullKey() + " may change something, as Origin or Referer "
            + "tells; this request " + what);
    }

    /**
     * The name that the client asked for, with its port if it is not the default one; null when it named none. HTTP/1.1
     * says it in {@code Host}; HTTP/2 in {@code :authority} (RFC 9113, 8.3.1), of which Tomcat makes a {@code Host} and
     * Jetty only the server's name.
     */
    public static String hostOf(HttpServletRequest request) {
        String host = request.getHeader("Host");
        if (host != null || request.getProtocol().startsWith("HTTP/1")) {
            return host; // in HTTP/1 the server's name without one would be the container's own address
        }
        String name = request.getServerName();
        return (name.indexOf(':') < 0 || name.startsWith("[") ? name : "[" + name + "]") + ":"
            + request.getServerPort();
    }

    /** The origin of what is served under this name; browsers leave the default port out, and letters are small. */
    static String ofHost(String scheme, String host) {
        String origin = (scheme + "://" + host).toLowerCase(Locale.ROOT);
        String port = origin.startsWith("http://") ? ":80" : origin.startsWith("https://") ? ":443" : "";
        return !port.isEmpty() && origin.endsWith(port) ? origin.substring(0, origin.length() - port.length())
            : origin;
    }

    /** The origin of a URL; empty, which is nobody's, when it has none. */
    static String ofUrl(String url) {
        try {
            URI uri = new URI(url);
            return uri.getScheme() == null || uri.getRawAuthority() == null ? ""
                : ofHost(uri.getScheme(), uri.getRawAuthority());
        } catch (URISyntaxException e) {
            return "";
        }
    }
}
