package io.rivulet.log;

import java.io.IOException;

/** The contract with segments of three events, read from files again. */
class ReopenedTinySegmentsTest extends SegmentLogTest {

    @Override
    LogOptions options() {
        return OUT_OF_THE_BOX.withSegmentEvents(3);
    }

    @Override
    EventLog settled(EventLog log) throws IOException {
        log.close();
        return open();
    }
}
