package io.rivulet.hub.stream.feed;

import io.rivulet.event.Position;

/**
 * Where one stream is in the total order. It alone holds that position and alone moves it; the shard and the feed of
 * the stream move it through these methods, on the shard's thread.
 *
 * <p>Invariant: every event at or below {@link #seen} has been examined for the stream and, if it matched, is sent or
 * waits in the stream's feed. The position only goes forward, and so do the events that are sent: an event at or below
 * the last one sent is refused here. Without that check a fault elsewhere would put ids out of order on the wire, and
 * the client's next resume would skip events or get them twice. With it the stream ends, and the client resumes from an
 * id that is right.
 */
public final class Cursor {

    private Position seen = Position.START;
    /** The place of the last event sent, in two numbers: no object is kept alive for it. */
    private long sentDurable;
    private long sentTransients;
    /** Transient events after this place may be lost without the client having been told; null while none can be. */
    private Position untoldFrom;

    /** How much the log had taken, what time it was, and how many events there were when the client got its last id. */
    private long idBytes;
    private long idMs;
    private long idDurable;

    /** Bytes of the next write while the stream is behind. */
    /** Negative once its socket has been full: a field for that would make each stream larger. */
    private int writeBytes = WriteBudget.FREE_BYTES;

    /** An event or an event of the hub's own was about to go out of order: a fault of the hub. */
    static final class OutOfOrder extends IllegalStateException {
        OutOfOrder(String what) {
            super(what);
        }
    }

    /** Everything at or below this place has been examined. */
    public Position seen() {
        return seen;
    }

    /** Whether this place has not been examined yet. */
    public boolean isBefore(Position place) {
        return place.isAfter(seen);
    }

    /** Everything up to this place has been examined; a place that lies behind changes nothing. */
    public void examined(Position upTo) {
        if (upTo.isAfter(seen)) {
            seen = upTo;
        }
    }

    /**
     * Events are handed to the outlet now.
     *
     * @throws OutOfOrder when the first is not after the last one sent
     */
    public void sending(Position first, Position last) {
        if (!isAfterSent(first)) {
            throw new OutOfOrder("an event at " + first + " came after one at " + sent());
        }
        sentDurable = last.durable();
        sentTransients = last.transients();
    }

    /**
     * An event of the hub's own is handed to the outlet now; its id is a cursor for this place.
     *
     * @throws OutOfOrder when an event behind that place was sent already
     */
    public void saying(Position place) {
        if (place.compareTo(sent()) < 0) {
            throw new OutOfOrder("the hub's own event for " + place + " came after an event at " + sent());
        }
    }

    private boolean isAfterSent(Position place) {
        return place.durable() > sentDurable || place.durable() == sentDurable && place.transients() > sentTransients;
    }

    private Position sent() {
        return new Position(sentDurable, sentTransients);
    }

    /** Bytes of the next write while the stream is behind, at most: more as long as its socket takes each at once. */
    int writeBytes() {
        return Math.abs(writeBytes);
    }

    /** Whether its socket has ever been full: then what is read for it goes by what it takes. */
    boolean wasFull() {
        return writeBytes < 0;
    }

    /** A write was made while the stream is behind: the next one may be larger. */
    void wrote() {
        int next = Math.min(WriteBudget.WRITE_BYTES, writeBytes() * 2);
        writeBytes = wasFull() ? -next : next;
    }

    /** The socket is full: what the stream holds is to be small from now on. */
    public void socketFull() {
        writeBytes = -WriteBudget.FREE_BYTES;
    }

    /** From this place on transient events may be lost; only the first such place counts until it is told. */
    public void mayLoseFrom(Position place) {
        if (untoldFrom == null) {
            untoldFrom = place;
        }
    }

    /** From where transient events may be lost without having been told; null: from nowhere. */
    Position untoldFrom() {
        return untoldFrom;
    }

    /** The client knows of what was lost up to now, or nothing was. */
    void lossesTold() {
        untoldFrom = null;
    }

    /** The client knows of what was lost up to this place, or is about to be told before anything else is sent. */
    void lossesToldUpTo(Position place) {
        if (untoldFrom == null || place.isAfter(untoldFrom)) {
            untoldFrom = place;
        }
    }

    /** Under another grant, or of other topics, more may be lost of what comes than the client was told of. */
    void mayHaveLostMore() {
        if (untoldFrom != null && untoldFrom.isAfter(seen)) {
            untoldFrom = seen;
        }
    }

    /** The client has an id for this place now: {@code rivulet.cursor} need not remind it. */
    public void hasId(Round round, Position at) {
        idBytes = round.bytesAppended();
        idMs = round.ms();
        idDurable = at.durable();
    }

    /** Bytes that the log has taken since the client got its last id. */
    public long bytesSinceId(Round round) {
        return round.bytesAppended() - idBytes;
    }

    /** Milliseconds since the client got its last id. */
    public long msSinceId(Round round) {
        return round.ms() - idMs;
    }

    /** Durable events since the client got its last id. */
    public long eventsSinceId(Round round) {
        return round.place().durable() - idDurable;
    }
}
