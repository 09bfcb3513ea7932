package io.rivulet.log.index;

import io.rivulet.log.Digest;
import io.rivulet.log.disk.StoreHash;
import java.util.Arrays;

/**
 * The index of a segment that has no side file yet: the active segment, and a sealed one until its side file is
 * written. The committer adds and the readers ask, so each call takes a lock for a moment and does no I/O inside.
 *
 * <p>What it takes follows from the topics, ids and keys and not from the bytes of the segment: an event of 300 bytes
 * may have 100 topics, and each costs up to 64 bytes here. So it counts its arrays, and tells before a group comes how
 * large they would be with it. {@code Appender} begins a new segment at a bound, and a scan ends there.
 */
public final class HeapIndex implements SegmentIndex {

    /**
     * Postings of one id or key that are told: private events of one id, since two subscribers may each have a "1" of
     * their own, and the newest publishes of a producer.
     */
    private static final int PRIVATE_IDS_MAX = 256;
    /** A topic is asked to end once and ends once, and retention may let it begin again while its segment is here. */
    private static final int MARKS_MAX = PRIVATE_IDS_MAX;

    private final StoreHash hash;
    private final HashRange range;
    private final HeapTopics publics;
    private final HeapTopics privates;
    private final Postings ids = new Postings();
    /** The hashes of topics that are marked, see {@link #addMark}. */
    private long[] marks = {};
    private int markCount;
    private final Object version = new Object();

    /**
     * What some events would add.
     *
     * @param publics   topics of public events
     * @param privates  topics of private events
     * @param ids       ids and keys
     * @param nameBytes bytes of the topics' names at most, their lengths among them
     * @param marks     records that end a topic or ask for its end
     */
    public record Growth(int publics, int privates, int ids, int nameBytes, int marks) {

        /** Nothing. */
        public static final Growth NONE = new Growth(0, 0, 0, 0, 0);
    }

    /** An empty index. */
    public HeapIndex(StoreHash hash) {
        this(hash, HashRange.ALL);
    }

    /** An empty index that takes no hashes but these. */
    public HeapIndex(StoreHash hash, HashRange range) {
        this.hash = hash;
        this.range = range;
        publics = new HeapTopics(hash, range);
        privates = new HeapTopics(hash, range);
    }

    /**
     * Bytes that it takes in memory, once these came: those of its arrays. An array that grows holds its old half as
     * well for a moment.
     */
    public long bytesWith(Growth more) {
        return publics.bytesWith(more.publics, more.publics == 0 ? 0 : more.nameBytes)
            + privates.bytesWith(more.privates, more.privates == 0 ? 0 : more.nameBytes)
            + idBytesWith(more.ids + more.marks, more.marks);
    }

    private synchronized long idBytesWith(int more, int moreMarks) {
        long room = marks.length;
        while (room < markCount + (long) moreMarks) {
            room = roomier(room);
        }
        return ids.bytesWith(more) + room * Long.BYTES;
    }

    /** Bytes that it takes in memory. */
    public long bytes() {
        return bytesWith(Growth.NONE);
    }

    /** The record number {@code rel} at {@code offset} has this topic; numbers never fall. */
    public void addTopic(boolean isPrivate, byte[] b, int from, int length, int rel, int offset) {
        topics(isPrivate).add(b, from, length, rel, offset);
    }

    /** See {@link #addTopic}, for a publisher's id. */
    public void addId(boolean isPrivate, byte[] b, int from, int length, int rel, int offset) {
        long id = hash.of(b, from, length);
        if (isPrivate) {
            add(hash.ofPrivate(id), rel, offset, PRIVATE_IDS_MAX);
        } else {
            add(id, rel, offset, 1);
        }
    }

    /** See {@link #addTopic}, for a receipt's key. */
    public void addKey(Digest key, int rel, int offset) {
        add(hash.of(key), rel, offset, 1);
    }

    /** See {@link #addTopic}, for a publish of a producer: of these the newest count. */
    public void addProducer(Digest producer, int rel, int offset) {
        add(hash.ofProducer(producer), rel, offset, Integer.MAX_VALUE);
    }

    /** See {@link #addTopic}, for a record that ends its topic or asks for its end. */
    public void addMark(byte[] b, int from, int length, int rel, int offset) {
        long mark = hash.ofMark(hash.of(b, from, length));
        add(mark, rel, offset, MARKS_MAX);
        noteMark(mark);
    }

    private static long roomier(long room) {
        return Math.max(16, room * 2);
    }

    private synchronized void noteMark(long mark) {
        if (range.holds(mark)) {
            if (markCount == marks.length) {
                marks = Arrays.copyOf(marks, (int) roomier(markCount));
            }
            marks[markCount++] = mark;
        }
    }

    /** Adds a posting unless the hash has so many already: of repeated ids the earliest count. */
    private synchronized void add(long idHash, int rel, int offset, int max) {
        if (range.holds(idHash) && ids.count(idHash) < max) {
            ids.add(idHash, rel, offset);
        }
    }

    @Override
    public HeapTopics topics(boolean isPrivate) {
        return isPrivate ? privates : publics;
    }

    @Override
    public synchronized int marks() {
        return markCount;
    }

    @Override
    public synchronized long[] markHashes() {
        return Arrays.copyOf(marks, markCount);
    }

    @Override
    public boolean mayHold(long idHash) {
        return true;
    }

    @Override
    public boolean isHeap() {
        return true;
    }

    @Override
    public Object version() {
        return version;
    }

    @Override
    public synchronized long[] ids(long idHash) {
        return ids.newest(idHash, 0, PRIVATE_IDS_MAX);
    }

    /** Postings of all ids and keys together, as {@link #ids} tells them. */
    synchronized int idPostings() {
        int postings = 0;
        for (long idHash : ids.keys()) {
            postings += Math.min(PRIVATE_IDS_MAX, ids.count(idHash));
        }
        return postings;
    }

    /** The hashes of all ids and keys, ascending. */
    synchronized long[] idHashes() {
        return ids.sortedKeys();
    }
}
