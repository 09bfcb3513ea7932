package io.rivulet.log.segment;

import io.rivulet.config.SettingsTable.Sync;
import io.rivulet.event.Event;
import io.rivulet.log.LogCommit;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogFailure;
import io.rivulet.log.LogRange;
import io.rivulet.log.LogRecord;
import io.rivulet.log.disk.Bytes;
import io.rivulet.log.disk.Disk;
import io.rivulet.log.index.HeapIndex;
import io.rivulet.log.index.SparseIndex;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The writing half of the log; it owns the file of the active segment. The committer appends, the log's thread rolls an
 * old segment and syncs at intervals; the monitor guards the file. Invariant: everything below {@code active.length()}
 * was acknowledged, everything above it never was.
 *
 * <p>The hard thing is a failed write or sync: after it nobody knows what is on the disk. A system may drop the pages
 * that it could not write, and report that once only, so a second sync that succeeds proves nothing. Therefore the log
 * is poisoned. Before the next append the file is opened anew, cut to what was acknowledged, written again from where
 * it was not known to be synced ({@link TailRewrite}), and synced. While that fails, appends are refused and reading
 * goes on. A log that is closed as long as it is poisoned leaves that work to the next opening.
 *
 * <p>Anything may be thrown between the write and the moment that the group is visible, an {@code OutOfMemoryError} for
 * one. Then the file holds a group at positions that the next group would get as well. So {@code unsure} says from
 * before the write until after that moment that the log must heal first. It is a plain field, because a failure that
 * there is no memory to describe must be kept too.
 *
 * <p>A log whose new epoch could not be written at the opening begins as a poisoned one. Its healing writes the meta
 * file first.
 */
final class Appender {

    private static final Logger LOG = LoggerFactory.getLogger(Appender.class);
    private static final int BUFFER_KEPT_BYTES = 4 << 20;
    /** Offsets are ints; a segment that could not be rolled for so long takes no more. */
    private static final long FILE_BYTES_MAX = 1L << 30;
    private static final long ROLL_PAUSE_MS = 1_000;
    private static final long ROOM_BYTES = 256 * 1024;
    private static final String TRIAL = "trial.tmp";
    private static final int TRIAL_BYTES = 4_096;
    /** A segment that could not be rolled takes no more when its index has so many times the bytes it may have. */
    private static final int INDEX_OVER = 2;

    private final Segments segments;
    private final Sealer sealer;
    private final LogOptions options;
    private final LogClock clock;
    private final int epoch;
    private final long storeId;
    private final SplittableRandom nonces = new SplittableRandom(new SecureRandom().nextLong());
    private Bytes buffer = new Bytes(64 * 1024);
    private Runnable beforeSync = () -> { };
    private Runnable rolled = () -> { };
    private Segment active;
    private HeapIndex index;
    private Disk.File out;
    /** Bytes of the active file that a sync has covered; every block says it, for the scan at the next opening. */
    private int syncedTo;
    /** Held during a sync beside the monitor, so that nobody else's sync hides that it failed; see {@link #sync}. */
    private final Object syncing = new Object();
    /** The open file of which a sync has failed: it will not tell again. Guarded by {@code syncing}. */
    private Disk.File unsynced;
    private long rollNotBeforeMs;
    /** A group was begun and is not visible: the file may hold some of it, and the index where {@code indexUnsure}. */
    private boolean unsure;
    private boolean indexUnsure;
    private boolean closed;
    /** What the opening could not write; null once it is on the disk. Until then the range carries a failure. */
    private StoreMeta unwritten;

    Appender(Segments segments, LogOptions options, LogClock clock, StoreMeta meta, Sealer sealer,
             Disk.File out) {
        this.segments = segments;
        this.sealer = sealer;
        this.options = options;
        this.clock = clock;
        this.epoch = meta.epoch();
        this.storeId = meta.storeId();
        LogFailure failure = segments.range().failure();
        this.unwritten = failure != null && failure.isBeforeEpoch() ? meta : null;
        this.out = out;
        Segment[] all = segments.all();
        active = all[all.length - 1];
        index = (HeapIndex) active.index();
        syncedTo = active.length();
    }

