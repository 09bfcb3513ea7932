package io.rivulet.log.segment;

import io.rivulet.config.Settings;

/** The contract with syncs at intervals and segments of seven events. */
class IntervalSyncTest extends SegmentLogTest {

    @Override
    LogOptions options() {
        return LogOptions.of(Settings.with("log.sync", "interval", "log.sync.interval", "10ms")).withSegmentEvents(7);
    }

    @Override
    protected boolean syncsEach() {
        return false;
    }
}
