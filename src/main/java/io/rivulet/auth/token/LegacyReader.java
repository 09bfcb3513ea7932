package io.rivulet.auth.token;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.rivulet.auth.Grant.Payload;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.topic.TopicMatcher;
import io.rivulet.topic.TopicSpace;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the rights of a token of Mercure 0.x: its {@code mercure} claim (OLD-07, OLD-08, OLD-14). {@link TokenRules}
 * use it where the settings allow such tokens. Any thread.
 */
final class LegacyReader {

    /** Selectors of one list; the token's own length is the nearer bound. */
    private static final int SELECTORS_MAX = 1_000;

    private final TopicSpace topics;

    LegacyReader(TopicSpace topics) {
        this.topics = topics;
    }

    /**
     * The rights; none without the claim.
     *
     * @throws BadToken when the claim is not as it must be
     */
    TokenRights read(JsonObject claims) {
        String name = claims.has(ParsedToken.NAMESPACED_CLAIM) ? ParsedToken.NAMESPACED_CLAIM
            : ParsedToken.LEGACY_CLAIM;
        JsonElement claim = claims.get(name);
        if (claim == null || claim.isJsonNull()) {
            return TokenRights.NONE;
        }
        if (!claim.isJsonObject()) {
            throw new BadToken("its claim " + name + " is no object");
        }
        JsonElement payload = claim.getAsJsonObject().get("payload");
        List<Payload> payloads = payload == null || payload.isJsonNull() ? List.of()
            : List.of(new Payload(GrantedTopics.ALL, payload.toString()));
        return new TokenRights(selectors(claim.getAsJsonObject(), name, "publish"),
            selectors(claim.getAsJsonObject(), name, "subscribe"), payloads, false, GrantedTopics.NONE);
    }

    private GrantedTopics selectors(JsonObject claim, String claimName, String name) {
        JsonElement list = claim.get(name);
        if (list == null || list.isJsonNull()) {
            return GrantedTopics.NONE;
        }
        if (!list.isJsonArray() || list.getAsJsonArray().size() > SELECTORS_MAX) {
            throw new BadToken("its " + claimName + "." + name + " is no array of at most " + SELECTORS_MAX);
        }
        List<TopicMatcher> matchers = new ArrayList<>();
        for (JsonElement selector : list.getAsJsonArray()) {
            if (!selector.isJsonPrimitive() || !selector.getAsJsonPrimitive().isString()) {
                throw new BadToken("its " + claimName + "." + name + " has an entry that is no string");
            }
            matchers.add(topics.selector(selector.getAsString()));
        }
        return GrantedTopics.of(matchers);
    }
}