    /** See {@code LogWriter}: the hook runs when an append is about to wait for the disk. */
    synchronized void beforeSync(Runnable hook) {
        beforeSync = hook;
    }

    /** Sets a hook that runs when a segment was rolled. It must be quick. */
    synchronized void rolled(Runnable hook) {
        rolled = hook;
    }

    /**
     * Appends a group as one block. The order is the promise: a poisoned log heals first, a full segment is rolled, the
     * block is written and, as the settings say, synced; only then do readers see it. A group that fails is refused as
     * a whole, and takes no position.
     *
     * @return the entries with their positions, in the order of the group
     * @throws LogFailure when the disk does not take the group; nothing of it is read
     */
    synchronized List<LogEntry> append(List<LogRecord> group) throws IOException {
        return append(group, null);
    }

    /** Appends a commit that an engine has put in order, with what the engine says of it. */
    synchronized void copy(LogCommit commit) throws IOException {
        long head = segments.range().head();
        if (commit.base() != head + 1) {
            throw new IllegalStateException("a commit begins at " + commit.base() + ", but the copy is at " + head);
        }
        append(commit.records(), commit);
    }

    /** {@code copied} is null where this node makes the commit itself. */
    private List<LogEntry> append(List<LogRecord> group, LogCommit copied) throws IOException {
        if (closed) {
            throw new LogFailure("the log is closed", false, null);
        }
        // the failure of an earlier group: this one may only be written behind bytes that are known to be on the disk
        if (!isSound()) {
            beforeSync.run();
            heal();
        }
        if (buffer.array().length > BUFFER_KEPT_BYTES) {
            buffer = new Bytes(64 * 1024);
        }
        long base = segments.range().head() + 1;
        buffer.length(BlockHeader.BYTES);
        for (int i = 0; i < group.size(); i++) {
            RecordCodec.encode(buffer, 0, base + i, group.get(i));
        }
        // after the encoding, since whether the segment is full depends on the bytes of this group
        HeapIndex.Growth growth = RecordCodec.growth(group, buffer.length());
        if (isFull(group.size(), growth)) {
            beforeSync.run();
            roll();
        }
        if (active.count() > 0 && (active.length() + (long) buffer.length() > FILE_BYTES_MAX
            || index.bytesWith(growth) > INDEX_OVER * options.indexBytes())) {
            throw new LogFailure(active.file().getFileName() + " is at its greatest size, in bytes or in memory, and no"
                + " new segment could be made", false, null);
        }
        int body = buffer.length() - BlockHeader.BYTES;
        // the nonce goes into the ids of this group: after a backup was restored, ids of what it lost do not fit here
        int crc = Bytes.crc(buffer.array(), BlockHeader.BYTES, body);
        BlockHeader block = copied == null
            ? new BlockHeader(body, epoch, nonces.nextInt(1 << 24), base, timeMs(), group.size(), syncedTo, crc)
            : new BlockHeader(body, copied.epoch(), copied.nonce(), base, copied.timeMs(), group.size(), syncedTo, crc);
        block.write(buffer, 0, segments.hash().salt());
        List<LogEntry> entries = copied == null ? entries(group, block) : List.of();
        noteMarks(group);
        unsure = true;
        try {
            int synced = write();
            publish(group.size(), block);
            syncedTo = synced;
        } catch (IOException | RuntimeException | Error e) {
            // the block may be on the disk in part, or whole but not synced
            LogFailure failure = poison("could not be written", e);
            try {
                // the refused group must not come back after a crash; a real heal comes before the next append
                out.truncate(active.length());
                if (indexUnsure) {
                    indexAnew(); // till the heal, a look-up would miss in the file what the index still tells of
                }
            } catch (IOException | RuntimeException | Error again) {
                failure.addSuppressed(again);
            }
            throw failure;
        }
        unsure = false;
        return entries;
    }

