package io.rivulet.http.publish;

import static io.rivulet.refusal.Refused.Reason.TOO_LARGE;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.rivulet.config.SettingsTable;
import io.rivulet.event.Event;
import io.rivulet.event.TopicEnd;
import io.rivulet.http.form.KnownFields;
import io.rivulet.refusal.Printable;
import io.rivulet.refusal.Refused;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The parser of batches: a JSON array (RFC 8259) of events, or one event a line (NDJSON). {@link UpdatesForm} uses it.
 * Pure.
 *
 * <p>It is strict: an unknown or repeated field and a value of another type are refused, since a guess would publish
 * something else than was meant.
 */
final class JsonBatch {

    private static final KnownFields KNOWN =
        KnownFields.of("topic", "topics", "data", "private", "id", "type", "event", "retry", "end", "lease");
    /** Where Gson found the fault. */
    private static final Pattern WHERE = Pattern.compile("at line (\\d+) column (\\d+)(?: path (\\S+))?");

    private final int eventsMax;

    JsonBatch(int eventsMax) {
        this.eventsMax = eventsMax;
    }

    /** The events of {@code [{…},{…}]}, or the one of {@code {…}}. */
    List<Event> array(byte[] body) {
        List<Event> events = new ArrayList<>();
        try {
            JsonReader json = reader(utf8(body));
            if (json.peek() == JsonToken.BEGIN_OBJECT) {
                add(events, json);
                json.peek(); // throws when anything follows
                return events;
            }
            if (json.peek() != JsonToken.BEGIN_ARRAY) {
                throw Refused.malformed("the body is " + article(json.peek()) + "; application/json must be an event "
                    + "or an array of events");
            }
            json.beginArray();
            int count = 0;
            while (json.hasNext()) {
                if (++count <= eventsMax) {
                    add(events, json);
                } else {
                    json.skipValue(); // the refusal tells how many there are
                }
            }
            json.endArray();
            json.peek(); // throws when anything follows
            check(count);
        } catch (IOException | NumberFormatException e) {
            throw noJson(e, "the body");
        }
        return events;
    }

    /** The events of lines; blank lines are skipped. */
    List<Event> lines(byte[] body) {
        List<Event> events = new ArrayList<>();
        int number = 0;
        int count = 0;
        for (String line : utf8(body).split("\n", -1)) {
            number++;
            if (!line.isBlank() && ++count <= eventsMax) {
                try {
                    JsonReader json = reader(line);
                    add(events, json);
                    json.peek();
                } catch (IOException | NumberFormatException e) {
                    throw noJson(e, "line " + number);
                }
            }
        }
        check(count);
        return events;
    }

    /** The event of one line. */
    Event line(byte[] line) {
        try {
            JsonReader json = reader(utf8(line));
            Event event = event(json);
            json.peek(); // throws when anything follows
            return event;
        } catch (IOException | NumberFormatException e) {
            throw noJson(e, "it");
        }
    }

    private void check(int count) {
        if (count > eventsMax) {
            throw Refused.because(TOO_LARGE, "the batch holds " + count + " events; at most " + eventsMax
                + " are allowed (" + SettingsTable.BATCH_MAX.fullKey() + ")");
        }
    }

    private static JsonReader reader(String text) {
        JsonReader json = new JsonReader(new StringReader(text));
        json.setStrictness(Strictness.STRICT);
        return json;
    }

    private void add(List<Event> events, JsonReader json) throws IOException {
        try {
            events.add(event(json));
        } catch (Refused refused) {
            throw Refused.because(refused.reason(), "event " + (events.size() + 1) + ": " + refused.getMessage());
        }
    }

    private static Event event(JsonReader json) throws IOException {
        expect(json, JsonToken.BEGIN_OBJECT, "an event", "an object");
        json.beginObject();
        Event.Builder event = Event.builder();
        Set<String> seen = new HashSet<>();
        String id = null;
        String type = null;
        String retry = null;
        while (json.hasNext()) {
            String name = json.nextName();
            if (!seen.add(name.equals("topics") ? "topic" : name)) {
                throw Refused.malformed("the field " + Printable.of(name)
                    + " is given twice (topic and topics are one)");
            }
            switch (name) {
                case "topic" -> event.topic(string(json, name));
                case "topics" -> topics(json, event);
                case "data" -> event.data(data(string(json, name)));
                case "private" -> {
                    expect(json, JsonToken.BOOLEAN, name, "true or false");
                    event.markPrivate(json.nextBoolean());
                }
                case "end" -> {
                    expect(json, JsonToken.BOOLEAN, name, "true or false");
                    event.end(json.nextBoolean() ? TopicEnd.FINISHED : null);
                }
                case "lease" -> event.lease(UpdatesRules.lease(string(json, name)));
                case "id" -> id = string(json, name);
                case "type", "event" -> type = UpdatesRules.type(type, string(json, name));
                case "retry" -> {
                    expect(json, JsonToken.NUMBER, name, "a number");
                    retry = json.nextString();
                }
                default -> throw KNOWN.unknown(name, "field");
            }
        }
        json.endObject();
        return UpdatesRules.build(event, id, type, retry);
    }

    private static void topics(JsonReader json, Event.Builder event) throws IOException {
        expect(json, JsonToken.BEGIN_ARRAY, "topics", "an array of strings");
        json.beginArray();
        while (json.hasNext()) {
            event.topic(string(json, "a topic"));
        }
        json.endArray();
    }

    private static String string(JsonReader json, String name) throws IOException {
        expect(json, JsonToken.STRING, name, "a string");
        return json.nextString();
    }

    private static void expect(JsonReader json, JsonToken wanted, String name, String say) throws IOException {
        JsonToken is = json.peek();
        if (is != wanted) {
            throw Refused.malformed(name + " is " + article(is) + "; it must be " + say);
        }
    }

    private static String article(JsonToken token) {
        return switch (token) {
            case BEGIN_ARRAY -> "an array";
            case BEGIN_OBJECT -> "an object";
            case STRING -> "a string";
            case NUMBER -> "a number";
            case BOOLEAN -> "a boolean";
            case NULL -> "null";
            default -> "nothing";
        };
    }

    private static String utf8(byte[] body) {
        try {
            return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
        } catch (CharacterCodingException e) {
            throw Refused.malformed("the body is no valid UTF-8 (" + body.length + " bytes)");
        }
    }

    /** A JSON escape can spell half a surrogate pair. UTF-8 cannot, and the encoder must not repair it in silence. */
    private static byte[] data(String text) {
        try {
            ByteBuffer utf8 = StandardCharsets.UTF_8.newEncoder().encode(CharBuffer.wrap(text));
            byte[] bytes = new byte[utf8.remaining()];
            utf8.get(bytes);
            return bytes;
        } catch (CharacterCodingException e) {
            throw Refused.malformed("data holds half of a surrogate pair");
        }
    }

    /** Own words, and Gson's place: its message says which of its methods a programmer should call. */
    private static Refused noJson(Exception e, String what) {
        String message = String.valueOf(e.getMessage());
        String why = message.contains("urrogate") ? "half of a surrogate pair" : "it cannot be read";
        Matcher where = WHERE.matcher(message);
        return Refused.malformed(what + " is no valid JSON: " + why + (!where.find() ? ""
            : " at line " + where.group(1) + ", column " + where.group(2)
            + (where.group(3) == null ? "" : " (" + Printable.of(where.group(3)) + ")")));
    }
}
