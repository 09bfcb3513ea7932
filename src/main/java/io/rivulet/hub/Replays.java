package io.rivulet.hub;

import java.util.Arrays;
import java.util.List;

/**
 * Joins the events of a replay into one write, once for all streams that get the same: after an outage thousands read
 * the same history, and an array for each of them would be most of what the hub then allocates. What is kept is few
 * writes, for half a second or a second. One for each shard, its thread only.
 */
final class Replays {

    private static final int SLOT_BITS = 6;
    private static final int SLOTS = 1 << SLOT_BITS;

    private final Kept[] slots = new Kept[SLOTS];

    private static final class Kept {
        private final byte[][] parts;
        private final byte[] joined;
        private boolean asked = true;

        Kept(byte[][] parts, byte[] joined) {
            this.parts = parts;
            this.joined = joined;
        }

        /** Rendered once, an event's bytes are the same array for all: equal means identical. */
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

    /** One array of at least two parts of {@code length} bytes in all; {@code from} is the place of the first. */
    byte[] join(List<byte[]> parts, int length, long from) {
        int slot = (int) ((from * 31 + parts.size()) * 0x9E3779B97F4A7C15L >>> Long.SIZE - SLOT_BITS);
        Kept kept = slots[slot];
        if (kept == null || !kept.isOf(parts)) {
            kept = new Kept(parts.toArray(byte[][]::new), Joiner.joined(parts, length));
            slots[slot] = kept;
        }
        kept.asked = true;
        return kept.joined;
    }

    /** Forgets what nobody has asked for since the last tick. */
    void tick() {
        for (int i = 0; i < SLOTS; i++) {
            if (slots[i] != null && !slots[i].asked) {
                slots[i] = null;
            } else if (slots[i] != null) {
                slots[i].asked = false;
            }
        }
    }

    /** How many bytes it keeps; for tests. */
    long bytes() {
        return Arrays.stream(slots).filter(kept -> kept != null).mapToLong(kept -> kept.joined.length).sum();
    }
}
