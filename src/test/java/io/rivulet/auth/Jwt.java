package io.rivulet.auth;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.spec.MGF1ParameterSpec;
import java.security.spec.PSSParameterSpec;
import java.util.Base64;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;

/** Makes tokens by hand, with the JDK alone, good ones and bad ones. A builder, for one thread. */
public final class Jwt {

    public static final String SECRET = "!ChangeThisMercureHubJWTSecretKey!";
    public static final SecretKey HMAC = new SecretKeySpec(SECRET.getBytes(StandardCharsets.UTF_8), "HMAC");
    public static final String HUB = "https://localhost/.well-known/mercure";
    public static final String ISSUER = "https://localhost";
    /** What the tests' clocks say: 2026-11-23T10:00:00Z. */
    public static final long NOW = 1_795_428_000;

    private final JsonObject header = new JsonObject();
    private final JsonObject claims = new JsonObject();

    private Jwt() {
    }

    /** A 1.0 token that grants nothing and ends in an hour. */
    public static Jwt v1() {
        return new Jwt().header("alg", "HS256").header("typ", "at+jwt").claim("iss", ISSUER).claim("aud", HUB)
            .claimJson("exp", Long.toString(NOW + 3_600));
    }

    /** A 0.x token that grants this. */
    public static Jwt v0(String mercure) {
        return new Jwt().header("alg", "HS256").header("typ", "JWT").claimJson("mercure", mercure);
    }

    /** A 1.0 token that may publish to and read this. */
    public static Jwt granting(String match) {
        return v1().detail("'actions':['publish','subscribe'],'topics':[{'match':'" + match + "'}]");
    }

    public Jwt header(String name, String text) {
        header.addProperty(name, text);
        return this;
    }

    public Jwt headerJson(String name, String json) {
        header.add(name, json(json));
        return this;
    }

    public Jwt claim(String name, String text) {
        claims.addProperty(name, text);
        return this;
    }

    public Jwt claimJson(String name, String json) {
        claims.add(name, json(json));
        return this;
    }

    public Jwt without(String name) {
        claims.remove(name);
        header.remove(name);
        return this;
    }

    /** One more detail of Mercure's with these members. */
    public Jwt detail(String members) {
        return anyDetail("{'type':'https://mercure.rocks/authorization-detail'," + members + "}");
    }

    public Jwt anyDetail(String json) {
        if (!claims.has("authorization_details")) {
            claims.add("authorization_details", new JsonArray());
        }
        claims.getAsJsonArray("authorization_details").add(json(json));
        return this;
    }

    /** Signed with the secret, HS256. */
    public String sign() {
        return sign("HS256", HMAC);
    }

    /** Signed in truth by this algorithm and key; the header says so, too. */
    public String sign(String alg, Key key) {
        header("alg", alg);
        return signAs(alg, key);
    }

    /** Signed by this algorithm and key, whatever the header says. */
    public String signAs(String alg, Key key) {
        String text = base64(header.toString()) + "." + base64(claims.toString());
        return text + "." + base64(signature(alg, key, text.getBytes(StandardCharsets.US_ASCII)));
    }

    String unsigned() {
        return base64(header.toString()) + "." + base64(claims.toString()) + ".";
    }

    private static byte[] signature(String alg, Key key, byte[] text) {
        String bits = alg.substring(2);
        try {
            if (alg.startsWith("HS")) {
                Mac mac = Mac.getInstance("HmacSHA" + bits);
                mac.init(new SecretKeySpec(key.getEncoded(), "HmacSHA" + bits));
                return mac.doFinal(text);
            }
            Signature signature = Signature.getInstance(alg.startsWith("Ed") ? "Ed25519"
                : alg.startsWith("PS") ? "RSASSA-PSS"
                : "SHA" + bits + (alg.startsWith("ES") ? "withECDSAinP1363Format" : "withRSA"));
            if (alg.startsWith("PS")) {
                signature.setParameter(new PSSParameterSpec("SHA-" + bits, "MGF1",
                    new MGF1ParameterSpec("SHA-" + bits), Integer.parseInt(bits) / 8, 1));
            }
            signature.initSign((PrivateKey) key);
            signature.update(text);
            return signature.sign();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JsonElement json(String text) {
        return JsonParser.parseString(text);
    }

    public static String base64(String text) {
        return base64(text.getBytes(StandardCharsets.UTF_8));
    }

    public static String base64(byte[] bytes) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
