package io.rivulet.cluster;

import io.rivulet.cluster.ClusterEngine.Stored;

/**
 * Where the newest records that count stand in the topic: for each its offset, and what {@link Stored} tells of a batch
 * without the body. A record that is no batch is one of no events. A ring that forgets the oldest. For one thread.
 */
final class KafkaPlaces {

    /** A record at its offset; {@code bytes} are those of all bodies up to it. */
    record Place(long offset, int proof, Stored batch, long bytes) {
    }

    private final int max;
    private Place[] ring = new Place[16];
    private int begin;
    private int size;

    /** Of at most so many batches. */
    KafkaPlaces(int max) {
        this.max = max;
    }

    void add(Place place) {
        if (size == max) {
            ring[begin] = null;
            begin = (begin + 1) % ring.length;
            size--;
        } else if (size == ring.length) {
            Place[] larger = new Place[Math.min(max, 2 * size)];
            for (int i = 0; i < size; i++) {
                larger[i] = at(i);
            }
            ring = larger;
            begin = 0;
        }
        ring[(begin + size++) % ring.length] = place;
    }

    int size() {
        return size;
    }

    /** The one of this index, from the oldest on. */
    Place at(int index) {
        return ring[(begin + index) % ring.length];
    }

    Place oldest() {
        return size == 0 ? null : at(0);
    }

    Place newest() {
        return size == 0 ? null : at(size - 1);
    }

    /** Index of the first record at or behind this offset; {@link #size} for none. */
    int from(long offset) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (at(middle).offset() < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The record at this offset; null where there is none that counts, or none that is known. */
    Place ofOffset(long offset) {
        int index = from(offset);
        return index < size && at(index).offset() == offset ? at(index) : null;
    }

    /** The batch that holds this position; null where it is not known. */
    Place ofPosition(long position) {
        int low = 0;
        int high = size;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (at(middle).batch().last() < position) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low < size && at(low).batch().base() <= position ? at(low) : null;
    }
}
