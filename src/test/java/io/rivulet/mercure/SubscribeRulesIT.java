package io.rivulet.mercure;

import static io.rivulet.mercure.MercureHub.PATH;
import static io.rivulet.mercure.MercureHub.enc;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a subscription of Mercure 1.0 may ask, and how it is refused. */
@Tag("once")
class SubscribeRulesIT {

    private static MercureHub hub;
    private final String topic = MercureHub.freshTopic();

    @BeforeAll
    static void start() {
        hub = MercureHub.with("cors.origins", "https://app.example.com");
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    @Test
    void SUB01_getSubscribesAndDeleteDoesNot() {
        assertEquals(200, hub.subscribe("match=x").status());
        assertEquals(405, hub.ask("DELETE " + PATH + "?match=x").status());
    }

    @Test
    void SUB02_aQueryBodyAndTheQueryAreJoined() throws Exception {
        String other = MercureHub.freshTopic();
        hub.published(topic, "0");
        String cursor = hub.published(topic, "1");
        hub.published(other, "2");
        String answer = queryMethod("match=" + enc(topic), "match=" + enc(other) + "&last_event_id=earliest");
        assertTrue(answer.contains("data: 0\n") && answer.contains("data: 2\n"), answer);
        String later = queryMethod("match=" + enc(topic) + "&match=" + enc(other) + "&last_event_id=" + enc(cursor),
            "last_event_id=earliest");
        assertFalse(later.contains("data: 0\n"), "the query's cursor wins over the body's: " + later);
        String latest = queryMethod("match=" + enc(other) + "&last_event_id=earliest", "last_event_id=" + enc(cursor),
            "Last-Event-ID: " + cursor);
        assertTrue(latest.contains("data: 2\n"), latest);
    }

    /** The beginning of a stream that QUERY opened, up to the event whose data is 2. */
    private String queryMethod(String query, String body, String... headers) throws Exception {
        try (var client = WireClient.to(hub.server)) {
            WireResponse head = client.send("QUERY " + PATH + "?" + query + " HTTP/1.1\r\nHost: localhost\r\n"
                + MercureHub.FORM + "\r\nContent-Length: " + body.length() + "\r\n"
                + (headers.length == 0 ? "" : String.join("\r\n", headers) + "\r\n") + "\r\n" + body).readHead();
            assertTrue(MercureHub.isStream(head), head.toString());
            StringBuilder text = new StringBuilder();
            try (var in = client.body(head)) {
                while (text.indexOf("data: 2\n") < 0) {
                    text.append((char) in.read());
                }
            }
            return text.toString();
        }
    }

    @ParameterizedTest
    @CsvSource({"match=a, 200", "Match=a, 400", "match=%FF, 400", "match_urlpattern=%2F(, 400", "other=a, 400"})
    void SUB02_theBodyKeepsTheRulesOfTheQuery(String body, int status) {
        assertEquals(status, hub.ask("QUERY " + PATH + "\n" + MercureHub.FORM, body).status());
        assertEquals(status, hub.subscribe(body).status());
    }

    @Test
    void SUB02_aBodyThatIsNoFormIsRefused() {
        assertEquals(415, hub.ask("QUERY " + PATH + "?match=a\nContent-Type: application/json", "{}").status());
        assertEquals(200, hub.ask("QUERY " + PATH + "?match=a").status());
    }

    @ParameterizedTest
    @CsvSource({"match=a+topic-%s, a topic-%s", "match=a%%20topic-%s, a topic-%s", "match=100%%-%s, 100%%-%s",
        "match=a;match=b-%s, a;match=b-%s", "&&match=c-%s&, c-%s", "other&=x&match=d-%s, d-%s", "match=a=%s, a=%s"})
    void SUB03_theQueryIsReadAsBrowsersReadForms(String query, String name) {
        String unique = topic.replaceAll(".*/", "");
        try (EventStream stream = hub.stream(query.formatted(unique))) {
            hub.published(name.formatted(unique), "x");
            stream.awaitData("x");
        }
    }

    @Test
    void SUB03_aNameWithoutAValueHasAnEmptyOneWhichMatchesNoTopic() {
        assertEquals(200, hub.subscribe("match&match=a").status());
        assertEquals(200, hub.subscribe("match=").status());
        assertEquals(200, hub.subscribe("other&match=a").status());
        assertEquals(200, hub.subscribe("other=%FF&%FF&match=a").status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"match=%s", "match_exact=%s", "match_urlpattern=%s", "match=other&match_exact=%s",
        "match_urlpattern=https://nowhere.example/:x&match=%s", "match=%s&match_urlpattern=%s"})
    void SUB04_matchersOfEveryKindAreJoinedByOr(String query) {
        try (EventStream stream = hub.stream(query.replace("%s", enc(topic)))) {
            hub.published(topic + "/not", "no");
            hub.published(topic, "yes");
            hub.assertOnly(stream, topic, "yes");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"Match", "MATCH", "matchurlpattern", "match_exactly", "matchRegexp", "matches", "match_",
        "match_uritemplate", "MATCH_EXACT", "match_URLPattern", "match%5Fregexp", "matcher", "mATCH"})
    void SUB05_aNameThatBeginsLikeAMatcherAndIsNoneIs400(String name) {
        assertEquals(400, hub.subscribe("match=a&" + name + "=a").status());
        assertEquals(200, hub.subscribe("match=a&x" + name + "=a").status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"%00", "%01", "%0A", "%0D", "%09", "%1F", "%7F", "%C2%80", "%C2%85", "%C2%9F", "%E2%80%8B",
        "%EF%BB%BF", "%E2%80%AE", "%C2%AD", "%F3%A0%80%81", "%FF", "%C3", "%ED%A0%80", "%C0%AF"})
    void SUB06_aValueWithAControlOrFormatCharacterOrNoUtf8Is400(String character) {
        for (String name : List.of("match", "match_exact", "match_urlpattern")) {
            assertEquals(400, hub.subscribe(name + "=/a" + character).status(), name);
            assertEquals(200, hub.subscribe(name + "=/a%C3%A9%F0%9F%98%80").status(), name);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"/(", "/(?=a)", "/(?!a)", "/(?<=a)b", "/(.)(\\1)", "/:", "/{a", "/([z-a])", "/(a**)",
        "https://[xyz]/", "/:a/:a", "/(\u00e9)"})
    void SUB07_aValueThatIsNoUrlPatternIs400AndNotTheCompilersWords(String pattern) {
        WireResponse answer = hub.subscribe("match_urlpattern=" + enc(pattern));
        assertEquals(400, answer.status(), answer.text());
        assertFalse(answer.text().matches("(?s).*(Exception|java\\.|at io\\.).*"), answer.text());
        assertEquals(200, hub.subscribe("match_exact=" + enc(pattern)).status());
    }

    @Test
    void SUB07_aGoodUrlPatternIsTaken() {
        for (String pattern : List.of("/:id", "/(a|b)+", "/{x}?", "https://*.example.com/*", "/:id(\\d+)")) {
            assertEquals(200, hub.subscribe("match_urlpattern=" + enc(pattern)).status(), pattern);
        }
    }

    @Test
    void SUB08_moreThan100MatchersAre400() {
        String hundred = String.join("&", Collections.nCopies(99, "match=a")) + "&match_urlpattern=/b";
        assertEquals(200, hub.subscribe(hundred).status());
        WireResponse answer = hub.subscribe(hundred + "&match_exact=c");
        assertEquals(400, answer.status());
        assertTrue(answer.text().contains("100") && answer.text().contains("rivulet.matchers.max"), answer.text());
    }

    @Test
    void SUB08_aMatcherOfMoreThan4096BytesIs400() {
        for (String name : List.of("match", "match_exact", "match_urlpattern")) {
            assertEquals(200, hub.subscribe(name + "=/" + "a".repeat(4_095)).status(), name);
            assertEquals(400, hub.subscribe(name + "=/" + "a".repeat(4_096)).status(), name);
        }
    }

    @Test
    void SUB09_noMatcherAtAllIs400() {
        WireResponse answer = hub.subscribe("");
        assertEquals(400, answer.status());
        assertTrue(answer.text().contains("match"), answer.text());
        assertEquals(400, hub.subscribe("last_event_id=earliest").status());
        assertEquals(200, hub.subscribe("last_event_id=earliest&match=a").status());
    }

    @Test
    void SUB09_aTopicOfTheOldProtocolIs400AndSaysWhichSettingAllowsIt() {
        WireResponse answer = hub.subscribe("topic=a");
        assertEquals(400, answer.status());
        assertTrue(answer.text().contains("rivulet.mercure.legacy"), answer.text());
    }

    @Test
    void SUB11_theAnswerIsAnEventStream() {
        assertTrue(hub.subscribe("match=a").header("Content-Type")
            .matches("text/event-stream(;\\s*charset=(?i:utf-8))?"));
    }

    @Test
    void SUB12_aSilentStreamGetsComments() {
        try (EventStream stream = hub.stream("match=" + enc(topic))) {
            stream.awaitComment();
            stream.awaitComment();
            assertEquals(List.of(), stream.all());
        }
    }

    @ParameterizedTest
    @CsvSource({"https://example.com/é, https://example.com/e\u0301", "https://example.com/A, https://example.com/a",
        "https://example.com/%41, https://example.com/A", "https://EXAMPLE.com/, https://example.com/",
        "../x, https://localhost/x", "https://example.com/a/../b, https://example.com/b",
        "https://example.com:443/, https://example.com/", "https://example.com, https://example.com/"})
    void SUB13_exactIsByteForByte(String one, String other) {
        try (EventStream stream = hub.stream("match=" + enc(one))) {
            hub.published(other, "not the same bytes");
            hub.published(one, "the same bytes");
            stream.awaitData("the same bytes");
        }
    }

    @ParameterizedTest
    @CsvSource({"https://EXAMPLE.com/%s/:id, https://example.com/%s/1, https://example.com/%s/1/2",
        "https://example.com/%s/a, https://EXAMPLE.COM/%s/a, https://example.com/%s/A",
        "/%s/:id, /%s/1, https://example.com/%s/1", "/%s/:id, https://localhost/%s/2, http://localhost/%s/2",
        "%s/*, %s/x, /%s/x", "https://*.example.com/%s, https://a.example.com/%s, https://example.com/%s",
        "https://example.com/%s/é, https://example.com/%s/%%C3%%A9, https://example.com/%s/e",
        "https://example.com/%s?q=:x, https://example.com/%s?q=1, https://example.com/%s"})
    void SUB14_aUrlPatternIsReadAsBrowsersReadItAndAgainstTheHubsUrl(String pattern, String yes, String no) {
        String unique = topic.replaceAll(".*/", "p");
        try (EventStream stream = hub.stream("match_urlpattern=" + enc(pattern.formatted(unique)))) {
            hub.published(no.formatted(unique), "no");
            hub.published(yes.formatted(unique), "yes");
            stream.awaitData("yes");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://[bad/%s", "https://example.com:x/%s", "https://exa mple.com/%s"})
    void SUB15_aTopicThatIsNoUrlNeverMatchesAUrlPattern(String name) {
        String bad = name.formatted(topic.replaceAll(".*/", "bad"));
        try (EventStream pattern = hub.stream("match_urlpattern=" + enc("*://*/*") + "&match=" + enc(topic));
             EventStream exact = hub.stream("match=" + enc(bad))) {
            hub.published(bad, "no URL");
            exact.awaitData("no URL");
            hub.assertNothingMore(pattern, topic);
        }
    }

    @Test
    void SUB16_aPatternThatWouldTakeForEverIsNoMatchAndDelaysNobody() {
        String evil = topic + "/" + "a".repeat(3_000) + "!";
        try (EventStream slow = hub.stream("match_urlpattern=" + enc(topic + "/((?:(?:a|a)*)*b)") + "&match="
                + enc(topic));
             EventStream exact = hub.stream("match=" + enc(evil))) {
            long began = System.nanoTime();
            hub.published(evil, "evil");
            exact.awaitData("evil");
            assertTrue(System.nanoTime() - began < 5_000_000_000L, "it took too long");
            hub.assertNothingMore(slow, topic);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"match=*", "match_exact=*", "match_urlpattern=*"})
    void SUB17_theStarMatchesEveryTopicWhateverTheKind(String query) {
        try (EventStream stream = hub.stream(query)) {
            for (String any : List.of(topic, "no url " + topic, "https://[bad/" + topic, "/relative", "urn:x:y")) {
                hub.published(any, any);
                assertEquals(any, MercureHub.next(stream).data());
            }
        }
    }

    @Test
    void SUB18_aPrivateUpdateIsNeverSentToWhoIsNotAuthorized() {
        String token = Token.v1().subscribe(topic).sign();
        try (EventStream nobody = hub.stream("match=" + enc(topic));
             EventStream other = hub.stream("match=" + enc(topic),
                 "Authorization: Bearer " + Token.v1().subscribe(topic + "/other").publish("*").sign());
             EventStream granted = hub.stream("match=" + enc(topic), "Authorization: Bearer " + token)) {
            hub.publishedPrivately(topic, "secret");
            hub.assertOnly(granted, topic, "secret");
            assertTrue(nobody.awaitEvent().data().startsWith("marker"));
            assertTrue(other.awaitEvent().data().startsWith("marker"));
        }
    }

    @Test
    void SUB19_allFieldsOfAnEventArrive() {
        try (EventStream stream = hub.stream("match=" + enc(topic))) {
            hub.published("topic=" + enc(topic) + "&data=one%0Atwo&type=greeting&id=" + enc(topic) + "&retry=7000");
            assertEquals(new Dispatched("greeting", "one\ntwo", topic), stream.awaitEvent());
            assertEquals(7_000, stream.retryMs());
        }
    }

    @Test
    void SUB21_aListedOriginMayReadAndNoOtherAndNeverAll() {
        WireResponse listed = hub.subscribe("match=a", "Origin: https://app.example.com");
        assertEquals("https://app.example.com", listed.header("Access-Control-Allow-Origin"));
        assertEquals("true", listed.header("Access-Control-Allow-Credentials"));
        assertTrue(listed.header("Access-Control-Expose-Headers").contains("Mercure-Last-Event-ID"));
        for (String origin : List.of("https://evil.example", "null", "https://app.example.com.evil.example",
            "http://app.example.com", "https://APP.example.com")) {
            WireResponse other = hub.subscribe("match=a", "Origin: " + origin);
            assertNull(other.header("Access-Control-Allow-Origin"), origin);
            assertNull(other.header("Access-Control-Allow-Credentials"), origin);
        }
    }

    @Test
    void SUB22_theSameMatcherTwiceIsOneDelivery() {
        try (EventStream stream = hub.stream("match=" + enc(topic) + "&match_exact=" + enc(topic) + "&match="
            + enc(topic) + "&match_urlpattern=" + enc(topic))) {
            hub.published(topic, "once");
            hub.assertOnly(stream, topic, "once");
        }
    }

    @Test
    void SUB10_moreConnectionsThanTheLimitAreRefusedWithATimeToComeBack() {
        try (MercureHub small = MercureHub.with("connections.max", "1")) {
            try (EventStream only = small.stream("match=a")) {
                assertEquals(200, only.status());
                WireResponse answer = small.subscribe("match=a");
                assertTrue(List.of(429, 503).contains(answer.status()), answer.toString());
                assertTrue(answer.header("Retry-After").matches("[0-9]+"));
            }
            Await.until("the place is free again", () -> small.subscribe("match=a").status() == 200);
        }
    }
}
