package io.rivulet.topic;

import java.util.Arrays;

/**
 * A bag of objects by identity, in no order. The index of topics keeps those who asked in such bags. One thread at a
 * time.
 *
 * <p>The objects stand in one array without gaps, so a walk over all of them, which every event does, costs the least.
 * A removal moves the last one into the gap. It costs the same whoever leaves and however many are left: a small bag is
 * searched, a larger one knows by a hash table where each one stands.
 */
final class IdentityBag<T> {

    private static final int SEARCHED_MAX = 32;
    private static final Object[] NOBODY = {};

    private Object[] all = NOBODY;
    private int size;
    /** Open addressing: indexes of {@link #all} plus 1, found by the identity hash; null while the bag is small. */
    private int[] table;

    int size() {
        return size;
    }

    @SuppressWarnings("unchecked")
    T get(int i) {
        return (T) all[i];
    }

    void add(T who) {
        if (size == all.length) {
            all = Arrays.copyOf(all, size == 0 ? 1 : size * 2);
        }
        all[size++] = who;
        if (table != null && size * 2 <= table.length) {
            enter(size - 1);
        } else if (size > SEARCHED_MAX) {
            table = new int[Integer.highestOneBit(size) * 4];
            for (int i = 0; i < size; i++) {
                enter(i);
            }
        }
    }

    /** Takes one occurrence out; false when there is none. The last one moves into the gap. */
    boolean remove(T who) {
        int i = table == null ? search(who) : leave(who);
        if (i < 0) {
            return false;
        }
        int last = --size;
        if (i != last) {
            all[i] = all[last];
            if (table != null) {
                table[slotOf(last)] = i + 1;
            }
        }
        all[last] = null;
        if (size < SEARCHED_MAX / 2) {
            table = null;
        }
        if (size > 0 && size * 4 <= all.length) {
            all = Arrays.copyOf(all, size * 2);
        }
        return true;
    }

    private int search(T who) {
        for (int i = size - 1; i >= 0; i--) {
            if (all[i] == who) {
                return i;
            }
        }
        return -1;
    }

    private void enter(int i) {
        int slot = home(all[i]);
        while (table[slot] != 0) {
            slot = slot + 1 & table.length - 1;
        }
        table[slot] = i + 1;
    }

    /** The slot that tells of index {@code last}, which was that of {@code all[last]}. */
    private int slotOf(int last) {
        int slot = home(all[last]);
        while (table[slot] != last + 1) {
            slot = slot + 1 & table.length - 1;
        }
        return slot;
    }

    /** Empties the slot of {@code who} and closes the gap; where it stood, or -1. */
    private int leave(T who) {
        int slot = home(who);
        while (table[slot] != 0 && all[table[slot] - 1] != who) {
            slot = slot + 1 & table.length - 1;
        }
        int i = table[slot] - 1;
        if (i < 0) {
            return -1;
        }
        // a search ends at an empty slot, so none may stand between an object and the slot its hash leads to
        int gap = slot;
        int next = slot + 1 & table.length - 1;
        while (table[next] != 0) {
            int way = next - home(all[table[next] - 1]) & table.length - 1;
            if (way >= (next - gap & table.length - 1)) { // its search passes the gap
                table[gap] = table[next];
                gap = next;
            }
            next = next + 1 & table.length - 1;
        }
        table[gap] = 0;
        return i;
    }

    private int home(Object who) {
        return System.identityHashCode(who) * 0x9E3779B9 >>> 7 & table.length - 1;
    }
}
