package io.rivulet.log;

import io.rivulet.event.Event;
import io.rivulet.event.EventFrame;
import io.rivulet.event.IdSeal;
import io.rivulet.event.Position;

/** An event at its place in the log. Immutable, any thread. */
public final class LogEntry {

    /** Of the objects that it and its frame consist of, beside their texts and bytes; about. */
    private static final int OBJECT_BYTES = 256;

    private final long position;
    private final int epoch;
    private final int nonce;
    private final long timeMs;
    private final Event event;
    private final Receipt receipt;
    /** Rendered when somebody wants it; two threads may both do so and make the same bytes, its fields are final. */
    private EventFrame frame;

    /**
     * An entry.
     *
     * @param position its number, from 1
     * @param epoch    the epoch it was appended in
     * @param nonce    of its commit: 24 random bits that tell one history from another
     * @param timeMs   of its commit, since 1970, never falling along the log
     * @param event    what was published
     * @param receipt  null without an idempotency key
     */
    public LogEntry(long position, int epoch, int nonce, long timeMs, Event event, Receipt receipt) {
        this.position = position;
        this.epoch = epoch;
        this.nonce = nonce;
        this.timeMs = timeMs;
        this.event = event;
        this.receipt = receipt;
    }

    /** Its number, from 1. */
    public long position() {
        return position;
    }

    /** The epoch it was appended in. */
    public int epoch() {
        return epoch;
    }

    /** Of its commit: 24 random bits that tell one history from another. */
    public int nonce() {
        return nonce;
    }

    /** When it was committed, in milliseconds since 1970; never falling along the log. */
    public long timeMs() {
        return timeMs;
    }

    /** What was published. */
    public Event event() {
        return event;
    }

    /** Key and content of an idempotent publish; null without a key. */
    public Receipt receipt() {
        return receipt;
    }

    /** The public id: the publisher's, else the sealed place. */
    public String id(IdSeal seal) {
        return event.id() != null ? event.id() : placeId(seal);
    }

    /** The sealed place. */
    public String placeId(IdSeal seal) {
        return seal.seal(epoch, position, 0, nonce);
    }

    /** The bytes on the wire, the same for all who read this entry; {@code seal} is the log's own. */
    public EventFrame frame(IdSeal seal) {
        EventFrame rendered = frame;
        if (rendered == null) {
            rendered = new EventFrame(event, Position.ofDurable(position), false, placeId(seal), timeMs);
            frame = rendered;
        }
        return rendered;
    }

    /** Bytes it takes in memory together with its frame, about. */
    public long weight() {
        return event.weight() + event.data().length + OBJECT_BYTES;
    }
}
