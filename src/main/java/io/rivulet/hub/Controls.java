package io.rivulet.hub;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.rivulet.event.EventFrame;
import io.rivulet.topic.TopicMatcher;
import java.nio.charset.StandardCharsets;

/**
 * The hub's own events, all with types beginning {@code rivulet.}, which no publisher may use. Each carries as its id
 * the cursor from which the stream goes on, so that a connection cut right behind it loses nothing.
 */
final class Controls {

    private Controls() {
    }

    /**
     * The first bytes of a stream: when to come back, and a comment that opens buffering proxies. No blank line: some
     * clients make an empty event of it.
     */
    static byte[] prelude(long retryMs) {
        return ("retry: " + retryMs + "\n:\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** The last bytes of a stream that the hub ends. */
    static byte[] farewell(long retryMs) {
        return ("retry: " + retryMs + "\n\n").getBytes(StandardCharsets.US_ASCII);
    }

    /** {@code rivulet.hello}: who this connection is, and how it resumed. */
    static byte[] hello(Subscriber s, String secret, StartPoint start, String id) {
        JsonObject json = new JsonObject();
        json.addProperty("connection", s.connection());
        json.addProperty("secret", secret);
        json.addProperty("resumed", start.resumed().text());
        json.addProperty("missed", start.missed());
        if (start.transientLost()) {
            json.addProperty("transient", "lost");
        }
        JsonArray topics = new JsonArray();
        for (TopicMatcher matcher : s.request.topics().matchers()) {
            topics.add(matcher.text());
        }
        json.add("topics", topics);
        return EventFrame.control("rivulet.hello", json.toString(), id);
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
