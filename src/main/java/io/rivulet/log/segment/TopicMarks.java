package io.rivulet.log.segment;

import io.rivulet.log.index.PostingList;
import java.io.IOException;

/**
 * Tells from memory that a topic has not ended and that nobody asked for its end: a set of short hashes of the topics
 * of which the log holds such a mark. The committer asks for each event and adds, the log's thread makes the set anew
 * after retention, any thread asks.
 *
 * <p>A topic that never ends costs one look at a field while no topic has ended, and one probe afterwards: one in some
 * thousands meets another topic's short hash, and then the indexes of the segments tell the truth. A topic takes five
 * to eleven bytes. Where there are more than memory may hold, the set answers "perhaps" to everything; that costs time.
 */
final class TopicMarks {

    private static final int SLOTS_MIN = 1_024;
    private static final int SLOTS_MAX = 1 << 24;

    private final int slotsMax;
    /** Null while there is no mark. */
    private volatile Table table;
    /** Marks that retention has taken since the set was made. */
    private long stale;
    /** What was added while the set is made anew; null when it is not. */
    private PostingList meanwhile;

    /** A set of at most so many bytes. */
    TopicMarks(long bytesMax) {
        slotsMax = Integer.highestOneBit((int) Math.min(SLOTS_MAX, Math.max(SLOTS_MIN, bytesMax / Integer.BYTES)));
    }

    /** Whether there is no mark at all: then a topic need not be hashed. */
    boolean isEmpty() {
        return table == null;
    }

    /** Whether the log may hold a mark with this hash; false is certain. */
    boolean mayHold(long hash) {
        Table now = table;
        return now != null && now.mayHold(hash);
    }

    /** Bytes of the set. */
    long bytes() {
        Table now = table;
        return now == null ? 0 : (long) now.slots.length * Integer.BYTES;
    }

    /** The log is about to hold a mark with this hash. */
    synchronized void add(long hash) {
        if (meanwhile != null) {
            meanwhile.add(hash);
        }
        Table now = table == null ? new Table(slotsMax) : table;
        now.add(hash);
        table = now;
    }

    /** Retention took segments with so many marks: the set is made anew when half of it is of such. */
    void trimmed(long marks, Segment[] left) throws IOException {
        synchronized (this) {
            stale += marks;
            if (table == null || stale * 2 <= table.size) {
                return;
            }
        }
        fill(left);
    }

    /**
     * Makes the set of what these segments hold. T1 (this) reads the segments, T2 (the committer) adds a mark to one
     * that T1 has read already, T1 puts its set in place. So what T2 adds meanwhile is noted, and added to the new set.
     */
    void fill(Segment[] segments) throws IOException {
        synchronized (this) {
            meanwhile = new PostingList();
        }
        PostingList all = new PostingList();
        boolean whole = false;
        try {
            for (Segment segment : segments) {
                if (segment.index().marks() > 0) {
                    all.add(segment.index().markHashes());
                }
            }
            whole = true;
        } finally {
            synchronized (this) {
                all.add(meanwhile.ascending());
                meanwhile = null;
                if (whole) {
                    put(all.ascending());
                }
            }
        }
    }

    private void put(long[] hashes) {
        Table fresh = new Table(slotsMax);
        for (long hash : hashes) {
            fresh.add(hash);
        }
        table = hashes.length == 0 ? null : fresh;
        stale = 0;
    }

    /** Short hashes in open addressing, 0 for a free slot. One thread at a time adds, any thread asks. */
    private static final class Table {
        private final int slotsMax;
        private volatile int[] slots = new int[SLOTS_MIN];
        private volatile boolean isFull;
        private int size;

        Table(int slotsMax) {
            this.slotsMax = slotsMax;
        }

        boolean mayHold(long hash) {
            int[] now = slots;
            return isFull || now[slot(now, brief(hash))] != 0;
        }

        void add(long hash) {
            int[] now = slots;
            if ((size + 1L) * 4 > now.length * 3L) {
                if (now.length >= slotsMax) {
                    isFull = true;
                    return;
                }
                now = grown(now);
            }
            int brief = brief(hash);
            int slot = slot(now, brief);
            size += now[slot] == 0 ? 1 : 0;
            now[slot] = brief;
            slots = now; // last, and volatile: whoever sees it finds what is in it
        }

        private static int[] grown(int[] old) {
            int[] larger = new int[old.length * 2];
            for (int brief : old) {
                if (brief != 0) {
                    larger[slot(larger, brief)] = brief;
                }
            }
            return larger;
        }

        private static int brief(long hash) {
            int brief = (int) (hash ^ hash >>> 31);
            return brief == 0 ? 1 : brief;
        }

        /** The slot of this short hash, or the free one where it would stand. */
        private static int slot(int[] slots, int brief) {
            int mask = slots.length - 1;
            int slot = brief * 0x9e3779b9 >>> 8 & mask;
            while (slots[slot] != 0 && slots[slot] != brief) {
                slot = slot + 1 & mask;
            }
            return slot;
        }
    }
}
