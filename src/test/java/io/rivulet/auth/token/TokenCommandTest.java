package io.rivulet.auth.token;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Grant;
import io.rivulet.auth.Jwt;
import io.rivulet.auth.Keys;
import io.rivulet.auth.Use;
import io.rivulet.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The command that makes tokens: what it makes is what the hub accepts. */
class TokenCommandTest {

    private static final String[] HUB = {"resource", Jwt.HUB, "token.issuer", Jwt.ISSUER, "token.key", Jwt.SECRET};

    @TempDir
    Path folder;

    private static String mint(String[] settings, String... words) {
        return mint(settings, new ArrayList<>(), words);
    }

    private static String mint(String[] settings, List<String> warnings, String... words) {
        return TokenCommand.run(List.of(words), Settings.with(settings), Instant.ofEpochSecond(Jwt.NOW), warnings::add);
    }

    private static void refuse(String reason, String[] settings, String... words) {
        IllegalArgumentException bad = assertThrows(IllegalArgumentException.class, () -> mint(settings, words));
        assertTrue(bad.getMessage().contains(reason), bad.getMessage());
        assertFalse(bad.getMessage().contains("PRIVATE KEY-----") || bad.getMessage().contains(Jwt.SECRET));
    }

    @Test
    void theSettingsOfTheHubGiveWhatTheWordsLeaveOut() {
        Grant grant = Tokens.with().accept(mint(HUB, "--publish", "news", "--publish", "alerts", "--subscribe", "*",
            "--payload", "{\"name\":\"Ann\"}", "--ttl", "15m", "--subject", "ann", "--operate"));
        assertTrue(grant.mayPublish(List.of("news", "alerts")) && grant.readsAll() && grant.operates());
        assertFalse(grant.mayPublish(List.of("x")));
        assertEquals("{\"name\":\"Ann\"}", grant.payload("any"));
        assertEquals((Jwt.NOW + 900) * 1_000, grant.expiresMs());
        assertEquals("ann", grant.subject());
    }

    @Test
    void aTokenMayBeOneToCancelWithAndNothingElse() {
        Grant grant = Tokens.with().accept(mint(HUB, "--cancel", "run/*", "--cancel", "job"));
        assertTrue(grant.mayCancel("run/42") && grant.mayCancel("job"));
        assertFalse(grant.mayCancel("x") || grant.mayPublish(List.of("run/42")) || grant.maySeePrivate(List.of("job")));
        refuse("no --cancel", HUB, "--legacy", "--subscribe", "a", "--cancel", "a");
    }

    @Test
    void patternsAreForReadingUnlessTheySayOtherwise() {
        Grant grant = Tokens.with().accept(mint(HUB, "--urlpattern", "/a/:b", "--publish-urlpattern", "/c/:d"));
        assertTrue(grant.maySeePrivate(List.of("https://localhost/a/1")) && grant.mayPublish(List.of("/c/1")));
        assertFalse(grant.mayPublish(List.of("/a/1")) || grant.maySeePrivate(List.of("/c/1")));
    }

    @ParameterizedTest
    @CsvSource({"quotes/*, quotes/ACME, clock", "quotes/*, quotes/a/b, quote", "jobs/{id}, jobs/42, jobs/42/log",
        "jobs/{id}/log, jobs/42/log, jobs/42", "https://e.com/a/{x}/{y}, https://e.com/a/1/2, https://e.com/a/1",
        "https://e.com/*, https://e.com/x?y#z, https://e.org/x", "a/{+rest}, a/b/c, b", "a?b=*, a?b=c, a?c=b",
        "urn:x:*, urn:x:1, urn:y:1", "'q(1)/*', 'q(1)/x', q1/x", "urlpattern:/books/:id, /books/1, /films/1",
        "name, name, name2", "q*, quotes, clock"})
    void topicsAreWrittenAsEverywhere(String written, String covered, String other) {
        Grant grant = Tokens.with().accept(mint(HUB, "--publish", written, "--subscribe", written));
        assertTrue(grant.mayPublish(List.of(covered)) && grant.maySeePrivate(List.of(covered)), written);
        assertFalse(grant.mayPublish(List.of(other)) || grant.maySeePrivate(List.of(other)), written);
    }

