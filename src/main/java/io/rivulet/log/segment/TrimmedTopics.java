package io.rivulet.log.segment;

import io.rivulet.log.LogWork;
import io.rivulet.log.disk.Bytes;
import io.rivulet.log.disk.Disk;
import io.rivulet.log.index.TopicFilter;
import io.rivulet.log.index.TopicNames;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongPredicate;

/**
 * The topics of the events that retention took. {@link Retention} adds to it on the log's thread; a resume asks, on any
 * thread, whether events of its own topics are among those that are gone.
 *
 * <p>The hard thing is what such an answer may tell. Public events and private ones are apart, so the answer does not
 * depend on events that the reader may not see. Memory is bounded, so of very many topics the oldest are forgotten, and
 * the answer is then "perhaps".
 *
 * <p>The file {@code trimmed} is replaced as a whole before segments are deleted: {@code magic (u32), through (u64),
 * the public half, the private half (}{@link Half}{@code ), crc (u32)}.
 */
final class TrimmedTopics {

    static final String NAME = "trimmed";

    private static final int MAGIC = 0x52765432; // RvT2
    /** Of before private events were told apart: {@code magic, through, floor, count, (hash, position) each, crc}. */
    private static final int MAGIC_1 = 0x52765431;
    private static final int FIXED_BYTES_1 = 24;

    private final Half publics = new Half();
    private final Half privates = new Half();
    private long through;

    /** Everything up to here is trimmed; a segment wholly below it is left over from a crash. */
    synchronized long through() {
        return through;
    }

    /**
     * The greatest trimmed position of an event that fits, or of what is no longer known apart; 0 for none. A private
     * one fits when it has a topic of each filter: both were there no later than this.
     */
    long last(TopicFilter topics, TopicFilter grants, LogWork work) {
        long last = publics.last(topics, work);
        return grants.isNone() ? last
            : Math.max(last, Math.min(privates.last(topics, work), privates.last(grants, work)));
    }

    /**
     * The greatest trimmed position, as {@link #last}, among topics of which nothing newer is known: {@code retained}
     * says by the hash of which there is.
     */
    long lastOf(TopicFilter topics, TopicFilter grants, LongPredicate retained, LogWork work) {
        long last = publics.lastOf(topics, retained, work);
        return grants.isNone() ? last
            : Math.max(last, Math.min(privates.lastOf(topics, retained, work), privates.last(grants, work)));
    }

    /** Those of public events, or of private ones. */
    Half half(boolean isPrivate) {
        return isPrivate ? privates : publics;
    }

    /** Notes that all up to {@code position} goes. */
    synchronized void through(long position) {
        through = Math.max(through, position);
    }

    /** Notes that all up to {@code position} is gone, of topics that are not known. */
    void unknown(long position) {
        publics.unknown(position);
        privates.unknown(position);
        through(position);
    }

    /** Replaces the file. */
    void write(Disk disk, Path folder) throws IOException {
        Bytes out = new Bytes(1024);
        out.putInt(MAGIC);
        out.putLong(through());
        publics.write(out);
        privates.write(out);
        out.putInt(Bytes.crc(out.array(), 0, out.length()));
        disk.replace(folder.resolve(NAME), Arrays.copyOf(out.array(), out.length()));
    }

    /** Reads the file; null when it is damaged: then the beginning of the log is all that is known. */
    static TrimmedTopics read(Disk disk, Path folder) throws IOException {
        return of(disk.readAll(folder.resolve(NAME)));
    }

    /** The same of its content. */
    static TrimmedTopics of(byte[] b) {
        if (b.length < FIXED_BYTES_1 + 4 || Bytes.getInt(b, b.length - 4) != Bytes.crc(b, 0, b.length - 4)) {
            return null;
        }
        TrimmedTopics trimmed = new TrimmedTopics();
        trimmed.through = Bytes.getLong(b, 4);
        if (Bytes.getInt(b, 0) == MAGIC) {
            trimmed.privates.read(b, trimmed.publics.read(b, 12));
        } else if (Bytes.getInt(b, 0) == MAGIC_1) {
            trimmed.publics.unknown(Bytes.getLong(b, 12));
            for (int at = FIXED_BYTES_1; at < b.length - 4; at += 16) {
                trimmed.publics.add(Bytes.getLong(b, at), Bytes.getLong(b, at + 8));
            }
        } else {
            return null;
        }
        return trimmed;
    }

    /**
     * Topics of trimmed events, all public or all private: the greatest position of each. Its memory is bounded. With
     * too many topics the oldest quarter is forgotten into {@code floor}, below which every topic may have been. Of
     * topics that came after the names were too long no name is kept, so every pattern may match them. In the file:
     * {@code floor, newest (u64 each), count (u32), (hash, position (u64 each), length of the name (varint), name)
     * each}.
     */
    static final class Half {

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
        long last(TopicFilter filter, LogWork work) {
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
                if (one.position() > last && (one.name() == null || filter.matches(one.name(), work))) {
                    last = one.position();
                }
            }
            return last;
        }

        /** The same without topics of which something is retained; {@code retained} is asked by their hashes. */
        long lastOf(TopicFilter filter, LongPredicate retained, LogWork work) {
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
                if (one.position() > last && (filter.any() || one.name() == null || filter.matches(one.name(), work))) {
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
                TopicNames.Walk name = new TopicNames.Walk(b, at + 16, b.length);
                name.next();
                put(Bytes.getLong(b, at), Bytes.getLong(b, at + 8), name.name().isEmpty() ? null : name.name());
                at = name.end();
            }
            return at;
        }
    }
}