    /**
     * Tries what an append needs: the log is sound or heals, and the disk takes a block of bytes. They go into a file
     * of their own, which is gone afterwards, so a failure here poisons nothing.
     *
     * @throws LogFailure when the disk does not take them
     */
    synchronized void tryDisk() throws LogFailure {
        if (closed) {
            throw new LogFailure("the log is closed", false, null);
        }
        if (!isSound()) {
            heal();
        }
        Path file = segments.folder().resolve(TRIAL);
        try {
            try (Disk.File trial = segments.disk().openToWrite(file)) {
                trial.truncate(0); // what takes no new space would not tell of a full disk
                trial.write(0, new byte[TRIAL_BYTES], 0, TRIAL_BYTES);
                trial.force();
            } finally {
                segments.disk().delete(file);
            }
        } catch (IOException e) {
            throw segments.disk().failure(segments.folder(), "the disk refused a trial", e);
        }
    }

    /** Whether the files are known to hold what was acknowledged and nothing else. */
    private boolean isSound() {
        return !unsure && segments.range().failure() == null;
    }

    /** Before the group can be seen, and also where it is refused then: the set in memory says "perhaps". */
    private void noteMarks(List<LogRecord> group) {
        for (int i = 0; i < group.size(); i++) {
            Event event = group.get(i).event();
            if (event.isMark()) {
                event.topics().forEach(topic -> segments.marks().add(segments.markHash(topic)));
            }
        }
    }

    private List<LogEntry> entries(List<LogRecord> group, BlockHeader block) {
        List<LogEntry> entries = new ArrayList<>(group.size());
        for (int i = 0; i < group.size(); i++) {
            LogRecord record = group.get(i);
            entries.add(new LogEntry(block.base() + i, epoch, block.nonce(), block.timeMs(), record.event(),
                record.receipt(), record.producer()));
        }
        return entries;
    }

    /** Writes the block behind what was acknowledged; returns up to where the file is synced then. */
    private int write() throws IOException {
        out.write(active.length(), buffer.array(), 0, buffer.length());
        if (options.sync() != Sync.ALWAYS) {
            return syncedTo;
        }
        beforeSync.run(); // only the disk has work left for this group: the core is free for others
        out.force();
        return active.length() + buffer.length();
    }

    /**
     * Makes a durable group visible. The index comes first, then the length, then the range: a reader that sees an
     * event in the range finds it by length and by index.
     */
    private void publish(int events, BlockHeader block) {
        int at = active.length();
        int end = at + buffer.length();
        indexUnsure = true;
        active.sparse().offer(active.count(), at, block.timeMs());
        SegmentScan.enter(buffer.array(), 0, block, active.count(), at, index);
        segments.changeRange(r -> {
            LogRange longer = new LogRange(epoch, r.first(), r.head() + events, block.nonce(),
                r.bytesAppended() + buffer.length(), null);
            active.grow(end, events, block.timeMs(), clock.upMs());
            return longer;
        });
        indexUnsure = false;
    }

    /**
     * Marks the log as poisoned: the range carries the failure, so that health tells it and the next append heals. The
     * head stays, for readers may read everything up to it.
     */
    private LogFailure poison(String what, Throwable e) {
        LogFailure plain = segments.disk().failure(segments.folder(), "the log " + what, e);
        LogFailure failure = unwritten == null ? plain : plain.beforeEpoch();
        segments.changeRange(r -> new LogRange(epoch, r.first(), r.head(), r.headNonce(), r.bytesAppended(), failure));
        return failure;
    }

