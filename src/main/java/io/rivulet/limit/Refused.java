package io.rivulet.limit;

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
        /** Who asks is not known, and has to be. */
        UNAUTHENTICATED,
        /** Who asks is known, and may not. */
        FORBIDDEN,
        /** The idempotency key was used for other content. */
        CONFLICT,
        /** The store is opening, handing over or closed; try again soon. */
        NOT_OPEN,
        /** More work than the machine does now; try again soon. */
        OVERLOADED,
        /** The disk is full. */
        STORE_FULL,
        /** The disk or the engine failed; it heals by itself. */
        STORE_FAILED
    }

    private final transient Reason reason;

    private Refused(Reason reason, String detail, Throwable cause) {
        // no stack trace: a refusal is an answer, not an accident, and hostile input must not cost one
        super(detail, cause, false, false);
        this.reason = reason;
    }

    /** A refusal; {@code detail} is one sentence that says what, limit and value. */
    public static Refused because(Reason reason, String detail) {
        return new Refused(reason, detail, null);
    }

    /** A refusal with the failure behind it, for the log. */
    public static Refused because(Reason reason, String detail, Throwable cause) {
        return new Refused(reason, detail, cause);
    }

    /** {@link Reason#MALFORMED}, the most frequent. */
    public static Refused malformed(String detail) {
        return new Refused(Reason.MALFORMED, detail, null);
    }

    /** Why. */
    public Reason reason() {
        return reason;
    }
}
