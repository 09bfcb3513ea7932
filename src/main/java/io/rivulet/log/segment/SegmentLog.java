package io.rivulet.log.segment;

import io.rivulet.config.Settings;
import io.rivulet.event.IdSeal;
import io.rivulet.log.EventLog;
import io.rivulet.log.LeaseBook;
import io.rivulet.log.LogChunk;
import io.rivulet.log.LogCommit;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogFinder;
import io.rivulet.log.LogRange;
import io.rivulet.log.LogRecord;
import io.rivulet.log.LogSize;
import io.rivulet.log.LogWork;
import io.rivulet.log.View;
import io.rivulet.log.disk.Disk;
import io.rivulet.log.disk.RealDisk;
import io.rivulet.metrics.Metrics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The embedded log: the files of one folder, whose lock {@code StoreKeeper} holds. The hub appends and reads; any
 * thread may ask for the range. This class joins the parts and knows none of their work: {@link Appender} appends,
 * {@link LogReader} reads, {@link LogLookup} looks up, and {@link Janitor} seals, trims and syncs on the thread {@code
 * rivulet-log}.
 */
public final class SegmentLog implements EventLog {

    private static final Logger LOG = LoggerFactory.getLogger(SegmentLog.class);

    private final Segments segments;
    private final StoreMeta meta;
    private final IdSeal seal;
    private final Appender appender;
    private final LogReader reader;
    private final LogLookup finder;
    private final Janitor janitor;
    private final ReadPlans plans;
    private final LogClock logClock;
    private final LeaseFile leases;

    private SegmentLog(LogOpener opened, LeaseFile leases, LogOptions options, InstantSource clock,
                       LongSupplier nanoTicker, LogMirror mirror) {
        this.leases = leases;
        segments = opened.segments();
        meta = opened.meta();
        seal = new IdSeal(meta.key());
        logClock = new LogClock(clock, nanoTicker);
        appender = new Appender(segments, options, logClock, meta, opened.sealer(), opened.active());
        plans = new ReadPlans(segments.hash());
        reader = new LogReader(segments, plans);
        finder = new LogLookup(segments, plans, meta, opened.trimmed(), logClock, mirror);
        janitor = new Janitor(segments, appender, options,
            new Retention(segments, options, opened.trimmed(), logClock), opened.sealer());
        appender.rolled(janitor::wake);
    }

    /**
     * Opens the log of a folder, making both when absent. Takes as long as reading the last segment; the caller holds
     * the folder's lock.
     *
     * @param nanoTicker monotonic, as {@link System#nanoTime}: a jump of {@code clock} must not trim history
     * @throws LogCorrupt when what is there is not what was written; nothing was changed
     * @throws IOException when the disk refuses; may be tried again
     */
    public static SegmentLog open(Path folder, Settings settings, InstantSource clock, LongSupplier nanoTicker,
        Metrics metrics) throws IOException {
        Files.createDirectories(folder);
        return open(folder, LogOptions.of(settings), new RealDisk(metrics), clock, nanoTicker, metrics, Janitor::start);
    }

    /** The same on any disk; {@code keeping} is given the housekeeping, to run it on a thread or at moments it owns. */
    static SegmentLog open(Path folder, LogOptions options, Disk disk, InstantSource clock, LongSupplier nanoTicker,
                           Metrics metrics, Consumer<Janitor> keeping) throws IOException {
        return open(folder, options, disk, clock, nanoTicker, metrics, keeping, null);
    }

    /**
     * Opens the copy of a log that an engine keeps for several nodes, making it when absent. It takes commits by
     * {@link #copy} alone. Since it can be copied once more it is synced at intervals only.
     *
     * @throws LogCorrupt when what is there is damaged, or a copy of another log
     */
    public static SegmentLog openMirror(Path folder, Settings settings, InstantSource clock, LongSupplier nanoTicker,
        Metrics metrics, LogMirror mirror) throws IOException {
        Files.createDirectories(folder);
        return open(folder, LogOptions.of(settings).ofMirror(), new RealDisk(metrics), clock, nanoTicker, metrics,
            Janitor::start, mirror);
    }

    private static SegmentLog open(Path folder, LogOptions options, Disk disk, InstantSource clock,
                                   LongSupplier nanoTicker, Metrics metrics, Consumer<Janitor> keeping,
                                   LogMirror mirror) throws IOException {
        LeaseFile leases = LeaseFile.open(disk, folder, options.sync());
        LogOpener opened = LogOpener.open(disk, folder, options, metrics, mirror);
        SegmentLog log = new SegmentLog(opened, leases, options, clock, nanoTicker, mirror);
        keeping.accept(log.janitor);
        return log;
    }

    /** Copies a commit of the engine, which must be the next one. */
    public void copy(LogCommit commit) throws IOException {
        appender.copy(commit);
    }

    @Override
    public List<LogEntry> append(List<LogRecord> group) throws IOException {
        return appender.append(group);
    }

    @Override
    public void tryDisk() throws IOException {
        appender.tryDisk();
    }

    @Override
    public void beforeSync(Runnable hook) {
        appender.beforeSync(hook);
    }

    @Override
    public LogChunk read(long after, long upTo, View view, int bytesMax, LogWork work) throws IOException {
        return reader.read(after, upTo, view, bytesMax, work);
    }

    @Override
    public LogFinder find(LogWork work) {
        return finder.with(work);
    }

    /** The segments, for tests that count what they hold. */
    Segments segments() {
        return segments;
    }

    @Override
    public boolean hasMarks() {
        return !segments.marks().isEmpty();
    }

    @Override
    public boolean mayBeMarked(String topic) {
        return !segments.marks().isEmpty() && segments.marks().mayHold(segments.markHash(topic));
    }

    @Override
    public LogRange range() {
        return segments.range();
    }

    @Override
    public LogSize size() {
        return logClock.size(segments.all());
    }

    @Override
    public LeaseBook leases() {
        return leases;
    }

    @Override
    public IdSeal seal() {
        return seal;
    }

    @Override
    public void age() {
        plans.age();
        segments.age();
    }

    /**
     * Ends the housekeeping, syncs and closes the file. Only when all was synced does the meta file say how far the log
     * reached: at the next opening a log that ends earlier is then known to have lost something.
     */
    @Override
    public void close() {
        janitor.close();
        leases.close();
        if (appender.close()) {
            try {
                meta.closed(segments.range().head()).write(segments.disk(), segments.folder());
            } catch (IOException e) {
                LOG.warn("{} could not be told of the close; the next open only knows less", segments.folder(), e);
            }
        }
    }
}
