package io.rivulet.http.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.http.Tokens;
import io.rivulet.http.updates.Door;
import java.nio.file.Files;
import java.nio.file.Path;
import org.eclipse.jetty.http.HttpTester;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How tokens are shown, and what is answered when they are not, or badly. */
class CredentialsTest {

    private static final String POST =
        "POST /.well-known/mercure\nContent-Type: application/x-www-form-urlencoded";
    private static final String COOKIE = "\nCookie: other=1; __Secure-mercure_access_token=";
    private static final String METADATA = "resource_metadata=\""
        + "https://hub.example/.well-known/oauth-protected-resource/.well-known/mercure\"";

    /** Long enough for a token. */
    private static final String LONG = "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx";

    private static Door door;
    private static Door legacy;
    private static String good;

    @BeforeAll
    static void open() throws Exception {
        door = Tokens.door("publish.origins", "https://app.example");
        legacy = Tokens.door("mercure.legacy", "true");
        good = Tokens.of("ann", "a");
    }

    @AfterAll
    static void close() {
        door.close();
        legacy.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer ", "bearer ", "BEARER   "})
    void theSchemeIsCaseInsensitive_TOK_01(String scheme) throws Exception {
        assertEquals(200, publish("\nAuthorization: " + scheme + good).getStatus());
    }

    @Test
    void withoutATokenThereIsABareChallenge_ERR_01() throws Exception {
        HttpTester.Response answer = publish("");
        assertEquals(401, answer.getStatus());
        assertEquals("Bearer " + METADATA, answer.get("WWW-Authenticate"));
    }

    @Test
    void aBadTokenIsInvalidWhateverIsWrongAndTheReasonStaysInside_ERR_02() throws Exception {
        String[] bad = {Tokens.expired(), good.substring(0, good.length() - 4) + "AAAA", "x".repeat(50)};
        for (String token : bad) {
            HttpTester.Response answer = publish(Tokens.bearer(token));
            assertEquals(401, answer.getStatus());
            assertEquals("Bearer error=\"invalid_token\", " + METADATA, answer.get("WWW-Authenticate"));
            assertFalse(answer.getContent().contains("signature") || answer.getContent().contains("expired")
                || answer.getContent().contains(token), answer.getContent());
            assertTrue(answer.getContent().contains(answer.get("X-Request-Id")));
            assertEquals(401, door.send("GET /.well-known/mercure?match=a" + Tokens.bearer(token), "").getStatus(),
                "it does not count as none");
        }
    }

    @Test
    void aTokenThatIsNotEnoughIs403_ERR_03() throws Exception {
        HttpTester.Response answer = door.send(POST + Tokens.bearer(good), "topic=b");
        assertEquals(403, answer.getStatus());
        assertEquals("Bearer error=\"insufficient_scope\", " + METADATA, answer.get("WWW-Authenticate"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"\nAuthorization: Basic YTpi", "\nAuthorization: Bearer", "\nAuthorization: Bearer a b",
        "\nAuthorization: Bearer x", "\nAuthorization: Token abc", "\nAuthorization: Bearer ====" + LONG,
        "\nAuthorization: Bearer a=" + LONG, "\nAuthorization: Bearer a," + LONG, "\nAuthorization: Bearer \t" + LONG,
        "\nAuthorization: Bearer" + LONG, "\nAuthorization: Bearer:" + LONG})
    void whatIsShownBadlyIs400_ERR_04(String header) throws Exception {
        HttpTester.Response answer = publish(header);
        assertEquals(400, answer.getStatus());
        assertEquals("Bearer error=\"invalid_request\", " + METADATA, answer.get("WWW-Authenticate"));
        assertEquals(400, publish(Tokens.bearer(good) + Tokens.bearer(good)).getStatus());
    }

    /** Pages get themselves a fresh token at 401; what is in their cookie is not theirs to mend. */
    @ParameterizedTest
    @ValueSource(strings = {"bad", "", "a.b.c"})
    void aCookieThatIsTooShortForATokenIsInvalidAsAnyOther(String cookie) throws Exception {
        String page = COOKIE + cookie + "\nOrigin: https://app.example";
        for (HttpTester.Response answer : new HttpTester.Response[] {publish(page),
            door.send("GET /.well-known/mercure?match=a" + page, ""),
            door.send("GET /api/updates?topic=a" + page, "")}) {
            assertEquals(401, answer.getStatus(), answer.getContent());
            assertEquals("Bearer error=\"invalid_token\", " + METADATA, answer.get("WWW-Authenticate"));
        }
    }

    @Test
    void theHeaderCountsAndTheCookieBesideItIsIgnored_TOK_02() throws Exception {
        assertEquals(200, publish(Tokens.bearer(good) + COOKIE + "bad").getStatus());
        assertEquals(401, publish(Tokens.bearer(Tokens.expired()) + COOKIE + good
            + "\nOrigin: https://app.example").getStatus());
    }

    @ParameterizedTest
    @CsvSource({"https://app.example,200", "https://hub.example,200", "http://localhost:8080,200",
        "https://evil.example,400", "null,400", "https://app.example.evil.example,400", "http://localhost,400"})
    void aCookiePublishesFromTheHubsOwnPagesAndThoseOfTheSettings_TOK_05(String origin, int status) throws Exception {
        assertEquals(status, publish(COOKIE + good + "\nOrigin: " + origin).getStatus());
        assertEquals(origin.equals("null") ? 400 : status,
            publish(COOKIE + good + "\nReferer: " + origin + "/page?x").getStatus());
    }

    @Test
    void withNeitherOriginNorRefererACookieDoesNotPublishButReads_TOK_04_05() throws Exception {
        HttpTester.Response answer = publish(COOKIE + good);
        assertEquals(400, answer.getStatus());
        assertTrue(answer.get("WWW-Authenticate").contains("invalid_request"));
        assertEquals(200, publish(COOKIE + good + "\nOrigin: https://app.example").getStatus());
        assertTrue(head(door, "match=a", COOKIE + good).startsWith("HTTP/1.1 200"));
        assertTrue(head(door, "match=a", COOKIE + Tokens.expired()).startsWith("HTTP/1.1 401"));
    }

    @Test
    void theQueryShowsNoTokenIn10_TOK_03() throws Exception {
        assertEquals(401, door.send(POST.replace("mercure\n", "mercure?authorization=" + good + "&access_token=" + good
            + "\n"), "topic=a").getStatus());
        assertTrue(head(door, "match=a&authorization=bad&access_token=bad", "").startsWith("HTTP/1.1 200"));
        assertEquals(400, door.get("/api/events?topic=a&access_token=x").getStatus());
    }

    @Test
    void in0xTheQueryBeatsTheCookieAndTheHeaderBeatsBoth_OLD_06_13_15() throws Exception {
        String old = Tokens.legacy("a");
        String cookie = "\nCookie: mercureAuthorization=";
        String inQuery = head(legacy, "topic=a&authorization=" + old, cookie + "bad");
        assertTrue(inQuery.startsWith("HTTP/1.1 200"), inQuery);
        assertTrue(inQuery.contains("Cache-Control: private"), inQuery);
        assertTrue(head(legacy, "topic=a&authorization=" + "x".repeat(50), cookie + old).startsWith("HTTP/1.1 401"));
        assertTrue(head(legacy, "topic=a&authorization=bad", Tokens.bearer(old)).startsWith("HTTP/1.1 200"));
        assertTrue(head(legacy, "topic=a", cookie + old).startsWith("HTTP/1.1 200"));
        assertTrue(head(door, "match=a", cookie + "bad").startsWith("HTTP/1.1 200"), "no cookie of 1.0");
        HttpTester.Response modern = legacy.get("/.well-known/mercure?topic=a&authorization=" + good);
        assertEquals(400, modern.getStatus(), "a token of 1.0 does not belong there");
        assertEquals("private, no-store", modern.get("Cache-Control"));
    }

    @Test
    void noTokenReachesTheAccessLog(@org.junit.jupiter.api.io.TempDir Path folder) throws Exception {
        Path file = folder.resolve("access.log");
        try (Door logging = Door.logging(file)) {
            logging.send("GET /.well-known/mercure?authorization=hidden-token&Match=a" + Tokens.bearer("hidden-token"),
                "");
        }
        assertFalse(Files.readString(file).contains("hidden"));
    }

    private static HttpTester.Response publish(String headers) throws Exception {
        return door.send(POST + headers, "topic=a&data=1");
    }

    private static String head(Door of, String query, String headers) throws Exception {
        return of.head("/.well-known/mercure?" + query + " HTTP/1.1" + headers.replace("\n", "\r\n")
            + "\r\nX-Rest: ");
    }
}
