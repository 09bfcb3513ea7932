package io.rivulet.log.index;

/**
 * Hashes that a look-up has seen, in eleven to twenty-one bytes each; a set of objects would take eighty. For one
 * thread.
 */
public final class LongSet {

    private long[] slots = new long[16];
    private int size;
    private boolean hasZero;

    /** Adds one; false when it is there already. */
    public boolean add(long value) {
        if (value == 0) { // a free slot is 0
            boolean isNew = !hasZero;
            hasZero = true;
            size += isNew ? 1 : 0;
            return isNew;
        }
        if (size * 4L >= slots.length * 3L) { // fuller would be slow, emptier twice the garbage of each look-up
            grow();
        }
        int slot = slot(value);
        if (slots[slot] == value) {
            return false;
        }
        slots[slot] = value;
        size++;
        return true;
    }

    /** Whether it is there. */
    public boolean contains(long value) {
        return value == 0 ? hasZero : slots[slot(value)] == value;
    }

    /** How many there are. */
    public int size() {
        return size;
    }

    private int slot(long value) {
        int slot = (int) (value ^ value >>> 32) & slots.length - 1;
        while (slots[slot] != 0 && slots[slot] != value) {
            slot = slot + 1 & slots.length - 1;
        }
        return slot;
    }

    private void grow() {
        long[] old = slots;
        slots = new long[old.length * 2];
        for (long value : old) {
            if (value != 0) {
                slots[slot(value)] = value;
            }
        }
    }
}
