package io.rivulet.hub.resume;

/**
 * How much of its events a client wants, and how fast. The doors read it from a request; its stream's feed keeps it.
 * Immutable, any thread.
 *
 * @param conflates     while the stream lags, only the newest event of each topic; while it keeps up, every event
 * @param ratePerSecond events a second at most, up to {@link #RATE_MAX}; 0 for any number; with a rate it conflates
 * @param ratePerTopic  the same of each topic, up to {@link #TOPIC_RATE_MAX}
 */
public record Pace(boolean conflates, int ratePerSecond, int ratePerTopic) {

    /** The greatest rate: beyond it the socket is the measure. */
    public static final int RATE_MAX = 10_000;
    /** The greatest rate of each topic: streams that wait are looked at a hundred times a second. */
    public static final int TOPIC_RATE_MAX = 100;

    /** All of it, as fast as the socket takes it. */
    public static final Pace EVERYTHING = new Pace(false, 0, 0);

    /** A pace with a rate conflates, whatever was asked for. */
    public Pace {
        if (ratePerSecond < 0 || ratePerSecond > RATE_MAX) {
            throw new IllegalArgumentException("a rate of " + ratePerSecond);
        }
        if (ratePerTopic < 0 || ratePerTopic > TOPIC_RATE_MAX) {
            throw new IllegalArgumentException("a rate of each topic of " + ratePerTopic);
        }
        conflates |= hasRate(ratePerSecond, ratePerTopic);
    }

    /** Whether it has a rate of one kind or the other. */
    public boolean hasRate() {
        return hasRate(ratePerSecond, ratePerTopic);
    }

    private static boolean hasRate(int ratePerSecond, int ratePerTopic) {
        return ratePerSecond > 0 || ratePerTopic > 0;
    }
}
