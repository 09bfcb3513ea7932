package io.rivulet.feed;

import com.google.gson.JsonObject;
import io.rivulet.event.Event;
import io.rivulet.event.Nodes;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * What feeds need of the hub. {@link Feeds} makes it of the hub; tests give their own. Used by the thread {@code
 * rivulet-feed}.
 */
interface Publisher {

    /** Publishes these together, in this order; the future is answered once the hub took them or refused. */
    CompletableFuture<List<String>> publish(List<Event> events);

    /** The hub is one of these nodes. */
    default void share(Nodes with) {
        // tests have one
    }

    /** Says in the data of an event which node of a cluster it is of; nothing where the hub is alone. */
    default void sign(JsonObject data) {
        // there is no other
    }

    /** Whether anybody who is connected would get an event of this topic; one for operators is asked for by name. */
    boolean isHeard(String topic);

    /** How many streams ask for this topic by its name. */
    int namers(String topic);

    /** Topics that begin so and that streams ask for by name, at most so many. */
    List<String> heardBelow(String beginning, int most);

    /** Shows this each event that is published to the topic, on any thread, and never ends. */
    void onPublish(String topic, Consumer<Event> show);

    /** Runs this when somebody cancels the topic, on any thread; ended by what is returned. */
    Runnable onCancel(String topic, Runnable task);
}
