package io.rivulet.topic;

import io.rivulet.heap.HeapBytes;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.ToLongFunction;

/**
 * Results that were worked out for a text, bounded by their weight. Matchers, topics as URLs and verified tokens are
 * kept in such caches. Any thread.
 *
 * <p>A list in order of use would be a lock that all threads meet at. Results are therefore forgotten in generations:
 * when the young one is full the old one goes, and every result that was asked for meanwhile has moved to the young
 * one. A cache that one burst of requests has filled would stay full for ever, for nobody fills it again: its owner
 * calls {@link #age} now and then, and then generations end by time, too.
 */
public final class BoundedCache<V> {

    /** One entry may have so much of a generation: a large one would push out hundreds of others. */
    private static final int LARGE = 4;
    /** What takes no more than this part of a generation is kept however old it is. */
    private static final int SMALL = 4;

    /** The two generations, and what the entries of each weigh. */
    private record Generations<V>(Map<String, V> young, Map<String, V> old, AtomicLong weight, AtomicLong oldWeight) {

        static <V> Generations<V> after(Map<String, V> old, AtomicLong oldWeight) {
            return new Generations<>(new ConcurrentHashMap<>(), old, new AtomicLong(), oldWeight);
        }
    }

    private final long weightMax;
    private final ToLongFunction<V> ofValue;
    private final AtomicReference<Generations<V>> now = new AtomicReference<>(
        Generations.after(Map.of(), new AtomicLong()));

    /**
     * Keeps at most twice {@code weightMax} bytes: of the texts, of the entries, and of the values as they are when
     * they are put.
     *
     * @param ofValue the bytes that a value keeps alive beside its text, by {@link HeapBytes}
     */
    public BoundedCache(long weightMax, ToLongFunction<V> ofValue) {
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

    /** Remembers it, for a while; one that is as heavy as a quarter of a generation is not remembered. */
    public void put(String text, V value) {
        Generations<V> g = now.get();
        long weight = HeapBytes.MAP_ENTRY + HeapBytes.string(text) + ofValue.applyAsLong(value);
        if (weight <= weightMax / LARGE) {
            V before = g.young.put(text, value);
            count(g, before == null ? weight : ofValue.applyAsLong(value) - ofValue.applyAsLong(before));
        }
    }

    /** A value that is remembered holds so many bytes more than when it was put. */
    void grown(long bytes) {
        count(now.get(), bytes);
    }

    private void count(Generations<V> g, long weight) {
        if (g.weight.addAndGet(weight) > weightMax) {
            // T1 and T2 both fill it: only one may turn the page, or the young generation would be lost as well
            now.compareAndSet(g, Generations.after(g.young, g.weight));
        }
    }

    /**
     * Time has passed: what was not asked for since it passed before is forgotten, unless it is little. Thousands of
     * streams that come one by one share what the first of them asked for, and so they do after a quiet hour.
     */
    public void age() {
        Generations<V> g = now.get();
        if (g.weight.get() + g.oldWeight.get() > weightMax / SMALL) {
            now.compareAndSet(g, Generations.after(g.young, g.weight));
        }
    }

    /** Entries of both generations, one that moved twice: the tests show the bound with it. */
    public int size() {
        Generations<V> g = now.get();
        return g.young.size() + g.old.size();
    }
}
