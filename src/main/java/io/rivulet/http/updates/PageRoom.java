package io.rivulet.http.updates;

import io.rivulet.http.form.BytesInFlight;
import io.rivulet.hub.resume.HistoryPages;

/**
 * Memory for a page of history, as {@link EventsServlet} charges it to whoever asks. The first event must have room, or
 * the request is refused; where a later one has none the page ends. Reader threads, one at a time, then a container's.
 *
 * <p>The hard thing is what a page is charged beside its events. Many strangers' look-ups may wait, those of clients
 * that have left among them, and what they do not need would be missing for everybody else's. So a look-up that waits
 * is charged little, and the piece that will be written is charged with the events that are in it. A page of one event
 * is charged a fifth of what a large piece takes: two look-ups of one address were once too much where strangers held
 * the rest.
 */
final class PageRoom implements HistoryPages.Room {

    /** Of a look-up that waits for the log, or has found nothing: the answer without events is within it. */
    private static final int WAITING_BYTES = 4_096;
    private static final int EMPTY_BYTES = 1_024;
    /** Of a page, beside that and its events: the largest piece. */
    private static final int PIECE_BYTES = 32_768 - WAITING_BYTES;

    private final BytesInFlight.Charge charge;
    private long events;
    private long piece;

    /**
     * Room of this charge, for a look-up that begins.
     *
     * @throws io.rivulet.refusal.Refused where there is none: whoever has no memory left does not ask the log
     */
    PageRoom(BytesInFlight.Charge charge) {
        this.charge = charge;
        charge.take(WAITING_BYTES);
    }

    /** Whom it is charged to. */
    BytesInFlight.Charge charge() {
        return charge;
    }

    @Override
    public void begin() {
        charge.give(events + piece);
        events = 0;
        piece = 0;
    }

    @Override
    public boolean take(long bytes) {
        // as JSON an event is mostly shorter than in memory
        long morePiece = Math.min(PIECE_BYTES, events + bytes) - piece;
        if (events == 0) {
            charge.take(bytes + morePiece);
        } else if (!charge.tryTake(bytes + morePiece)) {
            return false;
        }
        events += bytes;
        piece += morePiece;
        return true;
    }

    /**
     * Now it is known how long the page is, and a short one is one piece.
     *
     * @throws io.rivulet.refusal.Refused when so much of it has to be escaped that there is no room for it
     */
    void settle(long length) {
        long needed = Math.min(PIECE_BYTES, Math.max(0, length - EMPTY_BYTES));
        if (needed > piece) {
            charge.take(needed - piece);
        } else {
            charge.give(piece - needed);
        }
        piece = needed;
    }
}
