package io.rivulet.topic;

import io.rivulet.heap.HeapBytes;
import java.util.HashMap;
import java.util.Map;

/**
 * Those who asked for topics byte for byte; a part of {@link TopicIndex}. One thread at a time.
 *
 * <p>Most topics of a busy hub are nobody's in one shard: a small table of bits, which stays in the processor's cache,
 * says so without a look into the large one.
 *
 * @param <T> who asks; compared by identity
 */
final class TopicTable<T> {

    private static final int BITS_PER_TOPIC = 16;
    private static final int LEAST = 1 << 10;
    /** Bytes that a topic of one asker takes here, beside its text. */
    static final long TOPIC_BYTES = HeapBytes.MAP_ENTRY + HeapBytes.object(2, Integer.BYTES) + HeapBytes.references(1)
        + 4 * BITS_PER_TOPIC / Byte.SIZE;

    private final Map<String, IdentityBag<T>> askers = new HashMap<>();
    /** The bit of each topic's hash; of some more that have left. */
    private long[] bits = new long[LEAST * BITS_PER_TOPIC / Long.SIZE];
    private int left;

    /** Those who asked for it, or null. */
    IdentityBag<T> get(String topic) {
        int bit = bit(topic);
        return (bits[bit >>> 6] & 1L << bit) == 0 ? null : askers.get(topic);
    }

    void add(String topic, T who) {
        IdentityBag<T> all = askers.get(topic);
        if (all == null) {
            all = new IdentityBag<>();
            askers.put(topic, all);
            mark(topic);
            if (askers.size() + left > bits.length * Long.SIZE / BITS_PER_TOPIC) {
                markAnew();
            }
        }
        all.add(who);
    }

    void remove(String topic, T who) {
        IdentityBag<T> all = askers.get(topic);
        if (all != null && all.remove(who) && all.size() == 0) {
            askers.remove(topic);
            left++;
        }
    }

    /** After as many came and left as there is room for: its cost, spread over them, is small. */
    private void markAnew() {
        int room = Math.max(LEAST, Integer.highestOneBit(askers.size()) * 4);
        bits = new long[room / (Long.SIZE / BITS_PER_TOPIC)];
        left = 0;
        askers.keySet().forEach(this::mark);
    }

    private void mark(String topic) {
        int bit = bit(topic);
        bits[bit >>> 6] |= 1L << bit;
    }

    private int bit(String topic) {
        return topic.hashCode() * 0x9E3779B9 >>> 5 & bits.length * Long.SIZE - 1;
    }
}
