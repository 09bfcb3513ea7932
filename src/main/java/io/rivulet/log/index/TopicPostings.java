package io.rivulet.log.index;

import io.rivulet.heap.HeapBytes;
import io.rivulet.log.LogWork;
import java.io.IOException;

/**
 * The topics of one segment's public events, or of its private ones, with their {@link Postings}. There are two such
 * tables, so that a reader of public events never walks over private ones. Topics are found by hash: the caller
 * compares each hit with the record. Any thread.
 */
public interface TopicPostings {

    /** Postings of all topics together; an event of two topics has two. No I/O. */
    int count();

    /**
     * The topics that fit, for the other methods.
     *
     * @param known what an earlier call with the same filter returned, or null
     * @param work  each name that is tried is counted in it, and others may go first between two of them
     * @return null when the filter has patterns and this table does not know its topics' names
     */
    Keys find(TopicFilter filter, Keys known, LogWork work) throws IOException;

    /** Postings of these topics together. */
    int count(Keys keys) throws IOException;

    /** The newest {@code max} postings of these topics together from record {@code fromRel} on, or more: ascending. */
    long[] postings(Keys keys, int fromRel, int max, LogWork work) throws IOException;

    /** Shows the newest posting of each topic, of those {@code among} these ascending ones unless that is null. */
    void newest(Keys keys, long[] among, Visitor visitor, LogWork work) throws IOException;

    /** Whether the names of all its topics are known. */
    boolean hasAllNames() throws IOException;

    /** Shows the names of the topics, as far as they are known. */
    void names(NameVisitor visitor) throws IOException;

    /** Sees a topic's hash and a posting. */
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
     * @param starts   in a side file, where their postings begin; null in memory
     * @param counts   in a side file, how many they are; null in memory
     * @param examined bytes of names looked at, in memory, where more may follow
     */
    record Keys(long[] hashes, int[] starts, int[] counts, int examined) {

        /** No topic. */
        public static final Keys NONE = new Keys(new long[0], new int[0], new int[0], 0);
        /** All topics of the table, whatever they are. */
        public static final Keys EVERY = new Keys(null, null, null, 0);

        /** Bytes of the lists. */
        public long weight() {
            return hashes == null ? 0 : HeapBytes.array(hashes.length, Long.BYTES)
                + (starts == null ? 0 : 2 * HeapBytes.array(starts.length, Integer.BYTES));
        }
    }
}
