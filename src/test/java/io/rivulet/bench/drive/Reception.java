package io.rivulet.bench.drive;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What one subscriber has got: finds the complete events in its bytes, reads their marks and keeps count of what came
 * twice or is missing. An event counts when its blank line is there, as in a browser. The thread of the
 * {@link Crowd} alone.
 */
final class Reception {

    private static final byte[] NOTHING = new byte[0];
    private static final byte[] ID = "\nid:".getBytes(StandardCharsets.US_ASCII);

    /** Is told of each event. */
    interface Sink {
        void event(Reception of, Mark mark);
    }

    private final int[] last;
    private final boolean keepsIds;
    private byte[] carry = NOTHING;
    private String lastId;
    private long events;
    private long gaps;
    private long doubles;

    /** {@code streams} as in {@link Mark}; {@code keepsIds} for those that are to resume. */
    Reception(int streams, boolean keepsIds) {
        last = new int[streams];
        Arrays.fill(last, -1);
        this.keepsIds = keepsIds;
    }

    /** Bytes of an event that is not complete; to be laid before what is read next. */
    byte[] carry() {
        return carry;
    }

    /** Looks at {@code bytes[0..to)}, which begin with the {@link #carry}. */
    void take(byte[] bytes, int to, Mark mark, Sink sink) {
        int at = 0;
        int lastFrom = -1;
        int found = Mark.find(bytes, at, to);
        while (found >= 0) {
            int end = found + Mark.LENGTH > to ? -1 : blankLine(bytes, found + Mark.LENGTH, to);
            if (end < 0) {
                break;
            }
            if (mark.parse(bytes, found)) {
                count(mark);
                sink.event(this, mark);
                lastFrom = found;
            }
            at = end;
            found = Mark.find(bytes, at, to);
        }
        if (keepsIds && lastFrom >= 0) {
            keepId(bytes, lastFrom, at); // of the newest only: a string for each event would be the driver's main work
        }
        carry = copy(bytes, found < 0 ? Math.max(at, to - 2) : found, to);
    }

    private static byte[] copy(byte[] bytes, int from, int to) {
        return from == to ? NOTHING : Arrays.copyOfRange(bytes, from, to);
    }

    /** Behind the next two LF, or -1. */
    private static int blankLine(byte[] bytes, int from, int to) {
        int i = from + 1;
        while (i < to) {
            if (bytes[i] != '\n') {
                i += 2;
            } else if (bytes[i - 1] == '\n') {
                return i + 1;
            } else {
                i++;
            }
        }
        return -1;
    }

    private void keepId(byte[] bytes, int from, int end) {
        for (int i = end - ID.length; i >= from; i--) {
            if (Arrays.equals(bytes, i, i + ID.length, ID, 0, ID.length)) {
                int stop = i + 1;
                while (bytes[stop] != '\n') {
                    stop++;
                }
                lastId = new String(bytes, i + ID.length, stop - i - ID.length, StandardCharsets.UTF_8).strip();
                return;
            }
        }
    }

    private void count(Mark mark) {
        events++;
        if (mark.stream() < last.length) {
            int before = last[mark.stream()];
            if (before >= 0 && mark.number() <= before) {
                doubles++;
            } else if (before >= 0) {
                gaps += mark.number() - before - 1;
            }
            last[mark.stream()] = Math.max(before, mark.number());
        }
    }

    /** The connection is gone, and with it what was half here; what was got stays known. */
    void cut() {
        carry = NOTHING;
    }

    /** The newest event's id, or null. */
    String lastId() {
        return lastId;
    }

    /** The newest number of a stream that came, or -1. */
    int last(int stream) {
        return last[stream];
    }

    long events() {
        return events;
    }

    /** Numbers that were passed over. */
    long gaps() {
        return gaps;
    }

    /** Events that came again, or too late. */
    long doubles() {
        return doubles;
    }
}
