package io.rivulet.log.segment;

import io.rivulet.event.IdSeal;
import io.rivulet.log.EventLog;
import io.rivulet.log.LogChunk;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogFinder;
import io.rivulet.log.LogRange;
import io.rivulet.log.LogRecord;
import io.rivulet.log.LogSize;
import io.rivulet.log.LogWork;
import io.rivulet.log.View;
import io.rivulet.log.disk.Disk;
import io.rivulet.metrics.Metrics;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/** A {@link SegmentLog} whose housekeeping runs when the test says so; on the log's thread as well when asked to. */
final class TendedLog implements EventLog {

    private final SegmentLog log;
    private final Janitor janitor;

    private TendedLog(SegmentLog log, Janitor janitor) {
        this.log = log;
        this.janitor = janitor;
    }

    static TendedLog open(Path folder, LogOptions options, Disk disk, InstantSource clock, LongSupplier nanoTicker,
                          Metrics metrics) throws IOException {
        AtomicReference<Janitor> janitor = new AtomicReference<>();
        SegmentLog log = SegmentLog.open(folder, options, disk, clock, nanoTicker, metrics, janitor::set);
        return new TendedLog(log, janitor.get());
    }

    /** These options with segments of at most so many events. */
    static LogOptions segmentsOf(long events, LogOptions of) {
        return new LogOptions(of.sync(), of.syncIntervalMs(), of.retainBytes(), of.retainMs(), of.retainEvents(),
            of.segmentBytes(), of.segmentMs(), events, of.readBytes(), of.indexBytes());
    }

    /** These options with indexes of at most so many bytes in memory. */
    static LogOptions indexesOf(long bytes, LogOptions of) {
        return new LogOptions(of.sync(), of.syncIntervalMs(), of.retainBytes(), of.retainMs(), of.retainEvents(),
            of.segmentBytes(), of.segmentMs(), of.segmentEvents(), of.readBytes(), bytes);
    }

    /** The segments as they are now. */
    Segment[] segments() {
        return log.segments().all();
    }

    /** Bytes of the filters in memory. */
    long filterBytes() {
        return log.segments().filters().bytes();
    }

    /** Bytes of the sparse tables of sealed segments in memory. */
    long sparseBytes() {
        return log.segments().sparses().bytes();
    }

    /** Starts the log's thread, which then keeps house beside the test. */
    TendedLog begun() {
        janitor.start();
        return this;
    }

    @Override
    public void age() {
        log.age();
    }

    /** What the log's thread does once a second. */
    void housekeep() {
        janitor.round();
    }

    /** What the log's thread does at every interval of syncs. */
    void syncNow() {
        janitor.sync();
    }

    @Override
    public List<LogEntry> append(List<LogRecord> group) throws IOException {
        return log.append(group);
    }

    @Override
    public void beforeSync(Runnable hook) {
        log.beforeSync(hook);
    }

    @Override
    public LogChunk read(long after, long upTo, View view, int bytesMax, LogWork work) throws IOException {
        return log.read(after, upTo, view, bytesMax, work);
    }

    @Override
    public LogFinder find(LogWork work) {
        return log.find(work);
    }

    @Override
    public boolean hasMarks() {
        return log.hasMarks();
    }

    @Override
    public boolean mayBeMarked(String topic) {
        return log.mayBeMarked(topic);
    }

    @Override
    public LogSize size() {
        return log.size();
    }

    @Override
    public LogRange range() {
        return log.range();
    }

    @Override
    public IdSeal seal() {
        return log.seal();
    }

    @Override
    public void close() {
        log.close();
    }
}
