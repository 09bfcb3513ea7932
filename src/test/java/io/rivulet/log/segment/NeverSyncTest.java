package io.rivulet.log.segment;

import io.rivulet.config.Settings;

/** The contract when the system syncs as it likes. */
class NeverSyncTest extends SegmentLogTest {

    @Override
    LogOptions options() {
        return LogOptions.of(Settings.with("log.sync", "never"));
    }

    @Override
    protected boolean syncsEach() {
        return false;
    }
}
