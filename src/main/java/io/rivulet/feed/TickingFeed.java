package io.rivulet.feed;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** One source of events. The thread {@code rivulet-feed} alone calls its methods, which do not wait. */
interface TickingFeed extends AutoCloseable {

    /** Every topic it publishes to, but for those of operators; any thread. */
    List<String> topics();

    /** Publishes what is due at {@code now}; answers how long until it wants to be asked again. */
    Duration tick(Instant now);

    /** Lets go of what it holds open. */
    @Override
    default void close() {
    }
}
