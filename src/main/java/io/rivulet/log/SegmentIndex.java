package io.rivulet.log;

import java.io.IOException;

/**
 * Where in one segment a topic, an id or a key is. Places are those of {@link Chains}. Found by hash: the caller
 * compares with the record. Any thread.
 */
interface SegmentIndex {

    /** Records of the topic. */
    int count(long topicHash) throws IOException;

    /** The first {@code max} places of the topic with a record number of at least {@code fromRel}, ascending. */
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
