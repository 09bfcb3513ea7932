package io.rivulet.log.segment;

import io.rivulet.log.LogCorrupt;
import io.rivulet.log.disk.Disk;
import io.rivulet.log.disk.StoreHash;
import io.rivulet.log.index.HashRange;
import io.rivulet.log.index.HeapIndex;
import io.rivulet.log.index.SparseIndex;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;

/**
 * Walks the blocks of a segment file, compares every checksum and builds the index in memory. {@link LogOpener} uses it
 * for the last segment, {@link SealedIndex} for a sealed one whose side file is missing or damaged. One use, one
 * thread.
 *
 * <p>The hard thing is to tell a torn tail from damage. A crash during an append leaves bytes behind the last whole
 * block that nobody was told of: these may be cut. A disk that lost acknowledged bytes leaves the same picture, and
 * cutting there would lose events in silence. Every block therefore says how far the file was synced when it was
 * written. If a whole block is found behind the damage, and it says that the damaged bytes had been synced, then they
 * were acknowledged, and {@link #checkTail} refuses to open.
 *
 * <p>The file may be of an older version, or of a larger heap, and its index larger than memory allows. Then the scan
 * goes on without one: {@link #index} is null, and {@link Sealer} builds the side file in parts.
 */
final class SegmentScan {

    private static final int WINDOW_BYTES = 256 * 1024;

    private final Path file;
    private final Disk.File in;
    private final long fileLength;
    private final int salt;
    private final Segment segment;
    private final long indexBytesMax;
    /** Null when it had become too large. */
    private HeapIndex index;
    private BlockHeader lastBlock;
    /** A part of the file; it grows where a block is larger. */
    private byte[] window = new byte[WINDOW_BYTES];
    private long windowAt;
    private int windowLength;

    private SegmentScan(Path folder, Segment.Header header, Disk.File in, StoreHash hash, HashRange range,
                        long indexBytesMax) throws IOException {
        this.in = in;
        this.fileLength = in.length();
        this.indexBytesMax = indexBytesMax;
        salt = hash.salt();
        index = new HeapIndex(hash, range);
        segment = new Segment(folder, header, new SparseIndex(), index);
        file = segment.file();
    }

    /** Reads on to the first block that is not whole; the index has at most so many bytes, and a block. */
    static SegmentScan of(Path folder, Segment.Header header, Disk.File in, StoreHash hash, long indexBytesMax)
        throws IOException {
        return of(folder, header, in, hash, HashRange.ALL, indexBytesMax);
    }

    /** The same with an index of these hashes only. */
    static SegmentScan of(Path folder, Segment.Header header, Disk.File in, StoreHash hash, HashRange range,
                          long indexBytesMax) throws IOException {
        SegmentScan scan = new SegmentScan(folder, header, in, hash, range, indexBytesMax);
        while (scan.next()) {
            // each step enters one block
        }
        return scan;
    }

    /** The index; null when it would have had too many bytes. */
    HeapIndex index() {
        return index;
    }

    /** The segment with all its whole blocks. */
    Segment segment() {
        return segment;
    }

    /** The last whole block, or null. */
    BlockHeader lastBlock() {
        return lastBlock;
    }

    /** Whether the whole blocks are all there is in the file. */
    boolean isWhole() {
        return segment.length() == fileLength;
    }

    /** Takes the block that follows; false when there is none that is whole and in its position. */
    private boolean next() throws IOException {
        int at = segment.length();
        BlockHeader block = header(at);
        if (block == null || block.base() != segment.last() + 1 || !load(at, BlockHeader.BYTES + block.bodyLength())) {
            return false;
        }
        int from = (int) (at - windowAt);
        if (!block.bodyMatches(window, from)) {
            return false;
        }
        segment.sparse().offer(segment.count(), at, block.timeMs());
        enter(from, block, at);
        segment.grow(at + BlockHeader.BYTES + block.bodyLength(), block.count(), block.timeMs());
        lastBlock = block;
        return true;
    }

    private void enter(int from, BlockHeader block, int at) {
        if (index != null) {
            enter(window, from, block, segment.count(), at, index);
            if (index.bytes() > indexBytesMax) {
                index = null;
                segment.index(null, 0);
            }
        }
    }

    /** Enters the records of a whole block into the index. */
    static void enter(byte[] b, int blockAt, BlockHeader block, int rel, int offset, HeapIndex index) {
        int at = blockAt + BlockHeader.BYTES;
        for (int i = 0; i < block.count(); i++) {
            RecordCodec.index(b, at, rel + i, offset + at - blockAt, index);
            at += RecordCodec.length(b, at);
        }
    }

    /**
     * Judges what follows the whole blocks: a tail that no sync had covered was never acknowledged and may be cut.
     *
     * @throws LogCorrupt when a later block proves that the damaged bytes had been synced
     */
    void checkTail() throws IOException {
        int bad = segment.length();
        // every offset, since nobody knows where the next block begins once one is damaged; a header has a checksum
        for (long at = bad + 1L; at + BlockHeader.BYTES <= fileLength; at++) {
            BlockHeader later = header(at);
            if (later != null && later.base() > segment.last() && later.syncedTo() > bad
                && load(at, BlockHeader.BYTES + later.bodyLength())
                && later.bodyMatches(window, (int) (at - windowAt))) {
                throw new LogCorrupt(file + " is damaged at offset " + bad + " (position " + (segment.last() + 1)
                    + "), before a whole block at offset " + at + " (position " + later.base() + "). These events were"
                    + " acknowledged, so nothing was cut: restore the file from a backup, or move it and all later"
                    + " segments away");
            }
        }
    }

    /** Every block of a sealed segment was synced, so all of it must be whole. */
    void checkWhole() throws LogCorrupt {
        if (!isWhole()) {
            throw new LogCorrupt(file + " is damaged at offset " + segment.length() + " (position "
                + (segment.last() + 1) + ") and is not the last segment. Its events were acknowledged, so nothing was"
                + " cut: restore the file from a backup, or move it and all older segments away");
        }
    }

    private BlockHeader header(long at) throws IOException {
        return load(at, BlockHeader.BYTES) ? BlockHeader.read(window, (int) (at - windowAt), salt) : null;
    }

    /** Brings these bytes into the window; false when the file ends before. */
    private boolean load(long at, int length) throws IOException {
        if (length < 0 || at + length > fileLength) {
            return false;
        }
        if (at >= windowAt && at + length <= windowAt + windowLength) {
            return true;
        }
        if (length > window.length) {
            window = Arrays.copyOf(window, length);
        }
        windowAt = at;
        windowLength = in.read(at, window, 0, (int) Math.min(window.length, fileLength - at));
        return windowLength >= length;
    }
}
