package io.rivulet.log.index;

import io.rivulet.log.LogWork;
import io.rivulet.log.disk.Bytes;
import io.rivulet.log.disk.StoreHash;
import java.util.Arrays;

/**
 * The topics of a {@link HeapIndex}, public or private, with their names. The committer adds and the readers ask, on
 * their threads.
 *
 * <p>The hard thing is that the committer must not wait for a reader: a pattern that is tried on a hundred thousand
 * names takes longer than an append. So locks are short, with no I/O and no pattern inside. A reader that tries
 * patterns takes the array of names and its length under the lock and walks the names outside of it: names that were
 * added never change.
 */
public final class HeapTopics implements TopicPostings {

    private final StoreHash hash;
    private final HashRange range;
    private final Postings postings = new Postings();
    private final TopicNames names = new TopicNames();

    HeapTopics(StoreHash hash, HashRange range) {
        this.hash = hash;
        this.range = range;
    }

    synchronized void add(byte[] b, int from, int length, int rel, int offset) {
        long topic = hash.of(b, from, length);
        if (!range.holds(topic)) {
            return;
        }
        if (postings.isNew(topic)) {
            postings.addNew(topic, rel, offset, names.add(b, from, length));
        } else {
            postings.add(topic, rel, offset);
        }
    }

    /** Bytes in memory once so many postings, and names of so many bytes, came. */
    synchronized long bytesWith(int morePostings, int moreBytes) {
        return postings.bytesWith(morePostings) + names.bytesWith(moreBytes);
    }

    @Override
    public synchronized int count() {
        return postings.nodes();
    }

    /** The hashes of all topics, ascending. */
    synchronized long[] hashes() {
        return postings.sortedKeys();
    }

    synchronized int count(long topicHash) {
        return postings.count(topicHash);
    }

    synchronized long[] postings(long topicHash, int fromRel, int max) {
        return postings.newest(topicHash, fromRel, max);
    }

    private synchronized int postings(long topicHash, int fromRel, int max, PostingList to) {
        return postings.newest(topicHash, fromRel, max, to);
    }

    /** The names of these topics, all there are, in their order; null when some are not known. */
    synchronized Bytes names(long[] hashes) {
        if (names.isFull()) {
            return null;
        }
        Bytes ordered = new Bytes(Math.max(16, names.length()));
        for (long topic : hashes) {
            TopicNames.Walk walk = new TopicNames.Walk(names.array(), postings.tag(topic), names.length());
            walk.next();
            walk.copyTo(ordered);
        }
        return ordered;
    }

    private synchronized TopicNames.Walk walk(int from) {
        return new TopicNames.Walk(names.array(), from, names.length());
    }

    private synchronized int namesLength() {
        return names.isFull() ? -1 : names.length();
    }

    @Override
    public boolean hasAllNames() {
        return namesLength() >= 0;
    }

    @Override
    public Keys find(TopicFilter filter, Keys known, LogWork work) {
        if (filter.any()) {
            return Keys.EVERY;
        }
        if (!filter.needsNames()) {
            return new Keys(filter.hashes(), null, null, 0); // those that are not there have no postings
        }
        int end = namesLength();
        if (end < 0) {
            return null;
        }
        // names are only added: topics that an earlier question found still hold, and only later names are tried
        boolean goesOn = known != null && known.examined() > 0;
        int from = goesOn ? known.examined() : 0;
        long[] found = goesOn ? known.hashes() : filter.hashes();
        int n = found.length;
        TopicNames.Walk walk = walk(from);
        int at = from;
        while (at < end && walk.next()) {
            at = walk.end();
            if (filter.matches(walk.name(), work)) {
                found = n < found.length ? found : Arrays.copyOf(found, Math.max(8, n * 2));
                found[n++] = walk.hash(hash);
            }
        }
        if (goesOn && n == known.hashes().length) {
            return new Keys(known.hashes(), null, null, at);
        }
        long[] sorted = Arrays.copyOf(found, n);
        Arrays.sort(sorted);
        return new Keys(PostingList.distinct(sorted, 0, n), null, null, at);
    }

    @Override
    public int count(Keys keys) {
        if (keys == Keys.EVERY) {
            return count();
        }
        int count = 0;
        for (long topic : keys.hashes()) {
            count += count(topic);
        }
        return count;
    }

    @Override
    public long[] postings(Keys keys, int fromRel, int max, LogWork work) {
        if (keys == Keys.EVERY) {
            return everyPosting(fromRel, max);
        }
        PostingList all = new PostingList();
        for (long topic : keys.hashes()) {
            work.pause();
            work.cost(LogWork.LOOK + postings(topic, fromRel, max, all));
            all.keepLast(max);
        }
        return all.ascending();
    }

    private synchronized long[] everyPosting(int fromRel, int max) {
        return postings.newestOfAll(fromRel, max);
    }

    @Override
    public void newest(Keys keys, long[] among, Visitor visitor, LogWork work) {
        for (long topic : keys == Keys.EVERY ? everyHash() : keys.hashes()) {
            work.pause();
            work.cost(LogWork.LOOK);
            long posting = newest(topic, among);
            if (posting >= 0) {
                visitor.visit(topic, posting);
            }
        }
    }

    /** In no order: to sort them would keep the committer waiting. */
    private synchronized long[] everyHash() {
        return postings.keys();
    }

    /** The newest posting of the topic, of those among {@code among} if that is given; -1 when there is none. */
    private synchronized long newest(long topic, long[] among) {
        return among != null ? postings.newestAmong(topic, among) : postings.newest(topic);
    }

    @Override
    public void names(NameVisitor visitor) {
        for (TopicNames.Walk walk = walk(0); walk.next(); ) {
            visitor.visit(walk.hash(hash), walk.name());
        }
    }
}
