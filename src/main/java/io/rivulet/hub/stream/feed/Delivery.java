package io.rivulet.hub.stream.feed;

import io.rivulet.event.Position;
import io.rivulet.metrics.Metrics;
import io.rivulet.metrics.Metrics.Count;

/**
 * One write to one stream: the joined bytes of its next events, and the positions of the first and the last. A {@link
 * Feed} fills it and the shard hands it on. Shard thread.
 *
 * <p>Each shard has one and uses it again and again, so that a delivery makes no object. Live deliveries are counted in
 * plain fields, and for all threads to see once a batch.
 */
public final class Delivery {

    private byte[] bytes;
    private int events;
    private Position first;
    private Position last;
    private Count path;
    private long liveEvents;
    private long liveBytes;

    /**
     * Fills it.
     *
     * @param joined whole events; nobody may change the array any more
     * @param count  how many
     * @param from   the place of the first
     * @param to     the place of the last
     * @param way    which way they took
     */
    void of(byte[] joined, int count, Position from, Position to, Count way) {
        if (bytes == joined && path == way) {
            return; // the same events go to the next stream
        }
        bytes = joined;
        events = count;
        first = from;
        last = to;
        path = way;
    }

    /** Counts it: one that is live with the others of its batch, by {@link #countLive}. */
    public void count(Metrics metrics) {
        if (path == Count.DELIVERED_LIVE) {
            liveEvents += events;
            liveBytes += bytes.length;
        } else {
            metrics.add(path, events);
            metrics.add(Count.REPLAYED_BYTES, bytes.length);
        }
    }

    /** Counts the live ones since the last call, and returns how many events they were. */
    public long countLive(Metrics metrics) {
        long written = liveEvents;
        liveEvents = 0;
        metrics.add(Count.DELIVERED_LIVE_BYTES, liveBytes);
        liveBytes = 0;
        metrics.add(Count.DELIVERED_LIVE, written); // last: whoever sees the events sees their bytes
        return written;
    }

    public byte[] bytes() {
        return bytes;
    }

    public int events() {
        return events;
    }

    public Position first() {
        return first;
    }

    public Position last() {
        return last;
    }

    public Count path() {
        return path;
    }
}
