package io.rivulet.hub.publish;

import io.rivulet.auth.Grant;
import io.rivulet.event.Event;
import java.util.List;

/**
 * What one request publishes: one event or a batch, all or nothing, contiguous in the order.
 *
 * @param events         at least one
 * @param grant          what the publisher may
 * @param idempotencyKey the publisher's key, or null; the same key and content again get the first answer
 */
public record Publication(List<Event> events, Grant grant, String idempotencyKey) {

    /** One event of code in the same JVM. */
    public static Publication of(Event event) {
        return new Publication(List.of(event), Grant.INTERNAL, null);
    }
}
