package io.rivulet.auth;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.auth.Ban.Kind;
import io.rivulet.auth.token.Tokens;
import io.rivulet.config.BadSetting;
import io.rivulet.refusal.Refused;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who is kept out, how long, and that a restart changes nothing about it. */
class BansTest {

    private static final long HOUR = 3_600_000;

    private long nowMs = Jwt.NOW * 1_000;
    private final Bans bans = bans(null);

    @TempDir
    Path folder;

    private Bans bans(Path file) {
        Bans opened = waiting(file);
        opened.open();
        return opened;
    }

    /** Of a hub whose data folder another one still holds. */
    private Bans waiting(Path file) {
        return new Bans(() -> Instant.ofEpochMilli(nowMs), file);
    }

    private static Grant of(String issuer, String subject, String tokenId) {
        return new Grant(issuer, subject, tokenId, GrantedTopics.NONE, GrantedTopics.NONE, List.of(), false,
            Grant.NEVER, false);
    }

    private static void refuse(Refused.Reason reason, Runnable ban) {
        assertEquals(reason, assertThrows(Refused.class, ban::run).reason());
    }

    @Test
    void aSubjectIsBannedWithAllItsTokensAndOnlyThatOfItsIssuer() {
        bans.ban(Kind.SUBJECT, "https://a", "ann", nowMs + HOUR);
        assertTrue(bans.isBanned(of("https://a", "ann", "t1")) && bans.isBanned(of("https://a", "ann", null)));
        assertFalse(bans.isBanned(of("https://b", "ann", "t1")) || bans.isBanned(of("https://a", "bob", "t1"))
            || bans.isBanned(of("https://a", "bob", "ann")) || bans.isBanned(Grant.ANONYMOUS)
            || bans.isBanned(Grant.DEV));
    }

    @Test
    void aTokenIsBannedAlone() {
        bans.ban(Kind.TOKEN, "https://a", "t1", nowMs + HOUR);
        assertTrue(bans.isBanned(of("https://a", "ann", "t1")));
        assertFalse(bans.isBanned(of("https://a", "ann", "t2")) || bans.isBanned(of("https://b", "ann", "t1"))
            || bans.isBanned(of("https://a", "t1", null)));
    }

    @Test
    void aBanOfATokenWithoutAnIdHoldsHoweverItsSignatureIsWritten() {
        Tokens hub = Tokens.with("token.key", Keys.publicPem("ES256"));
        Jwt token = Jwt.granting("a");
        Grant one = hub.accept(token.sign("ES256", Keys.pair("ES256").getPrivate()));
        bans.ban(Kind.TOKEN, one.issuer(), one.tokenId(), nowMs + HOUR);
        assertTrue(bans.isBanned(hub.accept(token.sign("ES256", Keys.pair("ES256").getPrivate()))));
        assertFalse(bans.isBanned(hub.accept(token.claim("x", "y").sign("ES256", Keys.pair("ES256").getPrivate()))));
    }

    @Test
    void aBanEndsByItselfOrIsLifted() {
        bans.ban(Kind.SUBJECT, "https://a", "ann", nowMs + HOUR);
        bans.ban(Kind.SUBJECT, "https://a", "bob", Grant.NEVER);
        nowMs += HOUR;
        assertFalse(bans.isBanned(of("https://a", "ann", null)));
        assertEquals(List.of(new Ban(Kind.SUBJECT, "https://a", "bob", Grant.NEVER)), bans.list());
        assertTrue(bans.lift(Kind.SUBJECT, "https://a", "bob"));
        assertFalse(bans.lift(Kind.SUBJECT, "https://a", "bob") || bans.isBanned(of("https://a", "bob", null)));
    }

    @Test
    void whoIsNobodyInParticularCannotBeBanned() {
        bans.ban(Kind.SUBJECT, "https://a", "anonymous", nowMs + 1);
        refuse(Refused.Reason.MALFORMED, () -> bans.ban(Kind.SUBJECT, "", "anonymous", nowMs + 1));
        refuse(Refused.Reason.MALFORMED, () -> bans.ban(Kind.SUBJECT, null, "anonymous", nowMs + 1));
        refuse(Refused.Reason.MALFORMED, () -> bans.ban(Kind.SUBJECT, "dev", "dev", nowMs + 1));
        refuse(Refused.Reason.MALFORMED, () -> bans.ban(Kind.SUBJECT, "internal", "hub", nowMs + 1));
        refuse(Refused.Reason.MALFORMED, () -> bans.ban(Kind.SUBJECT, "https://a", "", nowMs + 1));
        refuse(Refused.Reason.MALFORMED, () -> bans.ban(Kind.SUBJECT, "https://a", "x".repeat(1_025), nowMs + 1));
        refuse(Refused.Reason.MALFORMED, () -> bans.ban(Kind.SUBJECT, "https://a", "ann", nowMs));
    }

