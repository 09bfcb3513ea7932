package io.rivulet.http.updates;

import io.rivulet.event.JsonBuffer;
import io.rivulet.event.JsonGrammar;
import io.rivulet.http.subscribe.EnvelopeParameter;
import io.rivulet.hub.resume.History;
import java.time.Instant;
import java.util.BitSet;
import java.util.List;
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
    private final History history;
    private final List<String> never;
    private final boolean lines;
    private final EnvelopeParameter envelope;
    /** The pieces are made here: null before the first, and after the last. */
    private JsonBuffer piece;
    /** Of the page, once it is known: a page that is shorter than a piece takes no more than it needs. */
    private long lengthBytes = PIECE_BYTES;
    /** Of events up to here it is known whether their data is JSON: asked once, for the length and the bytes. */
    private int judged;
    private final BitSet isJson = new BitSet();
    /** What comes next: {@link #writeItem} of this event, and of it this topic, and of its data this byte. */
    private int item;
    private int topic;
    private int dataAt;
    /** Whether the data of this event stands without quotes, since it is JSON. */
    private boolean isDataJson;
    private boolean begun;
    private boolean ended;

    /**
     * The page, in lines or as one document; its events in envelopes, as a stream has them, or as this door's own.
     *
     * @param never the topics that were asked for and that history never has
     */
    HistoryJson(History history, List<String> never, boolean lines, EnvelopeParameter envelope) {
        this.history = history;
        this.never = never;
        this.lines = lines;
        this.envelope = envelope;
    }

    /**
     * How many bytes the page has: a client that got fewer of them knows that it was cut. They are counted and not
     * made, since strangers may ask for many large pages. To be asked before the first piece is.
     */
    long length() {
        piece = JsonBuffer.counting();
        long length = 0;
        for (begin(); !ended; next()) {
            length += piece.size();
            piece.reset(); // the page is longer than a piece, and its length than an int perhaps
        }
        length += piece.size();
        piece = null;
        begun = false;
        ended = false;
        item = 0;
        lengthBytes = length;
        return length;
    }

    @Override
    public byte[] get() {
        if (ended) {
            return null;
        }
        if (piece == null) {
            piece = new JsonBuffer((int) Math.min(lengthBytes, PIECE_BYTES + 1_024));
        }
        piece.reset();
        if (!begun) {
            begin();
        }
        while (!ended && piece.size() < PIECE_BYTES) {
            next();
        }
        byte[] made = piece.size() == 0 ? null : piece.toBytes();
        piece = ended ? null : piece;
        return made;
    }

    private void begin() {
        begun = true;
        piece.ascii(lines ? "" : "{\"events\":[");
    }

    private void next() {
        if (item < history.events().size()) {
            writeItem(history.events().get(item));
        } else {
            end();
        }
    }

    private void end() {
        ended = true;
        if (!lines) {
            piece.ascii("],\"next\":").string(history.next());
            for (int i = 0; i < never.size(); i++) {
                piece.ascii(i == 0 ? ",\"transient\":[" : ",").string(never.get(i));
            }
            piece.ascii(never.isEmpty() ? "}" : "]}");
        }
    }

    /** Writes a part of an event: its head, a topic, a slice of its data, or its end. */
    private void writeItem(History.Item of) {
        List<String> topics = of.topics();
        byte[] data = of.event().data();
        if (topic == 0) {
            head(of);
        }
        if (topic < topics.size()) {
            piece.ascii(topic == 0 ? "" : ",").string(topics.get(topic));
            if (++topic == topics.size()) {
                piece.ascii("]");
                middle(of);
            }
        } else if (dataAt < data.length) {
            int to = Math.min(data.length, dataAt + DATA_SLICE_BYTES);
            dataAt = isDataJson ? piece.inLine(data, dataAt, to) : piece.inString(data, dataAt, to);
        } else {
            piece.ascii(isDataJson ? "" : "\"").ascii(of.event().isPrivate() && !envelope.isAsked()
                ? ",\"private\":true" : "");
            piece.ascii(of.event().end() == null ? "" : ",\"end\":\"" + of.event().end().word() + "\"");
            piece.ascii(lines ? "}\n" : "}");
            item++;
            topic = 0;
            dataAt = 0;
        }
    }

    /** What stands before the topics. */
    private void head(History.Item of) {
        piece.ascii(item == 0 || lines ? "" : ",").ascii("{");
        if (!envelope.isAsked()) {
            piece.ascii("\"id\":").string(of.id()).ascii(",\"time\":\"" + Instant.ofEpochMilli(of.timeMs()) + "\",");
        }
        piece.ascii("\"topics\":[");
    }

    /** What stands between the topics and the data. */
    private void middle(History.Item of) {
        String type = of.event().type();
        if (envelope.isAsked()) {
            piece.ascii(",\"type\":").string(type).ascii(",\"id\":").string(of.id())
                .ascii(",\"time\":\"" + Instant.ofEpochMilli(of.timeMs()) + "\"");
        } else if (type != null) {
            piece.ascii(",\"type\":").string(type);
        }
        if (judged == item) {
            isJson.set(item, envelope.dataAsJson() && JsonGrammar.isJson(of.event().data()));
            judged++;
        }
        isDataJson = isJson.get(item);
        piece.ascii(",\"data\":").ascii(isDataJson ? "" : "\"");
    }
}
