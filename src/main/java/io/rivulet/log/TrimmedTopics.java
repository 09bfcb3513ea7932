package io.rivulet.log;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.LongPredicate;

/**
 * What retention took, by topic: public events and private ones apart, so that what somebody is told of a gap does not
 * depend on events that he may not see. File {@code trimmed}, replaced as a whole before segments are deleted:
 * {@code magic (u32), through (u64), the public half, the private half (}{@link TrimmedHalf}{@code ), crc (u32)}. Any
 * thread; the log's thread adds.
 */
final class TrimmedTopics {

    static final String NAME = "trimmed";

    private static final int MAGIC = 0x52765432; // RvT2
    /** Of before private events were told apart: {@code magic, through, floor, count, (hash, position) each, crc}. */
    private static final int MAGIC_1 = 0x52765431;
    private static final int FIXED_BYTES_1 = 24;

    private final TrimmedHalf publics = new TrimmedHalf();
    private final TrimmedHalf privates = new TrimmedHalf();
    private long through;

    /** Everything up to here is trimmed; a segment wholly below it is left over from a crash. */
    synchronized long through() {
        return through;
    }

    /**
     * The greatest trimmed position of an event that fits, or of what is no longer known apart; 0 for none. A private
     * one fits when it has a topic of each filter: both were there no later than this.
     */
    long last(TopicFilter topics, TopicFilter grants) {
        long last = publics.last(topics);
        return grants.isNone() ? last : Math.max(last, Math.min(privates.last(topics), privates.last(grants)));
    }

    /**
     * The greatest trimmed position, as {@link #last}, among topics of which nothing newer is known: {@code retained}
     * says by the hash of which there is.
     */
    long lastOf(TopicFilter topics, TopicFilter grants, LongPredicate retained) {
        long last = publics.lastOf(topics, retained);
        return grants.isNone() ? last
            : Math.max(last, Math.min(privates.lastOf(topics, retained), privates.last(grants)));
    }

    /** Those of public events, or of private ones. */
    TrimmedHalf half(boolean isPrivate) {
        return isPrivate ? privates : publics;
    }

    /** All up to {@code position} goes. */
    synchronized void through(long position) {
        through = Math.max(through, position);
    }

    /** All up to {@code position} is gone and nobody knows of which topics. */
    void unknown(long position) {
        publics.unknown(position);
        privates.unknown(position);
        through(position);
    }

    void write(Disk disk, Path folder) throws IOException {
        Bytes out = new Bytes(1024);
        out.putInt(MAGIC);
        out.putLong(through());
        publics.write(out);
        privates.write(out);
        out.putInt(Bytes.crc(out.array(), 0, out.length()));
        disk.replace(folder.resolve(NAME), Arrays.copyOf(out.array(), out.length()));
    }

    /** What the file holds; null when it is damaged: then the beginning of the log is all that is known. */
    static TrimmedTopics read(Disk disk, Path folder) throws IOException {
        byte[] b = disk.readAll(folder.resolve(NAME));
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
}
