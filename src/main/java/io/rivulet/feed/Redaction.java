package io.rivulet.feed;

import java.util.regex.Pattern;

/**
 * Removes from a line what a followed log must not show: query strings of requests and links, and all that opens doors.
 * {@link LogFeed} uses it. Pure.
 */
final class Redaction {

    /** From the question mark of a path or link to the blank, quote or bracket that ends it. */
    private static final Pattern QUERY = Pattern.compile("(/[^\\s\"'<>?]*+)\\?[^\\s\"'<>]*+");
    private static final Pattern CREDENTIALS =
        Pattern.compile("(?i)\\b(Bearer|Basic)[ +:=]+[A-Za-z0-9._~+/=-]{4,}+");
    /** Three parts of base64url, of which the first is a JSON object. */
    private static final Pattern JWT =
        Pattern.compile("\\beyJ[A-Za-z0-9_-]{4,}+\\.[A-Za-z0-9_-]*+(?:\\.[A-Za-z0-9_-]*+)?");
    private static final Pattern NAMED = Pattern.compile(
        "(?i)((?:token|secret|password|passwd|api[_-]?key|authorization|cookie)[\"']?\\s{0,3}[=:]\\s{0,3}[\"']?)"
            + "(?!Bearer|Basic|\\s)[^\\s\"',;&]++");
    private static final String HIDDEN = "[hidden]";

    private Redaction() {
    }

    /** The line without them. The follower bounds its length, and with it the time of the patterns. */
    static String of(String line) {
        String s = QUERY.matcher(line).replaceAll("$1");
        s = CREDENTIALS.matcher(s).replaceAll("$1 " + HIDDEN);
        s = JWT.matcher(s).replaceAll(HIDDEN);
        return NAMED.matcher(s).replaceAll("$1" + HIDDEN);
    }
}
