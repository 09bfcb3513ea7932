package io.rivulet.log;

import java.io.IOException;

/** The contract after everything is read from files again. */
class ReopenedLogTest extends SegmentLogTest {

    @Override
    EventLog settled(EventLog log) throws IOException {
        log.close();
        return open();
    }
}
