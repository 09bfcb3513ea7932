package io.rivulet.log.segment;

import io.rivulet.log.LogCorrupt;
import io.rivulet.log.LogEntry;
import io.rivulet.log.LogRange;
import io.rivulet.log.disk.Disk;
import io.rivulet.log.disk.StoreHash;
import io.rivulet.log.index.FilterMemory;
import io.rivulet.log.index.IndexFile;
import io.rivulet.log.index.SparseIndex;
import io.rivulet.metrics.Metrics;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state that appending, reading and housekeeping share: the segments in order and the range that may be read. It
 * also reads a stretch of a segment, or one record of it. Any thread reads, without a lock.
 *
 * <p>The committer and the log's own thread replace the list and the range as a whole, so a reader that took one sees a
 * state that once was.
 */
final class Segments {

    private static final Logger LOG = LoggerFactory.getLogger(Segments.class);

    private final Disk disk;
    private final Path folder;
    private final Metrics metrics;
    private final StoreHash hash;
    private final ChunkCache cache;
    private final FilterMemory filters;
    private final SparseMemory sparses;
    private final TopicMarks marks;
    /** Replaced as a whole, never changed: see the class comment. */
    private volatile Segment[] all;
    /** The positions that may be read, and the failure of a poisoned log. */
    private volatile LogRange range;
    /** Of a copy, which can be made anew: its readers hear something else than that the log is damaged. */
    private UnaryOperator<IOException> damage = found -> found;

    Segments(Disk disk, Path folder, Metrics metrics, StoreHash hash, ChunkCache cache,
             FilterMemory filters, SparseMemory sparses, TopicMarks marks) {
        this.disk = disk;
        this.folder = folder;
        this.metrics = metrics;
        this.hash = hash;
        this.cache = cache;
        this.filters = filters;
        this.sparses = sparses;
        this.marks = marks;
    }

    /** Before the segments are there. */
    void onDamage(UnaryOperator<IOException> told) {
        damage = told;
    }

    /** What a reader is to hear whom this was told. A file that retention has taken is no damage. */
    IOException told(IOException found, Segment of) {
        return found instanceof LogCorrupt || !of.isTrimmed() ? damage.apply(found) : found;
    }

    Disk disk() {
        return disk;
    }

    Path folder() {
        return folder;
    }

    Metrics metrics() {
        return metrics;
    }

    FilterMemory filters() {
        return filters;
    }

    SparseMemory sparses() {
        return sparses;
    }

    /** The topics that have ended or are asked to. */
    TopicMarks marks() {
        return marks;
    }

    /** The hash under which the marks of a topic are found. */
    long markHash(String topic) {
        return hash.ofMark(hash.of(topic));
    }

    StoreHash hash() {
        return hash;
    }

    LogRange range() {
        return range;
    }

    /** Replaces the range: the committer moves its head while the log's thread moves its first. */
    synchronized void changeRange(UnaryOperator<LogRange> change) {
        range = change.apply(range);
    }

    /** Oldest first; at least one. Not to be changed. */
    Segment[] all() {
        return all;
    }

    /** The segments that were found at opening. */
    synchronized void set(List<Segment> segments) {
        all = segments.toArray(Segment[]::new);
    }

    /** Adds the new active segment, before anything is appended to it. */
    synchronized void add(Segment newest) {
        Segment[] more = Arrays.copyOf(all, all.length + 1);
        more[all.length] = newest;
        all = more;
    }

    /** See {@link io.rivulet.log.LocalLog#age}. */
    void age() {
        cache.age();
    }

    /** Takes the oldest segment out, after the range was moved past it. */
    synchronized void removeOldest() {
        cache.forget(all[0].first());
        filters.forget(all[0].first());
        sparses.forget(all[0].first());
        all = Arrays.copyOfRange(all, 1, all.length);
    }

