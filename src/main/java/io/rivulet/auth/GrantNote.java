package io.rivulet.auth;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSpace;
import java.util.ArrayList;
import java.util.List;

/**
 * A grant as one node of a cluster tells it to another one: what the first has found of a token, and not the token,
 * which whoever looks into the engine could use. Pure, any thread.
 */
public final class GrantNote {

    private GrantNote() {
    }

    /** Tells it. */
    public static JsonObject of(Grant grant) {
        JsonObject json = new JsonObject();
        json.addProperty("issuer", grant.issuer());
        json.addProperty("subject", grant.subject());
        json.addProperty("token", grant.tokenId());
        json.add("publishes", topics(grant.publishes()));
        json.add("subscribes", topics(grant.subscribes()));
        json.add("cancels", topics(grant.cancels()));
        JsonArray payloads = new JsonArray();
        for (Grant.Payload payload : grant.payloads()) {
            JsonObject one = new JsonObject();
            one.add("topics", topics(payload.topics()));
            one.addProperty("json", payload.json());
            payloads.add(one);
        }
        json.add("payloads", payloads);
        json.addProperty("operates", grant.operates());
        json.addProperty("expires", grant.expiresMs());
        json.addProperty("legacy", grant.legacy());
        return json;
    }

    /** {@code true} for all of them, else types and texts in turn. */
    private static JsonElement topics(GrantedTopics of) {
        JsonArray texts = new JsonArray();
        if (of.all()) {
            texts.add(true);
        }
        of.matchers().forEach(one -> {
            texts.add(one.type());
            texts.add(one.text());
        });
        return texts;
    }

    /**
     * Reads what another node has told.
     *
     * @throws io.rivulet.refusal.Refused when this node does not know such matchers
     */
    public static Grant read(JsonObject json, TopicSpace space) {
        List<Grant.Payload> payloads = new ArrayList<>();
        for (JsonElement one : json.getAsJsonArray("payloads")) {
            JsonObject payload = one.getAsJsonObject();
            payloads.add(new Grant.Payload(topics(payload.get("topics"), space), text(payload.get("json"))));
        }
        return new Grant(text(json.get("issuer")), text(json.get("subject")), text(json.get("token")),
            topics(json.get("publishes"), space), topics(json.get("subscribes"), space), List.copyOf(payloads),
            json.get("operates").getAsBoolean(), json.get("expires").getAsLong(), json.get("legacy").getAsBoolean(),
            topics(json.get("cancels"), space));
    }

    private static String text(JsonElement json) {
        return json == null || json.isJsonNull() ? null : json.getAsString();
    }

    private static GrantedTopics topics(JsonElement json, TopicSpace space) {
        JsonArray texts = json.getAsJsonArray();
        if (texts.size() % 2 == 1) {
            return GrantedTopics.ALL;
        }
        List<TopicMatcher> matchers = new ArrayList<>();
        for (int i = 0; i < texts.size(); i += 2) {
            matchers.add(space.again(texts.get(i).getAsString(), texts.get(i + 1).getAsString()));
        }
        return GrantedTopics.of(matchers);
    }
}
