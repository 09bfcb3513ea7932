package io.rivulet.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Writes the grammar of an event stream (WHATWG HTML 9.2.5): one method for each field. Not for several threads. */
final class WireBuffer {

    /** Of a field beside its name and its value. */
    private static final int FIELD_BYTES = 3;
    private static final byte[] DATA = {'d', 'a', 't', 'a', ':', ' '};

    private byte[] bytes;
    private int length;
    private boolean hasReturns;

    WireBuffer(int expected) {
        bytes = new byte[expected];
    }

    /** Bytes of the fields that {@link #data} makes of a payload; of one with CR LF some more. */
    static int lengthOfData(byte[] payload) {
        int breaks = 0;
        for (byte b : payload) {
            breaks += b == '\n' || b == '\r' ? 1 : 0;
        }
        return payload.length + (breaks + 1) * DATA.length + 1;
    }

    /** Bytes of a field, where its value is ASCII. */
    static int lengthOf(String name, String value) {
        return name.length() + value.length() + FIELD_BYTES;
    }

    int length() {
        return length;
    }

    /** A field of one line; the value has passed the rules of {@link Event} and holds no CR, LF or NUL. */
    WireBuffer field(String name, String value) {
        append(name);
        append((byte) ':');
        append((byte) ' ');
        append(value);
        append((byte) '\n');
        return this;
    }

    /** A text in UTF-8; of ASCII, as mostly, no array is made. */
    private void append(String text) {
        room(text.length());
        int start = length;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c >= 0x80) {
                length = start;
                append(text.getBytes(StandardCharsets.UTF_8));
                return;
            }
            bytes[length++] = (byte) c;
        }
    }

    /** Lines that were written before. */
    WireBuffer append(byte[] lines, int from, int to) {
        room(to - from);
        System.arraycopy(lines, from, bytes, length, to - from);
        length += to - from;
        return this;
    }

    /** One {@code data} line for each line of the payload, ended by CR LF, CR or LF; an empty payload is one line. */
    WireBuffer data(byte[] payload) {
        int start = 0;
        for (int i = 0; i < payload.length; i++) {
            byte b = payload[i];
            if (b == '\n' || b == '\r') {
                line(payload, start, i);
                if (b == '\r') {
                    hasReturns = true;
                    i += i + 1 < payload.length && payload[i + 1] == '\n' ? 1 : 0;
                }
                start = i + 1;
            }
        }
        line(payload, start, payload.length);
        return this;
    }

    /** Whether a line of the data ended in a carriage return, which its lines do not tell. */
    boolean hasReturns() {
        return hasReturns;
    }

    /** The blank line that dispatches the event, and the whole. */
    byte[] end() {
        append((byte) '\n');
        return length == bytes.length ? bytes : Arrays.copyOf(bytes, length);
    }

    private void line(byte[] payload, int from, int to) {
        append(DATA);
        room(to - from + 1);
        System.arraycopy(payload, from, bytes, length, to - from);
        length += to - from;
        bytes[length++] = '\n';
    }

    private void append(byte[] more) {
        room(more.length);
        System.arraycopy(more, 0, bytes, length, more.length);
        length += more.length;
    }

    private void append(byte b) {
        room(1);
        bytes[length++] = b;
    }

    private void room(int more) {
        if (bytes.length - length < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + more));
        }
    }
}
