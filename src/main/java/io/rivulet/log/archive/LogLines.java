package io.rivulet.log.archive;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.rivulet.event.Event;
import io.rivulet.event.IdSeal;
import io.rivulet.event.TopicEnd;
import io.rivulet.log.Digest;
import io.rivulet.log.LogEntry;
import io.rivulet.log.ProducerMark;
import io.rivulet.log.Receipt;
import io.rivulet.log.segment.LogImport;
import io.rivulet.refusal.Refused;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Base64;

/**
 * The lines of an export, each an object of JSON: what the store is, one event a line, and the end. {@link LogCommand}
 * writes and reads them. Pure, any thread.
 *
 * <p>Whatever a line holds was written by somebody else, perhaps by hand. So an event is made by the rules for
 * publishers: no line of a file brings a line break into a stream.
 */
final class LogLines {

    private static final String FORM = "rivulet";
    private static final String LOG = "log";
    private static final int VERSION = 1;
    /** Not "end": the last line of an export has that. */
    private static final String TOPIC_END = "topicEnd";
    private static final String CANCEL = "cancel";

    private LogLines() {
    }

    /** The first line. */
    static JsonObject head(LogImport.Store store) {
        JsonObject line = new JsonObject();
        line.addProperty(FORM, LOG);
        line.addProperty("format", VERSION);
        line.addProperty("meta", Base64.getEncoder().encodeToString(store.meta()));
        line.addProperty("begin", Base64.getEncoder().encodeToString(store.begin()));
        line.addProperty("trimmed", Base64.getEncoder().encodeToString(store.trimmed()));
        return line;
    }

    /** The last line. */
    static JsonObject end(long events, byte[] sha256) {
        JsonObject line = new JsonObject();
        line.addProperty("end", events);
        line.addProperty("sha256", Base64.getEncoder().encodeToString(sha256));
        return line;
    }

    /** An event with all that the log knows of it. */
    static JsonObject event(LogEntry entry) {
        JsonObject line = new JsonObject();
        line.addProperty("position", entry.position());
        line.addProperty("epoch", entry.epoch());
        line.addProperty("nonce", entry.nonce());
        fields(entry, entry.event().id(), line);
        if (entry.event().repeatsId()) {
            line.addProperty("repeated", true);
        }
        if (entry.receipt() != null) {
            JsonObject receipt = new JsonObject();
            receipt.addProperty("key", text(entry.receipt().key()));
            receipt.addProperty("content", text(entry.receipt().content()));
            receipt.addProperty("count", entry.receipt().count());
            line.add("receipt", receipt);
        }
        if (entry.producer() != null) {
            JsonObject producer = new JsonObject();
            producer.addProperty("key", text(entry.producer().producer()));
            producer.addProperty("epoch", entry.producer().epoch());
            producer.addProperty("seq", entry.producer().seq());
            producer.addProperty("count", entry.producer().count());
            line.add("producer", producer);
        }
        return line;
    }

    /** An event as its readers know it, for a person. */
    static JsonObject shown(LogEntry entry, IdSeal seal) {
        JsonObject line = new JsonObject();
        line.addProperty("position", entry.position());
        fields(entry, entry.id(seal), line);
        return line;
    }

