package io.rivulet.event;

import io.rivulet.topic.Topic;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * An event in its position, rendered once: these bytes are shared by all who get it. The committer and the log's
 * readers make frames, the shards send them. Immutable, any thread.
 *
 * <p>The fields are {@code event}, {@code retry}, {@code data} lines, {@code id} last, blank line (WHATWG HTML 9.2.5).
 * With the id last, a client whose stream is cut inside the event has not taken over its id and asks for it again.
 */
public final class EventFrame {

    private static final byte[] SILENCE = {':', '\n'};

    private final Position position;
    private final String id;
    private final String placeId;
    private final List<String> topics;
    private final boolean isPrivate;
    private final boolean isForOperators;
    private final boolean isTransient;
    private final TopicEnd end;
    /** Whether it says nothing of a publisher's: the end of a topic without a word, or the wish for one. */
    private final boolean isSilent;
    private final long timeMs;
    private final byte[] bytes;
    private final int weight;
    /** Where the {@code retry} line stands in the bytes; it is left out of a replay. */
    private final int retryStart;
    private final int retryEnd;
    /** The bytes for a replay, rendered when the first stream wants them: two threads may both do so. */
    private volatile byte[] replay;
    /** The event as JSON: null until the first stream wants it, as mostly. */
    private volatile Envelopes envelopes;
    /** The variant that has other bytes of this event, which are shared as well; null where none has, as mostly. */
    private final Variant differs;
    /** What Mercure 0.x gets instead of the data of an event of the hub's own; null for all others. */
    private final byte[] legacyData;
    /** The bytes of that variant, live and for a replay, rendered when the first stream wants them. */
    private volatile byte[] other;
    private volatile byte[] otherReplay;

    /**
     * Renders the event in this position.
     *
     * @param placeId the sealed position, which is the event's public id unless the publisher gave one
     * @param timeMs  its commit's time since 1970
     */
    public EventFrame(Event event, Position position, boolean isTransient, String placeId, long timeMs) {
        this.position = position;
        this.isTransient = isTransient;
        this.placeId = placeId;
        this.id = event.id() != null ? event.id() : placeId;
        this.topics = event.topics();
        this.isPrivate = event.isPrivate();
        this.isForOperators = isPrivate && Topic.isOneForOperators(topics);
        this.end = event.end();
        this.isSilent = event.isBareEnd() || event.isCancel();
        this.timeMs = timeMs;
        WireBuffer wire = new WireBuffer(lengthOf(event, id));
        if (event.type() != null) {
            wire.field("event", event.type());
        }
        retryStart = wire.length();
        if (event.retryMs() > 0) {
            wire.field("retry", Integer.toString(event.retryMs()));
        }
        retryEnd = wire.length();
        legacyData = event.legacyData();
        differs = legacyData != null ? Variant.LEGACY : event.repeatsId() ? Variant.PLACED : null;
        if (!event.isBareEnd()) { // else a client takes the id, and a page sees no event
            wire.data(event.data());
        }
        bytes = wire.field("id", id).end();
        replay = retryStart == retryEnd ? bytes : null;
        int twice = replay == null ? bytes.length : 0; // the second array counts before it is there
        envelopes = wire.hasReturns() ? new Envelopes(event.data()) : null;
        int dataTwice = envelopes == null ? 0 : event.data().length;
        int own = (bytes.length + twice) * (differs == Variant.PLACED ? 2 : 1);
        weight = own + dataTwice + event.weight() - event.data().length;
    }

    /** Bytes of the event on the wire, so that they need one array; some of them are few, and rare. */
    private static int lengthOf(Event event, String id) {
        return (event.type() == null ? 0 : WireBuffer.lengthOf("event", event.type()))
            + (event.retryMs() > 0 ? WireBuffer.lengthOf("retry", Integer.toString(event.retryMs())) : 0)
            + (event.isBareEnd() ? 0 : WireBuffer.lengthOfData(event.data()))
            + WireBuffer.lengthOf("id", id) + 1;
    }

    /** Its position in the total order. */
    public Position position() {
        return position;
    }

    /** Its public id: the publisher's, or the hub's. */
    public String id() {
        return id;
    }

    /** The sealed position: a cursor that is exact even where a publisher's id repeats. */
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

    /** Whether those who operate the hub alone may see it, whatever topics others may read; it is private then. */
    public boolean isForOperators() {
        return isForOperators;
    }

    /** Whether an earlier event has the same id. */
    public boolean repeatsId() {
        return differs == Variant.PLACED;
    }

