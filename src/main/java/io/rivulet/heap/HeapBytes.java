package io.rivulet.heap;

import java.util.List;

/**
 * The bytes that objects take in the heap: the one arithmetic of all bounds on memory. Caches weigh their entries with
 * it, and the cap on streams weighs what a stream asks for. Pure, any thread.
 *
 * <p>The hard thing is to count what an entry keeps alive, and not what is easy to count: a template of eight
 * characters may hold 15 KB of a compiled automaton, and a short text costs five times its characters. So every class
 * that is kept adds up its own objects with these figures. They are those of a 64-bit JVM with compressed references,
 * as heaps below 32 GB have; {@code WeightTest} compares the sums with a measured heap.
 */
public final class HeapBytes {

    /** An entry of a hash map with its share of the table, beside key and value. */
    public static final int MAP_ENTRY = 40;
    /** The same of a map that keeps an order. */
    public static final int ORDERED_ENTRY = 48;

    private static final int HEADER = 12;
    private static final int ARRAY_HEADER = 16;
    private static final int REFERENCE = 4;
    private static final int STRING = 24;
    private static final int ALIGNMENT = 8;
    /** So many elements are fields of an immutable collection. */
    private static final int FEW = 2;

    private HeapBytes() {
    }

    /** An object of so many references and so many bytes of other fields. */
    public static int object(int references, int bytes) {
        return (int) aligned(HEADER + (long) references * REFERENCE + bytes);
    }

    /** An array of {@code length} elements of so many bytes each. */
    public static long array(long length, int each) {
        return aligned(ARRAY_HEADER + length * each);
    }

    /** An array of references, without what they lead to. */
    public static long references(long length) {
        return array(length, REFERENCE);
    }

    /** A text; 0 for null. One character beyond Latin-1 doubles all of them. */
    public static long string(String text) {
        return text == null ? 0 : STRING + array(text.length(), isLatin(text) ? 1 : 2);
    }

    /** A text of which it is known that it has Latin-1 alone; 0 for null. None of its characters is looked at. */
    public static long latin(String text) {
        return text == null ? 0 : STRING + array(text.length(), 1);
    }

    /** An immutable list of texts. */
    public static long strings(List<String> texts) {
        long bytes = list(texts.size());
        for (int i = 0; i < texts.size(); i++) {
            bytes += string(texts.get(i));
        }
        return bytes;
    }

    /** An immutable list, without its elements; the empty one is everybody's. */
    public static long list(int size) {
        return size == 0 ? 0 : object(2, 0) + (size <= FEW ? 0 : references(size));
    }

    /** An immutable set, without its elements. */
    public static long set(int size) {
        return size == 0 ? 0 : object(2, 0) + (size <= FEW ? 0 : references(2L * size));
    }

    private static boolean isLatin(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) > 0xFF) {
                return false;
            }
        }
        return true;
    }

    private static long aligned(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
