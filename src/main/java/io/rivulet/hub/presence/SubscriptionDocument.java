package io.rivulet.hub.presence;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.topic.TopicSpace;
import io.rivulet.url.PercentEncoding;
import java.net.URI;

/**
 * Active subscriptions as JSON text, of Mercure 1.0 (ACT-03, ACT-08) and of 0.x (JSON-LD, OLD-11, OLD-12). The teller
 * makes events with it and the doors their documents, so both say the same. Pure, any thread. {@code hub} is the path
 * of the hub's URL, {@link #hubPath}.
 */
public final class SubscriptionDocument {

    /** Where active subscriptions are, below the hub's path. */
    public static final String FOLDER = "/subscriptions";
    private static final String CONTEXT = "https://mercure.rocks/";

    private SubscriptionDocument() {
    }

    /** The path of the hub's own URL: what subscription topics begin with. */
    public static String hubPath(TopicSpace topics) {
        return URI.create(topics.hubUrl()).getRawPath();
    }

    /** The path of all subscriptions. */
    public static String folder(String hub) {
        return hub + FOLDER;
    }

    /** The path of all subscriptions of one matcher, in 1.0. */
    private static String folder(String hub, ActiveSubscription of) {
        return hub + FOLDER + "/" + encode(of.type()) + "/" + encode(of.text());
    }

    /** The path of all subscriptions of one matcher, in 0.x. */
    private static String legacyFolder(String hub, ActiveSubscription of) {
        return hub + FOLDER + "/" + encode(of.text());
    }

    /** The subscription's topic and path in 1.0; each variable encoded once (ACT-01). */
    public static String topic(String hub, ActiveSubscription of) {
        return folder(hub, of) + "/" + encode(of.subscriber());
    }

    /** The subscription's topic and path in 0.x (OLD-11). */
    public static String legacyTopic(String hub, ActiveSubscription of) {
        return legacyFolder(hub, of) + "/" + encode(of.subscriber());
    }

    /** One subscription in 1.0. */
    public static String json(String hub, ActiveSubscription of, boolean active) {
        return document(hub, of, active).toString();
    }

    /** One subscription in 0.x; {@code lastEventId} for a document of the API, null for an event. */
    public static String legacyJson(String hub, ActiveSubscription of, boolean active, String lastEventId) {
        JsonObject json = new JsonObject();
        json.addProperty("@context", CONTEXT);
        legacy(json, hub, of, active);
        if (lastEventId != null) {
            json.addProperty("lastEventID", lastEventId);
        }
        return json.toString();
    }

    /** One subscription in a collection of 0.x. */
    public static String legacyJson(String hub, ActiveSubscription of) {
        return legacy(new JsonObject(), hub, of, true).toString();
    }

    /** What a collection in 1.0 begins with, before its list; {@code id} is the path that was asked for. */
    public static String head(String id) {
        JsonObject json = new JsonObject();
        json.addProperty("id", id);
        json.addProperty("type", "subscriptions");
        return members(json);
    }

    /** The same in 0.x. */
    public static String legacyHead(String id, String lastEventId) {
        JsonObject json = new JsonObject();
        json.addProperty("@context", CONTEXT);
        json.addProperty("id", id);
        json.addProperty("type", "Subscriptions");
        json.addProperty("lastEventID", lastEventId);
        return members(json);
    }

    private static String members(JsonObject json) {
        String text = json.toString();
        return text.substring(1, text.length() - 1) + ",";
    }

    private static JsonObject document(String hub, ActiveSubscription of, boolean active) {
        JsonObject json = new JsonObject();
        json.addProperty("id", topic(hub, of));
        json.addProperty("type", "subscription");
        json.addProperty("match_type", of.type());
        json.addProperty("match", of.text());
        return who(json, of, active);
    }

    private static JsonObject legacy(JsonObject json, String hub, ActiveSubscription of, boolean active) {
        json.addProperty("id", legacyTopic(hub, of));
        json.addProperty("type", "Subscription");
        json.addProperty("topic", of.text());
        return who(json, of, active);
    }

    private static JsonObject who(JsonObject json, ActiveSubscription of, boolean active) {
        json.addProperty("subscriber", of.subscriber());
        json.addProperty("active", active);
        if (of.payload() != null) {
            json.add("payload", JsonParser.parseString(of.payload()));
        }
        return json;
    }

    /** Percent-encodes all but the unreserved characters (RFC 6570, simple expansion): also slash, colon, percent. */
    public static String encode(String text) {
        return PercentEncoding.ALL_BUT_UNRESERVED.encode(text);
    }
}
