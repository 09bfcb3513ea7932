package io.rivulet.hub;

import io.rivulet.event.EventFrame;
import io.rivulet.event.Position;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * What one round of a shard goes by: the times and sizes read once at its beginning, and the newest event dispatched.
 * The shard moves it; its feeds and its heartbeat read it, on the shard's thread.
 */
final class Round {

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

    Round(ShardSetup setup) {
        nanos = setup.nanos();
        clock = setup.clock();
        appended = () -> setup.log().range().bytesAppended();
        place = setup.start();
        placeId = setup.startId();
        begin();
    }

    /** A new round. */
    void begin() {
        ns = nanos.getAsLong();
        ms = clock.millis();
        bytesAppended = appended.getAsLong();
    }

    /** Streams may be written to up to this event from now on. */
    void offered(EventFrame newest) {
        place = newest.position();
        placeId = newest.placeId();
    }

    /** Every stream has been served up to this sequence: only now may the ring evict it. */
    void dispatched(long sequence) {
        dispatched = sequence;
    }

    /** The sequence up to which every stream has been served; any thread. */
    long dispatched() {
        return dispatched;
    }

    /** When it began, in nanoseconds from anywhere. */
    long ns() {
        return ns;
    }

    /** When it began, in milliseconds since 1970. */
    long ms() {
        return ms;
    }

    /** Now, in nanoseconds from anywhere: asks the clock. */
    long nowNs() {
        return nanos.getAsLong();
    }

    /** Bytes that the log had taken when it began. */
    long bytesAppended() {
        return bytesAppended;
    }

    /** The place of the newest event dispatched. */
    Position place() {
        return place;
    }

    /** The sealed id of {@link #place}. */
    String placeId() {
        return placeId;
    }
}
