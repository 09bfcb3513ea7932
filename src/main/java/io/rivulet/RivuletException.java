package io.rivulet;

import io.rivulet.http.Problem;
import io.rivulet.refusal.Refused;
import java.time.Duration;

/**
 * The hub refuses what Java code asked for. The message says which rule or limit, its setting, and the value seen; the
 * cause is what the hub knows beside it. Thrown on the calling thread, or what a future of {@link RivuletHub} fails
 * with.
 */
public final class RivuletException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** What the caller can do about it. */
    public enum Kind {
        /** Nothing: what was asked for breaks a rule or a limit, and will do so again. */
        INVALID,
        /** Ask again: the log is opening or handed over, or the hub has more work than it does now. */
        TRY_AGAIN,
        /** Stop: the topic has ended, or somebody has asked for its end, and only a message that ends it is taken. */
        ENDED,
        /** Look at the disk: it is full or failed. The hub heals by itself; the event was not published. */
        STORE
    }

    private final Kind kind;
    private final int status;
    private final Duration retryAfter;

    private RivuletException(Kind kind, Duration retryAfter, Refused cause) {
        super(cause.getMessage(), cause);
        this.kind = kind;
        status = Problem.status(cause.reason());
        this.retryAfter = retryAfter;
    }

    static RivuletException of(Refused refused) {
        Kind kind = switch (refused.reason()) {
            case NOT_OPEN, OVERLOADED, TOO_MANY_STREAMS, RATE_LIMITED -> Kind.TRY_AGAIN;
            case STORE_FULL, STORE_FAILED -> Kind.STORE;
            case ENDED -> Kind.ENDED;
            default -> Kind.INVALID;
        };
        return new RivuletException(kind, Duration.ofSeconds(refused.retryAfterS()), refused);
    }

    /** What the caller can do about it. */
    public Kind kind() {
        return kind;
    }

    /** The status with which the hub's own paths answer the same by HTTP: for an answer of yours to your own caller. */
    public int status() {
        return status;
    }

    /** When to ask again, where the hub knows; else zero. */
    public Duration retryAfter() {
        return retryAfter;
    }
}
