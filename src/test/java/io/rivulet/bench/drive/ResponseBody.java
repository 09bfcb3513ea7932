package io.rivulet.bench.drive;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Takes the HTTP/1.1 framing off a response: the head, then chunks, as many bytes as it says, or all that come. Works
 * in the caller's array, so that nothing is allocated for a delivery.
 *
 * <p>A hub that is about to begin or to end answers with a stream of a declared length, and leaves the connection open:
 * who does not see its end sits there until the hub closes idle connections.
 */
public final class ResponseBody {

    private static final int HEAD_MAX = 16 << 10;

    private static final Pattern LENGTH = Pattern.compile("(?i)\r\ncontent-length: *(\\d+)");

    private enum State { HEAD, PLAIN, LENGTH, SIZE, AFTER_SIZE, DATA, AFTER_DATA, END }

    private State state = State.HEAD;
    private byte[] head = new byte[512];
    private int headLength;
    private int status;
    private long size;

    /** Of the response; 0 until its head has been read. */
    public int status() {
        return status;
    }

    /** Head and, of a refusal, what came with it; for messages. */
    public String headText() {
        return new String(head, 0, headLength, StandardCharsets.ISO_8859_1);
    }

    /** Whether the response said that it is complete. */
    public boolean ended() {
        return state == State.END;
    }

    /**
     * Moves the body's bytes among {@code bytes[from..to)} to {@code from} on, without what frames them.
     *
     * @return where they end
     */
    public int unframe(byte[] bytes, int from, int to) {
        int in = from;
        int out = from;
        while (in < to) {
            switch (state) {
                case HEAD -> {
                    in = takeHead(bytes, in, to);
                }
                case PLAIN, LENGTH, DATA -> {
                    int n = state == State.PLAIN ? to - in : (int) Math.min(to - in, size);
                    if (in != out) {
                        System.arraycopy(bytes, in, bytes, out, n);
                    }
                    in += n;
                    out += n;
                    size -= state == State.PLAIN ? 0 : n;
                    if (size == 0 && state != State.PLAIN) {
                        state = state == State.DATA ? State.AFTER_DATA : State.END;
                    }
                }
                case SIZE, AFTER_SIZE, AFTER_DATA -> frame(bytes[in++]);
                default -> in = to;
            }
        }
        return out;
    }

    private void frame(byte b) {
        if (state == State.AFTER_DATA) {
            if (b == '\n') {
                state = State.SIZE;
                size = 0;
            }
        } else if (b == '\n') {
            state = size == 0 ? State.END : State.DATA;
        } else if (state == State.SIZE) {
            int digit = Character.digit(b, 16);
            if (digit < 0) {
                state = State.AFTER_SIZE;
            } else {
                size = size * 16 + digit;
            }
        }
    }

    private int takeHead(byte[] bytes, int from, int to) {
        for (int in = from; in < to; in++) {
            if (headLength == head.length) {
                if (headLength == HEAD_MAX) {
                    throw new IllegalStateException("a head without end: " + headText().substring(0, 100));
                }
                head = Arrays.copyOf(head, headLength * 2);
            }
            head[headLength++] = bytes[in];
            if (bytes[in] == '\n' && headLength > 3 && head[headLength - 3] == '\n') {
                readHead();
                return in + 1;
            }
        }
        return to;
    }

    private void readHead() {
        String text = headText();
        status = Integer.parseInt(text.substring(9, 12));
        boolean chunked = text.toLowerCase(java.util.Locale.ROOT).contains("\r\ntransfer-encoding: chunked");
        Matcher length = LENGTH.matcher(text);
        if (!chunked && length.find()) {
            size = Long.parseLong(length.group(1));
            state = size == 0 ? State.END : State.LENGTH;
        } else {
            state = chunked ? State.SIZE : State.PLAIN;
        }
        if (status == 200) {
            head = new byte[0]; // 15,000 of them would be a burden
            headLength = 0;
        }
    }
}
