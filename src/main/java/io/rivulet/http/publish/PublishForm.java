package io.rivulet.http.publish;

import io.rivulet.event.Event;
import io.rivulet.refusal.Refused;
import java.util.List;

/**
 * How the body of one publish is read. The door makes it of the request's head, before a byte of the body is there, and
 * {@link PublishHandler} uses it. Immutable, any thread.
 */
public interface PublishForm {

    /** Whether the answer has the ids of a batch; else it is the id of one event. */
    boolean isBatch();

    /**
     * The events of this body; the array belongs to them.
     *
     * @throws Refused for the first fault
     */
    List<Event> events(byte[] body);

    /** Whether the answer is JSON for a publisher who accepts it; else it is text. */
    boolean answersJson();

    /** The key by which a repeated publish is known again, or null; {@code header} is the request's, or null. */
    String key(String header, List<Event> events);
}
