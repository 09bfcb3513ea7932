package io.rivulet.hub;

import io.rivulet.event.Position;
import java.time.InstantSource;
import java.util.function.LongSupplier;

/**
 * What a round of a shard goes by: the times and sizes read once at its beginning, and the newest place dispatched.
 * The shard's thread alone.
 */
final class Moment {

    private final LongSupplier nanos;
    private final InstantSource clock;
    private final LongSupplier appended;

    /** By the ticker, in nanoseconds from anywhere. */
    long ns;
    /** By the clock, in milliseconds since 1970. */
    long ms;
    /** Bytes that the log has taken so far. */
    long bytesAppended;
    /** The newest place dispatched. */
    Position place;
    /** The sealed id of {@link #place}. */
    String placeId;

    Moment(ShardSetup setup) {
        nanos = setup.nanos();
        clock = setup.clock();
        appended = () -> setup.log().range().bytesAppended();
        place = setup.start();
        placeId = setup.startId();
        look();
    }

    /** A new round. */
    void look() {
        ns = nanos.getAsLong();
        ms = clock.millis();
        bytesAppended = appended.getAsLong();
    }
}