    /** The segment that holds this position, of those that exist now; null when it is trimmed. */
    Segment holding(long position) {
        Segment[] now = all; // once: retention may replace the list during the search
        int low = 0;
        int high = now.length - 1;
        while (low < high) {
            int middle = low + high + 1 >>> 1;
            if (now[middle].first() <= position) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return now[low].first() <= position ? now[low] : null;
    }

    /**
     * The sparse table of a segment, from memory or from its side file. Where that is not to be trusted the segment is
     * scanned, as for any other question to it, and the log's thread writes the file anew.
     */
    SparseIndex sparse(Segment segment) throws IOException {
        SparseIndex here = segment.sparse();
        if (here != null) {
            return here;
        }
        SparseIndex read;
        try {
            read = IndexFile.sparse(disk, segment.indexFile(), segment.facts());
        } catch (LogCorrupt | FileNotFoundException | NoSuchFileException e) {
            if (segment.isTrimmed()) {
                throw e;
            }
            LOG.warn("{}; the segment is scanned and the file will be written anew", e.getMessage());
            segment.index().distrust();
            return scannedSparse(segment);
        }
        sparses.keep(segment, read);
        return read;
    }

    /** The sparse table where it is in memory, else by a scan: for whoever does not trust the side file. */
    SparseIndex scannedSparse(Segment segment) throws IOException {
        SparseIndex here = segment.sparse();
        if (here != null) {
            return here;
        }
        try (Disk.File in = disk.open(segment.file())) {
            SegmentScan scan = SegmentScan.of(folder, segment.header(), in, hash, 0);
            scan.checkWhole();
            return scan.segment().sparse();
        } catch (LogCorrupt | FileNotFoundException | NoSuchFileException e) {
            throw told(e, segment);
        }
    }

    /** The chunk that holds this position of the segment, from memory or from the disk. */
    Chunk chunk(Segment segment, long position) throws IOException {
        SparseIndex sparse = sparse(segment);
        int number = sparse.holding((int) (position - segment.first()));
        return cache.get(segment.first(), number, position, known -> load(segment, sparse, number, known));
    }

    /**
     * The chunk that holds this position, if it is in memory, or if so many of its records were read one by one that
     * reading all of it costs less; else null. Also null where the chunk is damaged: the damage may be elsewhere in the
     * chunk, and then the record can still be read by itself.
     */
    Chunk sharedChunk(Segment segment, long position) throws IOException {
        SparseIndex sparse = sparse(segment);
        int number = sparse.holding((int) (position - segment.first()));
        Chunk here = cache.find(segment.first(), number, position);
        int bytes = sparse.end(number, segment.length()) - sparse.offset(number);
        if (here != null || !cache.isWanted(segment.first(), number, bytes)) {
            return here;
        }
        try {
            return chunk(segment, position);
        } catch (LogCorrupt e) {
            return null;
        }
    }

    /**
     * Reads a chunk. The last chunk of the active segment grows, so {@code known}, if there is one, is its beginning as
     * it was read before, and only what was appended since is read. Every block is compared with its checksum here, so
     * whatever comes out of the cache was proved once.
     *
     * @throws LogCorrupt when a block is not as it was written; the message names file, offset and position
     */
    private Chunk load(Segment segment, SparseIndex sparse, int number, Chunk known) throws IOException {
        Chunk chunk = known != null ? known
            : cache.begun(segment.first() + sparse.rel(number), sparse.offset(number));
        // the length first: a stride that comes after it only makes this chunk end earlier
        int length = segment.length();
        int more = sparse.end(number, length) - chunk.end();
        try (Disk.File in = disk.open(segment.file())) {
            chunk.grow(segment.file(), in, more, hash.salt());
        } catch (LogCorrupt | FileNotFoundException | NoSuchFileException e) {
            throw told(e, segment);
        }
        return chunk;
    }

    /** One entry by its posting in an index, compared with its checksum. */
    LogEntry entry(Segment segment, long posting) throws IOException {
        try (Disk.File in = disk.open(segment.file())) {
            return new RecordFile(segment, in, hash.salt()).read(posting);
        } catch (LogCorrupt | FileNotFoundException | NoSuchFileException e) {
            throw told(e, segment);
        }
    }

    /** The same of a segment whose file may be open; the caller closes it. */
    LogEntry entry(Segment segment, RecordFile file, long posting) throws IOException {
        try {
            return file.read(posting);
        } catch (LogCorrupt e) {
            throw told(e, segment);
        }
    }
}