    /** Why its topic ends with it; null when it does not, as mostly. */
    public TopicEnd end() {
        return end;
    }

    /** Whether it is in memory only. */
    public boolean isTransient() {
        return isTransient;
    }

    /** Whether it tells of subscriptions: made by the hub itself, and by nobody else. */
    public boolean isPresence() {
        return legacyData != null;
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

    /** The shared bytes for a live stream, to read only: all who get them get this array. */
    public byte[] live() {
        return bytes;
    }

    /** The shared bytes for a replay: a {@code retry} of then would be wrong now. */
    public byte[] replay() {
        byte[] rendered = replay;
        if (rendered == null) {
            rendered = withoutRetry();
            replay = rendered;
        }
        return rendered;
    }

    private byte[] withoutRetry() {
        byte[] without = new byte[bytes.length - (retryEnd - retryStart)];
        System.arraycopy(bytes, 0, without, 0, retryStart);
        System.arraycopy(bytes, retryEnd, without, retryStart, bytes.length - retryEnd);
        return without;
    }

    /**
     * The bytes for a live stream of this variant.
     *
     * @param told the topics that this stream may be told, for variants that tell them
     */
    public byte[] live(Variant variant, List<String> told) {
        if (!variant.isShared()) {
            return variant.isBare() ? bare(variant, live(), true)
                : variant.isKept() ? enveloped(variant, told, true) : withTopics(told, retryEnd);
        }
        return variant == differs ? otherLive() : live();
    }

    /** The same for a replay. */
    public byte[] replay(Variant variant, List<String> told) {
        if (!variant.isShared()) {
            return variant.isBare() ? bare(variant, replay(), false)
                : variant.isKept() ? enveloped(variant, told, false) : withTopics(told, retryStart);
        }
        return variant == differs ? otherReplay() : replay();
    }

    private byte[] enveloped(Variant variant, List<String> told, boolean live) {
        Envelopes kept = envelopes;
        if (kept == null) {
            kept = new Envelopes(null);
            envelopes = kept; // of two threads one may take the other's place: its bytes are made once more
        }
        boolean placed = repeatsId(); // envelopes are for /api/updates alone
        return kept.bytes(new Envelopes.Framed(placed ? otherLive() : bytes, retryStart, retryEnd, topics,
            placed ? placeId : id, timeMs, end), variant == Variant.ENVELOPE_OF_JSON, told, live);
    }

    private byte[] otherLive() {
        byte[] rendered = other;
        if (rendered == null) {
            rendered = legacyData == null ? placed(live())
                : new WireBuffer(legacyData.length + 96).data(legacyData).field("id", id).end();
            other = rendered;
        }
        return rendered;
    }

    private byte[] otherReplay() {
        if (legacyData != null || retryStart == retryEnd) {
            return otherLive();
        }
        byte[] rendered = otherReplay;
        if (rendered == null) {
            rendered = placed(replay());
            otherReplay = rendered;
        }
        return rendered;
    }

    /** These bytes with the sealed place instead of the id, whose line is the last one. */
    private byte[] placed(byte[] form) {
        return new WireBuffer(form.length + placeId.length()).append(form, 0, beforeId(form)).field("id", placeId)
            .end();
    }

    /** The publisher's event alone; where there is nothing of the publisher's, a comment. */
    private byte[] bare(Variant variant, byte[] form, boolean isLive) {
        if (isSilent) {
            return SILENCE;
        }
        if (variant == Variant.BARE) {
            return !repeatsId() ? form : isLive ? otherLive() : otherReplay();
        }
        int end = beforeId(form);
        return new WireBuffer(end + 1).append(form, 0, end).end();
    }

    /** Where in these bytes the line of the id begins, which is the last one. */
    private int beforeId(byte[] form) {
        return form.length - "id: ".length() - id.getBytes(StandardCharsets.UTF_8).length - "\n\n".length();
    }

    /** The fields up to {@code upTo}, a line for each topic, then data and id. */
    private byte[] withTopics(List<String> told, int upTo) {
        WireBuffer wire = new WireBuffer(bytes.length + 64 * told.size()).append(bytes, 0, upTo);
        for (String topic : told) {
            wire.field("topics", topic);
        }
        return wire.append(bytes, retryEnd, bytes.length - 1).end();
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

    /** An event that has nothing but these data. */
    public static byte[] bare(String data) {
        return new WireBuffer(data.length() + 16).data(data.getBytes(StandardCharsets.UTF_8)).end();
    }
}
