package io.rivulet.event;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * An event at its place, rendered once: these bytes are shared by all who get it. {@code event}, {@code retry},
 * {@code data} lines, {@code id} last, blank line (WHATWG HTML 9.2.5): with the id last, a client whose stream is cut
 * inside the event has not taken over its id and asks for it again. Immutable, any thread.
 */
public final class EventFrame {

    private final Position position;
    private final String id;
    private final String placeId;
    private final List<String> topics;
    private final boolean isPrivate;
    private final boolean isTransient;
    private final long timeMs;
    private final byte[] bytes;
    private final int weight;
    /** Where the {@code retry} line stands in the bytes; it is left out of a replay. */
    private final int retryStart;
    private final int retryEnd;

    /**
     * Renders the event at this place.
     *
     * @param placeId the sealed place, which is the event's public id unless the publisher gave one
     * @param timeMs  its commit's time since 1970
     */
    public EventFrame(Event event, Position position, boolean isTransient, String placeId, long timeMs) {
        this.position = position;
        this.isTransient = isTransient;
        this.placeId = placeId;
        this.id = event.id() != null ? event.id() : placeId;
        this.topics = event.topics();
        this.isPrivate = event.isPrivate();
        this.timeMs = timeMs;
        WireBuffer wire = new WireBuffer(event.data().length + 96 + id.length());
        if (event.type() != null) {
            wire.field("event", event.type());
        }
        retryStart = wire.length();
        if (event.retryMs() > 0) {
            wire.field("retry", Integer.toString(event.retryMs()));
        }
        retryEnd = wire.length();
        bytes = wire.data(event.data()).field("id", id).end();
        weight = bytes.length + event.weight() - event.data().length;
    }

    /** Its place in the total order. */
    public Position position() {
        return position;
    }

    /** Its public id: the publisher's, or the hub's. */
    public String id() {
        return id;
    }

    /** The sealed place: a cursor that is exact even where a publisher's id repeats. */
    public String placeId() {
        return placeId;
    }

    /** Its topics, the canonical one first. */
    public List<String> topics() {
        return topics;
    }

    /** Whether only those with a grant may see it. */
    public boolean isPrivate() {
        return isPrivate;
    }

    /** Whether it is in memory only. */
    public boolean isTransient() {
        return isTransient;
    }

    /** When it was committed, in milliseconds since 1970. */
    public long timeMs() {
        return timeMs;
    }

    /** Bytes on the wire, live. */
    public int length() {
        return bytes.length;
    }

    /** Bytes it takes in memory, about: a hundred long topics may weigh more than what is sent. */
    public int weight() {
        return weight;
    }

    /** The shared bytes for a live stream: a view of its own, to read only. */
    public ByteBuffer live() {
        return ByteBuffer.wrap(bytes);
    }

    /** The bytes for a replay: a {@code retry} of then would be wrong now. */
    public ByteBuffer replay() {
        if (retryStart == retryEnd) {
            return live();
        }
        byte[] without = new byte[bytes.length - (retryEnd - retryStart)];
        System.arraycopy(bytes, 0, without, 0, retryStart);
        System.arraycopy(bytes, retryEnd, without, retryStart, bytes.length - retryEnd);
        return ByteBuffer.wrap(without);
    }

    /** A control event of the hub's own: not in the log, not in the order; {@code id} may be null. */
    public static byte[] control(String type, String json, String id) {
        WireBuffer wire = new WireBuffer(json.length() + 96).field("event", type)
            .data(json.getBytes(StandardCharsets.UTF_8));
        if (id != null) {
            wire.field("id", id);
        }
        return wire.end();
    }
}
