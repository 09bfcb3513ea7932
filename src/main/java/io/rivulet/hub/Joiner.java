package io.rivulet.hub;

import io.rivulet.event.EventFrame;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Joins the events of a backlog into one write, once for all streams whose backlogs are equal: under many publishers
 * most streams of a shard wait for the same events. One for each shard, its thread only.
 */
final class Joiner {

    /** Bytes of one write at most, unless a single event is larger. */
    static final int WRITE_MAX = 64 << 10;
    private static final int KEPT_MAX = 64;

    private record Joined(long[] sequences, int taken, byte[] bytes) {
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
     * on and the first is gone.
     */
    ByteBuffer next(Subscriber s) {
        if (s.backlogSize == 1) {
            EventFrame only = ring.get(s.backlog[0]);
            if (only == null) {
                return null;
            }
            s.backlogSize = 0;
            return only.live();
        }
        Joined joined = round.get(s.backlogHash);
        if (joined == null || !sameBacklog(joined, s)) {
            joined = join(s);
            if (joined == null) {
                return null;
            }
            if (round.size() < KEPT_MAX) {
                round.put(s.backlogHash, joined);
            }
        }
        EventFrame following = joined.taken < s.backlogSize ? ring.get(s.backlog[joined.taken]) : null;
        if (joined.taken < s.backlogSize && following == null) {
            return null;
        }
        s.taken(joined.taken, following);
        return ByteBuffer.wrap(joined.bytes);
    }

    private static boolean sameBacklog(Joined joined, Subscriber s) {
        return Arrays.equals(joined.sequences, 0, joined.sequences.length, s.backlog, 0, s.backlogSize);
    }

    private Joined join(Subscriber s) {
        int length = 0;
        int n = 0;
        for (; n < s.backlogSize; n++) {
            EventFrame frame = ring.get(s.backlog[n]);
            if (frame == null) {
                return null;
            }
            if (n > 0 && length + frame.length() > WRITE_MAX) {
                break;
            }
            length += frame.length();
        }
        ByteBuffer bytes = ByteBuffer.allocate(length);
        for (int i = 0; i < n; i++) {
            EventFrame frame = ring.get(s.backlog[i]);
            if (frame == null) {
                return null;
            }
            bytes.put(frame.live());
        }
        return new Joined(Arrays.copyOf(s.backlog, s.backlogSize), n, bytes.array());
    }
}
