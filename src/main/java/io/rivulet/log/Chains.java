package io.rivulet.log;

import java.util.Arrays;

/**
 * Hash to the ascending places (record number, offset) that have it, in a few flat arrays: about 30 bytes a place at
 * worst, so a segment's index is bounded by the segment. A place is a long: the record's number within the segment
 * above, its offset below. Not for several threads.
 */
final class Chains {

    private long[] keys = new long[64];
    /** Of each key: its newest node plus one; 0 for a free slot. */
    private int[] last = new int[64];
    private int[] counts = new int[64];
    private int size;
    private long[] places = new long[64];
    /** Of each node: the one before it with the same key, plus one. */
    private int[] before = new int[64];
    private int nodes;

    static long place(int rel, int offset) {
        return (long) rel << 32 | offset & 0xffffffffL;
    }

    static int rel(long place) {
        return (int) (place >>> 32);
    }

    static int offset(long place) {
        return (int) place;
    }

    /** Adds a place, later than or equal to all others; twice the same counts once. */
    void add(long hash, int rel, int offset) {
        int slot = slot(hash);
        if (last[slot] == 0) {
            if (size * 3 >= keys.length * 2) {
                grow();
                slot = slot(hash);
            }
            keys[slot] = hash;
            size++;
        } else if (rel(places[last[slot] - 1]) == rel) {
            return;
        }
        if (nodes == places.length) {
            places = Arrays.copyOf(places, nodes * 2);
            before = Arrays.copyOf(before, nodes * 2);
        }
        places[nodes] = place(rel, offset);
        before[nodes] = last[slot];
        last[slot] = ++nodes;
        counts[slot]++;
    }

    int count(long hash) {
        return counts[slot(hash)];
    }

    /** Distinct hashes. */
    int size() {
        return size;
    }

    /** Places of all hashes together. */
    int nodes() {
        return nodes;
    }

    /** All hashes, ascending. */
    long[] sortedKeys() {
        long[] all = new long[size];
        int n = 0;
        for (int i = 0; i < keys.length; i++) {
            if (last[i] != 0) {
                all[n++] = keys[i];
            }
        }
        Arrays.sort(all);
        return all;
    }

    /** The places of {@code hash} with a record number of at least {@code fromRel}: the first {@code max} of them. */
    long[] from(long hash, int fromRel, int max) {
        int slot = slot(hash);
        int n = 0;
        int node = last[slot];
        while (node != 0 && rel(places[node - 1]) >= fromRel) {
            n++;
            node = before[node - 1];
        }
        node = last[slot];
        for (int skip = n - max; skip > 0; skip--) {
            node = before[node - 1];
        }
        return collect(node, Math.min(n, max));
    }

    /** The last {@code max} places of {@code hash}, ascending. */
    long[] newest(long hash, int max) {
        int slot = slot(hash);
        return collect(last[slot], Math.min(counts[slot], max));
    }

    private long[] collect(int newestNode, int n) {
        long[] found = new long[n];
        int node = newestNode;
        for (int i = n - 1; i >= 0; i--) {
            found[i] = places[node - 1];
            node = before[node - 1];
        }
        return found;
    }

    private int slot(long hash) {
        int mask = keys.length - 1;
        int slot = (int) (hash ^ hash >>> 32) & mask;
        while (last[slot] != 0 && keys[slot] != hash) {
            slot = slot + 1 & mask;
        }
        return slot;
    }

    private void grow() {
        long[] oldKeys = keys;
        int[] oldLast = last;
        int[] oldCounts = counts;
        keys = new long[oldKeys.length * 2];
        last = new int[keys.length];
        counts = new int[keys.length];
        for (int i = 0; i < oldKeys.length; i++) {
            if (oldLast[i] != 0) {
                int slot = slot(oldKeys[i]);
                keys[slot] = oldKeys[i];
                last[slot] = oldLast[i];
                counts[slot] = oldCounts[i];
            }
        }
    }
}
