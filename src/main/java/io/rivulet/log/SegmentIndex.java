package io.rivulet.log;

import java.io.IOException;

/**
 * Where in one segment a topic, an id or a key is. Places are those of {@link Chains}. Found by hash: the caller
 * compares with the record. Any thread.
 */
interface SegmentIndex {

    /** A topic of more than one record in so many is dense: reading all of the segment costs less than its index. */
    int SPARSE = 8;
    /** So few records are read one by one however close they are: less than a chunk. */
    int DENSE_MIN = 16;

    /** Whether so many of the records are too many to be read one by one. */
    static boolean isDense(long found, long records) {
        return found > DENSE_MIN && found * SPARSE > records;
    }

    /**
     * The first {@code max} places of the topic with a record number of at least {@code fromRel}, ascending; null when
     * the topic is dense in this segment.
     */
    long[] from(long topicHash, int fromRel, int max) throws IOException;

    /** The last {@code max} places of the topic, ascending. */
    long[] newest(long topicHash, int max) throws IOException;

    /** Shows the newest place of every topic. */
    void newestOfEach(Visitor visitor) throws IOException;

    /** The places of a publisher's id or a receipt key, ascending. */
    long[] ids(long hash) throws IOException;

    /** Sees a topic's hash and a place. */
    interface Visitor {
        void visit(long topicHash, long place);
    }
}
