package io.rivulet.kit;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;

/**
 * Reads an event stream byte by byte as WHATWG HTML 9.2.6 says, written from that text and not from the hub's writer:
 * lines end in LF, CR or CR LF; the id is taken over only when a blank line dispatches.
 */
public final class StreamParser {

    /** What was dispatched; {@code data} has no final LF, {@code id} is the last event id at that moment. */
    public record Dispatched(String type, String data, String id) {
    }

    private final Consumer<Dispatched> events;
    private final Consumer<String> comments;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();
    private final StringBuilder data = new StringBuilder();
    private String type = "";
    private String idBuffer;
    private String lastEventId;
    private long retryMs = -1;
    private boolean afterCr;
    private boolean firstLine = true;

    /** A parser at the start of a stream, whose client knows this last id from before. */
    public StreamParser(String lastEventId, Consumer<Dispatched> events, Consumer<String> comments) {
        this.lastEventId = lastEventId;
        this.idBuffer = lastEventId;
        this.events = events;
        this.comments = comments;
    }

    /** Takes the next byte. */
    public void take(byte b) {
        if (b == '\n') {
            if (!afterCr) {
                endLine();
            }
            afterCr = false;
        } else if (b == '\r') {
            endLine();
            afterCr = true;
        } else {
            afterCr = false;
            line.write(b);
        }
    }

    /** Takes these bytes. */
    public StreamParser take(byte[] bytes, int from, int to) {
        for (int i = from; i < to; i++) {
            take(bytes[i]);
        }
        return this;
    }

    /** Takes this text in UTF-8. */
    public StreamParser take(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return take(bytes, 0, bytes.length);
    }

    /** What a reconnect would send; empty for none. */
    public String lastEventId() {
        return lastEventId;
    }

    /** The last reconnection time that was sent, or -1. */
    public long retryMs() {
        return retryMs;
    }

    private void endLine() {
        String text = line.toString(StandardCharsets.UTF_8);
        line.reset();
        if (firstLine && text.startsWith("\uFEFF")) {
            text = text.substring(1);
        }
        firstLine = false;
        if (text.isEmpty()) {
            dispatch();
            return;
        }
        int colon = text.indexOf(':');
        if (colon == 0) {
            comments.accept(text.substring(1));
            return;
        }
        String field = colon < 0 ? text : text.substring(0, colon);
        String value = colon < 0 ? "" : text.substring(colon + 1);
        field(field, value.startsWith(" ") ? value.substring(1) : value);
    }

    private void field(String field, String value) {
        switch (field) {
            case "event" -> type = value;
            case "data" -> data.append(value).append('\n');
            case "id" -> {
                if (value.indexOf('\0') < 0) {
                    idBuffer = value;
                }
            }
            case "retry" -> {
                if (value.matches("[0-9]+")) {
                    retryMs = Long.parseLong(value);
                }
            }
            default -> {
                // the standard: otherwise the field is ignored
            }
        }
    }

    private void dispatch() {
        lastEventId = idBuffer;
        if (data.length() > 0) {
            data.setLength(data.length() - 1);
            events.accept(new Dispatched(type.isEmpty() ? "message" : type, data.toString(), lastEventId));
        }
        data.setLength(0);
        type = "";
    }
}
