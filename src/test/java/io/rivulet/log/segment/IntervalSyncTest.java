package io.rivulet.log.segment;

import io.rivulet.config.Settings;

/** The contract with syncs at intervals and segments of seven events. */
class IntervalSyncTest extends SegmentLogTest {

    @Override
    LogOptions options() {
        Settings settings = Settings.with("log.sync", "interval", "log.sync.interval", "10ms");
        return TendedLog.segmentsOf(7, LogOptions.of(settings));
    }

    @Override
    protected boolean syncsEach() {
        return false;
    }
}
