package io.rivulet.mercure;

import static io.rivulet.mercure.MercureHub.FORM;
import static io.rivulet.mercure.MercureHub.PATH;
import static io.rivulet.mercure.MercureHub.enc;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.EventStream;
import io.rivulet.kit.WireResponse;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How a token of Mercure 1.0 is shown, which one is believed, and what its authorization details grant. */
@Tag("once")
class TokenRulesIT {

    private static final String COOKIE = "Cookie: __Secure-mercure_access_token=";
    private static MercureHub hub;
    private final String topic = MercureHub.freshTopic();
    private final String form = "topic=" + enc(topic) + "&data=x";

    @BeforeAll
    static void start() {
        hub = MercureHub.with("publish.origins", "https://app.example.com");
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    private WireResponse post(String... headers) {
        return hub.ask("POST " + PATH + "\n" + FORM + "\n" + String.join("\n", headers), form);
    }

    private void assertBadToken(Token token) {
        assertBadToken(token.sign());
    }

    private void assertBadToken(String token) {
        for (WireResponse answer : List.of(hub.publish(token, form),
            hub.subscribe("match=a", "Authorization: Bearer " + token))) {
            assertEquals(401, answer.status(), answer.text());
            assertEquals(Challenge.INVALID_TOKEN, Challenge.of(answer));
        }
    }

    private void assertGood(Token token) {
        WireResponse answer = hub.publish(token.sign(), form);
        assertEquals(200, answer.status(), answer.text());
    }

    private Token good() {
        return Token.v1().publish("*").subscribe(topic);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer", "bearer", "BEARER", "bEaReR"})
    void TOK01_theTokenIsABearersWhateverTheCaseOfTheScheme(String scheme) {
        assertEquals(200, post("Authorization: " + scheme + " " + Token.all()).status());
    }

    @Test
    void TOK02_theHeaderIsUsedAndTheCookieIgnored() {
        String origin = "Origin: http://localhost";
        assertEquals(200, post("Authorization: Bearer " + Token.all(), COOKIE + "rubbish").status());
        assertEquals(200, post(COOKIE + Token.all(), origin).status());
        assertEquals(401, post("Authorization: Bearer " + Token.v1().publish("*").sign(new byte[32]),
            COOKIE + Token.all(), origin).status());
        assertEquals(403, post("Authorization: Bearer " + Token.v1().sign(), COOKIE + Token.all(), origin).status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"access_token", "authorization", "Authorization"})
    void TOK03_aTokenInTheQueryIsIgnored(String name) {
        hub.publishedPrivately(topic, "secret");
        hub.published(topic, "public");
        String query = "match=" + enc(topic) + "&last_event_id=earliest";
        try (EventStream anonymous = hub.stream(query + "&" + name + "=" + Token.all());
             EventStream granted = hub.stream(query, "Authorization: Bearer " + Token.all())) {
            anonymous.awaitData("public");
            granted.awaitData("secret", "public");
        }
        assertEquals(401, hub.ask("POST " + PATH + "?" + name + "=" + Token.all() + "\n" + FORM, form).status());
    }

    @Test
    void TOK04_theCookieOfTheProtocolReads() {
        hub.publishedPrivately(topic, "secret");
        String query = "match=" + enc(topic) + "&last_event_id=earliest";
        try (EventStream granted = hub.stream(query, COOKIE + Token.all() + "; other=1")) {
            granted.awaitData("secret");
        }
        assertEquals(401, hub.subscribe(query, COOKIE + Token.v1().sign(new byte[32])).status());
        assertEquals(200, hub.subscribe(query, "Cookie: mercureAuthorization=rubbish").status());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', value = {"Origin: http://localhost", "Origin: https://localhost",
        "Origin: https://app.example.com", "Referer: http://localhost/page", "Referer: https://app.example.com/page?q"})
    void TOK05_aCookiePublishesFromTheHubsOwnPagesAndListedOnes(String header) {
        WireResponse answer = post(COOKIE + Token.all(), header);
        assertEquals(200, answer.status(), answer.text());
    }

    @ParameterizedTest
    @ValueSource(strings = {"X: y", "Origin: null", "Origin: https://evil.example", "Referer: https://evil.example/",
        "Origin: https://evil.example\nReferer: http://localhost/", "Referer: https://app.example.com.evil.example/",
        "Origin: https://app.example.com.evil.example", "Origin: https://app.example.com:444", "Origin: ",
        "Referer: https://app.example.com@evil.example/", "Sec-Fetch-Site: same-origin", "Origin: http://localhost:81"})
    void TOK05_aCookiePublishesFromNoForeignPage(String header) {
        WireResponse answer = post(COOKIE + Token.all(), header);
        assertEquals(400, answer.status(), answer.text());
        assertTrue(Challenge.of(answer).contains("error=\"invalid_request\""), Challenge.of(answer));
        assertEquals(200, post("Authorization: Bearer " + Token.all(), header).status(), "a bearer token needs none");
    }

    @Test
    void TOK06_theTypIsThatOfAnAccessToken() {
        for (String typ : List.of("at+jwt", "AT+JWT", "application/at+jwt", "Application/At+Jwt")) {
            assertGood(good().header("typ", Token.quoted(typ)));
        }
        for (String typ : List.of("JWT", "at", "jwt", "", "application/jwt", "text/at+jwt")) {
            assertBadToken(good().header("typ", Token.quoted(typ)));
        }
        assertBadToken(good().header("typ", null));
        assertBadToken(good().header("typ", "7"));
        assertBadToken("a.b" + "c".repeat(50));
        assertBadToken(good().sign() + "." + "x".repeat(30) + ".y");
    }

    @Test
    void TOK10_expIsRequiredAndBothTimesAreKept() {
        assertGood(good().claim("exp", Token.in(60)).claim("nbf", Token.in(-60)));
        assertBadToken(good().claim("exp", null));
        assertBadToken(good().claim("exp", Token.in(-3_600)));
        assertBadToken(good().claim("exp", "\"tomorrow\""));
        assertBadToken(good().claim("nbf", Token.in(3_600)));
    }

    @Test
    void TOK11_theAudienceContainsTheHub() {
        assertGood(good().claim("aud", "[\"https://other\",\"" + MercureHub.URL + "\"]"));
        for (String aud : List.of("\"https://other\"", "[]", "[\"https://other\"]", "\"\"", "7",
            Token.quoted(MercureHub.URL + "/"), "\"https://localhost\"",
            Token.quoted(MercureHub.URL.toUpperCase()))) {
            assertBadToken(good().claim("aud", aud));
        }
        assertBadToken(good().claim("aud", null));
    }

    @Test
    void TOK12_whoItIsForIsNotRequired() {
        assertGood(good());
        assertGood(good().claim("sub", "\"u\"").claim("client_id", "\"c\"").claim("iat", Token.in(0))
            .claim("jti", "\"j\""));
    }

    @Test
    void TOK13_theStreamEndsNoLaterThanItsToken() {
        long leastMs = Long.MAX_VALUE;
        for (int i = 0; i < 5 && leastMs >= 500; i++) { // other work on the machine only ever adds
            leastMs = Math.min(leastMs, outlivedMs());
        }
        assertTrue(leastMs < 500, "each stream outlived its token by at least " + leastMs + " ms");
    }

    /** For how long a stream goes on when its token is over, as its client sees it. */
    private long outlivedMs() {
        String exp = Token.in(3);
        try (EventStream stream = hub.stream("match=" + enc(topic),
            "Authorization: Bearer " + Token.v1().claim("exp", exp).sign());
             EventStream other = hub.stream("match=" + enc(topic))) {
            assertTrue(stream.awaitEnd(), "it ends as a whole body");
            long lateMs = System.currentTimeMillis() - Long.parseLong(exp) * 1_000;
            hub.assertNothingMore(other, topic);
            return lateMs;
        }
    }

    @Test
    void TOK14_aStreamHasALongestLifeWhateverItsToken() {
        try (MercureHub brief = MercureHub.with("mercure.max.age", "1s");
             EventStream stream = brief.stream("match=a")) {
            assertTrue(stream.awaitEnd());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"type\":\"other\"}", "{\"type\":\"other\",\"actions\":7,\"topics\":null}",
        "{\"type\":\"https://mercure.rocks/authorization-detail/\",\"actions\":[]}",
        "{\"type\":\"HTTPS://mercure.rocks/authorization-detail\",\"actions\":[1]}"})
    void AD01_detailsOfOtherTypesAreIgnoredWhateverTheirShape(String detail) {
        assertGood(good().detail(detail));
        assertEquals(403, hub.publish(Token.v1().detail(detail).sign(), form).status());
    }

    @Test
    void AD01_aDetailOfAnotherTypeGrantsNothing() {
        String almost = "{\"type\":\"%s\",\"actions\":[\"publish\"],\"topics\":[{\"match\":\"*\"}]}";
        assertEquals(403, hub.publish(Token.v1().detail(almost.formatted(Token.DETAIL + "s")).sign(), form).status());
        assertEquals(200, hub.publish(Token.v1().detail(almost.formatted(Token.DETAIL)).sign(), form).status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\"actions\":[],", "\"actions\":\"publish\",", "\"actions\":[\"publish\",1],",
        "\"actions\":[null],", "\"actions\":null,", "\"actions\":{},"})
    void AD02_actionsAreAListOfStringsThatIsNotEmpty(String actions) {
        String topics = "\"topics\":[{\"match\":\"*\"}]";
        assertBadToken(good().mercureDetail(actions + topics));
        assertGood(good().mercureDetail("\"actions\":[\"publish\",\"dance\"]," + topics));
        assertEquals(403, hub.publish(Token.v1().mercureDetail("\"actions\":[\"dance\",\"Publish\"]," + topics).sign(),
            form).status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",\"topics\":[]", ",\"topics\":\"*\"", ",\"topics\":[\"*\"]", ",\"topics\":[null]",
        ",\"topics\":[{}]", ",\"topics\":[{\"match\":7}]", ",\"topics\":[{\"match\":null}]",
        ",\"topics\":[{\"match\":\"*\"},\"x\"]", ",\"topics\":null", ",\"topics\":{\"match\":\"*\"}",
        ",\"topics\":[{\"match\":\"a\",\"match_type\":\"regexp\"}]", ",\"topics\":[{\"match\":\"\"}]",
        ",\"topics\":[{\"match\":\"a\",\"match_type\":\"Exact\"}]",
        ",\"topics\":[{\"match\":\"a\",\"match_type\":null}]", ",\"topics\":[{\"match\":\"a\",\"match_type\":\"\"}]",
        ",\"topics\":[{\"match\":\"/(\",\"match_type\":\"urlpattern\"}]"})
    void AD03_topicsAreAListOfMatchersAndOneBadOneSpoilsTheToken(String topics) {
        assertBadToken(good().mercureDetail("\"actions\":[\"subscribe\"]" + topics));
        assertGood(good().mercureDetail("\"actions\":[\"subscribe\"],\"topics\":[{\"match\":\"a\"},"
            + "{\"match\":\"/:id\",\"match_type\":\"urlpattern\"},{\"match\":\"b\",\"match_type\":\"exact\"}]"));
    }

    @Test
    void AD03_aMatcherIsExactUnlessItSaysUrlPattern() {
        String detail = "\"actions\":[\"publish\"],\"topics\":[{\"match\":\"https://example.com/:a/:b\"%s}]";
        Token exact = Token.v1().mercureDetail(detail.formatted(""));
        assertEquals(403, hub.publish(exact.sign(), form).status());
        assertGood(Token.v1().mercureDetail(detail.formatted(",\"match_type\":\"urlpattern\"")));
        assertGood(Token.v1().mercureDetail(("\"actions\":[\"publish\"],\"topics\":[{\"match\":\"*\","
            + "\"match_type\":\"urlpattern\"}]")));
    }

    @Test
    void AD04_moreThan100DetailsOrMatchersOrALongOneSpoilTheToken() {
        String small = "{\"type\":\"x\"}";
        Token details = good();
        Token tooMany = good();
        IntStream.range(0, 98).forEach(i -> details.detail(small));
        IntStream.range(0, 99).forEach(i -> tooMany.detail(small));
        assertGood(details);
        assertBadToken(tooMany);
        assertGood(good().mercureDetail(subscribeTo(98)));
        assertBadToken(good().mercureDetail(subscribeTo(99)));
        assertBadToken(good().mercureDetail(subscribeTo(50)).mercureDetail(subscribeTo(49)));
        String longOne = "\"actions\":[\"subscribe\"],\"topics\":[{\"match\":\"%s\"}]";
        assertGood(good().mercureDetail(longOne.formatted("x".repeat(4_096))));
        assertBadToken(good().mercureDetail(longOne.formatted("x".repeat(4_097))));
    }

    private static String subscribeTo(int n) {
        return "\"actions\":[\"subscribe\"],\"topics\":[" + IntStream.range(0, n)
            .mapToObj(i -> "{\"match\":\"" + i + "\"}").collect(Collectors.joining(",")) + "]";
    }

    @ParameterizedTest
    @ValueSource(strings = {"7", "\"x\"", "{}", "null", "[7]", "[null]", "[[]]"})
    void AD04_detailsThatAreNoListOfObjectsSpoilTheToken(String details) {
        assertBadToken(good().claim("authorization_details", details));
        assertGood(good().claim("authorization_details", "[]").publish("*"));
    }

    @Test
    void AD06_aTokenWithoutADetailReadsWhatIsPublicAndNothingElse() {
        String token = Token.v1().sign();
        try (EventStream stream = hub.stream("match=" + enc(topic), "Authorization: Bearer " + token)) {
            hub.publishedPrivately(topic, "secret");
            hub.assertNothingMore(stream, topic);
        }
        assertEquals(403, hub.publish(token, form).status());
        assertEquals(200, hub.subscribe("match=a", "Authorization: Bearer "
            + Token.v1().claim("authorization_details", null).sign()).status());
    }

    @Test
    void SUBA01_aGrantForOneTopicAndAMatcherForAnotherOfTheSameUpdateAreEnough() {
        String other = MercureHub.freshTopic();
        String token = Token.v1().subscribe(other).sign();
        try (EventStream stream = hub.stream("match=" + enc(topic), "Authorization: Bearer " + token)) {
            hub.published("topic=" + enc(topic) + "&private&data=no");
            hub.published("topic=" + enc(other) + "&private&data=not+matched");
            hub.published("topic=" + enc(topic) + "&topic=" + enc(other) + "&private&data=yes");
            hub.assertOnly(stream, topic, "yes");
        }
    }

    @Test
    void SUBA02_matchersOfTheQueryNeverWidenRights() {
        String token = Token.v1().subscribe(topic).sign();
        try (EventStream stream = hub.stream("match_urlpattern=*&match_urlpattern=" + enc("https://*/*"),
            "Authorization: Bearer " + token)) {
            hub.publishedPrivately(topic + "/b", "no");
            hub.publishedPrivately(topic, "yes");
            assertEquals("yes", MercureHub.next(stream).data());
            hub.assertNothingMore(stream, topic);
        }
    }
}
