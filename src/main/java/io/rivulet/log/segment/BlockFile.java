package io.rivulet.log.segment;

import io.rivulet.log.disk.Disk;
import java.io.IOException;
import java.util.Arrays;

/**
 * The blocks of a segment file, read through a window of memory. {@link SegmentScan} and {@link StoredLog} use it, for
 * one walk on one thread. Whatever the file has, the memory is that of the window or of the largest block.
 */
final class BlockFile {

    private static final int WINDOW_BYTES = 256 * 1024;

    private final Disk.File in;
    private final long length;
    private final int salt;
    /** A part of the file; it grows where a block is larger. */
    private byte[] window = new byte[WINDOW_BYTES];
    private long windowAt;
    private int windowLength;

    BlockFile(Disk.File in, int salt) throws IOException {
        this.in = in;
        this.salt = salt;
        length = in.length();
    }

    /** Bytes in the file when the walk began. */
    long length() {
        return length;
    }

    /** The header at this offset; null when there is none that is whole. */
    BlockHeader header(long at) throws IOException {
        return load(at, BlockHeader.BYTES) ? BlockHeader.read(window, index(at), salt) : null;
    }

    /** The header of the block at this offset, if all of the block is as it was written; else null. */
    BlockHeader whole(long at) throws IOException {
        BlockHeader block = header(at);
        return block != null && load(at, BlockHeader.BYTES + block.bodyLength())
            && block.bodyMatches(window, index(at)) ? block : null;
    }

    /**
     * Where the next whole block begins at this offset or later whose events come after {@code position}, and that was
     * written when more than {@code synced} bytes of the file were on the disk; -1 when there is none.
     */
    long nextWhole(long from, long position, long synced) throws IOException {
        // every offset, since nobody knows where the next block begins once one is damaged; a header has a checksum
        for (long at = from; at + BlockHeader.BYTES <= length; at++) {
            BlockHeader block = header(at);
            if (block != null && block.base() > position && block.syncedTo() > synced && whole(at) != null) {
                return at;
            }
        }
        return -1;
    }

    /** Where the block that was asked for last stands in memory, from {@link #index} of its offset on. */
    byte[] bytes() {
        return window;
    }

    /** The index in {@link #bytes} of an offset of the file. */
    int index(long at) {
        return (int) (at - windowAt);
    }

    /** Brings these bytes into the window; false when the file ends before. */
    private boolean load(long at, int bytes) throws IOException {
        if (bytes < 0 || at + bytes > length) {
            return false;
        }
        if (at >= windowAt && at + bytes <= windowAt + windowLength) {
            return true;
        }
        if (bytes > window.length) {
            window = Arrays.copyOf(window, bytes);
        }
        windowAt = at;
        windowLength = in.read(at, window, 0, (int) Math.min(window.length, length - at));
        return windowLength >= bytes;
    }
}
