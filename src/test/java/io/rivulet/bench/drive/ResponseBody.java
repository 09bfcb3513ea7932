package io.rivulet.bench.drive;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Takes the HTTP/1.1 framing off a response that does not end: the head, then chunks or plain bytes. Works in the
 * caller's array, so that nothing is allocated for a delivery.
 */
public final class ResponseBody {

    private static final int HEAD_MAX = 16 << 10;

    private enum State { HEAD, PLAIN, SIZE, AFTER_SIZE, DATA, AFTER_DATA, END }

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
                case PLAIN, DATA -> {
                    int n = state == State.PLAIN ? to - in : (int) Math.min(to - in, size);
                    if (in != out) {
                        System.arraycopy(bytes, in, bytes, out, n);
                    }
                    in += n;
                    out += n;
                    size -= n;
                    state = state == State.DATA && size == 0 ? State.AFTER_DATA : state;
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
        state = chunked ? State.SIZE : State.PLAIN;
        if (status == 200) {
            head = new byte[0]; // 15,000 of them would be a burden
            headLength = 0;
        }
    }
}
