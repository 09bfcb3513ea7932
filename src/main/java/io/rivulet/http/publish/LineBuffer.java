package io.rivulet.http.publish;

import static io.rivulet.refusal.Refused.Reason.TOO_LARGE;

import io.rivulet.config.SettingsTable;
import io.rivulet.http.form.BytesInFlight;
import io.rivulet.refusal.Refused;
import java.util.Arrays;

/**
 * The bytes of a body that have come and are not published yet, and the whole lines in them. {@link LinePublish} has
 * one, and it is as little shared between threads as that one's loop.
 *
 * <p>It holds no more than the longest line needs, and charges what it holds. A body that sends much at once gets a
 * larger buffer where the memory is there, so that more lines are one commit; one that is slow gives it back.
 */
final class LineBuffer {

    private static final int FIRST_BYTES = 4_096;
    /** About as many lines as one commit takes. */
    private static final int LARGE_BYTES = 64 << 10;
    private static final int LINE_END_BYTES = 2;

    private final int lineMax;
    private final BytesInFlight.Charge charge;
    private byte[] bytes;
    private int from;
    private int to;
    /** Up to here no line ends. */
    private int searched;

    /**
     * An empty buffer.
     *
     * @param charge  holds what it takes
     * @throws Refused when there is no memory for it
     */
    LineBuffer(long lineMax, BytesInFlight.Charge charge) {
        this.lineMax = (int) lineMax;
        this.charge = charge;
        charge.take(FIRST_BYTES);
        bytes = new byte[FIRST_BYTES];
    }

    /** Where the next bytes go. */
    byte[] bytes() {
        return bytes;
    }

    /** The index of the next byte. */
    int at() {
        return to;
    }

    /** How many may come; to be asked after {@link #makeRoom}. */
    int room() {
        return bytes.length - to;
    }

    /** So many have come. */
    void added(int n) {
        to += n;
    }

    /** Whether nothing is left in it. */
    boolean isEmpty() {
        return from == to;
    }

    /**
     * The next whole line without its end, or null.
     *
     * @throws Refused when it is too long, also while it has no end yet
     */
    byte[] next() {
        while (searched < to && bytes[searched] != '\n') {
            searched++;
        }
        if (searched == to) {
            if (to - from > lineMax + 1) { // one more, which may be a CR
                throw tooLong("more than " + lineMax);
            }
            return null;
        }
        int end = searched > from && bytes[searched - 1] == '\r' ? searched - 1 : searched;
        byte[] line = line(end);
        from = ++searched;
        return line;
    }

    /** What is left once the body has ended: the last line where it has no end of its own, or null. */
    byte[] rest() {
        if (from == to) {
            return null;
        }
        byte[] line = line(bytes[to - 1] == '\r' ? to - 1 : to);
        from = to;
        searched = to;
        return line;
    }

    private byte[] line(int end) {
        if (end - from > lineMax) {
            throw tooLong(Integer.toString(end - from));
        }
        return Arrays.copyOfRange(bytes, from, end);
    }

    private Refused tooLong(String has) {
        return Refused.because(TOO_LARGE, "the line has " + has + " bytes; at most " + lineMax + " are allowed ("
            + SettingsTable.BODY_MAX.fullKey() + ")");
    }

    /**
     * Makes room, once its whole lines were taken.
     *
     * @param isFast the last reads filled all there was
     * @throws Refused when the line that has begun needs memory that is not there
     */
    void makeRoom(boolean isFast) {
        if (from > 0) {
            System.arraycopy(bytes, from, bytes, 0, to - from);
            to -= from;
            searched -= from;
            from = 0;
        }
        if (to == bytes.length) {
            int more = (int) Math.min(bytes.length * 2L, lineMax + (long) LINE_END_BYTES);
            charge.take(more); // for a moment there are both
            resize(more);
        } else if (isFast && bytes.length < LARGE_BYTES && charge.tryTake(bytes.length * 2L)) {
            resize(bytes.length * 2);
        } else if (!isFast && to == 0 && bytes.length > FIRST_BYTES) {
            charge.hold(FIRST_BYTES);
            resize(FIRST_BYTES);
        }
    }

    private void resize(int length) {
        int before = bytes.length;
        bytes = Arrays.copyOf(bytes, length);
        charge.give(before);
    }

    /** Lets go of its memory: nothing more will be asked of it. */
    void close() {
        bytes = new byte[0];
        from = 0;
        to = 0;
        searched = 0;
    }
}
