package io.rivulet.log.index;

import java.util.Arrays;

/**
 * From a hash to the ascending postings that have it, in a few flat arrays, whose bytes it counts. A posting is a
 * long: the number of a record within the segment above, its offset in the file below. For one thread.
 *
 * <p>The postings of a hash are a chain: the hash knows its newest one, and each knows the one before it. Adding
 * therefore moves nothing, and the newest postings, which are asked for most, are found first.
 */
public final class Postings {

    private long[] keys = new long[64];
    /** Of each key: its newest node plus one; 0 for a free slot. */
    private int[] last = new int[64];
    private int[] counts = new int[64];
    private int[] tags = new int[64];
    private int size;
    private long[] postings = new long[64];
    /** Of each node: the one before it with the same key, plus one. */
    private int[] before = new int[64];
    private int nodes;

    /** Bytes of each slot of the table of hashes, and of each posting with its chain. */
    private static final int SLOT_BYTES = 8 + 4 + 4 + 4;
    private static final int NODE_BYTES = 8 + 4;

    /** The posting of this record at this offset. */
    public static long posting(int rel, int offset) {
        return (long) rel << 32 | offset & 0xffffffffL;
    }

    /** The number of its record within the segment. */
    public static int rel(long posting) {
        return (int) (posting >>> 32);
    }

    /** The offset of its record in the file; 0 where that is not known. */
    public static int offset(long posting) {
        return (int) posting;
    }

    /** Adds a posting, later than or equal to all others; the same record counts once. */
    void add(long hash, int rel, int offset) {
        add(hash, slot(hash), rel, offset);
    }

    /** Whether {@code hash} has no posting yet. */
    boolean isNew(long hash) {
        return last[slot(hash)] == 0;
    }

    /** The same as {@link #add(long, int, int)} for a new hash, which is given a number to keep: its tag. */
    void addNew(long hash, int rel, int offset, int tag) {
        add(hash, rel, offset);
        tags[slot(hash)] = tag;
    }

    int tag(long hash) {
        return tags[slot(hash)];
    }

    private void add(long hash, int slotOfHash, int rel, int offset) {
        int slot = slotOfHash;
        if (last[slot] == 0) {
            if (size * 3 >= keys.length * 2) {
                grow();
                slot = slot(hash);
            }
            keys[slot] = hash;
            size++;
        } else if (rel(postings[last[slot] - 1]) == rel) {
            return;
        }
        if (nodes == postings.length) {
            postings = Arrays.copyOf(postings, nodes * 2);
            before = Arrays.copyOf(before, nodes * 2);
        }
        postings[nodes] = posting(rel, offset);
        before[nodes] = last[slot];
        last[slot] = ++nodes;
        counts[slot]++;
    }

    /** Bytes that the arrays hold once so many more postings came, at worst each of a new hash. */
    long bytesWith(int more) {
        long slots = keys.length;
        while (more > 0 && (size + more - 1L) * 3 >= slots * 2) { // as add asks before the last of them
            slots *= 2;
        }
        long room = postings.length;
        while (room < nodes + (long) more) {
            room *= 2;
        }
        return slots * SLOT_BYTES + room * NODE_BYTES;
    }

    int count(long hash) {
        return counts[slot(hash)];
    }

    /** Postings of all hashes together. */
    int nodes() {
        return nodes;
    }

    /** All hashes, ascending. */
    long[] sortedKeys() {
        long[] all = keys();
        Arrays.sort(all);
        return all;
    }

    /** All hashes, in any order. */
    long[] keys() {
        long[] all = new long[size];
        int n = 0;
        for (int i = 0; i < keys.length; i++) {
            if (last[i] != 0) {
                all[n++] = keys[i];
            }
        }
        return all;
    }

    /** The last {@code max} postings of {@code hash} with a record number of at least {@code fromRel}, ascending. */
    long[] newest(long hash, int fromRel, int max) {
        int newest = last[slot(hash)];
        int n = 0;
        for (int node = newest; node != 0 && n < max && rel(postings[node - 1]) >= fromRel; n++) {
            node = before[node - 1];
        }
        return collect(newest, n);
    }

    /** The same, to a list; returns how many. A topic of one event, as many are, takes no array. */
    int newest(long hash, int fromRel, int max, PostingList to) {
        int newest = last[slot(hash)];
        if (newest != 0 && before[newest - 1] == 0 && max > 0) {
            boolean isAsked = rel(postings[newest - 1]) >= fromRel;
            if (isAsked) {
                to.add(postings[newest - 1]);
            }
            return isAsked ? 1 : 0;
        }
        long[] some = newest(hash, fromRel, max);
        to.add(some);
        return some.length;
    }

    /** The last posting of {@code hash}, or -1. */
    long newest(long hash) {
        int newest = last[slot(hash)];
        return newest == 0 ? -1 : postings[newest - 1];
    }

    /** The last posting of {@code hash} that is among these ascending ones, or -1. */
    long newestAmong(long hash, long[] some) {
        int node = last[slot(hash)];
        while (node != 0 && Arrays.binarySearch(some, postings[node - 1]) < 0) {
            node = before[node - 1];
        }
        return node == 0 ? -1 : postings[node - 1];
    }

    /** The last {@code max} postings of all hashes from {@code fromRel} on, ascending, each once. */
    long[] newestOfAll(int fromRel, int max) {
        int from = nodes;
        int n = 0;
        while (from > 0 && n < max && rel(postings[from - 1]) >= fromRel) {
            from--;
            n += from == 0 || postings[from - 1] != postings[from] ? 1 : 0;
        }
        return PostingList.distinct(postings, from, nodes); // topics of one record stand side by side
    }

    /** The {@code n} postings that end with this node, ascending. */
    private long[] collect(int newestNode, int n) {
        long[] found = new long[n];
        int node = newestNode;
        for (int i = n - 1; i >= 0; i--) {
            found[i] = postings[node - 1];
            node = before[node - 1];
        }
        return found;
    }

    /** The slot of this hash, or the free one where it would stand (open addressing, probed in steps of one). */
    private int slot(long hash) {
        int mask = keys.length - 1;
        int slot = (int) (hash ^ hash >>> 32) & mask;
        while (last[slot] != 0 && keys[slot] != hash) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    /** Doubles the table of hashes; the postings stay where they are. */
    private void grow() {
        long[] oldKeys = keys;
        int[] oldLast = last;
        int[] oldCounts = counts;
        int[] oldTags = tags;
        keys = new long[oldKeys.length * 2];
        last = new int[keys.length];
        counts = new int[keys.length];
        tags = new int[keys.length];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldLast[i] != 0) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                last[slot] = oldLast[i];
                counts[slot] = oldCounts[i];
                tags[slot] = oldTags[i];
            }
        }
    }
}
