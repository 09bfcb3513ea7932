package io.rivulet.url;

/** Literal text of a pattern as a parsed URL would have it (URL Pattern Standard, section 3.1). */
final class Canonical {

    private Canonical() { }

    static String protocol(String text) throws BadPattern {
        if (text.isEmpty()) {
            return text;
        }
        Url url = Url.parse(text + "://dummy.invalid/", null);
        if (url == null) {
            throw new BadPattern("not a protocol");
        }
        return url.scheme();
    }

    static String hostname(String text) throws BadPattern {
        if (text.isEmpty()) {
            return text;
        }
        String host = Host.parse(UrlParser.withoutTabsAndNewlines(text), true);
        if (host == null) {
            throw new BadPattern("not a hostname");
        }
        return host;
    }

    static String v6Hostname(String text) throws BadPattern {
        String low = UrlParser.lower(text);
        for (int i = 0; i < low.length(); i++) {
            if ("0123456789abcdef:[]".indexOf(low.charAt(i)) < 0) {
                throw new BadPattern("not a part of an IPv6 address");
            }
        }
        return low;
    }

    static String port(String text) throws BadPattern {
        String port = UrlParser.port(text, "");
        if (port == null) {
            throw new BadPattern("not a port");
        }
        return port;
    }

    static String pathname(String text) {
        if (text.isEmpty()) {
            return text;
        }
        boolean absolute = text.startsWith("/");
        String path = UrlParser.path(absolute ? text : "/-" + text);
        return absolute ? path : path.substring(2);
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
