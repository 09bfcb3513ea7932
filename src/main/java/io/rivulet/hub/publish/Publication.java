package io.rivulet.hub.publish;

import io.rivulet.auth.Grant;
import io.rivulet.event.Event;
import java.util.List;

/**
 * The events of one request: one or a batch, published all or none, and contiguous in the order. Doors and code in the
 * same JVM make it. Immutable, any thread.
 *
 * @param events         at least one
 * @param grant          what the publisher may
 * @param idempotencyKey the publisher's key, or null; the same key and content again get the first answer
 * @param producer       how the publisher numbers the events, or null
 * @param isOfNode       whether they are about this node of a cluster: those of transient topics reach no other one
 */
public record Publication(List<Event> events, Grant grant, String idempotencyKey, ProducerSeq producer,
                          boolean isOfNode) {

    /** Of a publisher, who may number the events. */
    public Publication(List<Event> events, Grant grant, String idempotencyKey, ProducerSeq producer) {
        this(events, grant, idempotencyKey, producer, false);
    }

    /** Of a publisher who does not number its events. */
    public Publication(List<Event> events, Grant grant, String idempotencyKey) {
        this(events, grant, idempotencyKey, null, false);
    }

    /** The hub's own, about this node. */
    public static Publication ofNode(List<Event> events) {
        return new Publication(events, Grant.INTERNAL, null, null, true);
    }

    /** One event of code in the same JVM. */
    public static Publication of(Event event) {
        return new Publication(List.of(event), Grant.INTERNAL, null);
    }
}
