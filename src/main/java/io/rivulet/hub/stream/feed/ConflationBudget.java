package io.rivulet.hub.stream.feed;

/**
 * The memory that all conflating streams of one shard share for their windows and passes: the shard's part of {@code
 * rivulet.conflate.bytes}. Their feeds ask it and charge it. Shard thread.
 *
 * <p>Beside that each stream may hold 4 KB and one event. A window that may not grow ends, and its stream goes on
 * behind it like one that has just come: it gets everything that it should, only less conflated.
 */
public final class ConflationBudget {

    /** Bytes that each stream may hold beside the budget. */
    private static final long FREE_BYTES = 4 << 10;
    /** One stream takes at most a quarter of the budget. */
    private static final int STREAM_SHARE = 4;

    private final int topicsMax;
    private final long bytesMax;
    private long bytes;
    private long conflated;

    public ConflationBudget(int topicsMax, long bytesMax) {
        this.topicsMax = topicsMax;
        this.bytesMax = bytesMax;
    }

    /** Topics of one stream, at most, of which the newest event is kept at a time. */
    int topicsMax() {
        return topicsMax;
    }

    /** The bytes that all of them hold beyond that. */
    long bytes() {
        return bytes;
    }

    /** Whether a stream that holds {@code held} may hold {@code more} beside it. */
    boolean hasRoomFor(long held, long more) {
        return held + more <= FREE_BYTES || held + more <= bytesMax / STREAM_SHARE && bytes + more <= bytesMax;
    }

    /**
     * Accounts for what one stream holds now.
     *
     * @param charged what it returned for that stream last
     */
    long charge(long held, long charged) {
        long charge = Math.max(0, held - FREE_BYTES);
        bytes += charge - charged;
        return charge;
    }

    /** So many events are not sent, for a newer one of their topic is. */
    void conflated(int events) {
        conflated += events;
    }

    /** How many were not sent since the last question. */
    public long takeConflated() {
        long taken = conflated;
        conflated = 0;
        return taken;
    }
}
