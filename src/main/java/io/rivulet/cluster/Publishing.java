package io.rivulet.cluster;

import io.rivulet.event.Event;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The hub, as far as a cluster publishes by itself. The wiring makes it. Any thread. */
public interface Publishing {

    /**
     * Publishes these together, in this order; the same key again gets the first answer.
     *
     * @throws io.rivulet.refusal.Refused at once, or by the future, when nothing was published
     */
    CompletableFuture<List<String>> publish(List<Event> events, String key);
}
