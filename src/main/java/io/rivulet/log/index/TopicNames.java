package io.rivulet.log.index;

import io.rivulet.log.disk.Bytes;
import io.rivulet.log.disk.StoreHash;
import java.nio.charset.StandardCharsets;

/**
 * The names of topics, one after the other, each with its length before it; bounded. {@link HeapTopics} adds to it
 * under its lock, patterns are tried on it.
 *
 * <p>Bytes that were put never change, so a reader takes array and length under the owner's lock and reads outside of
 * it. When there is no more room no later name is kept either, and patterns are then tried on the events themselves.
 */
public final class TopicNames {

    /** An eighth of a segment: where names take more, reading all of it costs little more than they would. */
    static final int BYTES_MAX = 8 << 20;

    private final Bytes bytes = new Bytes(256);
    private boolean isFull;

    /** Adds a name and returns its offset; -1 when there is no room for it, nor for any later one. */
    int add(byte[] b, int from, int length) {
        isFull |= bytes.length() + length + 5 > BYTES_MAX;
        if (isFull) {
            return -1;
        }
        int at = bytes.length();
        bytes.putVarint(length);
        bytes.put(b, from, length);
        return at;
    }

    /** Bytes that the array holds once names of so many bytes came, their lengths among them. */
    long bytesWith(int more) {
        long room = bytes.array().length;
        while (!isFull && room < Math.min(BYTES_MAX, bytes.length() + (long) more)) {
            room *= 2;
        }
        return room;
    }

    /** Whether a name is missing. */
    boolean isFull() {
        return isFull;
    }

    byte[] array() {
        return bytes.array();
    }

    int length() {
        return bytes.length();
    }

    /** Walks names; one use, one thread. */
    public static final class Walk {
        private final byte[] b;
        private final int end;
        private int from;
        private int length;

        /** A walk over the names from one offset to another. */
        public Walk(byte[] b, int from, int end) {
            this.b = b;
            this.from = from;
            this.end = end;
        }

        /** Goes to the next name, or returns false behind the last. */
        public boolean next() {
            int at = from + length;
            if (at >= end) {
                return false;
            }
            length = 0;
            for (int shift = 0; ; shift += 7) {
                byte x = b[at++];
                length |= (x & 0x7f) << shift;
                if (x >= 0) {
                    break;
                }
            }
            from = at;
            return true;
        }

        /** The same where the last name may be cut off: false behind the last whole one. */
        boolean nextWhole() {
            int at = from + length;
            while (at < end && b[at] < 0) {
                at++;
            }
            if (at >= end) {
                return false; // of its length already
            }
            next();
            return end() <= end;
        }

        /** Where the next name begins. */
        public int end() {
            return from + length;
        }

        /** The name at which the walk stands. */
        public String name() {
            return new String(b, from, length, StandardCharsets.UTF_8);
        }

        long hash(StoreHash hash) {
            return hash.of(b, from, length);
        }

        /** Puts length and name. */
        void copyTo(Bytes out) {
            out.putVarint(length);
            out.put(b, from, length);
        }
    }
}
