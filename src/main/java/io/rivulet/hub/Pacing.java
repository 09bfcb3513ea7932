package io.rivulet.hub;

/**
 * How many events a stream with a rate may get now. Over any {@code t} seconds it gets at most {@code rate * t} and one
 * batch, a tenth of a second's: silence earns no more credit than that. The shard's thread alone.
 */
final class Pacing {

    private static final int BATCHES_PER_SECOND = 10;
    private static final long SECOND_NS = 1_000_000_000;
    /** Streams wake up together, this often at most: with a thousand of them a wake-up each would be the main cost. */
    private static final long GRID_NS = 10_000_000;

    private final long everyNs;
    private final int batch;
    /** When all that was sent will have been earned. */
    private long earnedNs;
    private boolean begun;
    /** When to look again; only while it is in {@link RateLine}. */
    long dueNs;
    boolean waits;

    Pacing(int ratePerSecond) {
        everyNs = (SECOND_NS + ratePerSecond - 1) / ratePerSecond;
        batch = Math.max(1, ratePerSecond / BATCHES_PER_SECOND);
    }

    /** So many events may go out now. */
    int room(long nowNs) {
        return (int) ((batch * everyNs - aheadNs(nowNs)) / everyNs);
    }

    /** So many went out. */
    void sent(int events, long nowNs) {
        earnedNs = nowNs + aheadNs(nowNs) + events * everyNs;
        begun = true;
    }

    /** When there is room for half a batch. */
    long nextNs(long nowNs) {
        long waitNs = aheadNs(nowNs) - batch / 2 * everyNs;
        long at = nowNs + Math.max(0, waitNs);
        return at + Math.floorMod(-at, GRID_NS);
    }

    private long aheadNs(long nowNs) {
        return begun ? Math.max(0, earnedNs - nowNs) : 0;
    }
}
