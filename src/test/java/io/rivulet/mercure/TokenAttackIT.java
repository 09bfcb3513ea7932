package io.rivulet.mercure;

import static io.rivulet.mercure.MercureHub.enc;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.WireResponse;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.interfaces.RSAPublicKey;
import java.util.Base64;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Tokens as an attacker makes them. Two issuers: the usual one with a secret, and one with an RSA key. */
@Tag("once")
class TokenAttackIT {

    private static final String OTHER = "https://other.example";
    private static final String FORM = "topic=" + enc("https://example.com/attack") + "&data=x";
    private static MercureHub hub;
    private static KeyPair rsa;
    private static KeyPair attackers;

    @BeforeAll
    static void start() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        rsa = generator.generateKeyPair();
        attackers = generator.generateKeyPair();
        hub = MercureHub.with("token.other.issuer", OTHER, "token.other.key", pem(rsa.getPublic()),
            "token.other.algorithm", "RS256");
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    private static String pem(PublicKey key) {
        return "-----BEGIN PUBLIC KEY-----\n" + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
            .encodeToString(key.getEncoded()) + "\n-----END PUBLIC KEY-----\n";
    }

    private static Token token() {
        return Token.v1().publish("*").subscribe("*");
    }

    private static Token fromOther() {
        return token().claim("iss", Token.quoted(OTHER));
    }

    private static void assertBad(String token) {
        for (WireResponse answer : List.of(hub.publish(token, FORM),
            hub.subscribe("match=a", "Authorization: Bearer " + token))) {
            assertEquals(401, answer.status(), answer.text());
            assertEquals(Challenge.INVALID_TOKEN, Challenge.of(answer));
        }
    }

    private static void assertGood(String token) {
        WireResponse answer = hub.publish(token, FORM);
        assertEquals(200, answer.status(), answer.text());
    }

