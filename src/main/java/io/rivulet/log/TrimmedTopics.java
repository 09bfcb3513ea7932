package io.rivulet.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * What retention took, by topic: hash to the greatest position. Bounded: when there are too many topics the oldest
 * quarter is forgotten into {@code floor}, below which every topic may have been. File {@code trimmed}, replaced as a
 * whole before segments are deleted: {@code magic (u32), through (u64), floor (u64), count (u32), (hash, position u64
 * each), crc (u32)}. Any thread; the log's thread adds.
 */
final class TrimmedTopics {

    static final String NAME = "trimmed";

    private static final int MAGIC = 0x52765431; // RvT1
    private static final int FIXED_BYTES = 24;
    private static final int TOPICS_MAX = 65_536;

    private final Map<Long, Long> last = new HashMap<>();
    private long floor;
    private long through;

    /** Everything up to here is trimmed; a segment wholly below it is left over from a crash. */
    synchronized long through() {
        return through;
    }

    /** The greatest trimmed position of the topic, or of what is no longer known apart; 0 for none. */
    synchronized long last(long topicHash) {
        return Math.max(floor, last.getOrDefault(topicHash, 0L));
    }

    /** The topic's newest event in a segment that goes. */
    synchronized void add(long topicHash, long position) {
        last.merge(topicHash, position, Math::max);
        if (last.size() > TOPICS_MAX) {
            long[] all = last.values().stream().mapToLong(p -> p).sorted().toArray();
            long below = all[all.length / 4];
            last.values().removeIf(p -> p <= below);
            floor = Math.max(floor, below);
        }
    }

    /** All up to {@code position} goes. */
    synchronized void through(long position) {
        through = Math.max(through, position);
    }

    /** All up to {@code position} is gone and nobody knows of which topics. */
    synchronized void unknown(long position) {
        floor = Math.max(floor, position);
        through = Math.max(through, position);
    }

    void write(Disk disk, Path folder) throws IOException {
        Bytes out = new Bytes(1024);
        synchronized (this) {
            out.putInt(MAGIC);
            out.putLong(through);
            out.putLong(floor);
            out.putInt(last.size());
            last.forEach((hash, position) -> {
                out.putLong(hash);
                out.putLong(position);
            });
        }
        out.putInt(Bytes.crc(out.array(), 0, out.length()));
        disk.replace(folder.resolve(NAME), Arrays.copyOf(out.array(), out.length()));
    }

    /** What the file holds; null when it is damaged: then the beginning of the log is all that is known. */
    static TrimmedTopics read(Disk disk, Path folder) throws IOException {
        byte[] b = disk.readAll(folder.resolve(NAME));
        if (b.length < FIXED_BYTES + 4 || Bytes.getInt(b, b.length - 4) != Bytes.crc(b, 0, b.length - 4)
            || Bytes.getInt(b, 0) != MAGIC || b.length != FIXED_BYTES + 16L * Bytes.getInt(b, 20) + 4) {
            return null;
        }
        TrimmedTopics trimmed = new TrimmedTopics();
        trimmed.through = Bytes.getLong(b, 4);
        trimmed.floor = Bytes.getLong(b, 12);
        for (int at = FIXED_BYTES; at < b.length - 4; at += 16) {
            trimmed.last.put(Bytes.getLong(b, at), Bytes.getLong(b, at + 8));
        }
        return trimmed;
    }
}