    @Test
    void aBeginningOfAnOldTokenIsATemplate() {
        try (Tokens legacy = Tokens.with("mercure.legacy", "true")) {
            Grant grant = legacy.accept(mint(HUB, "--legacy", "--publish", "quotes/*"));
            assertTrue(grant.mayPublish(List.of("quotes/a/b")));
            assertFalse(grant.mayPublish(List.of("clock")));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://{host}/x", "a?q={x}", "a{?q}", "urn:x:{id}", "a/{x*}", "a/{x:3}"})
    void aTemplateThatNoPatternSaysIsRefused(String template) {
        refuse("cannot be said in a token", HUB, "--publish", template);
    }

    @Test
    void aTokenThatCanMatchNothingIsWarnedOf() {
        List<String> warnings = new ArrayList<>();
        mint(HUB, warnings, "--publish", "news", "--subscribe", "quotes/*", "--publish", "*", "--publish", "jobs/{id}",
            "--publish", "urlpattern:/a/*/b", "--urlpattern", "/{a}/*", "--subscribe", "mercure/subscriptions/x");
        assertEquals(List.of(), warnings);
        mint(HUB, warnings, "--publish-exact", "jobs/{id}", "--subscribe-exact", "q/*", "--publish", "a*b",
            "--publish", "mercure/x");
        assertEquals(4, warnings.size(), warnings.toString());
        assertTrue(warnings.get(0).startsWith("--publish mercure/x grants nothing"), warnings.toString());
        assertTrue(warnings.get(1).startsWith("--publish-exact jobs/{id} is the one topic of this very name"));
        refuse("U+200B", HUB, "--publish", "a\u200b");
        refuse("write {+rest}", HUB, "--publish", "a/{b}*");
    }

    @Test
    void allOfItCanBeSaidInWords() {
        String token = mint(new String[0], "--subscribe", "a", "--key", Jwt.SECRET, "--issuer", Jwt.ISSUER,
            "--audience", Jwt.HUB);
        assertTrue(Tokens.with().accept(token).maySeePrivate(List.of("a")));
        Grant dev = Tokens.with().accept(mint(new String[0], "--dev"));
        assertTrue(dev.readsAll() && dev.mayPublish(List.of("x")) && dev.operates());
    }

    @Test
    void anOldTokenIsMadeWhenItIsAskedFor() {
        try (Tokens legacy = Tokens.with("mercure.legacy", "true")) {
            Grant grant = legacy.accept(mint(HUB, "--legacy", "--publish", "/a/{id}", "--payload", "{}"));
            assertTrue(grant.legacy() && grant.mayPublish(List.of("/a/1")) && grant.subscribes().isNone());
        }
        refuse("has no URL patterns", HUB, "--legacy", "--urlpattern", "/a");
        refuse("no --operate", HUB, "--legacy", "--subscribe", "a", "--operate");
    }

    @ParameterizedTest
    @ValueSource(strings = {"HS256", "RS256", "RS512", "PS384", "ES256", "ES384", "ES512", "EdDSA"})
    void TOK07_everyKindOfKeySigns(String algorithm) throws IOException {
        boolean secret = algorithm.startsWith("HS");
        Path file = Files.writeString(folder.resolve("key"), secret ? Jwt.SECRET + "\n"
            : Keys.pem("PRIVATE KEY", Keys.fitting(algorithm).getPrivate()));
        String token = mint(HUB, "--publish", "a", "--key", "@" + file, "--algorithm", algorithm);
        try (Tokens hub = Tokens.with("token.key",
            secret ? Jwt.SECRET : Keys.pem("PUBLIC KEY", Keys.fitting(algorithm).getPublic()))) {
            assertTrue(hub.verifier.verify(token, Use.PUBLISH).mayPublish(List.of("a")));
        }
    }

    @Test
    void whatCannotBeMeantIsSaidPrecisely() throws IOException {
        mint(HUB, "--publish", "a");
        refuse("a token that grants nothing", HUB);
        refuse("--publish is unknown, or its value is missing", HUB, "--publish");
        refuse("--publish is unknown, or its value is missing", HUB, "--publish", "--subscribe", "a");
        refuse("the option --publsh is unknown", HUB, "--publsh", "a");
        refuse("a word that belongs to nothing", HUB, "--publish", "a", "b");
        refuse("--payload is no JSON object", HUB, "--publish", "a", "--payload", "[]");
        refuse("--ttl must be a time such as", HUB, "--publish", "a", "--ttl", "soon");
        refuse("--ttl must be 1s to 3650d", HUB, "--publish", "a", "--ttl", "3651d");
        refuse("a URL pattern cannot be read", HUB, "--urlpattern", "/(?=x)");
        String[] nothing = {};
        refuse("missing: --key SECRET or --key @FILE", nothing, "--publish", "a");
        refuse("missing: --issuer", nothing, "--publish", "a", "--key", Jwt.SECRET);
        refuse("missing: --audience", nothing, "--publish", "a", "--key", Jwt.SECRET, "--issuer", "x");
        refuse("the secret has 34 bytes; HS512 takes at least 64", HUB, "--publish", "a", "--algorithm", "HS512");
        refuse("takes a private key (PEM)", HUB, "--publish", "a", "--algorithm", "RS256");
        refuse("does not fit ES256; it fits RS256", HUB, "--publish", "a", "--key", Keys.privatePem("rsa"),
            "--algorithm", "ES256");
        refuse("the PEM block is of type PUBLIC KEY; to sign it takes a PRIVATE KEY", HUB, "--publish", "a", "--key",
            Keys.publicPem("rsa"));
        refuse("cannot be read: NoSuchFileException", HUB, "--publish", "a", "--key", "@" + folder.resolve("none"));
    }
}
