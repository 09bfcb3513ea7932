package io.rivulet.log;

/**
 * The index of a segment that has no side file yet: the active one, and a sealed one until its side file is written.
 * The committer adds, the readers ask: short locks, no I/O inside.
 */
final class HeapIndex implements SegmentIndex {

    private static final int IDS_MAX = 1 << 20;

    private final StoreHash hash;
    private final Chains topics = new Chains();
    private final Chains ids = new Chains();
    private int records;

    HeapIndex(StoreHash hash) {
        this.hash = hash;
    }

    /** The record number {@code rel} at {@code offset} has this topic; numbers never fall. */
    synchronized void addTopic(byte[] b, int from, int length, int rel, int offset) {
        topics.add(hash.of(b, from, length), rel, offset);
        records = rel + 1;
    }

    /** See {@link #addTopic}, for a publisher's id. */
    synchronized void addId(byte[] b, int from, int length, int rel, int offset) {
        ids.add(hash.of(b, from, length), rel, offset);
    }

    /** See {@link #addTopic}, for a receipt's key. */
    synchronized void addKey(Digest key, int rel, int offset) {
        ids.add(hash.of(key), rel, offset);
    }

    /** Records of the topic. */
    synchronized int count(long topicHash) {
        return topics.count(topicHash);
    }

    @Override
    public synchronized long[] from(long topicHash, int fromRel, int max) {
        if (SegmentIndex.isDense(topics.count(topicHash), records)) {
            return null; // also because walking its chain would keep the committer waiting
        }
        return topics.from(topicHash, fromRel, max);
    }

    @Override
    public synchronized long[] newest(long topicHash, int max) {
        return topics.newest(topicHash, max);
    }

    @Override
    public synchronized void newestOfEach(Visitor visitor) {
        for (long topic : topics.sortedKeys()) {
            visitor.visit(topic, topics.newest(topic, 1)[0]);
        }
    }

    /** The hashes of all topics, ascending. */
    synchronized long[] topics() {
        return topics.sortedKeys();
    }

    @Override
    public synchronized long[] ids(long idHash) {
        return ids.from(idHash, 0, IDS_MAX);
    }

    /** The hashes of all ids and keys, ascending. */
    synchronized long[] idHashes() {
        return ids.sortedKeys();
    }

    /** Places of all topics together. */
    synchronized int topicPlaces() {
        return topics.nodes();
    }

    /** Places of all ids and keys together. */
    synchronized int idPlaces() {
        return ids.nodes();
    }
}
