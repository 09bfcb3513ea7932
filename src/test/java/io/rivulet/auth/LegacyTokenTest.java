package io.rivulet.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.token.Tokens;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Tokens of Mercure 0.x: OLD-07 to OLD-09, OLD-14. */
class LegacyTokenTest {

    private final Tokens hub = Tokens.with("mercure.legacy", "true");

    @Test
    void OLD07_thePublishClaimGrantsNothingWhenItIsMissingOrEmpty() {
        Grant grant = hub.accept(Jwt.v0("{'publish':['a','/books/{id}']}"));
        assertTrue(grant.legacy() && grant.mayPublish(List.of("a", "/books/1")));
        assertFalse(grant.mayPublish(List.of("a", "b")));
        for (String nothing : List.of("{}", "{'publish':[]}", "{'publish':null}", "null")) {
            assertTrue(hub.accept(Jwt.v0(nothing)).publishes().isNone(), nothing);
        }
        assertTrue(hub.accept(Jwt.v0("{}").without("mercure")).publishes().isNone());
        for (String bad : List.of("{'publish':'a'}", "{'publish':{}}", "{'publish':[1]}", "{'publish':[null]}",
            "[]", "'*'")) {
            hub.refuse("mercure", Jwt.v0(bad));
        }
    }

    @Test
    void OLD08_theSubscribeClaimOpensWhatIsPrivate() {
        Grant grant = hub.accept(Jwt.v0("{'subscribe':['/users/{id}/mail'],'publish':[]}"));
        assertTrue(grant.maySeePrivate(List.of("x", "/users/7/mail")));
        assertFalse(grant.maySeePrivate(List.of("/users/7/post")));
        assertTrue(hub.accept(Jwt.v0("{'subscribe':['*']}")).readsAll());
    }

    @Test
    void OLD09_theEndIsKeptWhenThereIsOneAndNothingElseIsAskedFor() {
        assertEquals(Grant.NEVER, hub.accept(Jwt.v0("{}").without("typ")).expiresMs());
        assertEquals((Jwt.NOW + 5) * 1_000, hub.accept(Jwt.v0("{}").claimJson("exp", "" + (Jwt.NOW + 5))).expiresMs());
        hub.refuse("it expired", Jwt.v0("{}").claimJson("exp", "" + (Jwt.NOW - 11)));
        hub.refuse("exp is no time", Jwt.v0("{}").claimJson("exp", "'never'"));
        hub.refuse("not valid before", Jwt.v0("{}").claimJson("nbf", "" + (Jwt.NOW + 60)));
        hub.accept(Jwt.v0("{}").claim("aud", "https://elsewhere").claim("iss", "https://unheard-of"));
    }

    @Test
    void OLD11_onePayloadIsForAllSubscriptions() {
        Grant grant = hub.accept(Jwt.v0("{'subscribe':[],'payload':{'user':'ann'}}"));
        assertEquals("{\"user\":\"ann\"}", grant.payload("anything"));
        assertEquals("\"ann\"", hub.accept(Jwt.v0("{'payload':'ann'}")).payload("anything"));
        assertNull(hub.accept(Jwt.v0("{}")).payload("anything"));
    }

    @Test
    void OLD14_theClaimUnderItsFullNameOverrides() {
        Grant grant = hub.accept(Jwt.v0("{'publish':['*'],'subscribe':['*']}")
            .claimJson("https://mercure.rocks/", "{'publish':['a']}"));
        assertTrue(grant.mayPublish(List.of("a")) && !grant.mayPublish(List.of("b")) && grant.subscribes().isNone());
    }

    @Test
    void withoutTheSettingTheyAreRefusedAndTheReasonNamesIt() {
        try (Tokens strict = Tokens.with()) {
            strict.refuse("it is a token of Mercure 0.x, and rivulet.mercure.legacy is false",
                Jwt.v0("{'publish':['*']}"));
            strict.refuse("rivulet.mercure.legacy is false",
                Jwt.v1().without("typ").claimJson("https://mercure.rocks/", "{}"));
            strict.accept(Jwt.granting("a"));
        }
    }

    @Test
    void theShapeOfEachTokenDecidesByWhichRulesItIsRead() {
        assertFalse(hub.accept(Jwt.granting("a")).legacy());
        hub.refuse("it has no exp", Jwt.granting("a").without("exp"));
        hub.refuse("typ is not at+jwt", Jwt.v0("{'publish':['*']}").claimJson("authorization_details", "[]"));
        assertTrue(hub.accept(Jwt.granting("a").claimJson("mercure", "{'publish':['*']}")).mayPublish(List.of("a")));
        assertFalse(hub.accept(Jwt.granting("a").claimJson("mercure", "{'publish':['*']}")).mayPublish(List.of("b")));
    }

    @Test
    void TOK09_aKnownIssuerIsHeldToItsOwnKeysAndAnUnknownOneToAll() {
        try (Tokens two = Tokens.only("mercure.legacy", "true", "token.a.issuer", "https://a", "token.a.key",
            Jwt.SECRET, "token.b.key", Keys.publicPem("rsa"))) {
            assertEquals("https://a", two.accept(Jwt.v0("{}")).issuer());
            assertEquals("https://a", two.accept(Jwt.v0("{}").claim("iss", "https://a")).issuer());
            assertEquals("urn:rivulet:rivulet.token.b", two.accept(
                Jwt.v0("{}").claim("iss", "https://c").sign("RS256", Keys.pair("rsa").getPrivate())).issuer());
            two.refuse("its algorithm is not one of those of rivulet.token.a",
                Jwt.v0("{}").claim("iss", "https://a").sign("RS256", Keys.pair("rsa").getPrivate()));
        }
    }

    @Test
    void withoutAResourceOnlyTheyAreAccepted() {
        try (Tokens bare = Tokens.only("resource", "", "mercure.legacy", "true", "token.key", Jwt.SECRET)) {
            bare.accept(Jwt.v0("{}"));
            bare.refuse("without rivulet.resource", Jwt.granting("a"));
        }
    }
}
