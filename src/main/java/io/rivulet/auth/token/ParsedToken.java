package io.rivulet.auth.token;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * A token taken apart, and nothing of it believed yet: the three parts of a JWS in its compact form (RFC 7515).
 * {@link TokenRules} look at it. Immutable.
 *
 * @param header    its JSON
 * @param claims    its JSON
 * @param signed    the signed text, as bytes
 * @param signature decoded; empty in an unsigned token
 */
record ParsedToken(JsonObject header, JsonObject claims, byte[] signed, byte[] signature) {

    static final String DETAILS = "authorization_details";
    static final String LEGACY_CLAIM = "mercure";
    static final String NAMESPACED_CLAIM = "https://mercure.rocks/";

    /**
     * Takes it apart.
     *
     * @throws BadToken when it is no JWS of two JSON objects
     */
    static ParsedToken parse(String token) {
        int first = token.indexOf('.');
        int last = token.lastIndexOf('.');
        if (first < 0 || first == last || token.indexOf('.', first + 1) != last) {
            throw new BadToken("it is no JWS: not three parts with dots between them");
        }
        JsonObject header = object("header", decode("header", token.substring(0, first)));
        JsonObject claims = object("payload", decode("payload", token.substring(first + 1, last)));
        return new ParsedToken(header, claims, token.substring(0, last).getBytes(StandardCharsets.US_ASCII),
            decode("signature", token.substring(last + 1)));
    }

    /** A member of the header that is a string, else null. */
    String header(String name) {
        return text(header, name);
    }

    /** A claim that is a string, else null. */
    String claim(String name) {
        return text(claims, name);
    }

    /** Whether it wants to be an access token of Mercure 1.0: the dialect of a token is its shape's. */
    boolean isModern() {
        return claims.has(DETAILS) || hasAccessTokenType();
    }

    /** Whether it says the rights of Mercure 0.x. */
    boolean hasLegacyClaim() {
        return claims.has(LEGACY_CLAIM) || claims.has(NAMESPACED_CLAIM);
    }

    /** Whether its {@code typ} is that of an access token (RFC 9068, TOK-06). */
    boolean hasAccessTokenType() {
        String typ = header("typ");
        return typ != null && (typ.equalsIgnoreCase("at+jwt") || typ.equalsIgnoreCase("application/at+jwt"));
    }

    private static String text(JsonObject object, String name) {
        JsonElement value = object.get(name);
        return value != null && value.isJsonPrimitive() && value.getAsJsonPrimitive().isString()
            ? value.getAsString() : null;
    }

    /** Strictly: characters that a decoder would skip could make two texts of one token. */
    private static byte[] decode(String part, String text) {
        try {
            if (text.indexOf('=') < 0) {
                return Base64.getUrlDecoder().decode(text);
            }
        } catch (IllegalArgumentException e) {
            throw new BadToken("its " + part + " is not base64url");
        }
        throw new BadToken("its " + part + " is not base64url: it is padded");
    }

    private static JsonObject object(String part, byte[] bytes) {
        try {
            String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
            JsonReader reader = new JsonReader(new StringReader(text));
            reader.setStrictness(Strictness.STRICT);
            JsonElement json = JsonParser.parseReader(reader);
            if (json.isJsonObject() && reader.peek() == JsonToken.END_DOCUMENT) {
                return json.getAsJsonObject();
            }
        } catch (CharacterCodingException e) {
            throw new BadToken("its " + part + " is not UTF-8");
        } catch (IOException | JsonParseException e) {
            throw new BadToken("its " + part + " is not JSON");
        }
        throw new BadToken("its " + part + " is not one JSON object");
    }
}
