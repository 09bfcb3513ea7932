package io.rivulet.topic;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The topics that Mercure keeps for itself: those that, as a URL reference, lead to the hub's own path or below it,
 * whatever the scheme and authority (Mercure 1.0, "Reserved namespace"). Resolves as the URL parser of WHATWG does, as
 * far as a path depends on it; what that parser would reject is treated as if it were accepted, since refusing a topic
 * too many here costs nobody anything. {@link TopicSpace} asks the parser as well. Immutable, any thread.
 */
final class ReservedNamespace {

    /** Around the path that hubs have by default. */
    static final ReservedNamespace STANDARD = new ReservedNamespace(Topic.HUB_PATH);

    private static final Pattern SCHEME = Pattern.compile("([A-Za-z][A-Za-z0-9+.-]*):(.*)", Pattern.DOTALL);
    private static final Set<String> SPECIAL = Set.of("http", "https", "ws", "wss", "ftp", "file");

    private final String hubFolder;
    private final String hubPath;
    /** Its last segment. */
    private final String hubName;

    /** Around a hub's path as its URL has it. */
    ReservedNamespace(String hubPath) {
        this.hubPath = decode(hubPath);
        this.hubFolder = this.hubPath.substring(0, this.hubPath.lastIndexOf('/') + 1);
        this.hubName = this.hubPath.substring(hubFolder.length());
    }

    /** Whether this topic leads to {@code /.well-known/mercure}: nobody may publish to it, wherever the hub is. */
    static boolean holds(String topic) {
        return STANDARD.leadsThere(topic);
    }

    /** Whether this topic, relative to the hub's path, leads to it or below. */
    boolean leadsThere(String topic) {
        if (isPlain(topic)) {
            return false;
        }
        String text = trim(topic);
        Matcher scheme = SCHEME.matcher(text);
        if (!scheme.matches()) {
            return isHub(relative(text));
        }
        String name = scheme.group(1).toLowerCase(Locale.ROOT);
        String rest = scheme.group(2);
        return switch (name) {
            // with the hub's own scheme, "https:mercure" is relative; with the other one, "mercure" is a host
            case "http", "https" -> isHub(afterAuthority(skipSlashes(rest, true), true))
                || !startsWithTwoSlashes(rest) && isHub(relative(rest));
            case "file" -> isHub(startsWithTwoSlashes(rest) ? afterAuthority(rest.substring(2), true)
                : path(rest, true));
            default -> SPECIAL.contains(name) ? isHub(afterAuthority(skipSlashes(rest, true), true))
                : rest.startsWith("//") ? isHub(afterAuthority(rest.substring(2), false))
                : rest.startsWith("/") && isHub(path(rest, false));
        };
    }

    /**
     * Whether it is a relative path, as topics mostly are, that spells everything out and nowhere names the last
     * segment of the hub's path: wherever its dots lead, not there.
     */
    private boolean isPlain(String topic) {
        return !topic.isEmpty() && " ?#".indexOf(topic.charAt(0)) < 0 && topic.indexOf(':') < 0
            && topic.indexOf('%') < 0 && !topic.contains(hubName);
    }

    /** Whether a URL with this path, free of dot segments, is there. */
    boolean isUnder(String path) {
        return isHub(decode(path));
    }

    /** A reference without a scheme, against the hub's URL. */
    private String relative(String text) {
        if (startsWithTwoSlashes(text)) {
            return afterAuthority(skipSlashes(text, true), true);
        }
        if (text.isEmpty() || text.charAt(0) == '?' || text.charAt(0) == '#') {
            return hubPath;
        }
        return isSlash(text.charAt(0), true) ? path(text, true) : path(hubFolder + text, true);
    }

    private static String afterAuthority(String text, boolean special) {
        int i = 0;
        while (i < text.length() && !isSlash(text.charAt(i), special) && "?#".indexOf(text.charAt(i)) < 0) {
            i++;
        }
        return path(text.substring(i), special);
    }

    /** The path up to query or fragment, its dot segments removed, what is unreserved decoded. */
    private static String path(String text, boolean special) {
        List<String> segments = new ArrayList<>();
        int i = !text.isEmpty() && isSlash(text.charAt(0), special) ? 1 : 0;
        boolean more = true;
        while (more) {
            int end = i;
            while (end < text.length() && !isSlash(text.charAt(end), special) && "?#".indexOf(text.charAt(end)) < 0) {
                end++;
            }
            more = end < text.length() && isSlash(text.charAt(end), special);
            add(segments, decode(text.substring(i, end)), !more);
            i = end + 1;
        }
        return "/" + String.join("/", segments);
    }

    private static void add(List<String> segments, String segment, boolean last) {
        boolean up = segment.equals("..");
        if (up && !segments.isEmpty()) {
            segments.remove(segments.size() - 1);
        }
        if (!up && !segment.equals(".")) {
            segments.add(segment);
        } else if (last) {
            segments.add("");
        }
    }

    /** Percent-encoded letters, digits, {@code - . _ ~} decoded (RFC 3986, 6.2.2.2); the rest as it is. */
    private static String decode(String segment) {
        StringBuilder plain = new StringBuilder(segment.length());
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            if (c == '%' && i + 2 < segment.length()) {
                int high = Character.digit(segment.charAt(i + 1), 16);
                int low = Character.digit(segment.charAt(i + 2), 16);
                char decoded = (char) (high << 4 | low);
                if (high >= 0 && low >= 0 && isUnreserved(decoded)) {
                    c = decoded;
                    i += 2;
                }
            }
            plain.append(c);
        }
        return plain.toString();
    }

    private static boolean isUnreserved(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "-._~".indexOf(c) >= 0;
    }

    private boolean isHub(String path) {
        return path.startsWith(hubPath) && (path.length() == hubPath.length() || path.charAt(hubPath.length()) == '/');
    }

    private static boolean startsWithTwoSlashes(String text) {
        return text.length() >= 2 && isSlash(text.charAt(0), true) && isSlash(text.charAt(1), true);
    }

    private static String skipSlashes(String text, boolean special) {
        int i = 0;
        while (i < text.length() && isSlash(text.charAt(i), special)) {
            i++;
        }
        return text.substring(i);
    }

    private static boolean isSlash(char c, boolean special) {
        return c == '/' || special && c == '\\';
    }

    /** The parser drops spaces at both ends; controls cannot be in a topic. */
    private static String trim(String topic) {
        int start = 0;
        int end = topic.length();
        while (start < end && topic.charAt(start) == ' ') {
            start++;
        }
        while (end > start && topic.charAt(end - 1) == ' ') {
            end--;
        }
        return topic.substring(start, end);
    }
}
