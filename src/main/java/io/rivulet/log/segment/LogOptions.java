package io.rivulet.log.segment;

import io.rivulet.config.DerivedDefaults;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.config.SettingsTable.Sync;

/**
 * The settings of the log, in numbers.
 *
 * @param sync           when an append counts as durable
 * @param syncIntervalMs between syncs, of {@code INTERVAL}
 * @param retainBytes    history up to this size
 * @param retainMs       history up to this age
 * @param retainEvents   history up to this count; 0 for any
 * @param segmentBytes   a segment of so many bytes is full
 * @param segmentMs      a segment whose first event is so old is full
 * @param segmentEvents  a segment of so many events is full
 * @param readBytes      chunks kept for all readers, half of it as bytes and half decoded
 * @param indexBytes     a segment is full whose index has so many bytes in memory
 */
record LogOptions(Sync sync, long syncIntervalMs, long retainBytes, long retainMs, long retainEvents,
                  long segmentBytes, long segmentMs, long segmentEvents, long readBytes, long indexBytes) {

    /** A segment is the unit of retention: a sixteenth, so that history is never less than 15/16 of what was asked. */
    private static final int SEGMENTS = 16;
    private static final long SEGMENT_BYTES_MAX = 64L << 20;
    /** Record numbers within a segment, and with them its index in memory, stay small. */
    private static final int SEGMENT_EVENTS_MAX = 1 << 20;
    private static final long MIRROR_SYNC_MS = 1_000;

    static LogOptions of(Settings settings) {
        return of(settings.get(SettingsTable.LOG_SYNC), settings.get(SettingsTable.LOG_SYNC_INTERVAL).toMillis(),
            settings.get(SettingsTable.LOG_RETAIN_BYTES), settings.get(SettingsTable.LOG_RETAIN_AGE).toMillis(),
            settings.get(SettingsTable.LOG_RETAIN_EVENTS), settings.get(SettingsTable.READ_BYTES),
            DerivedDefaults.indexBytes(Runtime.getRuntime().maxMemory()));
    }

    /** The same for a copy, of which a power cut may take the end. */
    LogOptions ofMirror() {
        return new LogOptions(Sync.INTERVAL, Math.max(syncIntervalMs, MIRROR_SYNC_MS), retainBytes, retainMs,
            retainEvents, segmentBytes, segmentMs, segmentEvents, readBytes, indexBytes);
    }

    static LogOptions of(Sync sync, long syncIntervalMs, long bytes, long ms, long events, long readBytes,
                         long indexBytes) {
        return new LogOptions(sync, syncIntervalMs, bytes, ms, events, Math.min(SEGMENT_BYTES_MAX, bytes / SEGMENTS),
            Math.max(1, ms / SEGMENTS),
            events == 0 ? SEGMENT_EVENTS_MAX : Math.max(1, Math.min(SEGMENT_EVENTS_MAX, events / SEGMENTS)),
            readBytes, indexBytes);
    }
}
