package io.rivulet.log.index;

import java.util.TreeMap;

/**
 * The Bloom filters of side files that are in memory, bounded together: those of the newest segments, since keys are
 * repeated soon or never. A side file without its filter is asked itself. Any thread.
 *
 * <p>A filter has ten bits for each id and each key. A log of terabytes may hold billions of them, and has to open in
 * any heap.
 */
public final class FilterMemory {

    /** What a small filter takes with its objects, about. */
    private static final long BYTES_MIN = 128;

    private final long bytesMax;
    private final TreeMap<Long, Filter> kept = new TreeMap<>();
    private long bytes;

    /** A filter that can be let go: that of an {@link IndexFile}. */
    interface Filter {

        /** The first position of its segment. */
        long first();

        /** How many words it has. */
        int words();

        /** Lets it go: from here on each question for an id is a read. */
        void drop();
    }

    /** A memory of so many bytes. */
    public FilterMemory(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Bytes that a filter of so many words counts as. */
    private static long weight(int words) {
        return Math.max(BYTES_MIN, words * 8L);
    }

    /** Whether there is room for another filter. The opening goes from the newest segment to the oldest, and asks. */
    synchronized boolean hasRoom(int words) {
        return bytes + weight(words) <= bytesMax;
    }

    /** Counts the filter of a side file, in place of an earlier file of its segment; the oldest filters go. */
    synchronized void keep(Filter filter) {
        forget(filter.first());
        kept.put(filter.first(), filter);
        bytes += weight(filter.words());
        while (bytes > bytesMax) {
            Filter oldest = kept.pollFirstEntry().getValue();
            bytes -= weight(oldest.words());
            oldest.drop();
        }
    }

    /** Forgets the filter of the segment that begins at this position. */
    public synchronized void forget(long first) {
        Filter gone = kept.remove(first);
        bytes -= gone == null ? 0 : weight(gone.words());
    }

    /** Bytes of all filters in memory. */
    public synchronized long bytes() {
        return bytes;
    }
}
