package io.rivulet.topic;

import io.rivulet.heap.HeapBytes;
import io.rivulet.url.Url;
import java.util.Locale;
import java.util.Set;

/**
 * A topic read as a URL reference.
 *
 * @param url  what it is relative to the hub's URL; null when it is no URL, and then no URL pattern matches (SUB-15)
 * @param text what the index looks for words in: key, query and fragment; null without a URL
 */
record TopicUrl(Url url, String text) {

    private static final TopicUrl NONE = new TopicUrl(null, null);
    private static final Set<String> SPECIAL = Set.of("http", "https", "ws", "wss", "ftp", "file");

    /** Bytes that it keeps alive; a URL has ASCII alone. */
    long weight() {
        return HeapBytes.object(2, 0) + HeapBytes.latin(text) + (url == null ? 0 : url.weight());
    }

    static TopicUrl of(String topic, Url hub) {
        Url url = Url.parse(topic, hub);
        return url == null ? NONE : new TopicUrl(url, url.key() + '?' + url.search() + '#' + url.fragment());
    }

    /**
     * The common beginning of the keys of all topics that begin so and have no dot segments ({@link Topic#climbs}); ""
     * where it depends on the rest.
     */
    static String beginning(String topics, Url hub) {
        if (!isSettled(topics)) {
            return "";
        }
        String common = null;
        for (String rest : new String[] {"", "0", "z"}) {
            Url url = Url.parse(topics + rest, hub);
            if (url == null) {
                return "";
            }
            common = common == null ? url.key() : common(common, url.key());
        }
        return common;
    }

    /** Whether scheme and host are known, whatever follows: it may still become {@code a:b}, or {@code //host}. */
    private static boolean isSettled(String topics) {
        int end = 0;
        while (end < topics.length() && isInScheme(topics.charAt(end))) {
            end++;
        }
        if (end == topics.length() || topics.charAt(0) == ' '
            || Character.isSurrogate(topics.charAt(topics.length() - 1))) {
            return false;
        }
        if (topics.charAt(end) == ':' && Character.isLetter(topics.charAt(0))) {
            return isSettled(topics.substring(0, end).toLowerCase(Locale.ROOT), topics.substring(end + 1));
        }
        return !isSlash(topics.charAt(0)) || topics.length() > 1 && !isSlash(topics.charAt(1));
    }

    private static boolean isSettled(String scheme, String rest) {
        if (rest.startsWith("//")) {
            return rest.indexOf('/', 2) > 2 && !scheme.equals("file");
        }
        return !SPECIAL.contains(scheme) && !rest.isEmpty() && !rest.equals("/");
    }

    private static String common(String a, String b) {
        int n = 0;
        while (n < a.length() && n < b.length() && a.charAt(n) == b.charAt(n)) {
            n++;
        }
        return a.substring(0, n);
    }

    private static boolean isSlash(char c) {
        return c == '/' || c == '\\';
    }

    private static boolean isInScheme(char c) {
        return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || "+-.".indexOf(c) >= 0;
    }
}
