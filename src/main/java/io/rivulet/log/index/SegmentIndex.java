package io.rivulet.log.index;

import java.io.IOException;

/**
 * Where in one segment a topic, an id or a key is. The log's readers ask it, on their threads. It finds by hash, so the
 * caller compares each hit with the record. The postings are those of {@link Postings}.
 */
public interface SegmentIndex {

    /** More than one record in so many is dense: reading all of the segment costs less than its index. */
    int SPARSE = 8;
    /** So few records are read one by one however close they are: less than a chunk. */
    int DENSE_MIN = 16;

    /** Whether so many of the records are cheaper to read with all that is between them than one by one. */
    static boolean isDense(long found, long records) {
        return found > DENSE_MIN && found * SPARSE > records;
    }

    /** The topics of its public events, or of its private ones. */
    TopicPostings topics(boolean isPrivate);

    /**
     * The earliest postings, ascending, of a publisher's id or a receipt key: one of a public event or a key, and some
     * of private events. Of a producer they are its newest publishes.
     */
    long[] ids(long hash) throws IOException;

    /** Whether {@link #ids} may find something, told without I/O. */
    boolean mayHold(long hash);

    /** How many of its records end a topic, or ask for its end; no I/O. {@link #ids} finds them. */
    int marks();

    /** Their hashes, in any order. */
    long[] markHashes() throws IOException;

    /** Whether the index is in memory and may grow. */
    boolean isHeap();

    /** Its file has turned out to be damaged or gone where somebody else reads it: what replaces it is made. */
    default void distrust() throws IOException {
        // an index in memory has no file
    }

    /** Tells an index in memory from one that the same segment had before; keeps neither alive. */
    default Object version() {
        return isHeap();
    }
}
