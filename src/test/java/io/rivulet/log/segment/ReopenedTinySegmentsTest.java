package io.rivulet.log.segment;

import io.rivulet.log.EventLog;
import java.io.IOException;

/** The contract with segments of three events, read from files again. */
class ReopenedTinySegmentsTest extends SegmentLogTest {

    @Override
    LogOptions options() {
        return TendedLog.segmentsOf(3, OUT_OF_THE_BOX);
    }

    @Override
    protected EventLog settled(EventLog log) throws IOException {
        log.close();
        return open();
    }
}
