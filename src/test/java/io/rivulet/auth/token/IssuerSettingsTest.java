package io.rivulet.auth.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Jwks;
import io.rivulet.auth.Jwt;
import io.rivulet.auth.Keys;
import io.rivulet.config.BadSetting;
import io.rivulet.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which issuers and keys stop the start, with which words, and never with a secret in them. */
class IssuerSettingsTest {

    private static final String LONG = "0123456789abcdef".repeat(4);

    @TempDir
    Path folder;

    private static void accept(String... settings) {
        Tokens.with(settings).close();
    }

    private static void refuse(String reason, String... settings) {
        BadSetting bad = assertThrows(BadSetting.class, () -> accept(settings), reason);
        assertTrue(bad.getMessage().contains(reason), bad.getMessage());
        for (int i = 1; i < settings.length; i += 2) {
            if (settings[i - 1].endsWith("key") && !settings[i].isEmpty()) {
                assertFalse(bad.getMessage().contains(settings[i]), bad.getMessage());
            }
        }
    }

    @Test
    void TOK07_anAlgorithmThatDoesNotFitTheKeyStopsTheStart() {
        accept("token.key", LONG, "token.algorithm", "HS256,HS384,HS512");
        refuse("rivulet.token.key: the secret has 34 bytes; HS384 takes at least 48", "token.algorithm", "HS384");
        refuse("rivulet.token.key: the secret has 31 bytes; HS256 takes at least 32", "token.key", "x".repeat(31));
        refuse("a secret cannot be used with RS256", "token.key", LONG, "token.algorithm", "HS256,RS256");
        accept("token.key", Keys.publicPem("rsa"), "token.algorithm", "RS256");
        refuse("a PEM key cannot be used with HS256: who knows the public key could sign with it", "token.key",
            Keys.publicPem("rsa"), "token.algorithm", "RS256,HS256");
        refuse("fits none of ES256", "token.key", Keys.publicPem("rsa"), "token.algorithm", "ES256");
        refuse("an RSA key of 1024 bits; at least 2048", "token.key", Keys.publicPem("rsa-small"));
        for (String unknown : List.of("none", "HS1", "ES256K", "rs256", "Ed448")) {
            refuse("rivulet.token.algorithm is \"" + unknown + "\", but must be of HS256, ", "token.algorithm",
                unknown);
        }
    }

