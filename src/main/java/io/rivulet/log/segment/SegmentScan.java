package io.rivulet.log.segment;

import io.rivulet.log.LogCorrupt;
import io.rivulet.log.disk.Disk;
import io.rivulet.log.disk.StoreHash;
import io.rivulet.log.index.HashRange;
import io.rivulet.log.index.HeapIndex;
import io.rivulet.log.index.SparseIndex;
import java.io.IOException;
import java.nio.file.Path;

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

    private final Path file;
    private final BlockFile blocks;
    private final Segment segment;
    private final long indexBytesMax;
    /** Null when it had become too large. */
    private HeapIndex index;
    private BlockHeader lastBlock;

    private SegmentScan(Path folder, Segment.Header header, Disk.File in, StoreHash hash, HashRange range,
                        long indexBytesMax) throws IOException {
        this.indexBytesMax = indexBytesMax;
        blocks = new BlockFile(in, hash.salt());
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
        return segment.length() == blocks.length();
    }

    /** Takes the block that follows; false when there is none that is whole and in its position. */
    private boolean next() throws IOException {
        int at = segment.length();
        BlockHeader block = blocks.whole(at);
        if (block == null || block.base() != segment.last() + 1) {
            return false;
        }
        segment.sparse().offer(segment.count(), at, block.timeMs());
        enter(block, at);
        segment.grow(at + BlockHeader.BYTES + block.bodyLength(), block.count(), block.timeMs());
        lastBlock = block;
        return true;
    }

    private void enter(BlockHeader block, int at) {
        if (index != null) {
            enter(blocks.bytes(), blocks.index(at), block, segment.count(), at, index);
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
        long later = blocks.nextWhole(bad + 1L, segment.last(), bad);
        if (later >= 0) {
            throw new LogCorrupt(file + " is damaged at offset " + bad + " (position " + (segment.last() + 1)
                + "), before a whole block at offset " + later + " (position " + blocks.header(later).base()
                + "). These events were acknowledged, so nothing was cut: restore the file from a backup, or move it"
                + " and all later segments away");
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
}
