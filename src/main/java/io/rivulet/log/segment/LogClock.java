package io.rivulet.log.segment;

import io.rivulet.log.LogSize;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The times of a log: {@link Appender} writes them, {@link Retention} and the look-ups by time judge by them. Any
 * thread.
 *
 * <p>The hard thing is that a wall clock may be wrong, ahead or behind, and be put right later, and that the log cannot
 * know which of two clocks was right. Three rules follow.
 *
 * <ol><li>The newest word of the clock counts. Times rise along the log, and stand still where the clock goes back by
 * less than {@link #AHEAD_MS}. Where it goes back further, a new segment begins with the time that the clock says now:
 * a clock that was a year ahead for one event does not date a year of events. Within a segment times never fall.
 * <li>A time that lies in the future is not true. An event was written before those that come after it, so the newest
 * event of a segment is taken to be no younger than the beginning of the next one ({@link #newestMs}).
 * <li>How long something has been there in this run is measured by the ticker, which nobody sets. The wall clock is
 * asked for the age of what earlier runs wrote only, and never makes anything older than ticker and opening say.</ol>
 */
final class LogClock {

    /** Clocks are corrected by seconds all the time: that alone begins no new segment. */
    static final long AHEAD_MS = 60_000;

    private final InstantSource clock;
    private final LongSupplier nanoTicker;
    private final long openedMs;
    private final long openedNs;

    LogClock(InstantSource clock, LongSupplier nanoTicker) {
        this.clock = clock;
        this.nanoTicker = nanoTicker;
        openedMs = clock.millis();
        openedNs = nanoTicker.getAsLong();
    }

    /** What the wall clock says. */
    long wallMs() {
        return clock.millis();
    }

    /** How long the log is open. */
    long upMs() {
        return (nanoTicker.getAsLong() - openedNs) / 1_000_000;
    }

    /**
     * Now, for the age of what was there at the opening: the earlier of the wall clock and of the time at the opening
     * plus what has passed since. A wall clock that is set an hour ahead makes nothing older.
     */
    long nowMs() {
        return Math.min(wallMs(), openedMs + upMs());
    }

    /** Whether a time of the log is so far ahead of the wall clock that this was put right. */
    static boolean isAhead(long timeMs, long wallMs) {
        return timeMs - wallMs > AHEAD_MS;
    }

    /** When the newest event of the segment was written, at the latest; see the second rule. */
    static long newestMs(Segment[] all, int i, long nowMs) {
        long said = all[i].maxTimeMs();
        for (int next = i + 1; said > nowMs && next < all.length; next++) {
            said = all[next].minTimeMs();
        }
        return Math.min(said, nowMs);
    }

    /** How much these segments are, and how old their first event is by the earlier of both clocks. */
    LogSize size(Segment[] all) {
        long bytes = 0;
        long events = 0;
        Segment oldest = null;
        for (Segment segment : all) {
            bytes += segment.bytes();
            events += segment.count();
            if (oldest == null && segment.count() > 0) {
                oldest = segment;
            }
        }
        long ageMs = oldest == null ? 0 : oldest.firstUpMs() >= 0 ? upMs() - oldest.firstUpMs()
            : Math.max(0, nowMs() - oldest.minTimeMs());
        return new LogSize(bytes, events, all.length, ageMs);
    }

    /** How old the newest event of the segment is, at least. */
    long ageMs(Segment[] all, int i) {
        long upMs = upMs();
        if (all[i].lastUpMs() >= 0) {
            return upMs - all[i].lastUpMs();
        }
        long nowMs = nowMs();
        long ageMs = nowMs - newestMs(all, i, nowMs);
        // it is older than what this run has written; a clock that was behind at the opening does not know
        for (int next = i + 1; next < all.length; next++) {
            if (all[next].firstUpMs() >= 0) {
                return Math.max(ageMs, upMs - all[next].firstUpMs());
            }
        }
        return ageMs;
    }

    /** How long ago the segment was begun, at least; one that holds a time in the future is old at once. */
    boolean isOld(Segment segment, long segmentMs) {
        return isAhead(segment.maxTimeMs(), wallMs())
            || (segment.firstUpMs() >= 0 ? upMs() - segment.firstUpMs() : nowMs() - segment.minTimeMs()) >= segmentMs;
    }
}
