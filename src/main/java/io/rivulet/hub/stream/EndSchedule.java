package io.rivulet.hub.stream;

import java.util.List;

/**
 * When the hub itself ends streams: by their token's end, by their age, or because they had time enough to take a last
 * word. The {@link Shard} asks it and closes the streams, on the shard's thread.
 *
 * <p>A delivery costs nothing for it: each round begins with the question whether any end is due, and all streams are
 * looked through at most twice a second. So that no stream outlives its token, its end is planned one and a half
 * seconds early.
 */
final class EndSchedule {

    private static final long EARLY_MS = 1_500;
    private static final long PATIENCE_MS = 500;
    /** For its age, where no client counts as stalled. */
    private static final long AGED_PATIENCE_MS = 30_000;
    private static final long PAUSE_MS = 500;

    private final long stallMs;
    /** When to look through the streams next. */
    private long nextMs = Long.MAX_VALUE;

    /** Ends one stream between two events. */
    interface Closer {
        void close(Subscriber s, long sinceMs, EndReason why);
    }

    /** {@code stallMs}: a stream whose socket takes nothing for so long is stalled; 0 where none is. */
    EndSchedule(long stallMs) {
        this.stallMs = stallMs;
    }

    /** Plans the end of a stream under the grant that it has now; returns why it is to end at once, or null. */
    EndReason plan(Subscriber s, long nowMs) {
        s.endsAt(Math.min(s.admission().agedMs(), s.grant().expiresMs() - EARLY_MS));
        if (nowMs >= s.endMs()) {
            return due(s);
        }
        nextMs = Math.min(nextMs, s.endMs());
        return null;
    }

    /** Closes those whose time has come. */
    void look(long nowMs, List<Subscriber> streams, Closer closer) {
        if (nowMs < nextMs) {
            return;
        }
        nextMs = Long.MAX_VALUE;
        long next = Long.MAX_VALUE;
        try {
            for (int i = streams.size() - 1; i >= 0; i--) { // backwards: one that ends is replaced by the last
                Subscriber s = streams.get(i);
                if (nowMs >= s.endMs()) {
                    closer.close(s, s.endMs(), due(s));
                } else {
                    next = Math.min(next, s.endMs());
                }
            }
        } catch (RuntimeException | Error e) {
            nextMs = nowMs; // the others are looked at in the next round
            throw e;
        }
        nextMs = Math.max(Math.min(next, nextMs), nowMs + PAUSE_MS);
    }

    private static EndReason due(Subscriber s) {
        return s.endMs() < s.admission().agedMs() ? EndReason.TOKEN : EndReason.AGED;
    }

    /**
     * Whether a stream that is ending, and whose socket takes nothing, had time enough: half a second where its right
     * to read is over; for its age as long as a stalled client has, since nothing is urgent about that.
     */
    boolean isPatienceOver(Subscriber s, long nowMs) {
        long patienceMs = s.ending() != EndReason.AGED ? PATIENCE_MS : stallMs > 0 ? stallMs : AGED_PATIENCE_MS;
        if (nowMs - s.endMs() >= patienceMs) {
            return true;
        }
        nextMs = Math.min(nextMs, s.endMs() + patienceMs);
        return false;
    }
}
