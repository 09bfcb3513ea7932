package io.rivulet.auth.token;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rivulet.auth.Jwks;
import io.rivulet.auth.Jwt;
import io.rivulet.auth.Keys;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every algorithm, with keys as secrets, PEM and JWK (TOK-07, TOK-08). */
class AlgorithmsTest {

    private static final String LONG_SECRET = "0123456789abcdef".repeat(4);

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(strings = {"HS256", "HS384", "HS512"})
    void TOK07_aSecretVouchesByTheAlgorithmsThatAreAllowed(String algorithm) {
        String token = Jwt.granting("a").sign(algorithm,
            new javax.crypto.spec.SecretKeySpec(LONG_SECRET.getBytes(), "HMAC"));
        try (Tokens hub = Tokens.with("token.key", LONG_SECRET, "token.algorithm", algorithm);
             Tokens other = Tokens.with("token.key", LONG_SECRET, "token.algorithm",
                 algorithm.equals("HS256") ? "HS512" : "HS256")) {
            hub.accept(token);
            other.refuse("its algorithm is not one of those of rivulet.token: HS", token);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
    void TOK07_aPemKeyVouchesByTheAlgorithmsThatFitIt(String algorithm) {
        KeyPair pair = Keys.fitting(algorithm);
        String token = Jwt.granting("a").sign(algorithm, pair.getPrivate());
        String pem = Keys.pem("PUBLIC KEY", pair.getPublic());
        try (Tokens hub = Tokens.with("token.key", pem);
             Tokens oneLine = Tokens.with("token.key", pem.replace("\n", "\\n"), "token.algorithm", algorithm);
             Tokens other = Tokens.with("token.key", Keys.pem("PUBLIC KEY",
                 Keys.pair(algorithm.startsWith("RS") || algorithm.startsWith("PS") ? "rsa other"
                     : algorithm + " other").getPublic()))) {
            hub.accept(token);
            oneLine.accept(token);
            other.refuse("signature is of none of the keys of rivulet.token", token);
            hub.refuse("signature is of none", token.substring(0, token.lastIndexOf('.') + 1) + "AAAA");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"RS256", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
    void TOK08_aKeySetInAFileVouches(String algorithm) throws IOException {
        KeyPair pair = Keys.fitting(algorithm);
        Path file = Files.writeString(folder.resolve("keys.json"), Jwks.set(
            Jwks.of("old", Keys.pair("rsa other").getPublic()), Jwks.of("new", pair.getPublic())));
        try (Tokens hub = Tokens.only("token.issuer", Jwt.ISSUER, "token.jwks", file.toString())) {
            for (String kid : new String[] {"new", "old", "unheard of"}) { // only a hint
                hub.accept(Jwt.granting("a").header("kid", kid).sign(algorithm, pair.getPrivate()));
            }
            hub.accept(Jwt.granting("a").sign(algorithm, pair.getPrivate()));
        }
    }

    @Test
    void TOK07_aKeyThatSaysItsAlgorithmOrUseIsKeptToIt() throws IOException {
        KeyPair pair = Keys.pair("rsa");
        String token = Jwt.granting("a").header("kid", "k").sign("RS256", pair.getPrivate());
        for (String more : new String[] {",\"alg\":\"RS256\"", ",\"use\":\"sig\"", ",\"key_ops\":[\"verify\"]"}) {
            try (Tokens hub = withSet(Jwks.of("k", pair.getPublic(), more))) {
                hub.accept(token);
            }
        }
        for (String more : new String[] {",\"alg\":\"PS256\"", ",\"use\":\"enc\"", ",\"key_ops\":[\"encrypt\"]"}) {
            try (Tokens hub = withSet(Jwks.of("k", pair.getPublic(), more),
                Jwks.of("other", Keys.pair("ES256").getPublic()))) {
                hub.refuse("its algorithm is not one of those", token);
            }
        }
    }

    private Tokens withSet(String... keys) throws IOException {
        Path file = Files.writeString(folder.resolve("keys.json"), Jwks.set(keys));
        return Tokens.only("token.issuer", Jwt.ISSUER, "token.jwks", "file:" + file);
    }

    @Test
    void TOK07_theAllowListOfTheSettingsHolds() {
        KeyPair pair = Keys.pair("rsa");
        try (Tokens hub = Tokens.with("token.key", Keys.publicPem("rsa"), "token.algorithm", "RS512, ES256,PS256")) {
            hub.accept(Jwt.granting("a").sign("PS256", pair.getPrivate()));
            hub.refuse("its algorithm is not one of those of rivulet.token: PS256, RS512",
                Jwt.granting("a").sign("RS256", pair.getPrivate()));
        }
    }

    @Test
    void severalPemBlocksAreSeveralKeysAndAFileMayHoldThem() throws IOException {
        Path file = Files.writeString(folder.resolve("keys.pem"), "old:\n" + Keys.publicPem("rsa") + "new:\n"
            + Keys.publicPem("ES256"));
        try (Tokens hub = Tokens.with("token.key", "file:" + file)) {
            hub.accept(Jwt.granting("a").sign("RS256", Keys.pair("rsa").getPrivate()));
            hub.accept(Jwt.granting("a").sign("ES256", Keys.pair("ES256").getPrivate()));
            hub.refuse("signature is of none", Jwt.granting("a").sign("ES256", Keys.pair("ES256 x").getPrivate()));
        }
        Path secret = Files.writeString(folder.resolve("secret"), Jwt.SECRET + "\n");
        try (Tokens hub = Tokens.with("token.key", "file:" + secret)) {
            assertEquals("token-", hub.accept(Jwt.granting("a")).subject().substring(0, 6));
        }
    }
}
