package io.rivulet.log.segment;

import io.rivulet.log.LogCorrupt;
import io.rivulet.log.LogFailure;
import io.rivulet.log.LogRange;
import io.rivulet.log.disk.Disk;
import io.rivulet.log.disk.StoreHash;
import io.rivulet.log.index.FilterMemory;
import io.rivulet.log.index.HeapIndex;
import io.rivulet.log.index.SparseIndex;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens the files of a folder as a log, or refuses. {@link SegmentLog#open} uses it once, on the thread of the folder's
 * keeper. Only the last segment is scanned; sealed ones are known by their side files, and scanned where one is missing
 * or damaged.
 *
 * <p>There is one rule for damage: a tail that no sync had covered is cut, because it was never acknowledged. Anything
 * else that is not as it was written refuses, and nothing is changed: the operator can still restore a file from a
 * backup. Once a log had opened with a gap and gone on, no backup would fit it any more.
 *
 * <p>The hard thing is a folder from which a whole file is missing, for what remains looks sound. Three things tell:
 * the meta file holds the least position that the log had reached; each segment begins where the one before it ends;
 * and an empty segment says at which position it was begun.
 */
final class LogOpener {

    private static final Logger LOG = LoggerFactory.getLogger(LogOpener.class);

    private final Disk disk;
    private final Path folder;
    private final Segments segments;
    private final Sealer sealer;
    /** Null for the log of one node. */
    private final LogMirror mirror;
    private StoreMeta meta;
    private TrimmedTopics trimmed;
    private Disk.File active;

    private LogOpener(Disk disk, Path folder, Segments segments, Sealer sealer, StoreMeta meta, LogMirror mirror) {
        this.mirror = mirror;
        this.disk = disk;
        this.folder = folder;
        this.segments = segments;
        this.sealer = sealer;
        this.meta = meta;
    }

    StoreMeta meta() {
        return meta;
    }

    TrimmedTopics trimmed() {
        return trimmed;
    }

    /** The file of the last segment, open to append. */
    Disk.File active() {
        return active;
    }

    Segments segments() {
        return segments;
    }

    Sealer sealer() {
        return sealer;
    }

    static LogOpener open(Disk disk, Path folder, LogOptions options, io.rivulet.metrics.Metrics metrics,
                          LogMirror mirror) throws IOException {
        List<String> names = LogImport.settle(disk, folder, disk.list(folder));
        StoreMeta meta = meta(disk, folder, names, mirror);
        StoreHash hash = new StoreHash(meta.key());
        Segments segments = new Segments(disk, folder, metrics, hash, new ChunkCache(options.readBytes()),
            new FilterMemory(options.indexBytes()), new SparseMemory(options.indexBytes() / 2),
            new TopicMarks(options.indexBytes() / 2));
        if (mirror != null) {
            segments.onDamage(mirror::damaged);
        }
        LogOpener opener = new LogOpener(disk, folder, segments, new Sealer(segments, options.indexBytes()),
            meta, mirror);
        try {
            opener.open(names);
            return opener;
        } catch (IOException | RuntimeException | Error e) {
            if (opener.active != null) {
                opener.active.close();
            }
            throw e;
        }
    }

    /** The meta file; a new one for an empty folder. It holds the key of all ids, so it is never made up again. */
    private static StoreMeta meta(Disk disk, Path folder, List<String> names, LogMirror mirror) throws IOException {
        if (names.contains(StoreMeta.NAME)) {
            StoreMeta meta = StoreMeta.read(disk, folder);
            if (mirror != null && !mirror.isOf(meta)) {
                throw new LogCorrupt(folder + " is a copy of another log");
            }
            return meta;
        }
        if (names.stream().anyMatch(n -> n.matches("\\d{20}\\.log"))) {
            throw new LogCorrupt(folder.resolve(StoreMeta.NAME) + " is missing, but there are segments; restore it"
                + " from a backup: without its key the ids that clients hold mean nothing");
        }
        return mirror != null ? mirror.create() : StoreMeta.create(new SecureRandom());
    }

    /**
     * Leftovers first, then the newest segment, then the older ones down to what retention had taken, then the new
     * state is written. No segment is deleted or cut before the check that proves it useless has passed.
     */
    private void open(List<String> names) throws IOException {
        for (String name : names) {
            boolean orphan = name.endsWith(Segment.INDEX)
                && !names.contains(name.substring(0, name.length() - Segment.INDEX.length()) + Segment.LOG);
            if (name.endsWith(".tmp") || orphan) {
                disk.delete(folder.resolve(name));
            }
        }
        trimmed = names.contains(TrimmedTopics.NAME) ? TrimmedTopics.read(disk, folder) : new TrimmedTopics();
        boolean trimmedKnown = trimmed != null;
        if (!trimmedKnown) {
            trimmed = new TrimmedTopics();
        }
        TreeMap<Long, Path> files = files(names);
        List<Segment> found = new ArrayList<>();
        BlockHeader newest = openLast(files, found);
        openSealed(files, found);
        begin(found, newest);
        if (!trimmedKnown || found.get(0).first() - 1 > trimmed.through()) {
            trimmed.unknown(found.get(0).first() - 1);
        }
    }

    /**
     * From the newest to the oldest, each joined to the one after it. An empty file among them is what a failed roll
     * left: it is removed when an older segment reaches to the next one, and otherwise stands for events that are
     * missing.
     */
    private void openSealed(TreeMap<Long, Path> files, List<Segment> found) throws IOException {
        List<Path> empty = new ArrayList<>(); // leftovers of rolls that failed, if an older segment covers them
        for (Path file : files.descendingMap().values()) {
            Segment next = found.get(0);
            if (next.first() - 1 <= trimmed.through()) {
                delete(List.of(file)); // a crash came between the decision of retention and the removal
                continue;
            }
            Segment segment = SealedIndex.open(segments, sealer, meta, file);
            if (segment == null) {
                empty.add(file);
                continue;
            }
            if (segment.last() + 1 != next.first()) {
                throw missing(segment.last() + 1, next);
            }
            found.add(0, segment);
            release(found);
            delete(empty);
            empty.clear();
        }
        if (!empty.isEmpty()) {
            throw missing(files.firstKey(), found.get(0));
        }
    }

    /** Lets the index of the oldest go when memory would hold too many; its side file is built before the log opens. */
    private void release(List<Segment> found) {
        if (!sealer.hasRoom(found.toArray(Segment[]::new), found.size() - 1, 0)) {
            found.get(0).index(null, 0);
        }
    }

    private LogCorrupt missing(long from, Segment next) {
        return new LogCorrupt("in " + folder + " the positions " + from + " to " + (next.first() - 1)
            + " are missing, before " + next.file().getFileName() + ". Restore the missing segments, or move all"
            + " segments that are older than it away");
    }

    /** The segment files by the position that their names say. */
    private TreeMap<Long, Path> files(List<String> names) {
        TreeMap<Long, Path> files = new TreeMap<>();
        for (String name : names) {
            if (name.matches("0\\d{19}\\" + Segment.LOG)) {
                files.put(Long.parseLong(name.substring(0, name.length() - Segment.LOG.length())),
                    folder.resolve(name));
            }
        }
        return files;
    }

    /** The last segment with a block in it becomes the active one; empty ones behind it were rolls that a crash cut. */
    private BlockHeader openLast(TreeMap<Long, Path> files, List<Segment> found) throws IOException {
        long headAtLeast = meta.headAtLeast();
        List<Path> empty = new ArrayList<>(); // they prove how far the log went: deleted only when it still does
        while (!files.isEmpty()) {
            Path file = files.pollLastEntry().getValue();
            SegmentScan scan = scan(file);
            if (scan == null || scan.segment().count() == 0 && !files.isEmpty()) {
                empty.add(file);
                headAtLeast = scan == null ? headAtLeast : Math.max(headAtLeast, scan.segment().first() - 1);
                continue;
            }
            checkHead(scan.segment(), headAtLeast);
            delete(empty);
            disk.delete(Segment.indexFile(file)); // it was sealed once, and lost its successor
            active = disk.openToWrite(file);
            cut(scan);
            found.add(scan.segment());
            return scan.lastBlock();
        }
        if (headAtLeast > 0) {
            throw new LogCorrupt("in " + folder + " all segments are missing or empty; the log held position "
                + headAtLeast + ". Restore them from a backup, or move the whole folder away to begin anew");
        }
        delete(empty);
        return null;
    }

    /** The blocks of the last segment; null when not even its header is whole: then nothing was appended to it. */
    private SegmentScan scan(Path file) throws IOException {
        try (Disk.File in = disk.open(file)) {
            Segment.Header header = Segment.Header.read(in);
            checkHeader(file, header, in.length());
            if (header == null) {
                return null;
            }
            SegmentScan scan = SegmentScan.of(folder, header, in, segments.hash(), sealer.indexBytes());
            scan.checkTail();
            return scan;
        }
    }

    private void delete(List<Path> leftovers) throws IOException {
        for (Path file : leftovers) {
            LOG.info("{} is left over and removed", file);
            disk.delete(file);
            disk.delete(Segment.indexFile(file));
        }
    }

    /** A header that is not whole was never synced, so nothing can have been appended behind it. */
    private void checkHeader(Path file, Segment.Header header, long length) throws IOException {
        if (header == null && length > Segment.HEADER_BYTES) {
            throw new LogCorrupt(file + " is damaged at offset 0: its header does not match its checksum. Restore the"
                + " file from a backup, or move it and all later segments away");
        }
        if (header != null && (header.storeId() != meta.storeId()
            || !Segment.name(header.first()).equals(file.getFileName().toString()))) {
            throw new LogCorrupt(file + " is no segment of this store, or was renamed; move it away");
        }
    }

    /** The log may end later than it is known to have reached, never earlier: then acknowledged events are gone. */
    private void checkHead(Segment last, long headAtLeast) throws LogCorrupt {
        if (last.last() < headAtLeast) {
            throw new LogCorrupt("in " + folder + " the log ends at position " + last.last() + " ("
                + last.file().getFileName() + ", offset " + last.length() + "), but it held position "
                + headAtLeast + " before. Restore the folder from a backup, or move"
                + " it away to begin anew");
        }
    }

    /**
     * Cuts a torn tail, of which the scan proved that it was never acknowledged, and makes the rest durable. The bytes
     * that the scan has read may be in the system's memory only, and a sync of an earlier run may have failed on them:
     * then the system counts them as written, and no sync will ever write them. So everything that neither the meta
     * file nor the last block says to be synced is written again.
     */
    private void cut(SegmentScan scan) throws IOException {
        Segment segment = scan.segment();
        if (!scan.isWhole()) {
            LOG.warn("{}: a torn tail of {} bytes at offset {} was cut; it was never acknowledged",
                segment.file(), active.length() - segment.length(), segment.length());
            active.truncate(segment.length());
        }
        if (scan.lastBlock() == null || meta.headAtLeast() < segment.last()) { // else it was closed well
            int synced = scan.lastBlock() == null ? 0 : segment.sparse().atOrBefore(scan.lastBlock().syncedTo());
            TailRewrite.of(segment, active, synced, segments.hash().salt());
        }
        active.force(); // from here on all of it counts as synced
    }

    /**
     * Begins a new epoch and sets the range. The meta file is written before the first event of the epoch: ids name
     * their epoch, and two runs of one log must not give the same one to different events.
     *
     * <p>Where there is history, a disk that refuses the file (it is full, most often) does not keep the log from being
     * read. The epoch then counts in memory alone, the range carries the failure, and {@link Appender} takes nothing
     * until it has written the file. Ids that clients get meanwhile name the new epoch and places up to the head, which
     * are in no doubt. If the process ends before the file is written, the next opening takes the same number, and as
     * this one has had no event, both are one epoch.
     */
    private void begin(List<Segment> found, BlockHeader newest) throws IOException {
        LogFailure failure = null;
        if (found.isEmpty()) {
            long begin = mirror == null ? 1 : mirror.first();
            meta = opened(begin - 1);
            meta.write(disk, folder); // before the first segment: a segment without its key would be refused
            Segment first = new Segment(folder, new Segment.Header(meta.storeId(), begin, 0, 0,
                LogLookup.storeNonce(meta.storeId())), new SparseIndex(), new HeapIndex(segments.hash()));
            active = Appender.create(disk, first);
            found.add(first);
        } else {
            meta = opened(found.get(found.size() - 1).last());
            try {
                meta.write(disk, folder);
            } catch (IOException e) {
                failure = disk.failure(folder, "the log is open to read only, for its new epoch could not be written",
                    e).beforeEpoch();
                LOG.warn("{}: {}. Nothing is published until it can be; it is tried again by itself", folder,
                    failure.getMessage());
            }
        }
        for (Segment segment : found) {
            if (segment.index() == null) { // only now: an opening that refuses changes nothing
                sealer.build(segment);
            }
        }
        LogFailure unwritten = failure;
        Segment last = found.get(found.size() - 1);
        int nonce = newest == null ? last.header().nonceBefore() : newest.nonce();
        if (!last.index().isHeap()) {
            last = next(last, nonce);
            found.add(last);
        }
        segments.set(found);
        segments.marks().fill(segments.all());
        long appended = last.header().bytesBefore() + last.length() - Segment.HEADER_BYTES;
        long head = last.last();
        segments.changeRange(r -> new LogRange(meta.epoch(), found.get(0).first(), head, nonce, appended, unwritten));
    }

    private StoreMeta opened(long head) {
        return mirror == null ? meta.opened(head) : mirror.opened(head);
    }

    /** The segment after one whose index is too large for memory: an older version, or a larger heap, wrote that. */
    private Segment next(Segment full, int nonce) throws IOException {
        Segment next = new Segment(folder, new Segment.Header(meta.storeId(), full.last() + 1,
            full.header().bytesBefore() + full.length() - Segment.HEADER_BYTES, full.maxTimeMs(), nonce),
            new SparseIndex(), new HeapIndex(segments.hash()));
        active.close();
        active = Appender.create(disk, next);
        return next;
    }
}
