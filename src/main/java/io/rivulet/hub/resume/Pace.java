package io.rivulet.hub.resume;

/**
 * How much of what it asks for a client wants.
 *
 * @param conflates     only the newest event of each topic while it lags; every event while it keeps up
 * @param ratePerSecond events a second at most, up to {@link #RATE_MAX}; 0 for any number. Who has a rate conflates
 */
public record Pace(boolean conflates, int ratePerSecond) {

    /** The greatest rate: beyond it the socket is the measure. */
    public static final int RATE_MAX = 10_000;

    /** All of it, as fast as the socket takes it. */
    public static final Pace EVERYTHING = new Pace(false, 0);

    /** Who has a rate conflates. */
    public Pace {
        if (ratePerSecond < 0 || ratePerSecond > RATE_MAX) {
            throw new IllegalArgumentException("a rate of " + ratePerSecond);
        }
        conflates |= ratePerSecond > 0;
    }
}
