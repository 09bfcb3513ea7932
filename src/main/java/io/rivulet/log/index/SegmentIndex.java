package io.rivulet.log.index;

import java.io.IOException;

/**
 * Where in one segment a topic, an id or a key is. Places are those of {@link Postings}. Found by hash: the caller
 * compares with the record. Any thread.
 */
public interface SegmentIndex {

    /** More than one record in so many is dense: reading all of the segment costs less than its index. */
    int SPARSE = 8;
    /** So few records are read one by one however close they are: less than a chunk. */
    int DENSE_MIN = 16;

    /** Whether so many of the records are too many to be read one by one. */
    static boolean isDense(long found, long records) {
        return found > DENSE_MIN && found * SPARSE > records;
    }

    /** The topics of its public events, or of its private ones. */
    TopicPostings topics(boolean isPrivate);

    /**
     * The earliest places, ascending, of a publisher's id or a receipt key: one of what is public or a key, and some of
     * what is private.
     */
    long[] ids(long hash) throws IOException;

    /** Whether it is in memory and may grow. */
    boolean isHeap();
}
