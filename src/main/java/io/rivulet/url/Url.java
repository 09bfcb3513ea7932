package io.rivulet.url;

import io.rivulet.heap.HeapBytes;
import java.util.ArrayList;
import java.util.List;

/**
 * A URL as the WHATWG URL Standard reads it, and so as a browser reads the same text. Immutable, any thread. It
 * never asks the network. Where a host is not ASCII, {@link Domain} says how far the mapping goes.
 */
public final class Url {

    private final String scheme;
    private final String username;
    private final String password;
    private final String host;
    private final String port;
    private final String path;
    private final boolean opaque;
    private final String query;
    private final String fragment;

    Url(UrlParser from) {
        scheme = from.scheme;
        username = from.username;
        password = from.password;
        host = from.host;
        port = from.port;
        opaque = from.opaquePath != null;
        path = opaque ? from.opaquePath : join(from.path);
        query = from.query;
        fragment = from.fragment;
    }

    /**
     * Parses a URL, or a reference relative to {@code base}.
     *
     * @param base may be null: then only what has a scheme is a URL
     * @return null if it is none
     */
    public static Url parse(String input, Url base) {
        UrlParser parser = new UrlParser(base);
        return parser.parse(input) ? new Url(parser) : null;
    }

    /** Bytes that it takes in memory; all beyond ASCII is encoded in it. */
    public long weight() {
        return HeapBytes.object(8, 1) + HeapBytes.latin(scheme) + HeapBytes.latin(username)
            + HeapBytes.latin(password) + HeapBytes.latin(host) + HeapBytes.latin(port) + HeapBytes.latin(path)
            + HeapBytes.latin(query) + HeapBytes.latin(fragment);
    }

    /** In lower case, without the colon. */
    public String scheme() {
        return scheme;
    }

    /** Percent-encoded; "" if there is none. */
    public String username() {
        return username;
    }

    /** Percent-encoded; "" if there is none. */
    public String password() {
        return password;
    }

    /** Serialised: ASCII in lower case, dotted decimals, {@code [::1]}; "" if there is none. */
    public String hostname() {
        return host == null ? "" : host;
    }

    /** Decimal digits; "" for none and for the scheme's own. */
    public String port() {
        return port;
    }

    /** Percent-encoded; of a URL such as {@code urn:a:b} it is opaque: {@code a:b}. */
    public String path() {
        return path;
    }

    /** Without its question mark; "" if it is empty or there is none. */
    public String query() {
        return query == null ? "" : query;
    }

    /**
     * The query as patterns compare it: they encode their text as for the special schemes, so in here the apostrophe is
     * {@code %27} whatever the scheme.
     */
    public String search() {
        return query().replace("'", "%27");
    }

    /** Without its number sign; "" if it is empty or there is none. */
    public String fragment() {
        return fragment == null ? "" : fragment;
    }

    /** The whole, canonical: equal for equal URLs. */
    public String href() {
        StringBuilder out = new StringBuilder(scheme).append(':');
        if (host != null) {
            out.append("//").append(username);
            if (!password.isEmpty()) {
                out.append(':').append(password);
            }
            if (!username.isEmpty() || !password.isEmpty()) {
                out.append('@');
            }
            appendHostAndPort(out);
        } else if (!opaque && path.startsWith("//")) {
            // else it would be read as a host again
            out.append("/.");
        }
        out.append(path);
        if (query != null) {
            out.append('?').append(query);
        }
        if (fragment != null) {
            out.append('#').append(fragment);
        }
        return out.toString();
    }

    /**
     * Canonical text of scheme, host, port and path, which an index compares with: {@code https://a.example:81/b}, or
     * {@code urn:a:b} for an opaque path. A URL without a host has the same key as with an empty one, as no pattern can
     * tell them apart.
     */
    public String key() {
        StringBuilder out = new StringBuilder(scheme.length() + 3 + hostname().length() + path.length() + 6);
        out.append(scheme).append(':');
        if (!opaque) {
            out.append("//");
            appendHostAndPort(out);
        }
        return out.append(path).toString();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Url url && url.href().equals(href());
    }

    @Override
    public int hashCode() {
        return href().hashCode();
    }

    @Override
    public String toString() {
        return href();
    }

    /** Null if there is none, which is not the same as an empty one. */
    String host() {
        return host;
    }

    /** Characters of all that a pattern looks at. */
    int length() {
        return scheme.length() + username.length() + password.length() + hostname().length() + port.length()
            + path.length() + query().length() + fragment().length();
    }

    boolean hasOpaquePath() {
        return opaque;
    }

    /** Null if there is none. */
    String queryOrNull() {
        return query;
    }

    List<String> segments() {
        return path.isEmpty() ? new ArrayList<>() : new ArrayList<>(List.of(path.substring(1).split("/", -1)));
    }

    private void appendHostAndPort(StringBuilder out) {
        out.append(hostname());
        if (!port.isEmpty()) {
            out.append(':').append(port);
        }
    }

    static String join(List<String> segments) {
        StringBuilder out = new StringBuilder();
        for (String segment : segments) {
            out.append('/').append(segment);
        }
        return out.toString();
    }
}
