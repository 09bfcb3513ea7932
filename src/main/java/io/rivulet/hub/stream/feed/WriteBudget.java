package io.rivulet.hub.stream.feed;

import io.rivulet.event.Position;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * Bounds the memory that the streams of one shard hold because their sockets are full: the shard's part of {@code
 * rivulet.write.bytes}. Bytes that several streams share count once. The shard's feeds and writes ask it, on the
 * shard's thread.
 *
 * <p>Invariant: the held bytes are at most the budget, or they are one event. The budget asks first: a write larger
 * than {@link #FREE_BYTES} begins only where there is room, and else waits. Smaller writes are every stream's own, and
 * part of the memory by which {@code rivulet.connections.max} is reckoned.
 */
public final class WriteBudget {

    /** Bytes that each stream may hold beside the budget. */
    static final int FREE_BYTES = 8 << 10;
    /** Bytes of one write at most, unless a single event is larger. */
    static final int WRITE_BYTES = 64 << 10;

    private final long bytesMax;
    private final Map<Object, Share> shares = new IdentityHashMap<>();
    private long bytes;

    /** Something in memory, and how many streams hold it. */
    public static final class Share {
        private final Object what;
        private final int bytes;
        private int holders;

        private Share(Object what, int bytes) {
            this.what = what;
            this.bytes = bytes;
        }

        /** The bytes that one holder accounts for, about. */
        public int part() {
            return bytes / holders;
        }
    }

    /** An event that there is no room for now: its place, and how long it is. */
    public record Need(Position place, int bytes) {
    }

    public WriteBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Held now, beyond what each stream may hold. */
    long bytes() {
        return bytes;
    }

    /** Whether this may be begun; bytes that others hold already cost nothing more. */
    boolean hasRoomFor(Object what, int size) {
        return hasRoomFor(size, 0) || shares.containsKey(what);
    }

    /** Whether something of this size may be begun when so much is promised to others. */
    public boolean hasRoomFor(int size, long promised) {
        return size <= FREE_BYTES || bytes + promised == 0 || bytes + promised + size <= bytesMax;
    }

    /** Whether events are joined to small writes only: the second half is for events that are large themselves. */
    boolean isTight() {
        return bytes * 2 > bytesMax;
    }

    /** Bytes of one write now, unless a single event is larger. */
    int writeBytes() {
        return isTight() ? FREE_BYTES : WRITE_BYTES;
    }

    /** One more stream holds this; null when it is small enough not to be counted. */
    public Share hold(Object what, int size) {
        if (size <= FREE_BYTES) {
            return null;
        }
        Share share = shares.get(what);
        if (share == null) {
            share = new Share(what, size);
            shares.put(what, share);
            bytes += size;
        }
        share.holders++;
        return share;
    }

    /** One stream lets go of it. */
    public void release(Share share) {
        if (share != null && --share.holders == 0) {
            shares.remove(share.what);
            bytes -= share.bytes;
        }
    }
}