    private static void fields(LogEntry entry, String id, JsonObject line) {
        Event event = entry.event();
        line.addProperty("time", Instant.ofEpochMilli(entry.timeMs()).toString());
        JsonArray topics = new JsonArray();
        event.topics().forEach(topics::add);
        line.add("topics", topics);
        if (event.isPrivate()) {
            line.addProperty("private", true);
        }
        if (id != null) {
            line.addProperty("id", id);
        }
        if (event.type() != null) {
            line.addProperty("type", event.type());
        }
        if (event.retryMs() > 0) {
            line.addProperty("retry", event.retryMs());
        }
        if (event.end() != null) {
            line.addProperty(TOPIC_END, event.end().word());
        }
        if (event.isCancel()) {
            line.addProperty(CANCEL, true);
        }
        try {
            line.addProperty("data",
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(event.data())).toString());
        } catch (CharacterCodingException e) {
            // no data that this version takes
            line.addProperty("data64", Base64.getEncoder().encodeToString(event.data()));
        }
    }

    /**
     * The object of a line.
     *
     * @throws IllegalArgumentException when it is none; the message says so
     */
    static JsonObject parse(String line) {
        try {
            JsonElement element = JsonParser.parseString(line);
            if (element.isJsonObject()) {
                return element.getAsJsonObject();
            }
        } catch (JsonParseException e) {
            throw new IllegalArgumentException("it is no JSON", e);
        }
        throw new IllegalArgumentException("it is no object of JSON");
    }

    /** What the first line says of the store. */
    static LogImport.Store store(JsonObject line) {
        if (!line.has(FORM) || !LOG.equals(text(line, FORM))) {
            throw new IllegalArgumentException("it is not the beginning of an export");
        }
        if (number(line, "format") != VERSION) {
            throw new IllegalArgumentException("the export has the format " + number(line, "format")
                + "; this version reads " + VERSION);
        }
        return new LogImport.Store(bytes(line, "meta"), bytes(line, "begin"), bytes(line, "trimmed"));
    }

    /** The event of a line. */
    static LogEntry entry(JsonObject line) {
        Receipt receipt = null;
        if (line.has("receipt") && line.get("receipt").isJsonObject()) {
            JsonObject of = line.getAsJsonObject("receipt");
            receipt = new Receipt(digest(of, "key"), digest(of, "content"), Math.toIntExact(number(of, "count")));
        }
        ProducerMark producer = null;
        if (line.has("producer") && line.get("producer").isJsonObject()) {
            JsonObject of = line.getAsJsonObject("producer");
            producer = new ProducerMark(digest(of, "key"), number(of, "epoch"), number(of, "seq"),
                Math.toIntExact(number(of, "count")));
        }
        try {
            return new LogEntry(number(line, "position"), Math.toIntExact(number(line, "epoch")),
                Math.toIntExact(number(line, "nonce")), Instant.parse(text(line, "time")).toEpochMilli(), made(line),
                receipt, producer);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("its time is none: " + e.getMessage(), e);
        }
    }

    private static Event made(JsonObject line) {
        Event.Builder event = Event.builder().markPrivate(isTrue(line, "private")).repeatsId(isTrue(line, "repeated"));
        if (!line.has("topics") || !line.get("topics").isJsonArray()) {
            throw new IllegalArgumentException("it has no list of topics");
        }
        JsonArray topics = line.getAsJsonArray("topics");
        for (JsonElement topic : topics) {
            event.topic(text(topic, "topics"));
        }
        event.data(line.has("data64") ? bytes(line, "data64") : text(line, "data").getBytes(StandardCharsets.UTF_8));
        if (line.has("id")) {
            event.id(text(line, "id"));
        }
        if (line.has("type")) {
            event.type(text(line, "type"));
        }
        if (line.has("retry")) {
            event.retryMs(number(line, "retry"));
        }
        if (line.has(TOPIC_END)) {
            TopicEnd end = TopicEnd.of(text(line, TOPIC_END));
            if (end == null) {
                throw new IllegalArgumentException("its field " + TOPIC_END + " is no reason of an end");
            }
            event.end(end);
        }
        event.cancels(isTrue(line, CANCEL));
        if (topics.isEmpty() && isTrue(line, "private") && !line.has("id")) {
            return Event.mark(); // the hub's own: nobody gets it, and it has no field that anybody chose
        }
        try {
            return event.build();
        } catch (Refused e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    private static boolean isTrue(JsonObject line, String field) {
        return line.has(field) && line.get(field).isJsonPrimitive() && line.get(field).getAsBoolean();
    }

    private static String text(JsonObject line, String field) {
        return text(line.get(field), field);
    }

    private static String text(JsonElement value, String field) {
        if (value == null || !value.isJsonPrimitive() || !value.getAsJsonPrimitive().isString()) {
            throw new IllegalArgumentException("its field " + field + " is no text");
        }
        return value.getAsString();
    }

    /** A whole number. */
    static long number(JsonObject line, String field) {
        JsonElement value = line.get(field);
        if (value == null || !value.isJsonPrimitive() || !value.getAsJsonPrimitive().isNumber()) {
            throw new IllegalArgumentException("its field " + field + " is no number");
        }
        return value.getAsBigDecimal().longValueExact();
    }

    /** Bytes in base64. */
    static byte[] bytes(JsonObject line, String field) {
        try {
            return Base64.getDecoder().decode(text(line, field));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("its field " + field + " is no base64", e);
        }
    }

    private static String text(Digest digest) {
        return Base64.getEncoder().encodeToString(
            ByteBuffer.allocate(2 * Long.BYTES).putLong(digest.high()).putLong(digest.low()).array());
    }

    private static Digest digest(JsonObject line, String field) {
        byte[] b = bytes(line, field);
        if (b.length != 2 * Long.BYTES) {
            throw new IllegalArgumentException("its field " + field + " has " + b.length + " bytes");
        }
        ByteBuffer of = ByteBuffer.wrap(b);
        return new Digest(of.getLong(), of.getLong());
    }
}
