package io.rivulet.hub.stream;

import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.Variant;
import io.rivulet.hub.dialect.Dialect;

/**
 * The hub's own part of a new stream: its names, its age, and how its events are written. Made when the stream opens.
 * Immutable, any thread.
 *
 * @param connection the public name; {@link StreamNames#secretOf} proves its ownership
 * @param subscriber the name in the list of active subscriptions; null while presence is off
 * @param openedMs   when the stream opened, in milliseconds since 1970
 * @param agedMs     when it ends by its age; {@link Long#MAX_VALUE} for never
 * @param variant    how its events are written
 */
public record Admission(StreamNames.Name connection, String subscriber, long openedMs, long agedMs, Variant variant) {

    /** Streams that began together end apart: each a random part, at most a fifth, before the greatest age. */
    private static final int AGE_SPREAD = 5;

    /** For a stream that opens now. */
    public static Admission of(Dialect dialect, Settings settings, StreamNames names, long nowMs) {
        long ageMs = dialect.maxAge(settings).toMillis();
        long agedMs = ageMs == 0 ? Long.MAX_VALUE : nowMs + names.between(ageMs - ageMs / AGE_SPREAD, ageMs);
        String subscriber = settings.get(SettingsTable.PRESENCE) ? names.nextUrn() : null;
        return new Admission(names.next(), subscriber, nowMs, agedMs, dialect.variant(settings));
    }
}
