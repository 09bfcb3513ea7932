package io.rivulet.log.index;

import io.rivulet.log.Digest;
import io.rivulet.log.disk.StoreHash;

/**
 * The index of a segment that has no side file yet: the active segment, and a sealed one until its side file is
 * written. The committer adds and the readers ask, so each call takes a lock for a moment and does no I/O inside.
 */
public final class HeapIndex implements SegmentIndex {

    /** Private events of one id that are told apart in a segment: two subscribers may each have a "1" of their own. */
    private static final int PRIVATE_IDS_MAX = 256;

    private final StoreHash hash;
    private final HeapTopics publics;
    private final HeapTopics privates;
    private final Postings ids = new Postings();
    private final Object version = new Object();

    /** An empty index. */
    public HeapIndex(StoreHash hash) {
        this.hash = hash;
        publics = new HeapTopics(hash);
        privates = new HeapTopics(hash);
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

    /** Adds a posting unless the hash has so many already: of repeated ids the earliest count. */
    private synchronized void add(long idHash, int rel, int offset, int max) {
        if (ids.count(idHash) < max) {
            ids.add(idHash, rel, offset);
        }
    }

    @Override
    public HeapTopics topics(boolean isPrivate) {
        return isPrivate ? privates : publics;
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

    /** Postings of all ids and keys together. */
    synchronized int idPostings() {
        return ids.nodes();
    }

    /** The hashes of all ids and keys, ascending. */
    synchronized long[] idHashes() {
        return ids.sortedKeys();
    }
}
