package io.rivulet.log.segment;

import io.rivulet.heap.HeapBytes;
import io.rivulet.log.LogCorrupt;
import io.rivulet.log.LogEntry;
import io.rivulet.log.disk.Disk;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * A stretch of a segment as its file has it: whole blocks, compared with their checksums when they were read. All
 * readers that need it share it. {@link Segments} loads it, {@link ChunkCache} keeps it. Any thread.
 *
 * <p>The hard thing is what a reader costs that wants little of it. A record takes four times its bytes once it is
 * decoded, so it is decoded when somebody asks for it, and looked at by {@link RecordFilter} before. What one reader
 * asks for is garbage soon after, which costs the collector least. What is asked for a second time stays decoded: after
 * an outage thousands read the same, and they share the event and its frame.
 *
 * <p>The last chunk of the active segment grows. Whoever loads appends to its arrays, one thread at a time, and sets
 * the count last: a reader that sees the count finds the bytes of all that it counts.
 */
final class Chunk {

    private static final int OBJECT_BYTES = HeapBytes.object(5, 3 * Long.BYTES);

    private final long first;
    /** Counts what is kept decoded, in all chunks of a cache. */
    private final AtomicLong keeping;
    private byte[] bytes = {};
    /** Where each record begins in the bytes. */
    private int[] offsets = {};
    /** Whole blocks so far; for whoever loads. */
    private int length;
    /** The offset in the file after the last block; for whoever loads. */
    private int end;
    /** Written last: see the class comment. */
    private volatile int count;

    /** What is kept decoded; null for nothing. Replaced and filled under the lock, looked at without. */
    private volatile LogEntry[] decoded;
    /** A bit for each record that was decoded once. Under the lock. */
    private long[] asked = {};
    /** Whether somebody asked for what is decoded since time passed last; a thread may miss what another one noted. */
    private boolean isShared;
    /** What the decoded entries weigh. Written under the lock. */
    private volatile long decodedBytes;

    /**
     * An empty one.
     *
     * @param first   position of the first record
     * @param offset  where its first block begins in the file
     * @param keeping is told what is kept decoded
     */
    Chunk(long first, int offset, AtomicLong keeping) {
        this.first = first;
        this.end = offset;
        this.keeping = keeping;
    }

    long first() {
        return first;
    }

    /** The position of the last record; one before the first while there is none. */
    long last() {
        return first + count - 1;
    }

    /** How many records there are. */
    int count() {
        return count;
    }

    /** The offset in the file after the last block. */
    int end() {
        return end;
    }

    /** Bytes that it takes in memory, without what is kept decoded. By whoever loads. */
    long weight() {
        return OBJECT_BYTES + HeapBytes.array(bytes.length, 1) + HeapBytes.array(offsets.length, Integer.BYTES);
    }

    /** Bytes that are kept decoded. */
    long decodedBytes() {
        return decodedBytes;
    }

    /**
     * Reads the blocks that follow in the file, {@code more} bytes. By whoever loads.
     *
     * @throws LogCorrupt when a block is not as it was written; the message names file, offset and position
     */
    void grow(Path file, Disk.File in, int more, int salt) throws IOException {
        byte[] b = withRoom(bytes, length, length + more);
        if (in.read(end, b, length, more) < more) {
            throw new LogCorrupt(file + " ends before offset " + (end + more));
        }
        int records = count;
        for (int at = length; at < length + more; ) {
            BlockHeader block = BlockHeader.read(b, at, salt);
            if (block == null || block.base() != first + records || !block.bodyMatches(b, at)) {
                throw new LogCorrupt(file + " is damaged at offset " + (end + at - length) + " (position "
                    + (first + records) + "): its checksum does not match");
            }
            records += block.count();
            at += BlockHeader.BYTES + block.bodyLength();
        }
        int[] each = records <= offsets.length ? offsets
            : Arrays.copyOf(offsets, count == 0 ? records : records + records / 2);
        fill(each, b, length + more);
        bytes = b;
        offsets = each;
        length += more;
        end += more;
        count = records;
    }

    /** The array, or a larger one; a chunk that was read before grows on, so it gets room for more. */
    private static byte[] withRoom(byte[] array, int used, int needed) {
        return needed <= array.length ? array : Arrays.copyOf(array, used == 0 ? needed : needed + needed / 2);
    }

    /** Notes where the records of the new blocks begin. */
    private void fill(int[] each, byte[] b, int to) {
        int n = count;
        for (int block = length; block < to; ) {
            int next = block + BlockHeader.BYTES + BlockHeader.bodyLength(b, block);
            for (int at = block + BlockHeader.BYTES; at < next; at += RecordCodec.length(b, at)) {
                each[n++] = at;
            }
            block = next;
        }
    }

    /** The bytes, from which {@link #offset} counts; not to be changed. To be asked after {@link #last}. */
    byte[] bytes() {
        return bytes;
    }

    /** Where the record of this position begins. */
    int offset(long position) {
        int i = index(position);
        return offsets[i];
    }

    /** Bytes of the record of this position. */
    int length(long position) {
        int at = offset(position); // first: it looks at the count
        return RecordCodec.length(bytes, at);
    }

    /** The nonce of the commit of this position. */
    int nonce(long position) {
        int block = blockOf(position);
        return BlockHeader.nonce(bytes, block);
    }

    /** The time of the commit of this position. */
    long timeMs(long position) {
        int block = blockOf(position);
        return BlockHeader.timeMs(bytes, block);
    }

    private int blockOf(long position) {
        int at = offset(position);
        return at - RecordCodec.back(bytes, at);
    }

    /** The entry of this position if it is kept decoded, else null. */
    LogEntry known(long position) {
        int i = index(position);
        LogEntry[] some = decoded;
        LogEntry known = some == null || i >= some.length ? null : some[i];
        if (known != null && !isShared) {
            isShared = true;
        }
        return known;
    }

    /** The entry of this position: decoded now, or shared by those who asked before. */
    LogEntry at(long position) {
        LogEntry known = known(position);
        return known != null ? known
            : kept(index(position), RecordCodec.decode(bytes, offset(position), position));
    }

    /** Keeps an entry that is asked for once more, and returns the one that all share. */
    private synchronized LogEntry kept(int i, LogEntry entry) {
        if (i >> 6 >= asked.length) {
            asked = Arrays.copyOf(asked, (count >> 6) + 1);
        }
        if ((asked[i >> 6] & 1L << i) == 0) {
            asked[i >> 6] |= 1L << i;
            return entry;
        }
        LogEntry[] some = decoded;
        if (some == null || i >= some.length) {
            some = some == null ? new LogEntry[count] : Arrays.copyOf(some, count);
            decoded = some;
        }
        if (some[i] == null) { // else another reader was faster
            some[i] = entry;
            decodedBytes += entry.weight();
            keeping.addAndGet(entry.weight());
        }
        return some[i];
    }

    /** Lets go of all that is kept decoded; returns how many bytes that was. */
    synchronized long forgetDecoded() {
        long bytesBefore = decodedBytes;
        decoded = null;
        asked = new long[0];
        decodedBytes = 0;
        return bytesBefore;
    }

    /** Some time has passed: what is decoded and nobody asked for since it passed before is let go of. */
    synchronized void age() {
        if (!isShared && decoded != null) {
            forgetDecoded();
        }
        isShared = false;
    }

    private int index(long position) {
        int i = (int) (position - first);
        if (i < 0 || i >= count) {
            throw new IndexOutOfBoundsException("position " + position + " is not in " + first + ".." + last());
        }
        return i;
    }
}
