package io.rivulet.feed;

import io.rivulet.event.Event;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * What feeds need of the hub. {@link Feeds} makes it of the hub; tests give their own. Used by the thread {@code
 * rivulet-feed}.
 */
interface Publisher {

    /** Publishes these together, in this order; the future is answered once the hub took them or refused. */
    CompletableFuture<List<String>> publish(List<Event> events);

    /** Whether anybody who is connected would get an event of this topic. */
    boolean isHeard(String topic);
}
