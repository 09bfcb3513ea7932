package io.rivulet.hub.stream.feed;

import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * The time, the log's size and the newest dispatched event, read once for a round of a shard. The shard moves it on;
 * its feeds and its heartbeat read it, on the shard's thread.
 *
 * <p>A clock costs more than a small write, so a delivery reads these fields and asks no clock.
 */
public final class Round {

    private final LongSupplier nanos;
    private final InstantSource clock;
    private final LongSupplier appended;
    private long ns;
    private long ms;
    private long bytesAppended;
    private Position place;
    private String placeId;
    /** The ring's number of the newest event dispatched; any thread reads it. */
    private volatile long dispatched;
    /** When the first events came that the shard has yet to take; 0 while there are none that anybody noted. */
    private volatile long expectedNs;

    /**
     * The first round.
     *
     * @param nanos    the time, in nanoseconds from anywhere
     * @param clock    the time of day
     * @param appended bytes that the log has taken so far
     * @param start    the place up to which nothing is to be dispatched; {@code startId} is its sealed id
     */
    public Round(LongSupplier nanos, InstantSource clock, LongSupplier appended, Position start, String startId) {
        this.nanos = nanos;
        this.clock = clock;
        this.appended = appended;
        place = start;
        placeId = startId;
        begin();
    }

    /** A new round. */
    public void begin() {
        ns = nanos.getAsLong();
        ms = clock.millis();
        bytesAppended = appended.getAsLong();
    }

    /** Streams may be written to up to this event from now on. */
    public void offered(EventFrame newest) {
        place = newest.position();
        placeId = newest.placeId();
    }

    /** Every stream has been served up to this sequence: only now may the ring evict it. */
    public void dispatched(long sequence) {
        dispatched = sequence;
    }

    /** The sequence up to which every stream has been served; any thread. */
    public long dispatched() {
        return dispatched;
    }

    /**
     * Events are about to stand in the ring, in order since then; the committer says so, before it shows them.
     *
     * <p>T1 (the committer) notes the time, then moves the ring's head; T2 (the shard) reads the head, then takes the
     * time. So a time that T2 finds belongs to events of this batch or of the next one, and none is left behind that
     * would make a later batch look as if it had waited for minutes. Where both meet, a group has no time: it is a
     * sample.
     */
    public void expect(long sinceNs) {
        if (expectedNs == 0) {
            expectedNs = sinceNs | 1; // 0 is for none
        }
    }

    /** Since when the events were in order that the shard takes now; 0 where nobody noted it. */
    public long takeExpected() {
        long since = expectedNs;
        if (since != 0) {
            expectedNs = 0;
        }
        return since;
    }

    /** When it began, in nanoseconds from anywhere. */
    public long ns() {
        return ns;
    }

    /** When it began, in milliseconds since 1970. */
    public long ms() {
        return ms;
    }

    /** Now, in nanoseconds from anywhere: asks the clock. */
    public long nowNs() {
        return nanos.getAsLong();
    }

    /** Bytes that the log had taken when it began. */
    long bytesAppended() {
        return bytesAppended;
    }

    /** The place of the newest event dispatched. */
    public Position place() {
        return place;
    }

    /** The sealed id of {@link #place}. */
    public String placeId() {
        return placeId;
    }
}
