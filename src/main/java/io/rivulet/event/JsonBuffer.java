package io.rivulet.event;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Bytes of JSON that grow. Events as JSON are written with it: in a stream with {@code envelope=json}, and in a page of
 * history. Not for several threads.
 *
 * <p>What it writes is one line to everybody: U+0085, U+2028 and U+2029 are line breaks to some clients, so they are
 * escaped as well. In UTF-8 they have two or three bytes.
 */
public final class JsonBuffer {

    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int SPACE = 0x20;
    /** The longest piece that stands for one byte of text. */
    private static final int ESCAPE_BYTES = 6;

    /** How many bytes stand for one byte of text; 0 where that depends on the next ones. */
    private static final byte[] LENGTHS = lengths();

    /** Null where bytes are counted only. */
    private byte[] bytes;
    private int size;

    public JsonBuffer(int expected) {
        bytes = new byte[Math.max(expected, ESCAPE_BYTES)];
    }

    private JsonBuffer() {
    }

    /** One that keeps nothing and counts: the length of a text costs a fraction of the text. */
    public static JsonBuffer counting() {
        return new JsonBuffer();
    }

    private static byte[] lengths() {
        byte[] lengths = new byte[256];
        Arrays.fill(lengths, (byte) 1);
        Arrays.fill(lengths, 0, SPACE, (byte) ESCAPE_BYTES);
        for (char c : "\n\r\t\b\f\"\\".toCharArray()) {
            lengths[c] = 2;
        }
        lengths[0xc2] = 0;
        lengths[0xe2] = 0;
        return lengths;
    }

    /** How many bytes it has. */
    public int size() {
        return size;
    }

    /** Forgets all of them. */
    public void reset() {
        size = 0;
    }

    /** A copy of them. */
    public byte[] toBytes() {
        return Arrays.copyOf(bytes, size);
    }

    /** Text of ASCII as it is. */
    public JsonBuffer ascii(String text) {
        if (bytes == null) {
            size += text.length();
            return this;
        }
        byte[] more = text.getBytes(StandardCharsets.US_ASCII);
        return raw(more, 0, more.length);
    }

    /** Bytes as they are. */
    JsonBuffer raw(byte[] from, int start, int end) {
        if (bytes != null) {
            room(end - start);
            System.arraycopy(from, start, bytes, size, end - start);
        }
        size += end - start;
        return this;
    }

    /** A text in quotes; null as it is called in JSON. */
    public JsonBuffer string(String text) {
        if (text == null) {
            return ascii("null");
        }
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        ascii("\"");
        inString(utf8, 0, utf8.length);
        return ascii("\"");
    }

    /**
     * A part of a text that stands in quotes.
     *
     * @return the first byte that is not written: {@code end}, or a little more where it lies inside a character
     */
    public int inString(byte[] utf8, int start, int end) {
        int at = start;
        while (bytes == null && at < end) {
            int length = LENGTHS[utf8[at] & 0xff];
            int wide = length == 0 ? wideBreak(utf8, at) : 0;
            size += wide > 0 ? 0 : Math.max(1, length); // what stands for a line break is counted already
            at += Math.max(1, wide);
        }
        while (at < end) {
            room(ESCAPE_BYTES);
            at += escape(utf8, at);
        }
        return at;
    }

    /**
     * A part of what is JSON, on one line. It may have line ends between two of its words, and nowhere else, so they
     * become spaces.
     *
     * @return as {@link #inString}
     */
    public int inLine(byte[] json, int start, int end) {
        int at = start;
        while (at < end) {
            room(ESCAPE_BYTES);
            byte b = json[at];
            int wide = b < 0 ? wideBreak(json, at) : 0;
            if (wide == 0) {
                if (bytes != null) {
                    bytes[size] = b == '\n' || b == '\r' ? (byte) ' ' : b;
                }
                size++;
            }
            at += Math.max(1, wide);
        }
        return at;
    }

    /** Writes one byte of a text, or what stands for it, and returns how many bytes of the text that was. */
    private int escape(byte[] utf8, int at) {
        byte b = utf8[at];
        if (b == '"' || b == '\\') {
            bytes[size++] = '\\';
        } else if (b < 0) {
            int wide = wideBreak(utf8, at);
            if (wide > 0) {
                return wide;
            }
        } else if (b < SPACE) {
            control(b);
            return 1;
        }
        bytes[size++] = b;
        return 1;
    }

    /** Writes a line break that is not of ASCII and returns how many bytes it has; 0 where there is none. */
    private int wideBreak(byte[] utf8, int at) {
        int b = utf8[at] & 0xff;
        if (b == 0xc2 && isNext(utf8, at, 0x85)) {
            ascii("\\u0085");
            return 2;
        }
        if (b == 0xe2 && isNext(utf8, at, 0x80) && (isNext(utf8, at + 1, 0xa8) || isNext(utf8, at + 1, 0xa9))) {
            ascii(isNext(utf8, at + 1, 0xa8) ? "\\u2028" : "\\u2029");
            return 3;
        }
        return 0;
    }

    private static boolean isNext(byte[] utf8, int at, int wanted) {
        return at + 1 < utf8.length && (utf8[at + 1] & 0xff) == wanted;
    }

    private void control(int b) {
        switch (b) {
            case '\n' -> ascii("\\n");
            case '\r' -> ascii("\\r");
            case '\t' -> ascii("\\t");
            case '\b' -> ascii("\\b");
            case '\f' -> ascii("\\f");
            default -> {
                ascii("\\u00");
                bytes[size++] = HEX[b >> 4];
                bytes[size++] = HEX[b & 0xf];
            }
        }
    }

    private void room(int more) {
        if (bytes != null && bytes.length - size < more) {
            bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, size + more));
        }
    }
}
