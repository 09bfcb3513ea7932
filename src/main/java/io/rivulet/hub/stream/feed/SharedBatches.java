package io.rivulet.hub.stream.feed;

import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import io.rivulet.event.Variant;
import io.rivulet.hub.tail.TailRing;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Joins several events into one write, once for all streams that get the same. The feeds of one shard ask it, on the
 * shard's thread.
 *
 * <p>Under many publishers most live streams of a shard wait for the same events: their joined bytes are kept for one
 * round. After an outage thousands of streams read the same history, and an array for each of them would be most of the
 * hub's garbage: few of these joined arrays are kept, for half a second to a second.
 */
public final class SharedBatches {

    private static final int LIVE_KEPT_MAX = 64;
    private static final int SLOT_BITS = 6;
    private static final int SLOTS = 1 << SLOT_BITS;
    private static final long MIX = 0x9E3779B97F4A7C15L;

    private final TailRing ring;
    private final Map<Long, Batch> round = new HashMap<>();
    private final JoinedReplay[] joinedReplays = new JoinedReplay[SLOTS];

    /**
     * Events of a backlog as one write.
     *
     * @param variant   whose bytes they are
     * @param sequences the whole backlog that was joined, or only its beginning
     * @param events    how many were joined
     * @param bytes     of these
     * @param first     the place of the first
     * @param last      the place of the last that was joined
     */
    record Batch(Variant variant, long[] sequences, int events, byte[] bytes, Position first, Position last) {

        private boolean isOf(StreamView view, long[] backlog, int size) {
            return variant == view.variant() && Arrays.equals(sequences, 0, sequences.length, backlog, 0, size);
        }
    }

    /** Events of a replay as one write. */
    private static final class JoinedReplay {
        private final byte[][] parts;
        private final byte[] joined;
        private boolean asked = true;

        JoinedReplay(byte[][] parts, byte[] joined) {
            this.parts = parts;
            this.joined = joined;
        }

        /** An event is rendered once and its bytes are the same array for all: equal means identical. */
        boolean isOf(List<byte[]> others) {
            if (others.size() != parts.length) {
                return false;
            }
            for (int i = 0; i < parts.length; i++) {
                if (others.get(i) != parts[i]) {
                    return false;
                }
            }
            return true;
        }
    }

    SharedBatches(TailRing ring) {
        this.ring = ring;
    }

    /** A new round: nobody asks any more for what was joined of the last batch. */
    public void newRound() {
        round.clear();
    }

    /** The first events of this backlog as one write; null when the ring has moved on over one of them. */
    Batch live(StreamView view, long[] backlog, int size, int lengthMax) {
        long key = key(view.variant(), backlog, size);
        Batch kept = round.get(key);
        if (kept != null && kept.isOf(view, backlog, size)) {
            return kept;
        }
        List<byte[]> parts = new ArrayList<>(size);
        int length = 0;
        boolean shared = true;
        Position first = null;
        Position last = null;
        for (int i = 0; i < size; i++) {
            EventFrame frame = ring.get(backlog[i]);
            if (frame == null) {
                return null;
            }
            byte[] part = view.live(frame);
            if (i > 0 && length + part.length > lengthMax) {
                break;
            }
            length += part.length;
            shared &= view.shares(frame);
            parts.add(part);
            first = i == 0 ? frame.position() : first;
            last = frame.position();
        }
        Batch batch = new Batch(view.variant(), Arrays.copyOf(backlog, size), parts.size(),
            parts.size() == 1 ? parts.get(0) : joined(parts, length), first, last); // one is in memory already
        if (round.size() < LIVE_KEPT_MAX && shared) {
            round.put(key, batch);
        }
        return batch;
    }

    private static long key(Variant variant, long[] backlog, int size) {
        long key = variant.ordinal(); // those of another variant have other bytes
        for (int i = 0; i < size; i++) {
            key = (key + backlog[i]) * MIX;
        }
        return key;
    }

    /** One array of at least two parts of {@code length} bytes in all; {@code from} is the place of the first. */
    byte[] replay(List<byte[]> parts, int length, long from) {
        int slot = (int) ((from * 31 + parts.size()) * MIX >>> Long.SIZE - SLOT_BITS);
        JoinedReplay kept = joinedReplays[slot];
        if (kept == null || !kept.isOf(parts)) {
            kept = new JoinedReplay(parts.toArray(byte[][]::new), joined(parts, length));
            joinedReplays[slot] = kept;
        }
        kept.asked = true;
        return kept.joined;
    }

    /** One array of them, for one stream alone. */
    static byte[] joined(List<byte[]> parts, int length) {
        ByteBuffer joined = ByteBuffer.allocate(length);
        parts.forEach(joined::put);
        return joined.array();
    }

    /** Twice a second: forgets the replays that nobody has asked for since the last time. */
    public void tick() {
        for (int i = 0; i < SLOTS; i++) {
            if (joinedReplays[i] != null && !joinedReplays[i].asked) {
                joinedReplays[i] = null;
            } else if (joinedReplays[i] != null) {
                joinedReplays[i].asked = false;
            }
        }
    }

    /** How many bytes of replays it keeps: for tests. */
    long replayBytes() {
        return Arrays.stream(joinedReplays).filter(kept -> kept != null).mapToLong(kept -> kept.joined.length).sum();
    }
}
