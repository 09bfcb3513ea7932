package io.rivulet.log;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongPredicate;

/**
 * Topics of trimmed events, all public or all private: the greatest position of each. Bounded: when there are too many
 * the oldest quarter is forgotten into {@code floor}, below which every topic may have been; and of topics that came
 * after the names were too long no name is kept, so every pattern may match them. In the file: {@code floor, newest
 * (u64 each), count (u32), (hash, position (u64 each), length of the name (varint), name) each}. Any thread; the log's
 * thread adds.
 */
final class TrimmedHalf {

    private static final int TOPICS_MAX = 65_536;
    private static final int NAME_BYTES_MAX = 2 << 20;

    private final Map<Long, Last> topics = new HashMap<>();
    private long floor;
    private long newest;
    private int nameBytes;

    /** The name is null where it is not known. */
    private record Last(long position, String name) {

        int bytes() {
            return name == null ? 0 : name.length();
        }
    }

    /** The topic's newest event in a segment that goes. */
    synchronized void add(long topicHash, long position) {
        put(topicHash, position, null);
        if (topics.size() > TOPICS_MAX) {
            long[] all = topics.values().stream().mapToLong(Last::position).sorted().toArray();
            long below = all[all.length / 4];
            topics.values().removeIf(last -> last.position() <= below);
            floor = Math.max(floor, below);
            nameBytes = topics.values().stream().mapToInt(Last::bytes).sum();
        }
    }

    /** Names a topic that was added. */
    synchronized void name(long topicHash, String name) {
        Last last = topics.get(topicHash);
        if (last != null && last.name() == null && nameBytes + name.length() <= NAME_BYTES_MAX) {
            put(topicHash, last.position(), name);
        }
    }

    private void put(long topicHash, long position, String name) {
        Last old = topics.get(topicHash);
        Last last = new Last(old == null ? position : Math.max(position, old.position()),
            name != null || old == null ? name : old.name());
        topics.put(topicHash, last);
        nameBytes += last.bytes() - (old == null ? 0 : old.bytes());
        newest = Math.max(newest, last.position());
    }

    /** See {@link TrimmedTopics#unknown}. */
    synchronized void unknown(long position) {
        floor = Math.max(floor, position);
        newest = Math.max(newest, position);
    }

    /** The greatest position of a topic that fits, or may fit; 0 for none. */
    long last(TopicFilter filter) {
        long last;
        Last[] toTry;
        synchronized (this) {
            if (filter.any()) {
                return newest;
            }
            last = floor;
            for (long hash : filter.hashes()) {
                Last one = topics.get(hash);
                last = one == null ? last : Math.max(last, one.position());
            }
            toTry = filter.needsNames() ? topics.values().toArray(Last[]::new) : new Last[0];
        }
        for (Last one : toTry) { // outside of the lock: patterns take their time
            if (one.position() > last && (one.name() == null || filter.matches(one.name()))) {
                last = one.position();
            }
        }
        return last;
    }

    /** The same without topics of which something is retained; {@code retained} is asked by their hashes. */
    long lastOf(TopicFilter filter, LongPredicate retained) {
        long last = 0;
        Last[] toTry;
        synchronized (this) {
            for (long hash : filter.hashes()) {
                Last one = topics.get(hash);
                last = Math.max(last, retained.test(hash) ? 0 : one == null ? floor : one.position());
            }
            if (!filter.any() && !filter.needsNames()) {
                return last;
            }
            last = Math.max(last, floor);
            toTry = topics.entrySet().stream().filter(one -> !retained.test(one.getKey())).map(Map.Entry::getValue)
                .toArray(Last[]::new);
        }
        for (Last one : toTry) { // outside of the lock, as above
            if (one.position() > last && (filter.any() || one.name() == null || filter.matches(one.name()))) {
                last = one.position();
            }
        }
        return last;
    }

    synchronized void write(Bytes out) {
        out.putLong(floor);
        out.putLong(newest);
        out.putInt(topics.size());
        topics.forEach((hash, last) -> {
            out.putLong(hash);
            out.putLong(last.position());
            out.putCounted(last.name() == null ? new byte[0] : last.name().getBytes(StandardCharsets.UTF_8));
        });
    }

    /** Reads what {@link #write} wrote, and returns where it ends; the checksum was compared. */
    synchronized int read(byte[] b, int from) {
        floor = Bytes.getLong(b, from);
        newest = Bytes.getLong(b, from + 8);
        int at = from + 20;
        for (int n = Bytes.getInt(b, from + 16); n > 0; n--) {
            Names.Walk name = new Names.Walk(b, at + 16, b.length);
            name.next();
            put(Bytes.getLong(b, at), Bytes.getLong(b, at + 8), name.name().isEmpty() ? null : name.name());
            at = name.end();
        }
        return at;
    }
}
