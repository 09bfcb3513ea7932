package io.rivulet.http.access;

import io.rivulet.refusal.Printable;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The conditions of dev mode, in which a caller on this machine may do everything. {@link Access} asks. Pure.
 *
 * <p>Being on this machine is all the identity there is, so each condition closes one way to borrow it: another machine
 * (peer), a page whose name was rebound to 127.0.0.1 (Host), a proxy on this machine that speaks for others (forwarding
 * headers), a page of another site in this machine's browser (Origin).
 */
final class DevAccess {

    private static final Pattern LOCAL_HOST =
        Pattern.compile("(localhost|127\\.0\\.0\\.1|\\[::1])(:\\d{1,5})?", Pattern.CASE_INSENSITIVE);
    private static final Pattern LOOPBACK =
        Pattern.compile("\\[?(127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|::1|0:0:0:0:0:0:0:1|::ffff:127\\.[0-9.]+)]?");
    private static final List<String> FORWARDING = List.of("forwarded", "x-real-ip", "via");
    /** Tomcat's RemoteIpValve takes the headers away and leaves this. */
    private static final String TOMCAT_FORWARDED = "org.apache.tomcat.request.forwarded";

    private DevAccess() {
    }

    /** The condition that fails, as the end of a sentence, or null when all hold. */
    static String fault(HttpServletRequest request, boolean changing) {
        String peer = request.getRemoteAddr();
        if (peer == null || !peer.equals("127.0.0.1") && !LOOPBACK.matcher(peer).matches()) {
            return "this one comes from " + peer + ", which is no loopback address";
        }
        String host = Origins.hostOf(request);
        if (host == null || !LOCAL_HOST.matcher(host).matches()) {
            return "the Host header is " + (host == null ? "missing" : "\"" + Printable.of(host) + "\"")
                + "; it must be localhost, 127.0.0.1 or [::1]";
        }
        for (Enumeration<String> names = request.getHeaderNames(); names.hasMoreElements(); ) {
            String name = names.nextElement();
            if (tellsOfAProxy(name)) {
                return "the header " + Printable.of(name) + " shows that a proxy speaks for somebody else";
            }
        }
        if (Boolean.TRUE.equals(request.getAttribute(TOMCAT_FORWARDED))) {
            return "the container says that a proxy speaks for somebody else";
        }
        return changing ? foreignPage(request, host) : null;
    }

    private static boolean tellsOfAProxy(String header) {
        if (header.isEmpty() || "fFvVxX".indexOf(header.charAt(0)) < 0) {
            return false; // as nearly all
        }
        String lower = header.toLowerCase(Locale.ROOT);
        return FORWARDING.contains(lower) || lower.startsWith("x-forwarded-");
    }

    /**
     * What tells of a page of another origin. A browser sends {@code Origin} with every POST and PUT; curl and other
     * programs send none of these headers, and are on this machine.
     */
    private static String foreignPage(HttpServletRequest request, String host) {
        List<String> origins = Collections.list(request.getHeaders("Origin"));
        String referer = request.getHeader("Referer");
        String site = request.getHeader("Sec-Fetch-Site");
        if (origins.isEmpty() && referer == null && site == null) {
            return null;
        }
        String own = Origins.ofHost(request.getScheme(), host);
        for (String origin : origins) {
            if (!own.equals(origin)) {
                return "the Origin is \"" + Printable.of(origin) + "\"; only pages of " + own + " may publish";
            }
        }
        if (origins.isEmpty() && referer != null && !own.equals(Origins.ofUrl(referer))) {
            return "the Referer is \"" + Printable.of(referer) + "\"; only pages of " + own + " may publish";
        }
        if (site != null && !site.equals("same-origin") && !site.equals("none")) {
            return "Sec-Fetch-Site is \"" + Printable.of(site) + "\"; only pages of " + own + " may publish";
        }
        return null;
    }
}
