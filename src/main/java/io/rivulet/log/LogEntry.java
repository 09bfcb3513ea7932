package io.rivulet.log;

import io.rivulet.event.Event;
import io.rivulet.event.EventFrame;
import io.rivulet.event.IdSeal;
import io.rivulet.event.Position;

/**
 * One event at its position in the log. Made by the log; the hub shows it to streams, and the readers of history render
 * it. Immutable, for any thread.
 */
public final class LogEntry {

    /** The memory that an entry and its frame take beside their texts and bytes, about. */
    private static final int OBJECT_BYTES = 256;

    private final long position;
    private final int epoch;
    private final int nonce;
    private final long timeMs;
    private final Event event;
    private final Receipt receipt;
    private final ProducerMark producer;
    /** Made at first use. Two threads may both make it: the bytes are the same, and the fields of a frame are final. */
    private EventFrame frame;

    /**
     * An entry.
     *
     * @param position its number, from 1
     * @param epoch    the epoch it was appended in
     * @param nonce    of its commit: 24 random bits that tell one history from another
     * @param timeMs   of its commit, since 1970; falling along the log only where a clock that was ahead was put right
     * @param event    what was published
     * @param receipt  null without an idempotency key
     * @param producer null where the publisher does not number its events
     */
    public LogEntry(long position, int epoch, int nonce, long timeMs, Event event, Receipt receipt,
                    ProducerMark producer) {
        this.position = position;
        this.epoch = epoch;
        this.nonce = nonce;
        this.timeMs = timeMs;
        this.event = event;
        this.receipt = receipt;
        this.producer = producer;
    }

    /** An entry of a publisher who does not number its events. */
    public LogEntry(long position, int epoch, int nonce, long timeMs, Event event, Receipt receipt) {
        this(position, epoch, nonce, timeMs, event, receipt, null);
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

    /** When it was committed, as the clock said, in milliseconds since 1970. */
    public long timeMs() {
        return timeMs;
    }

    /** The event as it was published. */
    public Event event() {
        return event;
    }

    /** Key and content of an idempotent publish; null without a key. */
    public Receipt receipt() {
        return receipt;
    }

    /** The numbers of the publish that begins here; null without. */
    public ProducerMark producer() {
        return producer;
    }

    /** The public id: the publisher's, else the sealed position. */
    public String id(IdSeal seal) {
        return event.id() != null ? event.id() : placeId(seal);
    }

    /** The sealed position, which is the id of an event without an id of its own. */
    public String placeId(IdSeal seal) {
        return seal.seal(epoch, position, 0, nonce);
    }

    /** The bytes on the wire, the same for every reader of this entry; {@code seal} is the log's own. */
    public EventFrame frame(IdSeal seal) {
        EventFrame rendered = frame;
        if (rendered == null) {
            rendered = new EventFrame(event, Position.ofDurable(position), false, placeId(seal), timeMs);
            frame = rendered;
        }
        return rendered;
    }

    /** Bytes that the entry takes in memory together with its frame, about. */
    public long weight() {
        return event.weight() + event.data().length + OBJECT_BYTES;
    }
}
