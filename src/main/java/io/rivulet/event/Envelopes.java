package io.rivulet.event;

import java.lang.ref.WeakReference;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * One event as a line of JSON in place of its data, for streams with {@code envelope=json}: a stream of several topics
 * cannot tell them apart otherwise. {@link EventFrame} asks it. Any thread: two may render the same, and make the same
 * bytes.
 *
 * <p>The hard thing is memory. JSON may have six bytes for one, and the ring counts an event once, before anybody asks
 * for its envelope. So the bytes are kept for as long as somebody has them, which while a batch is delivered is the
 * shard, and then until the garbage collector comes by: rendered once for all who ask alike, and counted where they
 * are held ({@code WriteBudget}).
 */
final class Envelopes {

    private static final String BEGINNING = "data: {\"topics\":[";
    /** Of the line, beside the event's own bytes, mostly. */
    private static final int ROOM = 128;

    /** The data as it was published, where the lines of the frame do not have all of it: line ends other than LF. */
    private final byte[] original;
    private volatile Rendered text;
    private volatile Rendered json;

    /** Its bytes, with all topics, and where in them the topics end. */
    private static final class Rendered extends WeakReference<byte[]> {
        private final int topicsEnd;

        Rendered(byte[] bytes, int topicsEnd) {
            super(bytes);
            this.topicsEnd = topicsEnd;
        }
    }

    /**
     * The event in its frame.
     *
     * @param wire       the frame's bytes
     * @param retryStart where in them {@code retry} begins, behind the type
     * @param retryEnd   where the data begins
     * @param end        why its topic ends with it; null when it does not
     */
    record Framed(byte[] wire, int retryStart, int retryEnd, List<String> topics, String id, long timeMs,
                  TopicEnd end) {

        private String type() {
            int from = "event: ".length();
            return retryStart == 0 ? null : new String(wire, from, retryStart - 1 - from, StandardCharsets.UTF_8);
        }

        /** Where the line of the id begins: the last line but for the blank one; an end without a word has no other. */
        private int idStart() {
            int at = wire.length - 2;
            while (at > 0 && wire[at - 1] != '\n') {
                at--;
            }
            return at;
        }

        /** The data out of its lines. */
        private byte[] data() {
            byte[] data = new byte[idStart() - retryEnd];
            int length = 0;
            for (int at = retryEnd; at < idStart(); ) {
                at += "data: ".length();
                while (wire[at] != '\n') {
                    data[length++] = wire[at++];
                }
                data[length++] = wire[at++];
            }
            return Arrays.copyOf(data, Math.max(0, length - 1)); // without the end of the last line
        }
    }

    /** {@code original}: the data, or null where the frame's lines have all of it. */
    Envelopes(byte[] original) {
        this.original = original;
    }

    /**
     * The bytes for a stream.
     *
     * @param dataAsJson whether data that is JSON stands there as such
     * @param told       the topics that the stream may be told, of those of the event
     * @param live       whether {@code retry} is among the fields
     */
    byte[] bytes(Framed framed, boolean dataAsJson, List<String> told, boolean live) {
        Rendered rendered = dataAsJson ? json : text;
        byte[] whole = rendered == null ? null : rendered.get();
        if (whole == null) {
            JsonBuffer out = new JsonBuffer(framed.wire().length + ROOM);
            out.raw(framed.wire(), 0, framed.retryEnd()).ascii(BEGINNING);
            topics(framed.topics(), out);
            int topicsEnd = out.size();
            rest(framed, dataAsJson, out);
            whole = out.toBytes();
            rendered = new Rendered(whole, topicsEnd);
            if (dataAsJson) {
                json = rendered;
            } else {
                text = rendered;
            }
        }
        boolean hasRetry = framed.retryEnd() > framed.retryStart();
        if (told.size() == framed.topics().size() && (live || !hasRetry)) {
            return whole;
        }
        JsonBuffer part = new JsonBuffer(whole.length);
        part.raw(whole, 0, live ? framed.retryEnd() : framed.retryStart()).ascii(BEGINNING);
        topics(told, part);
        return part.raw(whole, rendered.topicsEnd, whole.length).toBytes();
    }

    /** What comes behind the topics. */
    private void rest(Framed framed, boolean dataAsJson, JsonBuffer out) {
        out.ascii("],\"type\":").string(framed.type()).ascii(",\"id\":").string(framed.id())
            .ascii(",\"time\":\"" + Instant.ofEpochMilli(framed.timeMs()) + "\",\"data\":");
        byte[] data = original == null ? framed.data() : original;
        if (dataAsJson && JsonGrammar.isJson(data)) {
            out.inLine(data, 0, data.length);
        } else {
            out.ascii("\"");
            out.inString(data, 0, data.length);
            out.ascii("\"");
        }
        out.ascii(framed.end() == null ? "" : ",\"end\":\"" + framed.end().word() + "\"").ascii("}\n")
            .raw(framed.wire(), framed.idStart(), framed.wire().length);
    }

    private static void topics(List<String> topics, JsonBuffer out) {
        for (int i = 0; i < topics.size(); i++) {
            out.ascii(i == 0 ? "" : ",").string(topics.get(i));
        }
    }
}
