package io.rivulet.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.rivulet.auth.token.Tokens;
import io.rivulet.refusal.Refused;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.util.List;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

/** What attackers try with tokens, each beside the honest token that it is made from. */
class AttackTest {

    private final Tokens hub = Tokens.with();

    @Test
    void TOK07_anUnsignedTokenIsRefusedHoweverItSaysNone() {
        hub.accept(Jwt.granting("a"));
        for (String none : List.of("none", "None", "NONE", "nOnE")) {
            hub.refuse("it is not signed", Jwt.granting("a").header("alg", none).unsigned());
            hub.refuse("it is not signed", Jwt.granting("a").header("alg", none).signAs("HS256", Jwt.HMAC));
        }
        hub.refuse("it is not signed", Jwt.granting("a").without("alg").unsigned());
        hub.refuse("signature is of none", Jwt.granting("a").unsigned());
        hub.refuse("its algorithm is not one of those", Jwt.granting("a").header("alg", "").unsigned());
    }

    @Test
    void TOK07_thePublicKeyIsNoSecret() {
        KeyPair pair = Keys.pair("rsa");
        String pem = Keys.publicPem("rsa");
        try (Tokens rsa = Tokens.with("token.key", pem)) {
            rsa.accept(Jwt.granting("a").sign("RS256", pair.getPrivate()));
            for (byte[] known : List.of(pem.getBytes(StandardCharsets.UTF_8),
                pem.strip().getBytes(StandardCharsets.UTF_8), pair.getPublic().getEncoded())) {
                rsa.refuse("its algorithm is not one of those",
                    Jwt.granting("a").sign("HS256", new SecretKeySpec(known, "HMAC")));
                rsa.refuse("signature is of none",
                    Jwt.granting("a").header("alg", "RS256").signAs("HS256", new SecretKeySpec(known, "HMAC")));
            }
        }
    }

    @Test
    void TOK09_aForeignIssuersKeyIsGoodForItsOwnIssuerAlone() {
        KeyPair ours = Keys.pair("rsa");
        KeyPair foreign = Keys.pair("rsa other");
        try (Tokens two = Tokens.only("token.ours.issuer", "https://a", "token.ours.key", Keys.publicPem("rsa"),
            "token.theirs.issuer", "https://b", "token.theirs.key", Keys.publicPem("rsa other"))) {
            assertEquals("https://a", two.accept(
                Jwt.granting("a").claim("iss", "https://a").sign("RS256", ours.getPrivate())).issuer());
            assertEquals("https://b", two.accept(
                Jwt.granting("a").claim("iss", "https://b").sign("RS256", foreign.getPrivate())).issuer());
            two.refuse("none of the keys of rivulet.token.ours",
                Jwt.granting("a").claim("iss", "https://a").sign("RS256", foreign.getPrivate()));
            two.refuse("none of the keys of rivulet.token.theirs",
                Jwt.granting("a").claim("iss", "https://b").sign("RS256", ours.getPrivate()));
        }
    }

    @Test
    void TOK08_aKeyThatTheTokenBringsIsNeverUsed() {
        KeyPair attacker = Keys.pair("rsa attacker");
        try (Tokens rsa = Tokens.with("token.key", Keys.publicPem("rsa"))) {
            rsa.accept(Jwt.granting("a").header("kid", "x").sign("RS256", Keys.pair("rsa").getPrivate()));
            String jwk = Jwks.of("x", attacker.getPublic());
            for (java.security.PrivateKey key : List.of(attacker.getPrivate(), Keys.pair("rsa").getPrivate())) {
                rsa.refuse("its header has jwk", Jwt.granting("a").headerJson("jwk", jwk).sign("RS256", key));
                rsa.refuse("its header has jku",
                    Jwt.granting("a").header("jku", "https://attacker.example/keys").sign("RS256", key));
                rsa.refuse("its header has x5u",
                    Jwt.granting("a").header("x5u", "https://attacker.example/cert").sign("RS256", key));
            }
            rsa.refuse("signature is of none", Jwt.granting("a").headerJson("x5c", "['MIIB']")
                .sign("RS256", attacker.getPrivate()));
            rsa.refuse("signature is of none", Jwt.granting("a").header("kid", "../../dev/null")
                .sign("RS256", attacker.getPrivate()));
        }
    }

    @Test
    void anExtensionThatMustBeUnderstoodIsNot() {
        hub.accept(Jwt.granting("a"));
        hub.refuse("crit or b64", Jwt.granting("a").headerJson("crit", "['b64']").headerJson("b64", "false"));
        hub.refuse("crit or b64", Jwt.granting("a").headerJson("crit", "[]"));
        hub.refuse("crit or b64", Jwt.granting("a").headerJson("b64", "false"));
    }

    @Test
    void AD04_oneDetailOrMatcherTooMany() {
        hub.accept(details(100, 1));
        hub.refuse("it has 101 authorization details; at most 100 (rivulet.token.details.max)", details(101, 1));
        hub.accept(details(10, 10));
        hub.refuse("it has more than 100 matchers (rivulet.token.matchers.max)", details(1, 101));
        hub.refuse("it has more than 100 matchers", details(11, 10));
    }

    private static Jwt details(int details, int matchers) {
        Jwt token = Jwt.v1();
        String list = "{'match':'a'},".repeat(matchers);
        for (int i = 0; i < details; i++) {
            if (matchers == 1) {
                token.anyDetail("{'type':'x'}");
            } else {
                token.detail("'actions':['p'],'topics':[" + list.substring(0, list.length() - 1) + "]");
            }
        }
        return token;
    }

    @Test
    void AD04_aTokenOfSevenKilobytesIsRefusedAndOneOfFiveIsJudgedLikeAnyOther() {
        Jwt big = Jwt.granting("a").claim("more", "x".repeat(3_500));
        assertEquals(5, big.sign().length() / 1_000);
        hub.accept(big.sign());
        hub.refuse("signature is of none", big.signAs("HS256", new SecretKeySpec(new byte[32], "HMAC")));
        String tooBig = Jwt.granting("a").claim("more", "x".repeat(5_000)).sign();
        assertEquals(7, tooBig.length() / 1_000);
        hub.refuse("at most 6656 (rivulet.token.bytes.max)", tooBig);
    }

    @Test
    void jsonInAThousandBracketsOverflowsNoStack() {
        hub.accept(Jwt.granting("a"));
        String rest = Jwt.granting("a").sign();
        rest = rest.substring(rest.lastIndexOf('.'));
        hub.refuse("payload is not JSON", Jwt.base64("{\"alg\":\"HS256\"}") + "."
            + Jwt.base64("{\"a\":" + "[".repeat(4_000)) + rest);
    }

    @Test
    void aTokenThatWasBelievedIsNotBelievedAfterItsEnd() {
        String token = Jwt.granting("a").claimJson("exp", "" + (Jwt.NOW + 30)).sign();
        hub.accept(token);
        hub.at(Jwt.NOW + 29).accept(token);
        hub.at(Jwt.NOW + 30).refuse("it expired 0 s ago", token);
    }
}
