package io.rivulet.auth.token;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.UUID;

/**
 * Makes tokens, for trying a hub out and for those who have no authorization server. {@link TokenCommand} uses it.
 * Immutable, any thread.
 *
 * @param issuer    {@code iss}; may be null in a token of 0.x
 * @param audience  {@code aud}: the hub's URL; may be null in a token of 0.x
 * @param subject   {@code sub}, or null
 * @param ttl       from now to {@code exp}
 * @param publish   topics that may be published to
 * @param subscribe topics whose private events may be read
 * @param cancel    topics whose end may be asked for; none in a token of 0.x
 * @param payload   a JSON object for presence, or null
 * @param operate   whether the hub may be operated; not in a token of 0.x
 * @param legacy    whether it is a token of Mercure 0.x
 */
record TokenMint(String issuer, String audience, String subject, Duration ttl, List<Topic> publish,
                 List<Topic> subscribe, List<Topic> cancel, JsonObject payload, boolean operate, boolean legacy) {

    /**
     * One topic that is granted.
     *
     * @param match      the text
     * @param urlPattern whether it is a URL pattern
     */
    public record Topic(String match, boolean urlPattern) {
    }

    /**
     * The token, signed.
     *
     * @param key       a secret, or a private key in PEM
     * @param algorithm null for the one that fits the key
     * @throws IllegalArgumentException when the key cannot be used so; never with the key in the message
     */
    public String mint(String key, String algorithm, Instant now) {
        SigningKey signing = SigningKey.of(key, algorithm);
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.parse(signing.algorithm()))
            .type(new JOSEObjectType(legacy ? "JWT" : "at+jwt")).build();
        JWSObject token = new JWSObject(header, new Payload(claims(now).toString()));
        try {
            token.sign(signing.signer());
        } catch (JOSEException e) {
            throw new IllegalArgumentException("the key does not sign: " + e.getMessage(), e);
        }
        return token.serialize();
    }

    private JsonObject claims(Instant now) {
        JsonObject claims = new JsonObject();
        add(claims, "iss", issuer);
        add(claims, "aud", audience);
        add(claims, "sub", subject);
        claims.addProperty("iat", now.getEpochSecond());
        claims.addProperty("exp", now.plus(ttl).getEpochSecond());
        claims.addProperty("jti", UUID.randomUUID().toString());
        if (legacy) {
            claims.add(ParsedToken.LEGACY_CLAIM, legacyClaim());
        } else {
            claims.add(ParsedToken.DETAILS, details());
        }
        return claims;
    }

    private JsonObject legacyClaim() {
        JsonObject claim = new JsonObject();
        claim.add("publish", texts(publish));
        claim.add("subscribe", texts(subscribe));
        if (payload != null) {
            claim.add("payload", payload);
        }
        return claim;
    }

    private JsonArray details() {
        JsonArray details = new JsonArray();
        if (!publish.isEmpty()) {
            details.add(detail("publish", publish));
        }
        if (!subscribe.isEmpty()) {
            JsonObject detail = detail("subscribe", subscribe);
            if (payload != null) {
                detail.add("payload", payload);
            }
            details.add(detail);
        }
        if (!cancel.isEmpty()) {
            details.add(detail(DetailsReader.CANCEL, cancel));
        }
        if (operate) {
            JsonObject detail = new JsonObject();
            detail.addProperty("type", DetailsReader.RIVULET);
            detail.add("actions", array(DetailsReader.OPERATE));
            details.add(detail);
        }
        return details;
    }

    private static JsonObject detail(String action, List<Topic> topics) {
        JsonObject detail = new JsonObject();
        detail.addProperty("type", DetailsReader.MERCURE);
        detail.add("actions", array(action));
        JsonArray matchers = new JsonArray();
        for (Topic topic : topics) {
            JsonObject matcher = new JsonObject();
            matcher.addProperty("match", topic.match());
            if (topic.urlPattern()) {
                matcher.addProperty("match_type", "urlpattern");
            }
            matchers.add(matcher);
        }
        detail.add("topics", matchers);
        return detail;
    }

    private static JsonArray texts(List<Topic> topics) {
        JsonArray texts = new JsonArray();
        topics.forEach(topic -> texts.add(topic.match()));
        return texts;
    }

    private static JsonArray array(String text) {
        JsonArray array = new JsonArray();
        array.add(text);
        return array;
    }

    private static void add(JsonObject object, String name, String text) {
        if (text != null) {
            object.addProperty(name, text);
        }
    }
}