    /**
     * Makes a poisoned log whole. The file is opened anew, because a system reports a failed sync only once for each
     * open file. It is cut to what was acknowledged, the blocks that no sync had covered are compared and written
     * again, and all is synced. Only when that succeeds is the failure taken out of the range.
     *
     * @throws LogFailure when the disk still fails; the log stays poisoned
     */
    private void heal() throws LogFailure {
        beginEpoch();
        try {
            out.close(); // it may hold the old failure, and a further one changes nothing
        } catch (IOException e) {
            LOG.debug("closing a failed file failed too", e);
        }
        int length = active.length();
        try {
            out = segments.disk().openToWrite(active.file());
            if (out.length() < length) { // acknowledged bytes are gone: healing cannot bring them back
                throw new IOException(active.file() + " has " + out.length() + " bytes, but " + length
                    + " were acknowledged");
            }
            out.truncate(length);
            TailRewrite.of(active, out, Math.min(syncedTo, length), segments.hash().salt());
            out.force();
            if (indexUnsure) {
                indexAnew();
            }
        } catch (IOException | RuntimeException | Error e) {
            throw poison("does not heal yet", e);
        }
        syncedTo = length;
        segments.changeRange(r -> new LogRange(epoch, r.first(), r.head(), r.headNonce(), r.bytesAppended(), null));
        unsure = false;
        LOG.info("the log in {} healed at position {}", segments.folder(), segments.range().head());
    }

    /** Writes what the opening could not: from here on events may have ids of this epoch. */
    private void beginEpoch() throws LogFailure {
        if (unwritten != null) {
            try {
                unwritten.write(segments.disk(), segments.folder());
            } catch (IOException | RuntimeException | Error e) {
                throw poison("is open to read only, for its new epoch could not be written", e);
            }
            unwritten = null;
        }
    }

    /** A group that was refused may have left entries in the index, whose positions other events will have. */
    private void indexAnew() throws IOException {
        SegmentScan scan = SegmentScan.of(segments.folder(), active.header(), out, segments.hash(), Long.MAX_VALUE);
        if (scan.segment().count() != active.count() || scan.segment().length() != active.length()) {
            throw new IOException(active.file() + " was read back up to offset " + scan.segment().length()
                + ", but " + active.length() + " bytes were acknowledged");
        }
        index = scan.index();
        active.index(index, 0);
        indexUnsure = false;
    }

    /** Heals without waiting for the next append; on a full disk only when there is room again. */
    synchronized void healIfPossible() {
        LogFailure failure = segments.range().failure();
        if (closed || isSound()
            || failure != null && failure.isFull() && segments.disk().freeBytes(segments.folder()) < ROOM_BYTES) {
            return;
        }
        try {
            heal();
        } catch (LogFailure e) {
            LOG.debug("{}", e.getMessage()); // the range says so
        }
    }

    /**
     * Whether the group would make the segment too large, too long or too old, or its index too large for memory; an
     * empty one takes any group.
     */
    private boolean isFull(int events, HeapIndex.Growth growth) {
        return active.count() > 0 && (active.length() + (long) buffer.length() > options.segmentBytes()
            || index.bytesWith(growth) > options.indexBytes()
            || active.count() + (long) events > options.segmentEvents()
            || clock.isOld(active, options.segmentMs()));
    }

    /** The time that a block gets now: within a segment times never fall. */
    private long timeMs() {
        return Math.max(active.count() == 0 ? timeBeforeMs() : active.maxTimeMs(), clock.wallMs());
    }

    /** The least time that the next segment may have; see {@link LogClock}. */
    private long timeBeforeMs() {
        long wallMs = clock.wallMs();
        long lastMs = active.maxTimeMs();
        return LogClock.isAhead(lastMs, wallMs) ? wallMs : lastMs;
    }

    /** Begins a new segment. When that fails the old one goes on growing: no append is refused for housekeeping. */
    private void roll() throws LogFailure {
        if (clock.upMs() < rollNotBeforeMs) {
            return;
        }
        syncAll(); // a sealed segment is wholly synced: the next opening refuses one that is not whole
        LogRange range = segments.range();
        Segment.Header header = new Segment.Header(storeId, range.head() + 1, range.bytesAppended(), timeBeforeMs(),
            range.headNonce());
        HeapIndex newIndex = new HeapIndex(segments.hash());
        Segment next = new Segment(segments.folder(), header, new SparseIndex(), newIndex);
        Disk.File file;
        try {
            sealer.makeRoom(index.bytes());
            file = create(segments.disk(), next);
            segments.add(next);
        } catch (IOException | RuntimeException | Error e) {
            rollNotBeforeMs = clock.upMs() + ROLL_PAUSE_MS;
            LOG.warn("no new segment could be begun in {}; going on in {}: {}", segments.folder(),
                active.file().getFileName(), e.toString());
            return;
        }
        // nothing is called here, so nothing fails: all of it changes, and then the old file is let go
        Disk.File old = out;
        out = file;
        index = newIndex;
        active = next;
        syncedTo = Segment.HEADER_BYTES;
        try {
            old.close();
        } catch (IOException e) {
            LOG.warn("a sealed segment did not close", e); // it is synced: nothing is lost
        }
        rolled.run();
    }

