package io.rivulet.refusal;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The one way this hub says no: a reason for the machine, a sentence for the person. Whoever notices the fault throws
 * it and does not log it; {@code io.rivulet.http.Problem} alone turns it into a status. Thrown on any thread.
 *
 * <p>The sentence names what was refused, the limit with the setting that moves it, and the value seen.
 */
public final class Refused extends RuntimeException {

    /** Why; each has one HTTP status, in {@code io.rivulet.http.Problem}. */
    public enum Reason {
        /** The request breaks the grammar or a rule of the protocol. */
        MALFORMED,
        /** A size or a count is over its limit, and the protocol answers 413. */
        TOO_LARGE,
        /** The body's content type is none that can be read. */
        UNSUPPORTED_TYPE,
        /** The method is not one of this resource. */
        METHOD,
        /** No such resource, or one that is not built yet. */
        NOT_FOUND,
        /** The caller is not known, and has to be: no token was shown. */
        UNAUTHENTICATED,
        /** A token was shown and is not to be believed; whatever the fault, callers hear the same. */
        BAD_TOKEN,
        /** The way in which a token was shown breaks a rule: two headers, another scheme, a foreign page's cookie. */
        BAD_CREDENTIALS,
        /** The caller is known, and may not. */
        FORBIDDEN,
        /** The caller was told not to come back. */
        BANNED,
        /** The idempotency key was used for other content. */
        CONFLICT,
        /** A later epoch of the same producer publishes now. */
        FENCED,
        /** Events of the producer are missing before this one. */
        OUT_OF_SEQUENCE,
        /** The topic has ended, or its end was asked for. */
        ENDED,
        /** The store is opening, handing over or closed; try again soon. */
        NOT_OPEN,
        /** More work than the machine does now; try again soon. */
        OVERLOADED,
        /** Whoever asks has as many streams open as one may have; the others are served. */
        TOO_MANY_STREAMS,
        /** Whoever asks has published as much as one may for now; the others are served. */
        RATE_LIMITED,
        /** The disk is full. */
        STORE_FULL,
        /** The disk or the engine failed; it heals by itself. */
        STORE_FAILED
    }

    private final transient Reason reason;
    private final transient String forTheLog;
    private final transient int retryAfterS;
    /** For programs: names with numbers, texts or truths. */
    private final transient Map<String, Object> facts;

    private Refused(Reason reason, String detail, String forTheLog, Throwable cause, int retryAfterS,
                    Map<String, Object> facts) {
        // no stack trace: a refusal is an answer, not an accident, and hostile input must not cost one
        super(detail, cause, false, false);
        this.reason = reason;
        this.forTheLog = forTheLog;
        this.retryAfterS = retryAfterS;
        this.facts = facts;
    }

    /** A refusal; {@code detail} is one sentence that says what, limit and value. */
    public static Refused because(Reason reason, String detail) {
        return new Refused(reason, detail, detail, null, 0, Map.of());
    }

    /** A refusal with the failure behind it, for the log. */
    public static Refused because(Reason reason, String detail, Throwable cause) {
        return new Refused(reason, detail, detail, cause, 0, Map.of());
    }

    /** A refusal whose precise reason is for the hub's log alone: a caller who guesses must not learn from it. */
    public static Refused discreetly(Reason reason, String detail, String forTheLog) {
        return new Refused(reason, detail, forTheLog, null, 0, Map.of());
    }

    /** A refusal that is over in so many seconds, at least 1. */
    public static Refused comeBack(Reason reason, String detail, int seconds) {
        return new Refused(reason, detail, detail, null, Math.max(1, seconds), Map.of());
    }

    /** {@link Reason#MALFORMED}, the most frequent. */
    public static Refused malformed(String detail) {
        return new Refused(Reason.MALFORMED, detail, detail, null, 0, Map.of());
    }

    /** The same refusal with another sentence. */
    public Refused saying(String other) {
        return new Refused(reason, other, forTheLog, getCause(), retryAfterS, facts);
    }

    /** The same refusal with one more fact for programs: a member of the answer beside the sentence. */
    public Refused with(String name, Object value) {
        Map<String, Object> more = new LinkedHashMap<>(facts);
        more.put(name, value);
        return new Refused(reason, getMessage(), forTheLog, getCause(), retryAfterS, Map.copyOf(more));
    }

    /** What programs are told beside the sentence; mostly nothing. */
    public Map<String, Object> facts() {
        return facts;
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }

    /** When to ask again, in seconds from now; 0 when that is not known. */
    public int retryAfterS() {
        return retryAfterS;
    }

    /** The precise reason, which may say more than the caller hears; never a token. */
    public String forTheLog() {
        return forTheLog;
    }
}
