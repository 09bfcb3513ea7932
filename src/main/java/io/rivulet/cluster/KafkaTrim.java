package io.rivulet.cluster;

import io.rivulet.cluster.KafkaPlaces.Place;

/**
 * Which batches of the log go: those beyond the bounds of retention, but for the newest one. Kafka's own retention
 * knows nothing of positions and removes the newest, too, when it is old; so the topic has none.
 *
 * @param eventsMax 0 for any
 * @param head      position of the newest event
 * @param bytes     of all bodies up to that
 */
record KafkaTrim(long bytesMax, long eventsMax, long oldestMs, long head, long bytes) {

    /** Whether a batch goes that ends at this position, with so many bytes up to it. */
    boolean goes(long last, long timeMs, long upTo) {
        return last < head && (upTo <= bytes - bytesMax || timeMs < oldestMs
            || eventsMax > 0 && last <= head - eventsMax);
    }

    boolean goes(Place place) {
        return goes(place.batch().last(), place.batch().timeMs(), place.bytes());
    }

    /** The first place that stays, of places in order; they hold the newest batch. */
    Place firstThatStays(KafkaPlaces places) {
        int low = 0;
        int high = places.size() - 1;
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (goes(places.at(middle))) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return places.at(low);
    }
}
