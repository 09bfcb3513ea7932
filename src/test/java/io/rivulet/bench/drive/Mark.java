package io.rivulet.bench.drive;

/**
 * What every event of a measurement carries: {@code zqt}, 19 digits of the nanoseconds at which it was sent, {@code n},
 * two digits of its <em>stream</em> and eight of its number there. A stream is a sequence without holes: whoever gets
 * numbers 4 and 6 of one has missed an event. Holds the mark parsed last; one thread.
 */
final class Mark {

    static final int LENGTH = 3 + 19 + 1 + 2 + 8;
    static final int STREAMS_MAX = 100;

    private long nanos;
    private int stream;
    private int number;

    /** Writes a mark at {@code at}. */
    static void write(byte[] into, int at, long nanos, int stream, int number) {
        into[at] = 'z';
        into[at + 1] = 'q';
        into[at + 2] = 't';
        digits(into, at + 3, 19, nanos);
        into[at + 22] = 'n';
        digits(into, at + 23, 2, stream);
        digits(into, at + 25, 8, number);
    }

    private static void digits(byte[] into, int at, int count, long value) {
        long rest = value;
        for (int i = at + count - 1; i >= at; i--) {
            into[i] = (byte) ('0' + rest % 10);
            rest /= 10;
        }
    }

    /** Where the next {@code zqt} begins, or -1. Looks at every third byte of what is no mark. */
    static int find(byte[] in, int from, int to) {
        int i = from + 2;
        while (i < to) {
            byte b = in[i];
            if (b == 't' && in[i - 1] == 'q' && in[i - 2] == 'z') {
                return i - 2;
            }
            i += b == 'z' ? 2 : b == 'q' ? 1 : b == 't' ? 1 : 3;
        }
        return -1;
    }

    /** Reads the mark that begins at {@code at}, of which all bytes must be there; false when it is none. */
    boolean parse(byte[] in, int at) {
        nanos = number(in, at + 3, 19);
        stream = (int) number(in, at + 23, 2);
        number = (int) number(in, at + 25, 8);
        return nanos >= 0 && stream >= 0 && number >= 0 && in[at + 22] == 'n';
    }

    private static long number(byte[] in, int at, int count) {
        long value = 0;
        for (int i = at; i < at + count; i++) {
            int digit = in[i] - '0';
            if (digit < 0 || digit > 9) {
                return -1;
            }
            value = value * 10 + digit;
        }
        return value;
    }

    /** {@link System#nanoTime} of the driver when the event was sent. */
    long nanos() {
        return nanos;
    }

    int stream() {
        return stream;
    }

    int number() {
        return number;
    }
}
