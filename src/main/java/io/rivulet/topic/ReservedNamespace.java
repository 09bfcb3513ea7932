package io.rivulet.topic;

import io.rivulet.url.PercentEncoding;
import io.rivulet.url.Url;
import java.util.regex.Pattern;

/**
 * The topics that Mercure keeps for itself: those that, as a URL reference, lead to the hub's own path or below it,
 * whatever the scheme and authority (Mercure 1.0, "Reserved namespace"). {@link TopicSpace} asks for each topic that is
 * published. The URL parser decides. Most topics need no parser: {@link #isPlain}. Immutable, any thread.
 */
final class ReservedNamespace {

    /** Around the path that hubs have by default. */
    static final ReservedNamespace STANDARD = new ReservedNamespace(Topic.HUB_PATH);

    /** A scheme, but not {@code https:a}: where the hub has that scheme, this is the path {@code a} beside it. */
    private static final Pattern WHOLE =
        Pattern.compile(" *(?!(?i:https?):(?![/\\\\]{2}))[A-Za-z][A-Za-z0-9+.-]*:");

    /** The bases of topics: with either scheme, since {@code https:a} is relative to one of them only. */
    private final Url https;
    private final Url http;
    private final String hubPath;
    /** Its last segment. */
    private final String hubName;

    /** Around a hub's path as its URL has it. */
    ReservedNamespace(String path) {
        https = Url.parse("https://hub" + path, null);
        http = Url.parse("http://hub" + path, null);
        hubPath = decode(path);
        hubName = hubPath.substring(hubPath.lastIndexOf('/') + 1);
    }

    /** Whether this topic leads to {@code /.well-known/mercure}: nobody may publish to it, wherever the hub is. */
    static boolean holds(String topic) {
        return STANDARD.leadsThere(topic);
    }

    /** Whether this topic, relative to the hub's path, leads to it or below. */
    boolean leadsThere(String topic) {
        return !isPlain(topic) && (leadsThere(topic, https) || leadsThere(topic, http));
    }

    /** A topic that the parser rejects names no path, and so not the hub's; no pattern matches it (SUB-15). */
    private boolean leadsThere(String topic, Url base) {
        Url url = Url.parse(topic, base);
        return url != null && isUnder(url);
    }

    /** Whether this URL leads to the hub's path or below. */
    boolean isUnder(Url url) {
        String path = decode(url.path());
        return path.startsWith(hubPath) && (path.length() == hubPath.length() || path.charAt(hubPath.length()) == '/');
    }

    /** Whether this topic is a URL by itself, so that it leads to the same resource from every hub. */
    static boolean isWhole(String topic) {
        return WHOLE.matcher(topic).lookingAt();
    }

    /**
     * Whether it is a relative path, as topics mostly are, that spells everything out and nowhere names the last
     * segment of the hub's path: wherever its dots lead, not there. No topic is plain where that segment has characters
     * that the parser would encode.
     */
    boolean isPlain(String topic) {
        return !topic.isEmpty() && " ?#".indexOf(topic.charAt(0)) < 0 && topic.indexOf(':') < 0
            && topic.indexOf('%') < 0 && hubName.indexOf('%') < 0 && !topic.contains(hubName);
    }

    /** Percent-encoded letters, digits, {@code - . _ ~} decoded (RFC 3986, 6.2.2.2); the rest as it is. */
    private static String decode(String path) {
        if (path.indexOf('%') < 0) {
            return path;
        }
        StringBuilder plain = new StringBuilder(path.length());
        for (int i = 0; i < path.length(); i++) {
            int octet = PercentEncoding.octet(path, i);
            boolean decoded = octet >= 0 && PercentEncoding.isUnreserved(octet);
            plain.append(decoded ? (char) octet : path.charAt(i));
            i += decoded ? 2 : 0;
        }
        return plain.toString();
    }
}
