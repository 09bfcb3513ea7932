package io.rivulet.mercure;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.kit.Server;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Makes tokens by hand, with the JDK alone, so that no fault of the hub's library can hide in both. A builder. */
public final class Token {

    /** The key of everybody's first Mercure hub. */
    public static final String SECRET = "!ChangeThisMercureHubJWTSecretKey!";
    public static final String ISSUER = "https://localhost";
    static final String DETAIL = "https://mercure.rocks/authorization-detail";

    private final JsonObject header = new JsonObject();
    private final JsonObject claims = new JsonObject();
    private final boolean legacy;

    private Token(boolean legacy) {
        this.legacy = legacy;
        header("alg", "\"HS256\"");
    }

    /** An access token of Mercure 1.0 (RFC 9068, RFC 9396) that grants nothing yet and ends in an hour. */
    public static Token v1() {
        return new Token(false).header("typ", "\"at+jwt\"").claim("iss", quoted(ISSUER))
            .claim("aud", quoted(MercureHub.URL)).claim("exp", in(3_600)).claim("authorization_details", "[]");
    }

    /** A token of Mercure 0.x that grants nothing yet and never ends. */
    public static Token v0() {
        return new Token(true).header("typ", "\"JWT\"").claim("mercure", "{}");
    }

    /** A 1.0 token that may publish to and read everything. */
    public static String all() {
        return v1().publish("*").subscribe("*").sign();
    }

    /** A server that believes these tokens, beside whom it lets in already. */
    public static Server.Builder believedBy(Server.Builder builder) {
        return builder.set("resource", MercureHub.URL).set("token.issuer", ISSUER).set("token.key", SECRET);
    }

    /** The header line of {@link #all}: whom dev mode does not trust, such as a client of HTTP/1.0, shows it. */
    public static String header() {
        return "Authorization: Bearer " + all() + "\r\n";
    }

    /** The second that is so many seconds from now. */
    static String in(long seconds) {
        return Long.toString(Instant.now().getEpochSecond() + seconds);
    }

    /** Rights to publish. */
    public Token publish(String... topics) {
        return grant("publish", topics);
    }

    /** Rights to read what is private. */
    public Token subscribe(String... topics) {
        return grant("subscribe", topics);
    }

    private Token grant(String action, String... topics) {
        JsonArray list = new JsonArray();
        if (legacy) {
            for (String topic : topics) {
                list.add(topic);
            }
            claims.getAsJsonObject("mercure").add(action, list);
            return this;
        }
        for (String topic : topics) {
            JsonObject matcher = new JsonObject();
            matcher.addProperty("match", topic);
            list.add(matcher);
        }
        return detail("{\"type\":\"" + DETAIL + "\",\"actions\":[\"" + action + "\"],\"topics\":" + list + "}");
    }

    /** One more authorization detail, as JSON. */
    Token detail(String json) {
        claims.getAsJsonArray("authorization_details").add(JsonParser.parseString(json));
        return this;
    }

    /** One more detail of Mercure's with these members beside its type. */
    public Token mercureDetail(String members) {
        return detail("{\"type\":\"" + DETAIL + "\"," + members + "}");
    }

    /** A claim, its value as JSON; null takes it away. */
    public Token claim(String name, String json) {
        return set(claims, name, json);
    }

    /** A member of the header, its value as JSON; null takes it away. */
    Token header(String name, String json) {
        return set(header, name, json);
    }

    private Token set(JsonObject object, String name, String json) {
        if (json == null) {
            object.remove(name);
        } else {
            JsonElement value = JsonParser.parseString(json);
            object.add(name, value);
        }
        return this;
    }

    /** Signed with the hub's secret. */
    public String sign() {
        return sign(SECRET.getBytes(StandardCharsets.UTF_8));
    }

    /** Signed with this secret. */
    public String sign(byte[] secret) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(secret, "HmacSHA256"));
            return signedPart() + "." + base64(mac.doFinal(signedPart().getBytes(StandardCharsets.US_ASCII)));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Signed with this key of RSA; the header says RS256. */
    String signRs256(PrivateKey key) {
        header("alg", "\"RS256\"");
        try {
            Signature signature = Signature.getInstance("SHA256withRSA");
            signature.initSign(key);
            signature.update(signedPart().getBytes(StandardCharsets.US_ASCII));
            return signedPart() + "." + base64(signature.sign());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Without a signature: {@code alg} is none. */
    String unsigned(String none) {
        header("alg", quoted(none));
        return signedPart() + ".";
    }

    private String signedPart() {
        return base64(header.toString().getBytes(StandardCharsets.UTF_8)) + "."
            + base64(claims.toString().getBytes(StandardCharsets.UTF_8));
    }

    static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    static String quoted(String text) {
        return "\"" + text + "\"";
    }
}
