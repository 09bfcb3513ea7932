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
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;

/**
 * Finds the token that a request shows: in the header, else, for 0.x, in the query, else in a cookie (TOK-01 to TOK-04,
 * OLD-06, OLD-13). {@link Access} uses it. A token in the header counts alone, even when it is bad. Immutable, any
 * thread.
 */
final class Credentials {

    private static final String LEGACY_COOKIE = "mercureAuthorization";
    private static final List<String> IN_QUERY = List.of("access_token", "authorization");
    /** RFC 6750, 2.1. */
    private static final Pattern TOKEN = Pattern.compile("[A-Za-z0-9._~+/-]+=*");
    /** Schemes by which the container itself finds out who somebody is. */
    private static final Set<String> OF_CONTAINER = Set.of("basic", "digest", "negotiate", "ntlm");

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
        if (request.getHeader("Authorization") != null) {
            return ofHeaders(Collections.list(request.getHeaders("Authorization")), request);
        }
        Token inQuery = inQuery(request);
        return inQuery == null ? inCookie(request) : inQuery;
    }

    private static Token ofHeaders(List<String> headers, HttpServletRequest request) {
        if (headers.size() > 1) {
            throw bad("the request has " + headers.size() + " Authorization headers");
        }
        String[] parts = headers.get(0).strip().split(" +", 2);
        String scheme = parts[0].toLowerCase(Locale.ROOT);
        if (request.getUserPrincipal() != null && OF_CONTAINER.contains(scheme)) {
            return null; // the container has read it already
        }
        if (!scheme.equals("bearer")) {
            throw bad("the Authorization header must say Bearer and a token");
        }
        if (parts.length < 2 || !TOKEN.matcher(parts[1]).matches()) {
            throw bad("the Authorization header must hold one token after Bearer, of the characters that tokens have");
        }
        return new Token(parts[1], From.HEADER);
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
