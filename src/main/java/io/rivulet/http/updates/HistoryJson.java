package io.rivulet.http.updates;

import com.google.gson.JsonPrimitive;
import io.rivulet.event.Event;
import io.rivulet.hub.resume.History;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.function.Supplier;

/**
 * A page of history as JSON, or as one event a line, in pieces. {@link EventsServlet} makes it, and the container's
 * threads ask for the next piece as the client takes the page; one thread at a time.
 *
 * <p>Why in pieces: JSON has up to six bytes for one of the data. Rendered as a whole, a page of 4 MiB was 24 MiB, in
 * memory four times over for a moment. So the page holds its events alone, which are charged, and a piece of bounded
 * size.
 */
final class HistoryJson implements Supplier<byte[]> {

    /** A piece is complete at this size; it may be larger by a topic, or by a slice of data where all is escaped. */
    private static final int PIECE_BYTES = 8_000;
    private static final int DATA_SLICE_BYTES = 4_000;
    private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
    private static final int SPACE = 0x20;

    private final History history;
    private final boolean lines;
    private final ByteArrayOutputStream piece = new ByteArrayOutputStream(PIECE_BYTES + 1_024);
    /** What comes next: {@link #writeItem} of this event, and of it this topic, and of its data this byte. */
    private int item;
    private int topic;
    private int dataAt;
    private boolean begun;
    private boolean ended;

    /** The page, in lines or as one document. */
    HistoryJson(History history, boolean lines) {
        this.history = history;
        this.lines = lines;
    }

    /** How many bytes the page has: a client that got fewer of them knows that it was cut. Made once for that. */
    static long length(History history, boolean lines) {
        HistoryJson all = new HistoryJson(history, lines);
        long length = 0;
        for (byte[] next = all.get(); next != null; next = all.get()) {
            length += next.length;
        }
        return length;
    }

    @Override
    public byte[] get() {
        piece.reset();
        if (!begun) {
            begun = true;
            ascii(lines ? "" : "{\"events\":[");
        }
        while (!ended && piece.size() < PIECE_BYTES) {
            if (item < history.events().size()) {
                writeItem(history.events().get(item));
            } else {
                ended = true;
                ascii(lines ? "" : "],\"next\":" + (history.next() == null ? "null" : quoted(history.next())) + "}");
            }
        }
        return piece.size() == 0 ? null : piece.toByteArray();
    }

    /** Writes a part of an event: its head, a topic, a slice of its data, or its end. */
    private void writeItem(History.Item of) {
        Event event = of.event();
        if (topic == 0) {
            ascii(item == 0 || lines ? "" : ",");
            text("{\"id\":" + quoted(of.id()) + ",\"time\":\"" + Instant.ofEpochMilli(of.timeMs())
                + "\",\"topics\":[");
        }
        if (topic < event.topics().size()) {
            text((topic == 0 ? "" : ",") + quoted(event.topics().get(topic)));
            if (++topic == event.topics().size()) {
                text("]" + (event.type() == null ? "" : ",\"type\":" + quoted(event.type())) + ",\"data\":\"");
            }
        } else if (dataAt < event.data().length) {
            int to = Math.min(event.data().length, dataAt + DATA_SLICE_BYTES);
            while (dataAt < to) {
                dataAt += escape(event.data(), dataAt);
            }
        } else {
            ascii("\"" + (event.isPrivate() ? ",\"private\":true" : "") + (lines ? "}\n" : "}"));
            item++;
            topic = 0;
            dataAt = 0;
        }
    }

    /**
     * Writes one byte of the data, or what stands for it in JSON, and returns how many bytes it was. U+0085, U+2028 and
     * U+2029 are line breaks to some clients, so they are escaped as well; they have two or three bytes.
     */
    private int escape(byte[] data, int at) {
        int b = data[at] & 0xff;
        if (b == '"' || b == '\\') {
            piece.write('\\');
            piece.write(b);
        } else if (b < SPACE) {
            control(b);
        } else if (b == 0xc2 && isNext(data, at, 0x85)) {
            ascii("\\u0085");
            return 2;
        } else if (b == 0xe2 && isNext(data, at, 0x80) && (isNext(data, at + 1, 0xa8) || isNext(data, at + 1, 0xa9))) {
            ascii(isNext(data, at + 1, 0xa8) ? "\\u2028" : "\\u2029");
            return 3;
        } else {
            piece.write(b);
        }
        return 1;
    }

    private static boolean isNext(byte[] data, int at, int wanted) {
        return at + 1 < data.length && (data[at + 1] & 0xff) == wanted;
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
                piece.write(HEX[b >> 4]);
                piece.write(HEX[b & 0xf]);
            }
        }
    }

    private void ascii(String text) {
        piece.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }

    private void text(String text) {
        piece.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    private static String quoted(String text) {
        return new JsonPrimitive(text).toString().replace("\u0085", "\\u0085");
    }
}
