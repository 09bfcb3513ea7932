package io.rivulet.auth.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.auth.Jwt;
import io.rivulet.auth.Use;
import io.rivulet.refusal.Refused;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Which tokens are believed (Mercure 1.0, TOK-06 to TOK-12, ERR-02, ERR-04), each refusal beside what is accepted. */
class TokenVerifierTest {

    private final Tokens hub = Tokens.with();

    @Test
    void aTokenGrantsWhatItSays() {
        Grant grant = hub.accept(Jwt.granting("news").claim("sub", "ann").claim("jti", "t1"));
        assertTrue(grant.mayPublish(List.of("news")) && grant.maySeePrivate(List.of("news")));
        assertFalse(grant.mayPublish(List.of("other")) || grant.maySeePrivate(List.of("other")));
        assertEquals(List.of(Jwt.ISSUER, "ann", "t1"), List.of(grant.issuer(), grant.subject(), grant.tokenId()));
        assertEquals((Jwt.NOW + 3_600) * 1_000, grant.expiresMs());
        assertFalse(grant.operates() || grant.legacy() || grant.isAnonymous());
    }

    @Test
    void TOK06_theTypeIsThatOfAnAccessTokenInAnyCase() {
        for (String typ : List.of("at+jwt", "AT+JWT", "application/at+jwt", "Application/AT+jwt")) {
            hub.accept(Jwt.granting("a").header("typ", typ));
        }
        for (String typ : List.of("JWT", "jwt", "at+jwt ", "text/at+jwt", "")) {
            hub.refuse("typ is not at+jwt", Jwt.granting("a").header("typ", typ));
        }
        hub.refuse("typ is not at+jwt", Jwt.granting("a").without("typ"));
        hub.refuse("typ is not at+jwt", Jwt.granting("a").headerJson("typ", "['at+jwt']"));
    }

    @Test
    void TOK09_anUnknownIssuerIsRefused() {
        hub.accept(Jwt.granting("a"));
        hub.refuse("none of the configured issuers", Jwt.granting("a").claim("iss", "https://elsewhere"));
        hub.refuse("none of the configured issuers", Jwt.granting("a").claim("iss", Jwt.ISSUER + "/"));
        hub.refuse("no iss", Jwt.granting("a").without("iss"));
        hub.refuse("no iss", Jwt.granting("a").claimJson("iss", "['" + Jwt.ISSUER + "']"));
    }

    @Test
    void TOK10_theEndIsNeededAndKept() {
        hub.accept(Jwt.granting("a").claimJson("exp", "" + (Jwt.NOW + 1)));
        hub.accept(Jwt.granting("a").claimJson("exp", (Jwt.NOW + 1) + ".5"));
        for (String far : List.of("253402300800", "99999999999999", "1e300", "9007199254740993.5")) {
            hub.accept(Jwt.granting("a").claimJson("exp", far));
            hub.refuse("not valid before", Jwt.granting("a").claimJson("nbf", far));
        }
        hub.refuse("it expired", Jwt.granting("a").claimJson("exp", "-1e300"));
        hub.refuse("no exp", Jwt.granting("a").without("exp"));
        hub.refuse("it expired 0 s ago", Jwt.granting("a").claimJson("exp", "" + Jwt.NOW));
        hub.refuse("it expired 3600 s ago", Jwt.granting("a").claimJson("exp", "" + (Jwt.NOW - 3_600)));
        for (String bad : List.of("'" + (Jwt.NOW + 1) + "'", "null", "true", "[1]")) {
            hub.refuse("exp is no time", Jwt.granting("a").claimJson("exp", bad));
        }
    }

    @Test
    void TOK10_aPublicationHasTheSkewAStreamThatWouldEndAtOnceHasNot() {
        String late = Jwt.granting("a").claimJson("exp", "" + (Jwt.NOW - 9)).sign();
        hub.verifier.verify(late, Use.PUBLISH);
        hub.refuse("it expired 9 s ago", late, Use.SUBSCRIBE);
        hub.refuse("it expired 10 s ago", Jwt.granting("a").claimJson("exp", "" + (Jwt.NOW - 10)).sign(),
            Use.PUBLISH);
    }

