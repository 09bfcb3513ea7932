package io.rivulet.http.access;

import io.rivulet.config.Issuers;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.http.trace.ClientAddress;
import io.rivulet.refusal.Printable;
import jakarta.servlet.ServletConnection;
import jakarta.servlet.http.HttpServletRequest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The conditions of dev mode, in which a caller on this machine may do everything. {@link Access} asks, on the
 * container's threads.
 *
 * <p>Being on this machine is all the identity there is, so each condition closes one way to borrow it: another machine
 * (peer), a page whose name was rebound to 127.0.0.1 (Host), a proxy on this machine that speaks for others (forwarding
 * headers, HTTP/1.0, the owner of the connection), a page of another site in this machine's browser (Origin).
 *
 * <p>The hard one is the proxy. nginx with a bare {@code proxy_pass http://localhost:8080} sends that name as the Host
 * and no header that tells of it; HAProxy sends the Host that a stranger chose. So headers only catch a proxy that is
 * polite, HTTP/1.0 catches nginx as it is set by default, and {@link PeerOwner} catches all that run as another
 * account, where the system tells. A proxy that speaks HTTP/1.1 under the account of the hub's is not caught.
 */
final class DevAccess {

    private static final Pattern LOCAL_HOST =
        Pattern.compile("(localhost|127\\.0\\.0\\.1|\\[::1])(:\\d{1,5})?", Pattern.CASE_INSENSITIVE);
    private static final Pattern LOOPBACK =
        Pattern.compile("\\[?(127\\.\\d{1,3}\\.\\d{1,3}\\.\\d{1,3}|::1|0:0:0:0:0:0:0:1|::ffff:127\\.[0-9.]+)]?");
    /** What proxies, caches and networks of caches add of themselves; {@link #mayTellOfAProxy} knows how they begin. */
    private static final Set<String> FORWARDING = Set.of("forwarded", "via", "x-real-ip", "x-client-ip",
        "x-cluster-client-ip", "x-proxyuser-ip", "x-varnish", "true-client-ip", "cdn-loop");
    private static final List<String> FORWARDING_GROUPS = List.of("x-forwarded", "x-original-", "x-envoy-", "x-arr-",
        "x-azure-", "x-amz-cf-", "x-amzn-", "cf-", "fastly-", "fly-");
    private static final Pattern FORWARDED_HOST = Pattern.compile("(?i)\\bhost\\s*=\\s*\"?([^\";,]*)");
    /** Tomcat's RemoteIpValve takes the headers away and leaves this. */
    private static final String TOMCAT_FORWARDED = "org.apache.tomcat.request.forwarded";

    private static final String BEHIND_A_PROXY = "; a caller behind a proxy needs a token, which "
        + Issuers.FAMILY.fullKey("", Issuers.KEY) + " makes the hub believe";

    private final PeerOwner owners;
    private final ClientAddress clients;
    private final Set<String> pages;
    /** A Host that was found to be this machine: publishers send the same one with each request. */
    private volatile String knownHost = "localhost";

    /** {@code settings} list the developer's own proxies, and pages of other origins. */
    DevAccess(PeerOwner owners, Settings settings) {
        this.owners = owners;
        clients = new ClientAddress(settings);
        pages = Origins.listed(settings, SettingsTable.PUBLISH_ORIGINS);
    }

    /** With what this system tells of its connections. */
    static DevAccess of(Settings settings) {
        return new DevAccess(PeerOwner.ofThisSystem(), settings);
    }

    /** Whom dev mode trusts here, as a sentence for the log. */
    String trust() {
        String all = " may publish, read and operate everything";
        return owners.isTold()
            ? "programs on this machine that run as " + owners.trusted() + all + ". A proxy on this machine that runs"
                + " as the same account opens the hub to everybody whom it serves"
            : "every program on this machine" + all + ". This system does not tell whose a connection is, so a proxy on"
                + " this machine that adds no header opens the hub to everybody whom it serves";
    }

    /** The condition that fails, as the end of a sentence, or null when all hold. */
    String fault(HttpServletRequest request, boolean changing) {
        String peer = request.getRemoteAddr();
        if (peer == null || !peer.equals("127.0.0.1") && !LOOPBACK.matcher(peer).matches()) {
            return "this one comes from " + peer + ", which is no loopback address";
        }
        String host = Origins.hostOf(request);
        if (host == null || !isLocal(host)) {
            return "the Host header is " + (host == null ? "missing" : "\"" + Printable.of(host) + "\"")
                + "; it must be localhost, 127.0.0.1 or [::1]";
        }
        String proxy = proxyFault(request);
        if (proxy != null) {
            return proxy;
        }
        if (Boolean.TRUE.equals(request.getAttribute(TOMCAT_FORWARDED))) {
            return "the container says that a proxy speaks for somebody else" + BEHIND_A_PROXY;
        }
        if (request.getProtocol().equals("HTTP/1.0")) { // browsers and curl have spoken 1.1 for twenty years
            return "the request is HTTP/1.0, as a proxy that speaks for somebody else sends it; use HTTP/1.1"
                + BEHIND_A_PROXY;
        }
        String stranger = owner(request, peer).fault(); // last, for it may read a table
        return stranger != null ? stranger + BEHIND_A_PROXY : changing ? foreignPage(request, host) : null;
    }

    /**
     * What tells of a proxy that speaks for others. A proxy that the settings trust says for whom it speaks: for a
     * browser on this machine, or it is refused as any other. It must say so, for one that only tells a scheme may
     * speak for anybody.
     */
    private String proxyFault(HttpServletRequest request) {
        String client = null;
        for (Enumeration<String> names = request.getHeaderNames(); names.hasMoreElements(); ) {
            String name = names.nextElement();
            if (!tellsOfAProxy(name)) {
                continue;
            }
            client = client == null ? clients.told(request) : client;
            String lower = name.toLowerCase(Locale.ROOT);
            if (client == null || !lower.startsWith("x-forwarded-") && !lower.equals("forwarded")) {
                return "the header " + Printable.of(name) + " shows that a proxy speaks for somebody else"
                    + BEHIND_A_PROXY + "; one of your own, as Vite's, is listed in "
                    + SettingsTable.TRUSTED_PROXIES.fullKey() + " and sends X-Forwarded-For";
            }
            if (!LOOPBACK.matcher(client).matches()) {
                return "a proxy speaks for " + client + ", which is no loopback address" + BEHIND_A_PROXY;
            }
            if (!namesThisMachine(request, name)) {
                return "the header " + Printable.of(name) + " of a proxy names another host" + BEHIND_A_PROXY;
            }
        }
        return null;
    }

    /** Whether all hosts that the page was asked at are this machine: its name may have been rebound to it. */
    private static boolean namesThisMachine(HttpServletRequest request, String header) {
        List<String> hosts = new ArrayList<>();
        for (String line : Collections.list(request.getHeaders(header))) {
            if (header.equalsIgnoreCase("X-Forwarded-Host")) {
                hosts.addAll(List.of(line.split(",", -1)));
            } else if (header.equalsIgnoreCase("Forwarded")) {
                FORWARDED_HOST.matcher(line).results().forEach(host -> hosts.add(host.group(1)));
            }
        }
        return hosts.stream().allMatch(host -> LOCAL_HOST.matcher(host.strip()).matches());
    }

    private boolean isLocal(String host) {
        if (host.equals(knownHost)) {
            return true;
        }
        boolean is = LOCAL_HOST.matcher(host).matches();
        knownHost = is ? host : knownHost;
        return is;
    }

    private PeerOwner.Answer owner(HttpServletRequest request, String peer) {
        ServletConnection connection = request.getServletConnection();
        String id = connection == null ? null : connection.getConnectionId();
        PeerOwner.Answer known = owners.remembered(id, request.getRemotePort());
        return known != null ? known : owners.ask(new PeerOwner.Connection(id, peer, request.getRemotePort(),
            request.getLocalAddr(), request.getLocalPort()));
    }

    private static boolean tellsOfAProxy(String header) {
        if (!mayTellOfAProxy(header)) {
            return false; // as nearly all
        }
        String lower = header.toLowerCase(Locale.ROOT);
        return FORWARDING.contains(lower) || FORWARDING_GROUPS.stream().anyMatch(lower::startsWith);
    }

    /** Whether it begins as one of them; {@code Content-Type} and its kin, which each publish has, do not. */
    private static boolean mayTellOfAProxy(String header) {
        return header.length() > 1 && switch (header.charAt(0)) {
            case 'c', 'C' -> "dDfF".indexOf(header.charAt(1)) >= 0;
            case 'f', 'F', 't', 'T', 'v', 'V', 'x', 'X' -> true;
            default -> false;
        };
    }

    /**
     * What tells of a page of another origin. A browser sends {@code Origin} with every POST and PUT; curl and other
     * programs send none of these headers, and are on this machine.
     */
    private String foreignPage(HttpServletRequest request, String host) {
        List<String> origins = Collections.list(request.getHeaders("Origin"));
        String referer = request.getHeader("Referer");
        String site = request.getHeader("Sec-Fetch-Site");
        if (origins.isEmpty() && referer == null && site == null) {
            return null;
        }
        String own = Origins.ofHost(request.getScheme(), host);
        String may = "; only pages of " + own + " and of " + SettingsTable.PUBLISH_ORIGINS.fullKey() + " may publish";
        for (String origin : origins) {
            if (!own.equals(origin) && !pages.contains(origin)) {
                return "the Origin is \"" + Printable.of(origin) + "\"" + may;
            }
        }
        String ofReferer = referer == null ? own : Origins.ofUrl(referer);
        if (origins.isEmpty() && !own.equals(ofReferer) && !pages.contains(ofReferer)) {
            return "the Referer is \"" + Printable.of(referer) + "\"" + may;
        }
        boolean listed = origins.isEmpty() ? pages.contains(ofReferer) : pages.containsAll(origins);
        if (site != null && !site.equals("same-origin") && !site.equals("none") && !listed) {
            return "Sec-Fetch-Site is \"" + Printable.of(site) + "\"" + may;
        }
        return null;
    }
}
