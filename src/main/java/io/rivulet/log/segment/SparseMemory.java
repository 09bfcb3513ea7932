package io.rivulet.log.segment;

import io.rivulet.log.index.SparseIndex;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The sparse tables of sealed segments that are in memory, bounded together. {@link Segments} puts one here that it has
 * read from a side file, and the first that came goes for it. Any thread.
 *
 * <p>A table has sixteen bytes for each 128 KiB of its segment. So the tables of a log of terabytes are more than many
 * a heap, and such a log has to open in any heap. One that is not here costs a read of some pages before the chunk
 * that it leads to.
 */
final class SparseMemory {

    private final long bytesMax;
    private final Map<Long, Kept> kept = new LinkedHashMap<>();
    private long bytes;

    private record Kept(Segment segment, long bytes) {
    }

    /** A memory of so many bytes. */
    SparseMemory(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Whether there is room for one more. The opening goes from the newest segment to the oldest, and asks. */
    synchronized boolean hasRoom(long more) {
        return bytes + more <= bytesMax;
    }

    /** The segment, which has a side file, holds its table from here on, until others need the room. */
    synchronized void keep(Segment segment, SparseIndex table) {
        forget(segment.first());
        if (segment.isTrimmed()) {
            return; // whoever reads it has the table already
        }
        segment.sparse(table);
        kept.put(segment.first(), new Kept(segment, table.bytes()));
        bytes += table.bytes();
        Iterator<Kept> eldest = kept.values().iterator();
        while (bytes > bytesMax && eldest.hasNext()) {
            Kept one = eldest.next();
            one.segment().sparse(null);
            bytes -= one.bytes();
            eldest.remove();
        }
    }

    /** Forgets the table of the segment that begins at this position. */
    synchronized void forget(long first) {
        Kept gone = kept.remove(first);
        bytes -= gone == null ? 0 : gone.bytes();
    }

    /** Bytes of all tables that are here. */
    synchronized long bytes() {
        return bytes;
    }
}
