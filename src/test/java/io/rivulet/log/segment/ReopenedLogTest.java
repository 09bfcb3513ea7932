package io.rivulet.log.segment;

import io.rivulet.log.EventLog;
import java.io.IOException;

/** The contract after everything is read from files again. */
class ReopenedLogTest extends SegmentLogTest {

    @Override
    protected EventLog settled(EventLog log) throws IOException {
        log.close();
        return open();
    }
}