    @Test
    void thereAreTenThousandAtMostAndExpiredOnesMakeRoom() {
        for (int i = 0; i < Bans.BANS_MAX; i++) {
            bans.ban(Kind.SUBJECT, "https://a", "s" + i, nowMs + (i == 0 ? 10 : HOUR));
        }
        refuse(Refused.Reason.OVERLOADED, () -> bans.ban(Kind.SUBJECT, "https://a", "one more", nowMs + HOUR));
        bans.ban(Kind.SUBJECT, "https://a", "s1", nowMs + 2 * HOUR);
        nowMs += 10;
        bans.ban(Kind.SUBJECT, "https://a", "one more", nowMs + HOUR);
        assertEquals(Bans.BANS_MAX, bans.list().size());
    }

    @Test
    void aBanOutlivesARestart() {
        Path file = folder.resolve("bans.json");
        Bans before = bans(file);
        before.ban(Kind.SUBJECT, "https://a", "änn \"1\"", nowMs + HOUR);
        before.ban(Kind.TOKEN, "https://a", "t1", Grant.NEVER);
        before.ban(Kind.TOKEN, "https://a", "t2", nowMs + 1);
        assertTrue(before.lift(Kind.TOKEN, "https://a", "t1"));
        nowMs += 1;
        assertEquals(before.list(), bans(file).list());
        assertTrue(bans(file).isBanned(of("https://a", "änn \"1\"", null)));
        assertEquals(1, bans(file).list().size());
    }

    @Test
    void whoTakesTheFolderOverKnowsWhatItsHolderBannedMeanwhile() {
        Path file = folder.resolve("bans.json");
        Bans holder = bans(file);
        holder.ban(Kind.SUBJECT, "https://a", "ann", nowMs + HOUR);
        holder.ban(Kind.SUBJECT, "https://a", "cid", nowMs + HOUR);
        Bans next = waiting(file);
        holder.ban(Kind.SUBJECT, "https://a", "bob", nowMs + HOUR);
        assertTrue(holder.lift(Kind.SUBJECT, "https://a", "ann"));
        assertTrue(next.isBanned(of("https://a", "ann", null)) && !next.isBanned(of("https://a", "bob", null)));
        holder.close();
        next.open();
        assertEquals(holder.list(), next.list());
        assertTrue(next.isBanned(of("https://a", "bob", null)) && next.isBanned(of("https://a", "cid", null)));
    }

    @Test
    void whatIsChangedWithoutTheFolderHoldsAndIsWrittenWhenItIsHeld() {
        Path file = folder.resolve("bans.json");
        Bans holder = bans(file);
        holder.ban(Kind.SUBJECT, "https://a", "ann", nowMs + HOUR);
        Bans next = waiting(file);
        refuse(Refused.Reason.STORE_FAILED, () -> next.ban(Kind.SUBJECT, "https://a", "bob", nowMs + HOUR));
        refuse(Refused.Reason.STORE_FAILED, () -> next.lift(Kind.SUBJECT, "https://a", "ann"));
        assertTrue(next.isBanned(of("https://a", "bob", null)) && !next.isBanned(of("https://a", "ann", null)));
        assertEquals(holder.list(), waiting(file).list(), "the file is its holder's");
        holder.close();
        next.open();
        List<Ban> both = List.of(new Ban(Kind.SUBJECT, "https://a", "bob", nowMs + HOUR));
        assertEquals(both, next.list());
        assertEquals(both, waiting(file).list());
        refuse(Refused.Reason.STORE_FAILED, () -> holder.ban(Kind.SUBJECT, "https://a", "late", nowMs + HOUR));
        assertTrue(holder.isBanned(of("https://a", "late", null)));
        assertEquals(both, waiting(file).list(), "who gave the folder away writes no more");
    }

    @Test
    void aFileThatIsSpoiltWhenItIsTakenOverChangesNothing() throws IOException {
        Path file = folder.resolve("bans.json");
        bans(file).ban(Kind.SUBJECT, "https://a", "ann", nowMs + HOUR);
        Bans next = waiting(file);
        Files.writeString(file, "{");
        assertThrows(BadSetting.class, next::open);
        assertTrue(next.isBanned(of("https://a", "ann", null)));
        Files.writeString(file, "[]");
        next.open();
        assertFalse(next.isBanned(of("https://a", "ann", null)));
    }

    @Test
    void aHubWhoseBansCannotBeReadDoesNotStart() throws IOException {
        Path file = folder.resolve("bans.json");
        assertEquals(List.of(), bans(file).list());
        for (String bad : List.of("", "{", "{}", "[null]", "[{}]", "[{\"kind\":\"X\",\"issuer\":\"a\"}]")) {
            Files.writeString(file, bad);
            assertTrue(assertThrows(BadSetting.class, () -> bans(file), bad).getMessage()
                .contains("mend the file, or take it away"));
        }
    }

    @Test
    void aBanThatCannotBeWrittenHoldsAndSaysSo() {
        Bans stuck = bans(folder.resolve("no such folder").resolve("bans.json"));
        refuse(Refused.Reason.STORE_FAILED, () -> stuck.ban(Kind.SUBJECT, "https://a", "ann", nowMs + HOUR));
        assertTrue(stuck.isBanned(of("https://a", "ann", null)));
    }
}
