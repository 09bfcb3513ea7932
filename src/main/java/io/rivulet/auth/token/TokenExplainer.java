package io.rivulet.auth.token;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.auth.Grant;
import io.rivulet.auth.Grant.Payload;
import io.rivulet.auth.GrantedTopics;
import io.rivulet.auth.Use;
import io.rivulet.refusal.Refused;
import io.rivulet.topic.TopicMatcher;
import java.time.Instant;
import java.util.List;
import java.util.Locale;

/**
 * Explains a token: its kind, its rights and everything for which it would be refused. A door for operators
 * uses it. Any thread.
 *
 * <p>The rules that serve requests find the faults, so the explanation cannot differ from them. It tells things that
 * callers must not learn, and is therefore for those who operate the hub alone.
 */
public final class TokenExplainer {

    private static final List<String> HEADER = List.of("alg", "typ", "kid");
    private static final List<String> CLAIMS =
        List.of("iss", "aud", "sub", "client_id", "jti", "iat", "nbf", "exp", "scope");

    private final TokenVerifier verifier;

    /** Of the tokens that this verifier judges. */
    public TokenExplainer(TokenVerifier verifier) {
        this.verifier = verifier;
    }

    /**
     * Everything a person needs to know about a token, as a JSON object: never the token itself or its signature. It
     * never throws for what is wrong with the token.
     */
    public String explain(String token, Instant now) {
        JsonObject json = new JsonObject();
        try {
            verifier.checkLength(token);
            tell(ParsedToken.parse(token), now.toEpochMilli(), json);
        } catch (Refused e) {
            noToken(e.forTheLog(), json);
        } catch (BadToken e) {
            noToken(e.getMessage(), json);
        }
        return json.toString();
    }

    private static void noToken(String why, JsonObject json) {
        json.addProperty("shape", "no token");
        for (Use use : Use.values()) {
            json.add(use.word(), refused(why));
        }
    }

    private void tell(ParsedToken token, long nowMs, JsonObject json) {
        json.addProperty("shape", token.isModern() ? "Mercure 1.0" : token.hasLegacyClaim() ? "Mercure 0.x"
            : "a JWT without rights of Mercure's");
        json.add("header", some(token.header(), HEADER));
        json.add("claims", some(token.claims(), CLAIMS));
        String iss = token.claim("iss");
        json.addProperty("issuerKnown", iss != null && verifier.issuers().stream().anyMatch(i -> iss.equals(i.name())));
        json.addProperty("audienceExpected", verifier.rules().audience());
        time(token, "exp", "expires", json);
        time(token, "nbf", "validFrom", json);
        for (Use use : Use.values()) {
            json.add(use.word(), verdict(token, use, nowMs));
        }
    }

    private JsonObject verdict(ParsedToken token, Use use, long nowMs) {
        Verdict verdict = Verdict.ofAllFaults();
        Grant grant = null;
        try {
            grant = verifier.rules().judge(token, use, nowMs, verdict);
        } catch (Refused e) {
            verdict.fault(e.forTheLog());
        }
        JsonObject json = new JsonObject();
        TokenRights rights = verdict.rights;
        JsonArray faults = new JsonArray();
        verdict.faults().forEach(faults::add);
        if (use == Use.PUBLISH && rights.publishes().isNone()) {
            faults.add("it grants no topic to publish to (403)");
        }
        if (use == Use.OPERATE && (grant == null ? !rights.operates() : !grant.operates())) {
            faults.add("it grants no operating: no detail of " + DetailsReader.RIVULET + " (403)");
        }
        json.addProperty("accepted", faults.isEmpty());
        json.add("refusedBecause", faults);
        json.addProperty("signature", verdict.key == null ? "not good" : "good");
        json.addProperty("keys", verdict.issuer == null ? null : verdict.issuer.label());
        json.addProperty("algorithms", verdict.key == null ? null : String.join(", ", verdict.key.algorithms()));
        if (use != Use.OPERATE) {
            json.add("topics", topics(use == Use.PUBLISH ? rights.publishes() : rights.subscribes()));
        }
        if (use == Use.PUBLISH) {
            json.add("cancels", topics(rights.cancels()));
        }
        if (use == Use.SUBSCRIBE) {
            json.add("payloads", payloads(rights.payloads()));
        }
        return json;
    }

    private static JsonObject refused(String fault) {
        JsonObject json = new JsonObject();
        json.addProperty("accepted", false);
        JsonArray faults = new JsonArray();
        faults.add(fault);
        json.add("refusedBecause", faults);
        return json;
    }

    /** These members as they are, and the names of the others: a summary, from which no token can be made again. */
    private static JsonObject some(JsonObject object, List<String> names) {
        JsonObject some = new JsonObject();
        JsonArray others = new JsonArray();
        for (String name : object.keySet()) {
            if (names.contains(name)) {
                some.add(name, object.get(name));
            } else {
                others.add(name);
            }
        }
        some.add("others", others);
        return some;
    }

    private static void time(ParsedToken token, String claim, String name, JsonObject json) {
        JsonElement value = token.claims().get(claim);
        if (value != null && value.isJsonPrimitive() && value.getAsJsonPrimitive().isNumber()
            && Math.abs(value.getAsDouble()) < 1e11) {
            json.addProperty(name, Instant.ofEpochSecond((long) value.getAsDouble()).toString());
        }
    }

    private static JsonArray topics(GrantedTopics topics) {
        JsonArray array = new JsonArray();
        if (topics.all()) {
            array.add(topic("*", "any"));
        }
        for (TopicMatcher matcher : topics.matchers()) {
            array.add(topic(matcher.text(), matcher.type().toLowerCase(Locale.ROOT)));
        }
        return array;
    }

    private static JsonObject topic(String match, String type) {
        JsonObject json = new JsonObject();
        json.addProperty("match", match);
        json.addProperty("match_type", type);
        return json;
    }

    private static JsonArray payloads(List<Payload> payloads) {
        JsonArray array = new JsonArray();
        for (Payload payload : payloads) {
            JsonObject json = new JsonObject();
            json.add("topics", topics(payload.topics()));
            json.add("payload", payload.json() == null ? null : JsonParser.parseString(payload.json()));
            array.add(json);
        }
        return array;
    }
}
