package io.rivulet.url;

/**
 * Literal text of a pattern as a parsed URL would have it (URL Pattern Standard, section 3.1): one method a component.
 * {@link PatternInit} hands them to the parser of patterns. Pure, any thread.
 */
final class Canonical {

    private Canonical() { }

    /** A scheme: the parser itself is asked, with a URL of that scheme. */
    static String protocol(String text) throws BadPattern {
        if (text.isEmpty()) {
            return text;
        }
        // a piece of a scheme is read as a whole one would be
        Url url = Url.parse(text + "://dummy.invalid/", null);
        if (url == null) {
            throw new BadPattern("not a protocol");
        }
        return url.scheme();
    }

    /** As the URL parser, it stops where a hostname would end. */
    static String hostname(String text) throws BadPattern {
        String clean = UrlParser.withoutTabsAndNewlines(text);
        int end = 0;
        while (end < clean.length() && "/?#\\".indexOf(clean.charAt(end)) < 0) {
            end++;
        }
        // the parser would take it for a slash, and so for the end of an empty host
        if (clean.startsWith("\\")) {
            throw new BadPattern("a backslash for a hostname");
        }
        String host = end == 0 ? "" : Host.parse(clean.substring(0, end), true);
        if (host == null) {
            throw new BadPattern("not a hostname");
        }
        return host;
    }

    /** A part of an IPv6 address, which the standard does not check as a whole here. */
    static String v6Hostname(String text) throws BadPattern {
        String low = Domain.lower(text);
        for (int i = 0; i < low.length(); i++) {
            if ("0123456789abcdef:[]".indexOf(low.charAt(i)) < 0) {
                throw new BadPattern("not a part of an IPv6 address");
            }
        }
        return low;
    }

    /** The digits at its beginning, if there are any. */
    static String port(String text) throws BadPattern {
        String clean = UrlParser.withoutTabsAndNewlines(text);
        int end = 0;
        while (end < clean.length() && clean.charAt(end) >= '0' && clean.charAt(end) <= '9') {
            end++;
        }
        String port = end == 0 && !clean.isEmpty() ? null : UrlParser.port(clean.substring(0, end), "");
        if (port == null) {
            throw new BadPattern("not a port");
        }
        return port;
    }

    /** A path or a piece of one. */
    static String pathname(String text) throws BadPattern {
        if (text.isEmpty() || text.startsWith("/")) {
            return text.isEmpty() ? text : UrlParser.path(text);
        }
        // a piece from the middle of a path: the two characters that make a path of it are taken off again
        String path = UrlParser.path("/-" + text);
        if (!path.startsWith("/-")) {
            throw new BadPattern("dots that lead out of a piece of a path");
        }
        return path.substring(2);
    }

    static String opaquePathname(String text) {
        return PercentEncoding.C0_CONTROL.encode(UrlParser.withoutTabsAndNewlines(text));
    }

    static String search(String text) {
        return PercentEncoding.SPECIAL_QUERY.encode(UrlParser.withoutTabsAndNewlines(text));
    }

    static String hash(String text) {
        return PercentEncoding.FRAGMENT.encode(UrlParser.withoutTabsAndNewlines(text));
    }
}
