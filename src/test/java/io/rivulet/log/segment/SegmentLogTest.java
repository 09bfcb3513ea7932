package io.rivulet.log.segment;

import io.rivulet.config.Settings;
import io.rivulet.log.EventLog;
import io.rivulet.log.EventLogContract;
import io.rivulet.log.disk.RealDisk;
import io.rivulet.metrics.Metrics;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract on files, as they are set out of the box. */
class SegmentLogTest extends EventLogContract {

    static final LogOptions OUT_OF_THE_BOX = LogOptions.of(Settings.with());

    @TempDir
    Path folder;

    LogOptions options() {
        return OUT_OF_THE_BOX;
    }

    @Override
    protected EventLog open() throws IOException {
        Metrics metrics = new Metrics();
        return SegmentLog.open(folder, options(), new RealDisk(metrics), clock, clock::nanos, metrics,
            Janitor::start);
    }
}