    /** Makes the file of an empty segment, durable with its name; leaves nothing behind when that fails. */
    static Disk.File create(Disk disk, Segment segment) throws IOException {
        Disk.File file = null;
        try {
            file = disk.openToWrite(segment.file());
            file.truncate(0);
            file.write(0, segment.header().bytes(), 0, Segment.HEADER_BYTES);
            file.force();
            disk.syncFolder(segment.file().getParent());
            return file;
        } catch (IOException | RuntimeException | Error e) {
            try {
                if (file != null) {
                    file.close();
                }
                disk.delete(segment.file());
            } catch (IOException again) {
                e.addSuppressed(again); // an empty segment is dropped at the next open
            }
            throw e;
        }
    }

    /** Syncs the active file, unless all of it is synced. */
    private void syncAll() throws LogFailure {
        if (syncedTo < active.length()) {
            try {
                sync(out);
                syncedTo = active.length();
            } catch (IOException | RuntimeException | Error e) {
                throw poison("could not be synced", e);
            }
        }
    }

    /**
     * Syncs a file, for an interval or because it is rolled or closed.
     *
     * <p>T1 (the log's thread) syncs at an interval, without the monitor, and fails. T2 (the committer) rolls before T1
     * has the monitor to tell of it. The system has told T1, so it tells T2's sync nothing, and T2 would seal a segment
     * of which pages are gone. So one sync runs after the other, and a file that failed once fails for everybody until
     * healing has opened another one.
     */
    private void sync(Disk.File file) throws IOException {
        synchronized (syncing) {
            if (file == unsynced) {
                throw new IOException("an earlier sync failed");
            }
            try {
                file.force();
            } catch (IOException | RuntimeException | Error e) {
                unsynced = file;
                throw e;
            }
        }
    }

    /** Rolls a segment whose events are old though nothing is appended: retention takes sealed segments only. */
    synchronized void rollIfOld() throws LogFailure {
        if (!closed && isSound() && active.count() > 0 && clock.isOld(active, options.segmentMs())) {
            roll();
        }
    }

    /**
     * Syncs what was appended since the last time; the log's thread, with {@code log.sync=interval}.
     *
     * <p>T1 (the log's thread) notes file and length under the monitor, and syncs without it. T2 (the committer) may
     * meanwhile append, which T1 does not count as synced; or roll or heal, after which the file is another one and T1
     * changes nothing.
     */
    void syncInterval() {
        Disk.File file;
        int length;
        synchronized (this) {
            file = out;
            length = active.length();
            if (closed || syncedTo >= length || !isSound()) {
                return;
            }
        }
        Throwable failed = null;
        try {
            sync(file); // outside the monitor: the committer goes on
        } catch (IOException | RuntimeException | Error e) {
            failed = e;
        }
        synchronized (this) {
            if (file == out && !closed) { // else a roll or a heal came between, and synced for itself
                if (failed == null) {
                    syncedTo = Math.max(syncedTo, length);
                } else {
                    LOG.warn(poison("could not be synced", failed).getMessage());
                }
            }
        }
    }

    /** Syncs and lets go of the file; true when all that was acknowledged is on the disk. */
    synchronized boolean close() {
        if (closed) {
            return false;
        }
        closed = true;
        boolean whole = isSound();
        try {
            if (whole) {
                syncAll();
            }
        } catch (LogFailure e) {
            whole = false;
            LOG.warn(e.getMessage(), e);
        }
        try {
            out.close();
        } catch (IOException e) {
            LOG.warn("the log in {} did not close", segments.folder(), e);
        }
        return whole;
    }
}
