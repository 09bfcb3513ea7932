package io.rivulet.cluster;

import io.rivulet.config.Settings;
import io.rivulet.log.EventLog;
import io.rivulet.log.EventLogContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a log that an engine keeps for several nodes, and on the copy of it that a restarted node finds. */
class SharedLogTest extends EventLogContract {

    @TempDir
    private Path folder;
    private final MemoryEngine.Store store = new MemoryEngine.Store();

    @Override
    protected EventLog open() throws IOException {
        return Cluster.open(folder, new MemoryEngine(store), Settings.with(), clock, clock::nanos);
    }
}
