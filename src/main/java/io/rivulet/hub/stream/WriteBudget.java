package io.rivulet.hub.stream;

import io.rivulet.event.Position;
import java.util.IdentityHashMap;
import java.util.Map;

/**
 * What the streams of one shard hold in memory because their sockets do not take it, and how much it may be: the
 * shard's part of {@code rivulet.write.bytes}. Bytes that several streams share count once. The shard's thread alone.
 *
 * <p>Invariant: what is held is at most the budget, or it is one event. It is kept by asking first: whatever is larger
 * than {@link #FREE_BYTES} is begun only where there is room for it, and waits where there is none. Smaller ones are
 * every stream's own, and part of the memory by which {@code rivulet.connections.max} is reckoned.
 */
final class WriteBudget {

    /** What each stream may hold beside the budget. */
    static final int FREE_BYTES = 8 << 10;
    /** Bytes of one write at most, unless a single event is larger. */
    static final int WRITE_BYTES = 64 << 10;

    private final long bytesMax;
    private final Map<Object, Share> shares = new IdentityHashMap<>();
    private long bytes;

    /** Something in memory, and how many streams hold it. */
    static final class Share {
        private final Object what;
        private final int bytes;
        private int holders;

        private Share(Object what, int bytes) {
            this.what = what;
            this.bytes = bytes;
        }

        /** What would be free if one of the holders let go, about. */
        int part() {
            return bytes / holders;
        }
    }

    /** An event that there is no room for now: its place, and how long it is. */
    record Need(Position place, int bytes) {
    }

    WriteBudget(long bytesMax) {
        this.bytesMax = bytesMax;
    }

    /** Held now, beyond what each stream may hold. */
    long bytes() {
        return bytes;
    }

    /** Whether this may be begun: what others hold already costs nothing more. */
    boolean hasRoomFor(Object what, int size) {
        return hasRoomFor(size, 0) || shares.containsKey(what);
    }

    /** Whether something of this size may be begun when so much is promised to others. */
    boolean hasRoomFor(int size, long promised) {
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

    /** One more stream holds this; null when it is small enough to be nobody's business. */
    Share hold(Object what, int size) {
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
    void release(Share share) {
        if (share != null && --share.holders == 0) {
            shares.remove(share.what);
            bytes -= share.bytes;
        }
    }
}
