package io.rivulet.log.index;

import java.io.IOException;

/**
 * The topics of one segment's public events, or of its private ones, with their places ({@link Postings}): two tables,
 * so that who sees public events only never walks over private ones. Found by hash: the caller compares with the
 * record. Any thread.
 */
public interface TopicPostings {

    /** Places of all topics together; an event of two topics has two. No I/O. */
    int count();

    /**
     * The topics that fit, for the other methods.
     *
     * @param known what an earlier call with the same filter returned, or null
     * @return null when the filter has patterns and this table does not know its topics' names
     */
    Keys find(TopicFilter filter, Keys known) throws IOException;

    /** How many places the topics have together. */
    int count(Keys keys) throws IOException;

    /** The newest {@code max} places of each topic from record {@code fromRel} on: ascending, each place once. */
    long[] postings(Keys keys, int fromRel, int max) throws IOException;

    /** Shows the newest place of each topic; of the places {@code among} these ascending ones, unless that is null. */
    void newest(Keys keys, long[] among, Visitor visitor) throws IOException;

    /** Shows the names of the topics, as far as they are known. */
    void names(NameVisitor visitor) throws IOException;

    /** Sees a topic's hash and a place. */
    interface Visitor {
        void visit(long topicHash, long posting);
    }

    /** Sees a topic's hash and name. */
    interface NameVisitor {
        void visit(long topicHash, String name);
    }

    /**
     * Some topics of a table.
     *
     * @param hashes   ascending
     * @param starts   in a side file, where their places begin; null in memory
     * @param counts   in a side file, how many they are; null in memory
     * @param examined bytes of names looked at, in memory, where more may follow
     */
    record Keys(long[] hashes, int[] starts, int[] counts, int examined) {

        public static final Keys NONE = new Keys(new long[0], new int[0], new int[0], 0);
        /** All topics of the table, whatever they are. */
        public static final Keys EVERY = new Keys(null, null, null, 0);

        /** Longs it takes in memory, about. */
        public int weight() {
            return hashes == null ? 0 : hashes.length * 2;
        }
    }
}
