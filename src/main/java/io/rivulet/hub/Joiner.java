package io.rivulet.hub;

import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.event.Variant;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Joins the events of a backlog into one write, once for all streams of one variant whose backlogs are equal: under
 * many publishers most streams of a shard wait for the same events. One for each shard, its thread only.
 */
final class Joiner {

    private static final int KEPT_MAX = 64;

    private record Joined(Variant variant, long[] sequences, int taken, Position first, Position last, byte[] bytes,
                          boolean shared) {
    }

    private final TailRing ring;
    private final Map<Long, Joined> round = new HashMap<>();

    Joiner(TailRing ring) {
        this.ring = ring;
    }

    /** A new round: what was joined is no longer asked for. */
    void clear() {
        round.clear();
    }

    /**
     * The bytes of the first events of the subscriber's backlog, which shrinks by them; null when the ring has moved
     * on and the first is gone, or when it is large and there is no room for it now.
     */
    byte[] next(Subscriber s, WriteBudget budget) {
        if (budget.isTight() && !mayBegin(s, budget)) {
            return null;
        }
        if (s.backlogSize == 1 && s.variant.isShared()) {
            EventFrame only = ring.get(s.backlog[0]);
            if (only == null) {
                return null;
            }
            s.sending(only.position(), only.position());
            s.backlogSize = 0;
            return s.live(only);
        }
        long key = s.backlogHash + s.variant.ordinal(); // those of another variant have other bytes
        Joined joined = round.get(key);
        if (joined == null || !isFor(joined, s)) {
            joined = join(s, budget.writeBytes());
            if (joined == null) {
                return null;
            }
            if (round.size() < KEPT_MAX && joined.shared) {
                round.put(key, joined);
            }
        }
        EventFrame following = joined.taken < s.backlogSize ? ring.get(s.backlog[joined.taken]) : null;
        if (joined.taken < s.backlogSize && following == null) {
            return null;
        }
        s.sending(joined.first, joined.last);
        s.taken(joined.taken, following);
        return joined.bytes;
    }

    private static boolean isFor(Joined joined, Subscriber s) {
        return joined.variant == s.variant
            && Arrays.equals(joined.sequences, 0, joined.sequences.length, s.backlog, 0, s.backlogSize);
    }

    private boolean mayBegin(Subscriber s, WriteBudget budget) {
        EventFrame first = ring.get(s.backlog[0]);
        return first != null && budget.hasRoomFor(first.live(), first.length());
    }

    private Joined join(Subscriber s, int lengthMax) {
        List<byte[]> parts = new ArrayList<>(s.backlogSize);
        int length = 0;
        Position first = null;
        Position last = null;
        boolean shared = true;
        for (int i = 0; i < s.backlogSize; i++) {
            EventFrame frame = ring.get(s.backlog[i]);
            if (frame == null) {
                return null;
            }
            byte[] part = s.live(frame);
            if (i > 0 && length + part.length > lengthMax) {
                break;
            }
            length += part.length;
            shared &= s.variant.isShared() || !frame.isPrivate(); // else its topics depend on the grant
            parts.add(part);
            first = i == 0 ? frame.position() : first;
            last = frame.position();
        }
        return new Joined(s.variant, Arrays.copyOf(s.backlog, s.backlogSize), parts.size(), first, last,
            parts.size() == 1 ? parts.get(0) : joined(parts, length), shared); // one is in memory already
    }

    /** One array of them. */
    static byte[] joined(List<byte[]> parts, int length) {
        ByteBuffer joined = ByteBuffer.allocate(length);
        parts.forEach(joined::put);
        return joined.array();
    }
}
