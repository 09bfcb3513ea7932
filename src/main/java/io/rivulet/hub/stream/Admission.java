package io.rivulet.hub.stream;

import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.Variant;
import io.rivulet.hub.dialect.Dialect;
import java.time.Duration;

/**
 * The hub's own part of a new stream: its names, its age, and how its events are written. Made when the stream opens.
 * Immutable, any thread.
 *
 * @param connection the public name; {@link StreamNames#secretOf} proves its ownership
 * @param subscriber the name in the list of active subscriptions; null while presence is off
 * @param openedMs   when the stream opened, in milliseconds since 1970
 * @param agedNs     when it ends by its age, as the hub's ticker of nanoseconds counts: a clock that is put right by an
 *                   hour must not end all streams at once; {@link #NEVER_NS} from now for never
 * @param variant    how its events are written
 */
public record Admission(StreamNames.Name connection, String subscriber, long openedMs, long agedNs, Variant variant) {

    /** Longer than any hub runs, and so short that differences of such times do not overflow. */
    static final long NEVER_NS = Long.MAX_VALUE >> 1;

    /** Streams that began together end apart: each a random part, at most a fifth, before the greatest age. */
    private static final int AGE_SPREAD = 5;

    /** For a stream that opens now. */
    public static Admission of(Dialect dialect, Settings settings, StreamNames names, long nowMs, long nowNs) {
        return of(dialect, null, settings, names, nowMs, nowNs);
    }

    /** The same for one that lasts so long at most; null for as long as its dialect allows. */
    public static Admission of(Dialect dialect, Duration longest, Settings settings, StreamNames names, long nowMs,
                               long nowNs) {
        long ageMs = dialect.maxAge(settings).toMillis();
        long ageNs = ageMs == 0 ? NEVER_NS : names.between(ageMs - ageMs / AGE_SPREAD, ageMs) * 1_000_000;
        long agedNs = nowNs + (longest == null ? ageNs : Math.min(ageNs, longest.toNanos()));
        String subscriber = settings.get(SettingsTable.PRESENCE) ? names.nextUrn() : null;
        return new Admission(names.next(), subscriber, nowMs, agedNs, dialect.variant(settings));
    }
}