    @Test
    void TOK10_aBeginningIsKeptWhenThereIsOne() {
        hub.accept(Jwt.granting("a").claimJson("nbf", "" + (Jwt.NOW + 10)));
        hub.refuse("not valid before 11 s from now", Jwt.granting("a").claimJson("nbf", "" + (Jwt.NOW + 11)));
        hub.refuse("nbf is no time", Jwt.granting("a").claimJson("nbf", "'soon'"));
    }

    @Test
    void TOK11_theAudienceIsThisHub() {
        hub.accept(Jwt.granting("a").claimJson("aud", "['https://other','" + Jwt.HUB + "']"));
        for (String bad : List.of("'https://other'", "['https://other']", "[]", "null", "{}", "['" + Jwt.HUB + "/']",
            "[['" + Jwt.HUB + "']]")) {
            hub.refuse("aud is not this hub; expected " + Jwt.HUB, Jwt.granting("a").claimJson("aud", bad));
        }
        hub.refuse("no aud", Jwt.granting("a").without("aud"));
    }

    @Test
    void TOK12_whatAnIssuerOwesIsNotAskedFor() {
        Grant bare = hub.accept(Jwt.granting("a"));
        assertTrue(bare.subject().startsWith("token-") && bare.subject().endsWith(bare.tokenId()), bare.subject());
        assertEquals("t9", hub.accept(Jwt.granting("a").claim("jti", "t9")).subject());
        assertEquals("app", hub.accept(Jwt.granting("a").claim("jti", "t9").claim("client_id", "app")).subject());
        assertEquals("ann", hub.accept(Jwt.granting("a").claim("sub", "ann").claim("client_id", "app")).subject());
    }

    @Test
    void aNameThatCouldBreakALineOfTheLogIsRefused() {
        hub.accept(Jwt.granting("a").claim("sub", "ann smith"));
        hub.refuse("control characters", Jwt.granting("a").claim("sub", "ann\nroot"));
        hub.refuse("control characters", Jwt.granting("a").claim("jti", "\u0000"));
    }

    @Test
    void ERR04_whatIsTooShortOrTooLongIsNoTokenAtAll() {
        Refused tooShort = assertThrows(Refused.class, () -> hub.accept("x".repeat(40)));
        assertEquals(Refused.Reason.BAD_CREDENTIALS, tooShort.reason());
        hub.refuse("not three parts", "x".repeat(41));
        hub.refuse("has 6657 characters; at most 6656 (rivulet.token.bytes.max)", "x".repeat(6_657));
        hub.refuse("not three parts", "x".repeat(6_656));
    }

    @Test
    void ERR02_garbageIsRefusedInOneSentence() {
        String good = Jwt.granting("a").sign();
        hub.accept(good);
        String rest = good.substring(good.indexOf('.'));
        hub.refuse("header is not base64url", "!" + good);
        hub.refuse("header is not JSON", Jwt.base64("{'alg':") + rest);
        hub.refuse("header is not JSON", Jwt.base64("{\"alg\":\"HS256\"} x") + rest);
        hub.refuse("header is not one JSON object", Jwt.base64("[]") + rest);
        hub.refuse("header is not UTF-8", Jwt.base64(new byte[] {'{', (byte) 0xff, '}'}) + rest);
        hub.refuse("not three parts", good + ".x");
        hub.refuse("signature is not base64url", good + "=");
        hub.refuse("signature is of none", good.substring(0, good.length() - 4) + "AAAA");
    }

    @Test
    void aHubWithoutTokensHasNone() {
        assertFalse(Tokens.only().verifier.isConfigured());
        assertTrue(hub.verifier.isConfigured());
        assertEquals(List.of(Jwt.ISSUER), hub.verifier.authorizationServers());
    }
}
