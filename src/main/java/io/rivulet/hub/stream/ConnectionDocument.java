package io.rivulet.hub.stream;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.rivulet.auth.Grant;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * One open stream as a document of JSON: {@code /api/connections} and the operators' topics show the same. Pure, any
 * thread.
 */
public final class ConnectionDocument {

    private ConnectionDocument() {
    }

    /** The document; {@code lag} is null for a stream that has ended meanwhile. */
    public static JsonObject of(Connection one, Lag lag) {
        JsonObject json = new JsonObject();
        json.addProperty("connection", one.connection());
        json.addProperty("subject", one.subject());
        json.addProperty("issuer", one.issuer());
        json.addProperty("token", one.tokenId());
        json.addProperty("peer", one.peer());
        json.addProperty("dialect", one.dialect());
        json.add("topics", texts(one.topics()));
        json.addProperty("opened", time(one.openedMs()));
        json.addProperty("expires", time(one.expiresMs()));
        if (lag == null) {
            json.addProperty("state", "ended");
            return json;
        }
        json.addProperty("transport", lag.transport());
        json.addProperty("state", lag.state());
        json.addProperty("lagEvents", lag.events());
        json.addProperty("lagSeconds", seconds(lag.ageMs()));
        json.addProperty("backlogEvents", lag.backlogEvents());
        json.addProperty("backlogBytes", lag.backlogBytes());
        json.addProperty("unsentBytes", lag.unsentBytes());
        json.addProperty("reason", lag.reason() == null ? null : lag.reason().name().toLowerCase(Locale.ROOT));
        json.addProperty("writtenAgo", seconds(lag.writtenAgoMs()));
        json.addProperty("stalledFor", seconds(lag.stalledMs()));
        return json;
    }

    /** These texts in JSON. */
    public static JsonArray texts(List<String> topics) {
        JsonArray texts = new JsonArray();
        topics.forEach(texts::add);
        return texts;
    }

    /** As ISO 8601 has it; null for never. */
    public static String time(long ms) {
        return ms == Grant.NEVER ? null : Instant.ofEpochMilli(ms).toString();
    }

    private static Double seconds(Long ms) {
        return ms == null ? null : ms / 1_000.0;
    }
}
