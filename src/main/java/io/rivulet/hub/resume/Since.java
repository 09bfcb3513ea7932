package io.rivulet.hub.resume;

import io.rivulet.config.TimeText;
import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where a first connect begins, and a client whose cursor nobody knows: {@code latest}, {@code earliest}, {@code last}
 * (the newest event of each topic), {@code last=50}, an ISO instant, {@code -10m}. The doors parse it; {@link Resume}
 * finds the position. Immutable, any thread.
 *
 * @param kind  which
 * @param count of {@code LAST_COUNT}
 * @param at    of {@code INSTANT}
 */
public record Since(Kind kind, int count, Instant at) {

    /** The forms. */
    public enum Kind { UNSAID, LATEST, EARLIEST, LAST_OF_EACH, LAST_COUNT, INSTANT }

    /** The client does not say: a first connect begins now, and {@link Resume} decides for a cursor nobody knows. */
    public static final Since UNSAID = new Since(Kind.UNSAID, 0, null);
    /** From now on. */
    public static final Since LATEST = new Since(Kind.LATEST, 0, null);
    /** From the oldest event there is. */
    public static final Since EARLIEST = new Since(Kind.EARLIEST, 0, null);
    /** The newest event of each matching topic, then live. */
    public static final Since LAST = new Since(Kind.LAST_OF_EACH, 0, null);

    private static final int COUNT_MAX = 10_000;
    private static final Pattern AGO = Pattern.compile("-(\\d{1,9}[smhd])");
    private static final Pattern LAST_N = Pattern.compile("last=(\\d{1,9})");

    /** Whether a first connect begins with the next event. */
    public boolean isNow() {
        return kind == Kind.UNSAID || kind == Kind.LATEST;
    }

    /**
     * Reads the text of the parameter; {@code now} is for {@code -10m}.
     *
     * @throws Refused for anything else, listing the forms
     */
    public static Since parse(String text, Instant now) {
        switch (text) {
            case "", "latest":
                return LATEST;
            case "earliest":
                return EARLIEST;
            case "last":
                return LAST;
            default:
        }
        Matcher last = LAST_N.matcher(text);
        if (last.matches()) {
            int n = Integer.parseInt(last.group(1));
            if (n < 1 || n > COUNT_MAX) {
                throw Refused.malformed("since=last=" + n + ": the count must be 1 to " + COUNT_MAX);
            }
            return new Since(Kind.LAST_COUNT, n, null);
        }
        Matcher ago = AGO.matcher(text);
        if (ago.matches()) {
            return new Since(Kind.INSTANT, 0, now.minus(TimeText.parse(ago.group(1))));
        }
        try {
            Instant at = Instant.parse(text);
            at.toEpochMilli(); // events have their time in milliseconds: what they cannot hold is no time of any event
            return new Since(Kind.INSTANT, 0, at);
        } catch (DateTimeException | ArithmeticException e) {
            throw Refused.malformed("since is \"" + Printable.of(text) + "\"; it must be latest, earliest, last, "
                + "last=50, an instant such as 2026-11-23T10:00:00Z, or a time ago such as -10m");
        }
    }
}