    @Test
    void TOK09_eachIssuersOwnKeyIsGood() {
        assertGood(token().sign());
        assertGood(fromOther().signRs256(rsa.getPrivate()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "None", "NONE", "nOnE", "", "HS256"})
    void TOK07_aTokenWithoutASignatureIsRefused(String none) {
        String unsigned = token().unsigned(none);
        assertBad(unsigned);
        assertBad(unsigned + "AA");
        assertBad(fromOther().unsigned(none));
    }

    @Test
    void TOK07_thePublicKeyIsNoSecret() {
        for (byte[] secret : List.of(pem(rsa.getPublic()).getBytes(StandardCharsets.US_ASCII),
            pem(rsa.getPublic()).strip().getBytes(StandardCharsets.US_ASCII), rsa.getPublic().getEncoded(),
            ((RSAPublicKey) rsa.getPublic()).getModulus().toByteArray())) {
            assertBad(fromOther().sign(secret));
            assertBad(token().sign(secret));
        }
        assertGood(fromOther().signRs256(rsa.getPrivate()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"HS384", "HS512", "RS256", "ES256", "EdDSA", "hs256", "PS256", "A128KW", "dir"})
    void TOK07_anAlgorithmThatIsNotAllowedIsRefusedThoughTheSignatureIsGood(String algorithm) {
        assertBad(token().header("alg", Token.quoted(algorithm)).sign());
        assertGood(token().header("alg", "\"HS256\"").sign());
    }

    @Test
    void TOK08_keysInTheTokenAreNeverUsed() {
        RSAPublicKey key = (RSAPublicKey) attackers.getPublic();
        String jwk = "{\"kty\":\"RSA\",\"n\":\"" + number(key.getModulus()) + "\",\"e\":\""
            + number(key.getPublicExponent()) + "\"}";
        String der = Token.quoted(Base64.getEncoder().encodeToString(key.getEncoded()));
        for (Token token : List.of(fromOther().header("jwk", jwk), token().header("jwk", jwk),
            fromOther().header("jku", "\"http://127.0.0.1:1/keys\""),
            fromOther().header("x5u", "\"http://127.0.0.1:1/cert\""), fromOther().header("x5c", "[" + der + "]"),
            fromOther().header("kid", "\"../../../../dev/null\""))) {
            assertBad(token.signRs256(attackers.getPrivate()));
        }
        assertGood(fromOther().header("kid", "\"any\"").signRs256(rsa.getPrivate()));
    }

    private static String number(java.math.BigInteger number) {
        byte[] bytes = number.toByteArray();
        return Token.base64(bytes[0] == 0 ? java.util.Arrays.copyOfRange(bytes, 1, bytes.length) : bytes);
    }

    @Test
    void TOK08_aSecretInTheTokenIsNeverUsed() {
        byte[] own = "0123456789abcdef0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
        String jwk = "{\"kty\":\"oct\",\"k\":\"" + Token.base64(own) + "\"}";
        assertBad(token().header("jwk", jwk).sign(own));
        assertBad(token().header("kid", "\"/dev/null\"").sign(new byte[] {0}));
    }

    @Test
    void TOK09_theKeyOfOneIssuerDoesNotSignForAnother() {
        assertBad(fromOther().sign());
        assertBad(token().signRs256(rsa.getPrivate()));
        assertBad(token().claim("iss", "\"https://unknown.example\"").sign());
        assertBad(token().claim("iss", null).sign());
        assertBad(token().claim("iss", "[\"https://localhost\"]").sign());
        assertBad(token().claim("iss", "\"https://localhost/\"").sign());
    }

    @Test
    void TOK10_expiredOrNotYetValidIsRefusedOfEitherIssuer() {
        assertBad(token().claim("exp", Token.in(-600)).sign());
        assertBad(token().claim("nbf", Token.in(600)).sign());
        assertBad(fromOther().claim("exp", Token.in(-600)).signRs256(rsa.getPrivate()));
        assertBad(token().claim("exp", "0").sign());
        assertBad(token().claim("exp", "-1").sign());
    }

    @Test
    void TOK07_aSignatureThatWasTouchedIsRefused() {
        String good = token().sign();
        String[] parts = good.split("\\.");
        char last = parts[2].charAt(0);
        assertBad(parts[0] + "." + parts[1] + "." + (last == 'A' ? 'B' : 'A') + parts[2].substring(1));
        assertBad(parts[0] + "." + Token.v1().publish("*").sign().split("\\.")[1] + "." + parts[2]);
        assertBad(parts[0] + "." + parts[1] + ".");
        assertBad(parts[0] + "." + parts[1] + "." + parts[2].substring(0, 20));
        assertBad(token().header("crit", "[\"exp\"]").sign());
    }

    @Test
    void AD04_aTokenOf7KilobytesIsRefusedAndOneOf5IsJudgedByItsContent() {
        String padding = Token.quoted("x".repeat(3_500));
        String good = token().claim("padding", padding).sign();
        assertTrue(good.length() > 5_000 && good.length() < 5_600, "it has " + good.length());
        assertGood(good);
        assertBad(token().claim("padding", padding).claim("aud", "\"x\"").sign());
        assertBad(token().claim("padding", padding).sign(new byte[32]));
        String large = token().claim("padding", Token.quoted("x".repeat(5_000))).sign();
        assertTrue(large.length() > 7_000 && large.length() < 7_600, "it has " + large.length());
        assertBad(large);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"a\":", "[]", "7", "\"x\"", "null", "{\"iss\":\"https://localhost\",\"iss\":\"x\"}"})
    void TOK06_claimsThatAreNoJsonObjectAreRefused(String claims) throws Exception {
        String signed = Token.base64("{\"alg\":\"HS256\",\"typ\":\"at+jwt\"}".getBytes(StandardCharsets.UTF_8)) + "."
            + Token.base64(claims.getBytes(StandardCharsets.UTF_8));
        javax.crypto.Mac mac = javax.crypto.Mac.getInstance("HmacSHA256");
        mac.init(new javax.crypto.spec.SecretKeySpec(Token.SECRET.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
        assertBad(signed + "." + Token.base64(mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII))));
    }
}