    @Test
    void aKeyThatIsNoneStopsTheStart() throws IOException {
        refuse("neither rivulet.token.key nor rivulet.token.jwks is set", "token.key", "");
        refuse("both rivulet.token.key and rivulet.token.jwks are set", "token.jwks", "https://a/keys");
        refuse("is a private key; the hub needs the public one alone", "token.key", Keys.privatePem("rsa"));
        refuse("begins and does not end", "token.key", "-----BEGIN PUBLIC KEY-----\nAAAA");
        refuse("is not base64", "token.key", "-----BEGIN PUBLIC KEY-----\n*\n-----END PUBLIC KEY-----");
        refuse("is no public key of RSA, EC or Ed25519", "token.key",
            "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----");
        refuse("is of type RSA PUBLIC KEY", "token.key",
            "-----BEGIN RSA PUBLIC KEY-----\nAAAA\n-----END RSA PUBLIC KEY-----");
        refuse("is no X.509 certificate", "token.key",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----");
        refuse("cannot be read: NoSuchFileException", "token.key", "file:" + folder.resolve("none"));
        Path big = Files.writeString(folder.resolve("big"), "x".repeat(65_537));
        refuse("is larger than 65536 bytes", "token.key", "file:" + big);
    }

    @Test
    void TOK09_keysWithoutAnIssuerAreFor0xAlone() {
        String[] without = {"token.issuer", ""};
        refuse("rivulet.token.issuer is missing: keys are bound to who issues the tokens", without);
        accept("token.issuer", "", "mercure.legacy", "true");
        refuse("rivulet.token.x.issuer is missing", "token.x.key", LONG);
        for (String own : List.of("dev", "internal", "container")) {
            refuse("which this hub calls its own", "token.issuer", own);
        }
    }

    @Test
    void TOK11_withoutAResourceNoTokenCouldBeForThisHub() {
        refuse("rivulet.resource is needed where tokens are accepted", "resource", "");
        accept("resource", "", "mercure.legacy", "true");
    }

    @Test
    void TOK08_aKeySetIsAFileOrComesByHttps() throws IOException {
        String[] set = {"token.key", "", "token.jwks", ""};
        for (String good : List.of("https://127.0.0.1:1/keys", "http://127.0.0.1:1/keys", "http://localhost:1/",
            "http://[::1]:1/keys")) {
            set[3] = good;
            accept(set);
        }
        for (String bad : List.of("http://example.com/keys", "http://127.0.0.1.example.com/", "http://10.0.0.1/keys")) {
            set[3] = bad;
            refuse("rivulet.token.jwks: keys that came over http could be anybody's", set);
        }
        set[3] = "https://user:secret@example.com/keys";
        refuse("it is no URL with a host and without a password", set);
        set[3] = "https://example.com/a b";
        refuse("it is no URL", set);
        set[3] = folder.resolve("none").toString();
        refuse("cannot be used", set);
        set[3] = Files.writeString(folder.resolve("text"), "no json").toString();
        refuse("it is no JWK Set", set);
        set[3] = Files.writeString(folder.resolve("empty"), Jwks.set()).toString();
        refuse("it has no key that can be used", set);
        List<String> many = new ArrayList<>();
        for (int i = 0; i < 33; i++) {
            many.add(Jwks.of("k" + i, Keys.pair("Ed25519").getPublic()));
        }
        set[3] = Files.writeString(folder.resolve("many"), Jwks.set(many.toArray(String[]::new))).toString();
        refuse("it has 33 keys; at most 32", set);
    }

    @Test
    void TOK07_aSecretInAKeySetVouchesOnlyWhenItsAlgorithmIsNamed() throws IOException {
        String oct = "{\"kty\":\"oct\",\"k\":\"" + Jwt.base64(Jwt.SECRET) + "\"}";
        String file = Files.writeString(folder.resolve("oct"), Jwks.set(oct)).toString();
        refuse("none for signatures by a public key", "token.key", "", "token.jwks", file);
        try (Tokens hub = Tokens.with("token.key", "", "token.jwks", file, "token.algorithm", "HS256")) {
            hub.accept(Jwt.granting("a"));
        }
        refuse("a key set from the network has no secrets", "token.key", "", "token.jwks", "https://127.0.0.1:1/",
            "token.algorithm", "HS256");
    }

    @Test
    void DIS03_theServersThatClientsAreToldOfAreTheIssuersUnlessOthersAreNamed() {
        try (Tokens hub = Tokens.with("token.b.issuer", "https://b", "token.b.key", LONG, "token.b.servers",
            "https://s1, https://s2", "token.c.issuer", "joe", "token.c.key", LONG, "token.d.issuer", Jwt.ISSUER,
            "token.d.key", LONG)) {
            List<String> servers = new ArrayList<>(hub.verifier.authorizationServers());
            servers.sort(null);
            assertEquals(List.of(Jwt.ISSUER, "https://s1", "https://s2"), servers);
        }
    }

    @Test
    void aSecretShowsItselfNowhere() {
        Settings settings = Settings.with("token.issuer", "https://a", "token.key", LONG);
        String shown = settings.sections(io.rivulet.config.Issuers.FAMILY).get("")
            .get(io.rivulet.config.Issuers.KEY).toString();
        assertEquals("Optional[a secret]", shown);
        assertFalse(settings.toString().contains(LONG));
        assertFalse(Tokens.with().verifier.issuers().toString().contains(Jwt.SECRET));
    }
}
