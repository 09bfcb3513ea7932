package io.rivulet.log.segment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.log.Digest;
import io.rivulet.log.LogRecord;
import io.rivulet.log.Receipt;
import io.rivulet.log.TestClock;
import io.rivulet.log.disk.Disk;
import io.rivulet.log.disk.MemoryDisk;
import io.rivulet.metrics.Metrics;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** However many segments a log has, their filters have a bound in memory, and a key costs the committer few reads. */
class ManySegmentsTest {

    private static final int SEGMENTS = LogLookup.KEY_SEGMENTS_MAX + 200;
    private static final long BOUND = 16 * 1024;

    private final TestClock clock = new TestClock();
    private final MemoryDisk disk = new MemoryDisk(1);
    private final AtomicInteger opened = new AtomicInteger();

    private TendedLog open() throws IOException {
        LogOptions options = TendedLog.segmentsOf(1, TendedLog.indexesOf(BOUND, LogOptions.of(Settings.with())));
        Disk counting = (Disk) Proxy.newProxyInstance(Disk.class.getClassLoader(), new Class<?>[] {Disk.class},
            (proxy, method, args) -> {
                opened.addAndGet(method.getName().equals("open") ? 1 : 0);
                try {
                    return method.invoke(disk, args);
                } catch (InvocationTargetException e) {
                    throw e.getCause();
                }
            });
        return TendedLog.open(Scenario.FOLDER, options, counting, clock, clock::nanos, new Metrics());
    }

    private static Digest key(int n) {
        return new Digest(n, n);
    }

    /** Files that are opened to look for the key, and whether it is found. */
    private String lookedFor(TendedLog log, int key) throws IOException {
        int before = opened.get();
        boolean found = log.find().byKey(key(key)).isPresent();
        int reads = opened.get() - before;
        assertTrue(reads <= LogLookup.KEY_READS_MAX + 1, reads + " files for one key");
        return found ? "found" : "not found";
    }

    @Test
    void filtersHaveABoundInMemoryAndAKeyCostsFewReads() throws IOException {
        TendedLog log = open();
        for (int i = 0; i < SEGMENTS; i++) {
            log.append(List.of(new LogRecord(Event.on("a").build(), new Receipt(key(i), key(i), 1))));
            log.housekeep();
        }
        for (int opening = 0; opening < 2; opening++) {
            assertEquals(SEGMENTS, log.segments().length);
            long filters = log.filterBytes();
            assertTrue(filters <= BOUND && filters > BOUND / 2, filters + " bytes of filters");
            assertEquals("found", lookedFor(log, SEGMENTS - 1));
            assertEquals("found", lookedFor(log, SEGMENTS - 100));
            assertEquals("not found", lookedFor(log, 0));
            assertEquals("not found", lookedFor(log, -1));
            log.close();
            log = open();
        }
    }
}
