package io.rivulet.log.index;

import io.rivulet.heap.HeapBytes;
import java.util.Arrays;

/**
 * A sparse table of one segment: one block about every {@link #BYTES}, with its first record, offset and time. The
 * stretch between two entries is a chunk, the unit that readers share. The committer alone adds; any thread asks.
 */
public final class SparseIndex {

    /** The least distance of two entries in the file. */
    static final int BYTES = 128 * 1024;

    private static final int FIRST_ENTRIES = 8;

    private int[] rels;
    private int[] offsets;
    private long[] times;
    private int size;

    /** An empty one. */
    public SparseIndex() {
        this(FIRST_ENTRIES);
    }

    /** One for so many entries. */
    SparseIndex(int entries) {
        int room = Math.max(1, entries);
        rels = new int[room];
        offsets = new int[room];
        times = new long[room];
    }

    /** Bytes that it takes in memory. */
    public synchronized long bytes() {
        return bytes(rels.length);
    }

    /** Bytes that one of so many entries takes. */
    static long bytes(int entries) {
        return HeapBytes.object(3, Integer.BYTES) + 2 * HeapBytes.array(entries, Integer.BYTES)
            + HeapBytes.array(entries, Long.BYTES);
    }

    /** Every block is offered; one is kept when the last kept is far enough. */
    public synchronized void offer(int rel, int offset, long timeMs) {
        if (size == 0 || offset - offsets[size - 1] >= BYTES) {
            add(rel, offset, timeMs);
        }
    }

    synchronized void add(int rel, int offset, long timeMs) {
        if (size == rels.length) {
            int[] moreRels = Arrays.copyOf(rels, size * 2);
            int[] moreOffsets = Arrays.copyOf(offsets, size * 2);
            times = Arrays.copyOf(times, size * 2);
            offsets = moreOffsets;
            rels = moreRels; // last, for its length says whether there is room: memory may end before all three grew
        }
        rels[size] = rel;
        offsets[size] = offset;
        times[size++] = timeMs;
    }

    synchronized int size() {
        return size;
    }

    /** The number, within the segment, of the record with which entry {@code i} begins. */
    public synchronized int rel(int i) {
        return rels[i];
    }

    /** The offset in the file at which entry {@code i} begins. */
    public synchronized int offset(int i) {
        return offsets[i];
    }

    synchronized long timeMs(int i) {
        return times[i];
    }

    /** Where entry {@code i} ends: at the next one, or at {@code length}, the end of the segment. */
    public synchronized int end(int i, int length) {
        return i + 1 < size ? offsets[i + 1] : length;
    }

    /** The entry whose stretch holds the record. */
    public synchronized int holding(int rel) {
        int i = Arrays.binarySearch(rels, 0, size, rel);
        return i >= 0 ? i : -i - 2;
    }

    /** Where the last entry begins that begins at this offset or before it; 0 when there is none. */
    public synchronized int atOrBefore(int offset) {
        int i = Arrays.binarySearch(offsets, 0, size, offset);
        return i >= 0 ? offsets[i] : i == -1 ? 0 : offsets[-i - 2];
    }

    /** The last entry that begins before this time, or the first. */
    public synchronized int before(long timeMs) {
        int low = 0;
        int high = size - 1;
        while (low < high) {
            int middle = low + high + 1 >>> 1;
            if (times[middle] < timeMs) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return low;
    }
}
