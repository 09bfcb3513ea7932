package io.rivulet.hub.resume;

/**
 * How much of its events a client wants, and how fast. The doors read it from a request; its stream's feed keeps it.
 * Immutable, any thread.
 *
 * @param conflates     while the stream lags, only the newest event of each topic; while it keeps up, every event
 * @param ratePerSecond events a second at most, up to {@link #RATE_MAX}; 0 for any number; with a rate it conflates
 */
public record Pace(boolean conflates, int ratePerSecond) {

    /** The greatest rate: beyond it the socket is the measure. */
    public static final int RATE_MAX = 10_000;

    /** All of it, as fast as the socket takes it. */
    public static final Pace EVERYTHING = new Pace(false, 0);

    /** A pace with a rate conflates, whatever was asked for. */
    public Pace {
        if (ratePerSecond < 0 || ratePerSecond > RATE_MAX) {
            throw new IllegalArgumentException("a rate of " + ratePerSecond);
        }
        conflates |= ratePerSecond > 0;
    }
}
