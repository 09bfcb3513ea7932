package io.rivulet.hub.stream;

import java.util.Locale;

/** Why a stream ended. The access log tells it. Immutable, any thread. */
public enum EndReason {
    /** The client left, a write failed, or the container ended it. */
    LEFT,
    /** It asked for no more than it got: a poll, or one with a greatest length. */
    SERVED,
    /** It reached its greatest age. */
    AGED,
    /** Its token's end is near. */
    TOKEN,
    /** Its subject or its token was banned. */
    BANNED,
    /** Its owner or an operator closed it. */
    CLOSED,
    /** All topics that it asked for have ended, and it has all of them. */
    ENDED,
    /** Its socket took nothing for {@code rivulet.stall.timeout}. */
    STALLED,
    /** Its socket took nothing while others waited for the memory it held, or it began with more than there was. */
    MEMORY,
    /** Something is lost that can only be told by the next answer's headers. */
    LOSS,
    /** The hub could not serve it. */
    FAULT,
    /** The hub closes. */
    DRAINED;

    /** For a line of a log. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
