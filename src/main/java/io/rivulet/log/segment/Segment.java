package io.rivulet.log.segment;

import io.rivulet.log.disk.Bytes;
import io.rivulet.log.disk.Disk;
import io.rivulet.log.index.IndexFile;
import io.rivulet.log.index.SegmentIndex;
import io.rivulet.log.index.SparseIndex;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * One file of the log, as memory knows it: a header, then blocks. The last segment grows, the others are sealed. The
 * committer alone grows it, the log's thread seals and trims it; any thread reads.
 *
 * <p>The hard thing is that readers take no lock. Each field is volatile, and they are written in an order: a reader
 * sees a block only after {@link #grow}, which comes after the block's index entries, so everything that is seen is
 * found. A reader that took the old index of a segment goes on with it; both answer alike.
 */
final class Segment {

    static final int HEADER_BYTES = 64;
    static final String LOG = ".log";
    static final String INDEX = ".idx";

    private static final long MAGIC = 0x52764c4f47000001L; // RvLOG, format 1

    private final Header header;
    private final Path file;
    /** Null where {@link SparseMemory} has let it go: the side file has it. */
    private volatile SparseIndex sparse;
    private volatile SegmentIndex index;
    /** Written last: a reader that counts an event finds its bytes and its time. */
    private volatile int count;
    private volatile int length = HEADER_BYTES;
    private volatile long minTimeMs;
    private volatile long maxTimeMs;
    /** How long the log was open when its first event came, and its last; -1 where an earlier run wrote that. */
    private volatile long firstUpMs = -1;
    private volatile long lastUpMs = -1;
    /** Bytes of the side file; 0 while there is none. */
    private volatile long indexBytes;
    /** Whether retention took it; see {@link #trim}. */
    private volatile boolean trimmed;

    /**
     * The first bytes of the file: {@code magic, storeId, first, bytesBefore, timeBeforeMs (u64), nonceBefore,
     * reserved (u32), 8 reserved bytes, crc}.
     *
     * @param first        position of its first event
     * @param bytesBefore  bytes appended to the store before it
     * @param timeBeforeMs time of the commit before it
     * @param nonceBefore  nonce of the commit before it
     */
    record Header(long storeId, long first, long bytesBefore, long timeBeforeMs, int nonceBefore) {

        byte[] bytes() {
            Bytes out = new Bytes(HEADER_BYTES);
            out.putLong(MAGIC);
            out.putLong(storeId);
            out.putLong(first);
            out.putLong(bytesBefore);
            out.putLong(timeBeforeMs);
            out.putInt(nonceBefore);
            out.putLong(0);
            out.putLong(0);
            out.putInt(0);
            Bytes.setInt(out.array(), HEADER_BYTES - 4, Bytes.crc(out.array(), 0, HEADER_BYTES - 4));
            return out.array();
        }

        /** The header, or null when these bytes are none. */
        static Header of(byte[] b) {
            return b.length < HEADER_BYTES || Bytes.getLong(b, 0) != MAGIC
                || Bytes.getInt(b, HEADER_BYTES - 4) != Bytes.crc(b, 0, HEADER_BYTES - 4) ? null
                : new Header(Bytes.getLong(b, 8), Bytes.getLong(b, 16), Bytes.getLong(b, 24), Bytes.getLong(b, 32),
                Bytes.getInt(b, 40));
        }

        static Header read(Disk.File file) throws IOException {
            byte[] b = new byte[HEADER_BYTES];
            return of(Arrays.copyOf(b, file.read(0, b, 0, b.length)));
        }
    }

    Segment(Path folder, Header header, SparseIndex sparse, SegmentIndex index) {
        this.header = header;
        this.file = folder.resolve(name(header.first()));
        this.sparse = sparse;
        this.index = index;
        this.minTimeMs = header.timeBeforeMs();
        this.maxTimeMs = header.timeBeforeMs();
    }

    /** The name of its file: the first position in twenty digits, so that names sort as positions do. */
    static String name(long first) {
        return String.format("%020d", first) + LOG;
    }

    /** The side file of a segment file. */
    static Path indexFile(Path logFile) {
        String name = logFile.getFileName().toString();
        return logFile.resolveSibling(name.substring(0, name.length() - LOG.length()) + INDEX);
    }

    /** Takes a block that an earlier run wrote. */
    void grow(int newLength, int more, long timeMs) {
        grow(newLength, more, timeMs, -1);
    }

    /**
     * Makes a block visible that ends at {@code newLength}; its index entries are there already.
     *
     * @param upMs how long the log is open
     */
    void grow(int newLength, int more, long timeMs, long upMs) {
        if (count == 0) {
            minTimeMs = timeMs;
            firstUpMs = upMs;
        }
        lastUpMs = upMs;
        maxTimeMs = timeMs;
        length = newLength;
        count += more;
    }

    /** Takes what a sealed segment's side file says of it. */
    void sealed(IndexFile.SegmentFacts facts) {
        minTimeMs = facts.minTimeMs();
        maxTimeMs = facts.maxTimeMs();
        length = facts.logLength();
        count = facts.count();
    }

    /** The facts for its side file. */
    IndexFile.SegmentFacts facts() {
        return new IndexFile.SegmentFacts(header.storeId(), header.first(), count, length, minTimeMs, maxTimeMs);
    }

    Header header() {
        return header;
    }

    Path file() {
        return file;
    }

    Path indexFile() {
        return indexFile(file);
    }

    /** The sparse table where it is in memory, as that of a segment without a side file is; else null. */
    SparseIndex sparse() {
        return sparse;
    }

    /** Has its side file, so the table may be let go of and come back. */
    void sparse(SparseIndex table) {
        sparse = table;
    }

    SegmentIndex index() {
        return index;
    }

    /** Replaces the index: by the side file when it was written, by one in memory when the file is damaged. */
    void index(SegmentIndex newIndex, long bytes) {
        indexBytes = bytes;
        index = newIndex;
    }

    long first() {
        return header.first();
    }

    /** The last position; {@code first - 1} when there is none yet. */
    long last() {
        return header.first() + count - 1;
    }

    int count() {
        return count;
    }

    /** Bytes of it that may be read. */
    int length() {
        return length;
    }

    /** Bytes on the disk with its side file. */
    long bytes() {
        return length + indexBytes;
    }

    long minTimeMs() {
        return minTimeMs;
    }

    long maxTimeMs() {
        return maxTimeMs;
    }

    /** How long the log was open when its first event came; -1 when an earlier run wrote that. */
    long firstUpMs() {
        return firstUpMs;
    }

    /** See {@link #firstUpMs}, of its last event. */
    long lastUpMs() {
        return lastUpMs;
    }

    boolean isTrimmed() {
        return trimmed;
    }

    /** Marks that retention takes the segment: a reader that misses the file looks for the new beginning. */
    void trim() {
        trimmed = true;
    }
}
