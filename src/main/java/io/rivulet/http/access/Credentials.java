package io.rivulet.http.access;

import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.http.form.FormFields;
import io.rivulet.http.form.Query;
import io.rivulet.refusal.Refused;
import io.rivulet.refusal.Refused.Reason;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;

/**
 * Finds the token that a request shows: in the header, else, for 0.x, in the query, else in a cookie (TOK-01 to TOK-04,
 * OLD-06, OLD-13). {@link Access} uses it. A token in the header counts alone, even when it is bad. Immutable, any
 * thread.
 */
final class Credentials {

    private static final String LEGACY_COOKIE = "mercureAuthorization";
    private static final List<String> IN_QUERY = List.of("access_token", "authorization");
    /** What a token is written with, but for the signs of equality at its end. */
    private static final boolean[] TOKEN_CHARS = new boolean[128];
    /** Schemes by which the container itself finds out who somebody is. */
    private static final Set<String> OF_CONTAINER = Set.of("basic", "digest", "negotiate", "ntlm");

    static {
        for (char c : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/".toCharArray()) {
            TOKEN_CHARS[c] = true;
        }
    }

    private final boolean legacy;
    private final String cookie;
    private final Function<HttpServletRequest, String> inQuery;

    /** {@code inQuery} finds the token in a query that is there; null for none. */
    Credentials(Settings settings, Function<HttpServletRequest, String> inQuery) {
        this.inQuery = inQuery;
        legacy = settings.get(SettingsTable.MERCURE_LEGACY);
        cookie = settings.get(SettingsTable.TOKEN_COOKIE).orElse("");
    }

    /** Where a token stands. */
    enum From { HEADER, QUERY, COOKIE }

    /** A token as it was shown; its text stays out of logs, for {@link #toString} does not have it. */
    record Token(String text, From from) {

        /** Whether the browser shows it by itself, whoever makes it ask. */
        boolean isAmbient() {
            return from == From.COOKIE;
        }

        @Override
        public String toString() {
            return "a token from " + from;
        }
    }

    /**
     * The token of this request, or null when it shows none.
     *
     * @throws Refused when it is shown in a way that breaks a rule (ERR-04)
     */
    Token of(HttpServletRequest request) {
        Enumeration<String> headers = request.getHeaders("Authorization");
        if (headers.hasMoreElements()) {
            return ofHeader(headers.nextElement(), 1 + Collections.list(headers).size(), request);
        }
        Token inQuery = inQuery(request);
        return inQuery == null ? inCookie(request) : inQuery;
    }

    /** Each publisher sends one with each request, so this looks at each character once. */
    private static Token ofHeader(String header, int headers, HttpServletRequest request) {
        if (headers > 1) {
            throw bad("the request has " + headers + " Authorization headers");
        }
        String line = header.strip();
        int schemeEnd = line.indexOf(' ');
        String scheme = schemeEnd < 0 ? line : line.substring(0, schemeEnd);
        if (!scheme.equalsIgnoreCase("bearer")) {
            if (request.getUserPrincipal() != null && OF_CONTAINER.contains(scheme.toLowerCase(Locale.ROOT))) {
                return null; // the container has read it already
            }
            throw bad("the Authorization header must say Bearer and a token");
        }
        int from = scheme.length();
        while (from < line.length() && line.charAt(from) == ' ') {
            from++;
        }
        String token = line.substring(from);
        if (!isToken(token)) {
            throw bad("the Authorization header must hold one token after Bearer, of the characters that tokens have");
        }
        return new Token(token, From.HEADER);
    }

    /** RFC 6750, 2.1: at least one character of a token, and then any number of {@code =}. */
    private static boolean isToken(String text) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == '=') {
            end--;
        }
        for (int i = 0; i < end; i++) {
            char c = text.charAt(i);
            if (c >= TOKEN_CHARS.length || !TOKEN_CHARS[c]) {
                return false;
            }
        }
        return end > 0;
    }

    private Token inQuery(HttpServletRequest request) {
        String found = request.getQueryString() == null ? null : inQuery.apply(request);
        return found == null ? null : new Token(found, From.QUERY);
    }

    /** No token may stand in the query: a token that nobody looks at must not seem accepted. */
    static String refuseInQuery(HttpServletRequest request) {
        FormFields query = Query.of(request);
        for (String name : IN_QUERY) {
            if (query.has(name)) {
                throw bad("the query has " + name + "; a token belongs into the Authorization header");
            }
        }
        return null;
    }

    private Token inCookie(HttpServletRequest request) {
        Cookie[] cookies = request.getCookies();
        if (cookies == null) {
            return null;
        }
        Token old = null;
        for (Cookie one : cookies) {
            if (one.getName().equals(cookie)) {
                return new Token(one.getValue(), From.COOKIE);
            }
            if (legacy && old == null && one.getName().equals(LEGACY_COOKIE)) {
                old = new Token(one.getValue(), From.COOKIE);
            }
        }
        return old;
    }

    static Refused bad(String what) {
        return Refused.because(Reason.BAD_CREDENTIALS, what);
    }
}
