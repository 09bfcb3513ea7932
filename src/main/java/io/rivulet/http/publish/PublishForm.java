package io.rivulet.http.publish;

import io.rivulet.event.Event;
import io.rivulet.refusal.Refused;
import java.util.List;

/** How the body of one publish is read; decided by the request's head, before a byte of the body is there. */
public interface PublishForm {

    /** Whether the answer is one id of one event, or the ids of a batch. */
    boolean isBatch();

    /**
     * The events of this body; the array belongs to them.
     *
     * @throws Refused for the first fault
     */
    List<Event> events(byte[] body);

    /** Whether the answer is JSON for a publisher who accepts it; else it is text. */
    boolean answersJson();

    /** By what a repeated publish is known again, or null: {@code header} is that of the request, or null. */
    String key(String header, List<Event> events);
}
