package io.rivulet.log;

import io.rivulet.event.Event;
import io.rivulet.event.EventFrame;
import io.rivulet.event.IdSeal;
import io.rivulet.event.Position;

/**
 * An event at its place in the log.
 *
 * @param position its number, from 1
 * @param epoch    the epoch it was appended in
 * @param nonce    of its commit: 24 random bits that tell one history from another
 * @param timeMs   of its commit, since 1970, never falling along the log
 * @param event    what was published
 * @param receipt  null without an idempotency key
 */
public record LogEntry(long position, int epoch, int nonce, long timeMs, Event event, Receipt receipt) {

    /** The public id: the publisher's, else the sealed place. */
    public String id(IdSeal seal) {
        return event.id() != null ? event.id() : placeId(seal);
    }

    /** The sealed place. */
    public String placeId(IdSeal seal) {
        return seal.seal(epoch, position, 0, nonce);
    }

    /** The bytes on the wire. */
    public EventFrame frame(IdSeal seal) {
        return new EventFrame(event, Position.ofDurable(position), false, placeId(seal), timeMs);
    }
}
