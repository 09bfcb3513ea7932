package io.rivulet.auth.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.auth.Jwt;
import io.rivulet.auth.Keys;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** What an operator is told about a token: all that is wrong with it, in order, and never the token. */
class TokenExplainerTest {

    private final Tokens hub = Tokens.with();

    private JsonObject explain(Tokens of, String token) {
        String json = new TokenExplainer(of.verifier).explain(token, Instant.ofEpochSecond(Jwt.NOW));
        assertFalse(json.contains(token), "the token");
        String signature = token.substring(token.lastIndexOf('.') + 1);
        assertFalse(signature.length() > 5 && json.contains(signature), "the signature");
        return JsonParser.parseString(json).getAsJsonObject();
    }

    private static List<String> faults(JsonObject explanation, String use) {
        List<String> faults = new ArrayList<>();
        for (JsonElement fault : explanation.getAsJsonObject(use).getAsJsonArray("refusedBecause")) {
            faults.add(fault.getAsString());
        }
        return faults;
    }

    @Test
    void aGoodTokenIsToldWithAllItsRights() {
        JsonObject told = explain(hub, Jwt.v1().claim("sub", "ann").claim("other", "x")
            .detail("'actions':['publish'],'topics':[{'match':'news'}]")
            .detail("'actions':['subscribe'],'topics':[{'match':'/a/:b','match_type':'urlpattern'}],'payload':{'n':1}")
            .sign());
        assertEquals("Mercure 1.0", told.get("shape").getAsString());
        assertEquals("{\"alg\":\"HS256\",\"typ\":\"at+jwt\",\"others\":[]}", told.get("header").toString());
        assertEquals("ann", told.getAsJsonObject("claims").get("sub").getAsString());
        assertEquals("[\"other\",\"authorization_details\"]",
            told.getAsJsonObject("claims").get("others").toString());
        assertTrue(told.get("issuerKnown").getAsBoolean());
        assertEquals(Jwt.HUB, told.get("audienceExpected").getAsString());
        assertEquals(Instant.ofEpochSecond(Jwt.NOW + 3_600).toString(), told.get("expires").getAsString());
        JsonObject publish = told.getAsJsonObject("publish");
        assertTrue(publish.get("accepted").getAsBoolean());
        assertEquals("rivulet.token", publish.get("keys").getAsString());
        assertEquals("[{\"match\":\"news\",\"match_type\":\"exact\"}]", publish.get("topics").toString());
        JsonObject subscribe = told.getAsJsonObject("subscribe");
        assertEquals(List.of(), faults(told, "subscribe"));
        assertEquals("[{\"match\":\"/a/:b\",\"match_type\":\"urlpattern\"}]", subscribe.get("topics").toString());
        assertEquals("{\"n\":1}", subscribe.getAsJsonArray("payloads").get(0).getAsJsonObject().get("payload")
            .toString());
        assertEquals(List.of("it grants no operating: no detail of urn:rivulet:authorization-detail (403)"),
            faults(told, "operate"));
    }

    @Test
    void whatATokenMayCancelIsTold() {
        JsonObject told = explain(hub, Jwt.v1().detail("'actions':['cancel'],'topics':[{'match':'run/1'}]").sign());
        JsonObject publish = told.getAsJsonObject("publish");
        assertEquals("[{\"match\":\"run/1\",\"match_type\":\"exact\"}]", publish.get("cancels").toString());
        assertEquals(List.of("it grants no topic to publish to (403)"), faults(told, "publish"));
    }

    @Test
    void everythingThatIsWrongIsToldInTheOrderOfTheRules() {
        String token = Jwt.v1().header("typ", "JWT").claim("aud", "https://other").claimJson("exp", "" + (Jwt.NOW - 60))
            .detail("'actions':['subscribe'],'topics':['a']").signAs("HS256", new SecretKeySpec(new byte[32], "HMAC"));
        JsonObject told = explain(hub, token);
        assertEquals(List.of("its typ is not at+jwt, as an access token's is (RFC 9068)",
            "its signature is of none of the keys of rivulet.token",
            "its aud is not this hub; expected " + Jwt.HUB, "it expired 60 s ago",
            "authorization_details[0].topics[0] is no object with match"), faults(told, "subscribe"));
        assertFalse(told.getAsJsonObject("subscribe").get("accepted").getAsBoolean());
        assertEquals("not good", told.getAsJsonObject("subscribe").get("signature").getAsString());
        assertEquals("it grants no topic to publish to (403)", faults(told, "publish").get(5));
    }

    @Test
    void keysApartAreToldApart() {
        try (Tokens apart = Tokens.only("token.p.issuer", Jwt.ISSUER, "token.p.key", Keys.publicPem("rsa"),
            "token.p.use", "publish", "token.s.issuer", Jwt.ISSUER, "token.s.key", Jwt.SECRET, "token.s.use",
            "subscribe")) {
            JsonObject told = explain(apart, Jwt.granting("a").sign());
            assertEquals(List.of(), faults(told, "subscribe"));
            assertTrue(faults(told, "publish").get(0).contains("not one of those of rivulet.token.p"));
        }
    }

    @Test
    void whatIsNoTokenIsToldSo() {
        JsonObject told = explain(hub, "this is certainly longer than forty-one characters");
        assertEquals("no token", told.get("shape").getAsString());
        assertEquals(List.of("it is no JWS: not three parts with dots between them"), faults(told, "publish"));
        assertTrue(faults(explain(hub, "short"), "subscribe").get(0).contains("has 5 characters"));
    }

    @Test
    void anOldTokenIsToldWhichSettingWouldLetItIn() {
        String token = Jwt.v0("{'publish':['a']}").sign();
        JsonObject told = explain(hub, token);
        assertEquals("Mercure 0.x", told.get("shape").getAsString());
        assertEquals(List.of("it is a token of Mercure 0.x, and rivulet.mercure.legacy is false"),
            faults(told, "publish"));
        try (Tokens legacy = Tokens.with("mercure.legacy", "true")) {
            assertEquals(List.of(), faults(explain(legacy, token), "publish"));
        }
    }
}
