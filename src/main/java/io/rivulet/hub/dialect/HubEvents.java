package io.rivulet.hub.dialect;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.rivulet.event.EventFrame;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSelection;

/**
 * The hub's own events, all with types beginning {@code rivulet.}, which no publisher may use. Each carries as its id
 * the cursor from which the stream goes on, so that a connection cut right behind it loses nothing.
 */
final class HubEvents {

    private HubEvents() {
    }

    /** {@code rivulet.hello}: who this connection is, and how it resumed. */
    static byte[] hello(String connection, String secret, TopicSelection topics, Start start) {
        JsonObject json = new JsonObject();
        json.addProperty("connection", connection);
        json.addProperty("secret", secret);
        json.addProperty("resumed", start.resumedText());
        json.addProperty("missed", start.missed());
        if (start.transientLost()) {
            json.addProperty("transient", "lost");
        }
        JsonArray texts = new JsonArray();
        for (TopicMatcher matcher : topics.matchers()) {
            texts.add(matcher.text());
        }
        json.add("topics", texts);
        return EventFrame.control("rivulet.hello", json.toString(), start.cursorId());
    }

    /** {@code rivulet.gap}: history before {@code id} is gone; {@code missed} null when it cannot be told. */
    static byte[] gap(boolean isTransient, Long missed, String id) {
        JsonObject json = new JsonObject();
        json.addProperty("transient", isTransient);
        json.addProperty("missed", missed);
        return EventFrame.control("rivulet.gap", json.toString(), id);
    }

    /** {@code rivulet.cursor}: nothing happened, but this is a fresher id. */
    static byte[] cursor(String id) {
        return EventFrame.control("rivulet.cursor", "{}", id);
    }
}
