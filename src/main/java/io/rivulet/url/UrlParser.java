package io.rivulet.url;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The basic URL parser (URL Standard, section 4.4). {@link Url#parse} uses it, for one URL on one thread.
 *
 * <p>The standard's state machine goes character by character; here the same states are methods that take what is left.
 * This is possible because the first {@code #} and the first {@code ?} before it end every other state.
 */
final class UrlParser {

    /** The special schemes with their ports; {@code file} has none. */
    static final Map<String, String> SPECIAL =
        Map.of("http", "80", "https", "443", "ws", "80", "wss", "443", "ftp", "21", "file", "");

    private static final int PORT_MAX = 65535;

    String scheme = "";
    String username = "";
    String password = "";
    String host;
    String port = "";
    List<String> path = new ArrayList<>();
    String opaquePath;
    String query;
    String fragment;

    private final Url base;
    private boolean special;

    UrlParser(Url base) {
        this.base = base;
    }

    /** Whether it is a URL; the fields hold it then. */
    boolean parse(String input) {
        // the fragment goes first: a "?" in it is an ordinary character
        String rest = withoutTabsAndNewlines(trimmed(input));
        int hash = rest.indexOf('#');
        if (hash >= 0) {
            fragment = PercentEncoding.FRAGMENT.encode(rest.substring(hash + 1));
            rest = rest.substring(0, hash);
        }
        // then the query: a slash, a colon or an "@" in it is an ordinary character
        int mark = rest.indexOf('?');
        String rawQuery = mark < 0 ? null : rest.substring(mark + 1);
        rest = mark < 0 ? rest : rest.substring(0, mark);
        // a space before what ends an opaque path would be lost when the text is read again
        boolean closed = mark >= 0 || hash >= 0;
        // what is left has only a scheme, an authority and a path
        int colon = schemeLength(rest);
        if (colon < 0 ? !schemeless(rest, rawQuery) : !withScheme(rest, colon, closed)) {
            return false;
        }
        if (rawQuery != null) {
            query = (special ? PercentEncoding.SPECIAL_QUERY : PercentEncoding.QUERY).encode(rawQuery);
        }
        return true;
    }

    /** The length of the scheme that the text begins with, -1 for none. */
    private static int schemeLength(String text) {
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
            if (c == ':' && i > 0) {
                return i;
            }
            if (!letter && (i == 0 || !(c >= '0' && c <= '9' || c == '+' || c == '-' || c == '.'))) {
                return -1;
            }
        }
        return -1;
    }

    /** The states after the scheme: whether it is special, and that of the base, decide how the rest is read. */
    private boolean withScheme(String text, int colon, boolean closed) {
        setScheme(Domain.lower(text.substring(0, colon)));
        String rest = text.substring(colon + 1);
        if (scheme.equals("file")) {
            // a file takes from a base only if that is a file as well
            return file(rest, base != null && base.scheme().equals("file") ? base : null);
        }
        if (special) {
            // "http:a" is relative to a base of the same scheme, an old habit; else slashes may be missing
            boolean relative = base != null && base.scheme().equals(scheme) && !rest.startsWith("//");
            return relative ? relative(rest) : authority(withoutSlashes(rest));
        }
        if (rest.startsWith("//")) {
            return authority(rest.substring(2));
        }
        if (rest.startsWith("/")) {
            segments(rest.substring(1));
            return true;
        }
        opaquePath = PercentEncoding.C0_CONTROL.encode(rest);
        // only the last blank: the standard keeps those within
        if (closed && opaquePath.endsWith(" ")) {
            opaquePath = opaquePath.substring(0, opaquePath.length() - 1) + "%20";
        }
        return true;
    }

    /** The no scheme state: the text is relative to the base; to one with an opaque path only by a fragment. */
    private boolean schemeless(String rest, String rawQuery) {
        if (base == null) {
            return false;
        }
        setScheme(base.scheme());
        // "mailto:a" has no folder that something could be relative to, but it may get another fragment
        if (base.hasOpaquePath()) {
            opaquePath = base.path();
            query = base.queryOrNull();
            return rest.isEmpty() && rawQuery == null && fragment != null;
        }
        return scheme.equals("file") ? file(rest, base) : relative(rest);
    }

    private void setScheme(String name) {
        scheme = name;
        special = SPECIAL.containsKey(name);
    }

    /** The relative and the relative slash state. */
    private boolean relative(String rest) {
        if (startsWithSlash(rest)) {
            // two slashes: another host under the scheme of the base
            if (special ? startsWithSlash(rest.substring(1)) : rest.startsWith("//")) {
                return authority(special ? withoutSlashes(rest) : rest.substring(2));
            }
            inheritAuthority();
            segments(rest.substring(1));
            return true;
        }
        inheritAuthority();
        inheritPath(rest);
        return true;
    }

    /** Takes user, host and port of the base. */
    private void inheritAuthority() {
        username = base.username();
        password = base.password();
        host = base.host();
        port = base.port();
    }

    /** Takes the path of the base without its last segment, or all of it and the query where nothing is left. */
    private void inheritPath(String rest) {
        // a reference of nothing but a query or a fragment keeps the whole path of the base
        path = base.segments();
        if (rest.isEmpty()) {
            query = base.queryOrNull();
        } else {
            shorten();
            segments(rest);
        }
    }

    /** The file, the file slash and the file host state; {@code from} is the base if that is a file, else null. */
    private boolean file(String rest, Url from) {
        host = "";
        if (!startsWithSlash(rest)) {
            if (from == null) {
                segments(rest);
                return true;
            }
            host = from.host();
            // a drive letter is absolute, although no slash stands before it
            if (startsWithDrive(rest)) {
                segments(rest);
            } else {
                inheritPathOf(from, rest);
            }
            return true;
        }
        String after = rest.substring(1);
        if (!startsWithSlash(after)) {
            if (from != null) {
                host = from.host();
                // "/a" on the base "file:///C:/b" stays on the drive C:
                List<String> old = from.segments();
                if (!startsWithDrive(after) && !old.isEmpty() && isDrive(old.get(0)) && old.get(0).endsWith(":")) {
                    path.add(old.get(0));
                }
            }
            segments(after);
            return true;
        }
        after = after.substring(1);
        // two slashes: a host follows, unless it is a drive letter, which is the beginning of the path
        int end = slash(after, 0);
        if (isDrive(after.substring(0, end))) {
            segments(after);
            return true;
        }
        host = end == 0 ? "" : Host.parse(after.substring(0, end), true);
        // a file of this machine has no host, whatever it was called
        if ("localhost".equals(host)) {
            host = "";
        }
        pathStart(after.substring(end));
        return host != null;
    }

    private void inheritPathOf(Url from, String rest) {
        path = from.segments();
        if (rest.isEmpty()) {
            query = from.queryOrNull();
        } else {
            shorten();
            segments(rest);
        }
    }

    /** The authority, the host and the port state. */
    private boolean authority(String rest) {
        int end = slash(rest, 0);
        String authority = rest.substring(0, end);
        // the last "@" counts: one in a password need not be encoded, and is encoded here
        int at = authority.lastIndexOf('@');
        if (at >= 0) {
            int colon = authority.substring(0, at).indexOf(':');
            username = PercentEncoding.USERINFO.encode(authority.substring(0, colon < 0 ? at : colon));
            password = colon < 0 ? "" : PercentEncoding.USERINFO.encode(authority.substring(colon + 1, at));
            authority = authority.substring(at + 1);
        }
        int colon = portColon(authority);
        String name = colon < 0 ? authority : authority.substring(0, colon);
        // other schemes may have an empty host, as "x:///a", but then neither user nor port
        if (name.isEmpty() && (special || at >= 0 || colon >= 0)) {
            return false;
        }
        host = Host.parse(name, special);
        port = colon < 0 ? "" : port(authority.substring(colon + 1), scheme);
        if (host == null || port == null) {
            return false;
        }
        pathStart(rest.substring(end));
        return true;
    }

    /** The colon before the port, not one inside an IPv6 address; -1 for none. */
    private static int portColon(String authority) {
        boolean inBrackets = false;
        for (int i = 0; i < authority.length(); i++) {
            switch (authority.charAt(i)) {
                case '[' -> inBrackets = true;
                case ']' -> inBrackets = false;
                case ':' -> {
                    if (!inBrackets) {
                        return i;
                    }
                }
                default -> { }
            }
        }
        return -1;
    }

    /** Null if it is none; "" if it is the scheme's. */
    static String port(String digits, String scheme) {
        int value = 0;
        for (int i = 0; i < digits.length(); i++) {
            char c = digits.charAt(i);
            // the bound is asked at each digit, so the value cannot overflow
            value = value * 10 + c - '0';
            if (c < '0' || c > '9' || value > PORT_MAX) {
                return null;
            }
        }
        String port = digits.isEmpty() ? "" : Integer.toString(value);
        return port.equals(SPECIAL.get(scheme)) ? "" : port;
    }

    /** The path that this text is in a URL with a host and a special scheme; {@code ?} and {@code #} are part of it. */
    static String path(String text) {
        UrlParser parser = new UrlParser(null);
        parser.setScheme("https");
        parser.pathStart(withoutTabsAndNewlines(text));
        return Url.join(parser.path);
    }

    /** The path start state: a special scheme always has a path, another one may have none. */
    private void pathStart(String rest) {
        if (startsWithSlash(rest)) {
            segments(rest.substring(1));
        } else if (special || !rest.isEmpty()) {
            segments(rest);
        }
    }

    /** The path state, for all that is left. */
    private void segments(String rest) {
        for (int from = 0; from <= rest.length();) {
            int end = slash(rest, from);
            boolean last = end == rest.length();
            // dots are looked for behind the encoding: "%2e" means a dot, too
            String segment = PercentEncoding.PATH.encode(rest.substring(from, end));
            int dots = dots(segment);
            if (dots == 2) {
                shorten();
            }
            if (dots == 0) {
                // "C|" is an old notation of "C:"
                boolean drive = scheme.equals("file") && path.isEmpty() && isDrive(segment);
                path.add(drive ? segment.charAt(0) + ":" : segment);
            } else if (last) {
                path.add("");
            }
            from = end + 1;
        }
    }

    /** 1 for a segment that means here, 2 for one that means up, also with {@code %2e}; else 0. */
    private static int dots(String segment) {
        // "%2e%2e" is the longest of them
        if (segment.length() > 6 || segment.isEmpty() || segment.charAt(0) != '.' && segment.charAt(0) != '%') {
            return 0;
        }
        String plain = Domain.lower(segment).replace("%2e", ".");
        return plain.equals(".") ? 1 : plain.equals("..") ? 2 : 0;
    }

    /** Takes the last segment off. */
    private void shorten() {
        // ".." does not lead out of a drive
        boolean onlyDrive = scheme.equals("file") && path.size() == 1 && isDrive(path.get(0))
            && path.get(0).endsWith(":");
        if (!path.isEmpty() && !onlyDrive) {
            path.remove(path.size() - 1);
        }
    }

    /** A backslash counts as a slash in special schemes, as browsers for Windows once taught people. */
    private boolean startsWithSlash(String text) {
        return !text.isEmpty() && (text.charAt(0) == '/' || special && text.charAt(0) == '\\');
    }

    /** The index of the next slash; the text's length if there is none. */
    private int slash(String text, int from) {
        for (int i = from; i < text.length(); i++) {
            if (text.charAt(i) == '/' || special && text.charAt(i) == '\\') {
                return i;
            }
        }
        return text.length();
    }

    /** Of a special scheme any number of slashes leads to the host: "http:/a" and "http:////a" are one. */
    private static String withoutSlashes(String text) {
        int i = 0;
        while (i < text.length() && (text.charAt(i) == '/' || text.charAt(i) == '\\')) {
            i++;
        }
        return text.substring(i);
    }

    private static boolean isDrive(String text) {
        return text.length() == 2 && startsWithDrive(text);
    }

    private static boolean startsWithDrive(String text) {
        // the letter, a colon or a bar, and then the end or a slash: "C:a" is a name
        return text.length() >= 2 && Domain.lower(text).charAt(0) >= 'a' && Domain.lower(text).charAt(0) <= 'z'
            && (text.charAt(1) == ':' || text.charAt(1) == '|')
            && (text.length() == 2 || text.charAt(2) == '/' || text.charAt(2) == '\\');
    }

    /** Without blanks and control characters at both ends, which people paste. */
    private static String trimmed(String text) {
        int from = 0;
        int to = text.length();
        while (from < to && text.charAt(from) <= ' ') {
            from++;
        }
        while (to > from && text.charAt(to - 1) <= ' ') {
            to--;
        }
        return text.substring(from, to);
    }

    /** These may stand anywhere in a URL, because long ones were broken into lines; they mean nothing. */
    static String withoutTabsAndNewlines(String text) {
        boolean none = text.indexOf('\t') < 0 && text.indexOf('\n') < 0 && text.indexOf('\r') < 0;
        return none ? text : text.replace("\t", "").replace("\n", "").replace("\r", "");
    }
}
