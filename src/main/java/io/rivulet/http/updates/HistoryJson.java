package io.rivulet.http.updates;

import com.google.gson.JsonArray;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import io.rivulet.event.Event;
import io.rivulet.http.form.Answer;
import io.rivulet.hub.resume.History;
import java.nio.charset.StandardCharsets;
import java.time.Instant;

/** A page of history as JSON, or as one event a line. {@link EventsServlet} uses it. Pure. */
final class HistoryJson {

    /** A page ends early when its data reach this: 1,000 events may have a megabyte each. */
    private static final int BYTES_MAX = 4 << 20;

    private HistoryJson() {
    }

    /** The page; {@code next} is the id to ask for {@code after}, or null at the head. */
    static Answer answer(History history, boolean lines) {
        StringBuilder text = new StringBuilder();
        String next = history.next();
        long bytes = 0;
        for (int i = 0; i < history.events().size(); i++) {
            History.Item item = history.events().get(i);
            bytes += item.event().weight();
            if (i > 0 && bytes > BYTES_MAX) {
                next = history.events().get(i - 1).id();
                break;
            }
            text.append(i == 0 || lines ? "" : ",").append(escaped(item(item))).append(lines ? "\n" : "");
        }
        if (lines) {
            Answer answer = new Answer(200, "application/x-ndjson", text.toString().getBytes(StandardCharsets.UTF_8));
            return next == null ? answer : answer.header("Rivulet-Next", next);
        }
        return Answer.json(200, "{\"events\":[" + text + "],\"next\":"
            + escaped(next == null ? JsonNull.INSTANCE.toString() : new JsonPrimitive(next).toString()) + "}");
    }

    private static String item(History.Item item) {
        Event event = item.event();
        JsonObject json = new JsonObject();
        json.addProperty("id", item.id());
        json.addProperty("time", Instant.ofEpochMilli(item.timeMs()).toString());
        JsonArray topics = new JsonArray();
        event.topics().forEach(topics::add);
        json.add("topics", topics);
        if (event.type() != null) {
            json.addProperty("type", event.type());
        }
        json.addProperty("data", event.text());
        if (event.isPrivate()) {
            json.addProperty("private", true);
        }
        return json.toString();
    }

    /** Escapes U+0085, a line break to some clients; Gson escapes the other two characters of that kind. */
    private static String escaped(String json) {
        return json.replace("\u0085", "\\u0085");
    }
}
