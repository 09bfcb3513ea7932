package io.rivulet.topic;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToIntFunction;

/**
 * Results that were worked out for a text, bounded by their weight. Matchers, topics as URLs and verified tokens are
 * kept in such caches. Any thread.
 *
 * <p>A list in order of use would be a lock that all threads meet at. Results are therefore forgotten in generations:
 * when the young one is full the old one goes, and every result that was asked for meanwhile has moved to the young
 * one.
 */
public final class BoundedCache<V> {

    /** The weight of an entry beside the characters of its text. */
    private static final int ENTRY = 64;

    private record Generations<V>(Map<String, V> young, Map<String, V> old, AtomicLong weight) {
    }

    private final long weightMax;
    private final ToIntFunction<V> ofValue;
    private final AtomicReference<Generations<V>> now = new AtomicReference<>(
        new Generations<>(new ConcurrentHashMap<>(), Map.of(), new AtomicLong()));

    /** Keeps at most twice {@code weightMax}: the characters of the texts, and 64 for each. */
    BoundedCache(long weightMax) {
        this(weightMax, value -> 0);
    }

    /** The same, where values count as well: as they are when they are put. */
    public BoundedCache(long weightMax, ToIntFunction<V> ofValue) {
        this.weightMax = weightMax;
        this.ofValue = ofValue;
    }

    /** The result that is known, or null. */
    public V get(String text) {
        Generations<V> g = now.get();
        V value = g.young.get(text);
        if (value == null && (value = g.old.get(text)) != null) {
            put(text, value);
        }
        return value;
    }

    /** Remembers it, for a while. */
    public void put(String text, V value) {
        Generations<V> g = now.get();
        if (g.young.put(text, value) == null && weigh(g, text, value) > weightMax) {
            // T1 and T2 both fill it: only one may turn the page, or the young generation would be lost as well
            now.compareAndSet(g, new Generations<>(new ConcurrentHashMap<>(), g.young, new AtomicLong()));
        }
    }

    private long weigh(Generations<V> g, String text, V value) {
        return g.weight.addAndGet(text.length() + ENTRY + (long) ofValue.applyAsInt(value));
    }

    /** Entries of both generations, one that moved twice: the tests show the bound with it. */
    public int size() {
        Generations<V> g = now.get();
        return g.young.size() + g.old.size();
    }
}
