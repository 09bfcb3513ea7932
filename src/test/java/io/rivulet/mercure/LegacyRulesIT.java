package io.rivulet.mercure;

import static io.rivulet.mercure.MercureHub.FORM;
import static io.rivulet.mercure.MercureHub.PATH;
import static io.rivulet.mercure.MercureHub.enc;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.EventStream;
import io.rivulet.kit.StreamParser.Dispatched;
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

/** Clients and tokens of Mercure 0.x, when the setting serves them, and their refusal when it does not. */
@Tag("once")
class LegacyRulesIT {

    private static final String HEADER = "Last-Event-ID";
    private static MercureHub hub;
    private static MercureHub strict;
    private final String topic = MercureHub.freshTopic();
    private final String query = "topic=" + enc(topic);

    @BeforeAll
    static void start() {
        hub = MercureHub.with("mercure.legacy", "true");
        strict = MercureHub.with();
    }

    @AfterAll
    static void stop() {
        hub.close();
        strict.close();
    }

    private static String token() {
        return Token.v0().publish("*").subscribe("*").sign();
    }

    @Test
    void OLD01_theOldDialectIsServedWhereTheSettingAllowsItAndElseRefusedByName() {
        assertEquals(200, hub.subscribe(query).status());
        WireResponse answer = strict.subscribe(query);
        assertEquals(400, answer.status());
        assertTrue(answer.text().contains("rivulet.mercure.legacy"), answer.text());
        assertEquals(200, hub.publish(token(), query).status());
        assertEquals(401, strict.publish(token(), query).status());
    }

    @ParameterizedTest
    @CsvSource({"https://example.com/%s, https://example.com/%s, https://example.com/%s/a",
        "https://example.com/%s/{id}, https://example.com/%s/1, https://example.com/%s/1/2",
        "https://example.com/%s/{id}, https://example.com/%s/{id}, https://example.com/x/%s/1",
        "https://example.com/%s{/a}/b, https://example.com/%s/1/b, https://example.com/%s/1/c",
        "https://example.com/%s{?q}, https://example.com/%s?q=1, https://example.com/%s?r=1",
        "/%s/{+path}, /%s/a/b/c, https://localhost/%s/a", "%s {not a template, %s {not a template, %s x",
        "/%s/{, /%s/{, /%s/x"})
    void OLD02_aSelectorIsATopicOrATemplate(String selector, String yes, String no) {
        String unique = topic.replaceAll(".*/", "p");
        try (EventStream stream = hub.stream("topic=" + enc(selector.formatted(unique)))) {
            hub.published(no.formatted(unique), "no");
            hub.published(yes.formatted(unique), "yes");
            stream.awaitData("yes");
        }
    }

    @Test
    void OLD02_theStarIsEveryTopicAndSelectorsAreJoined() {
        try (EventStream all = hub.stream("topic=*"); EventStream two = hub.stream(query + "&topic=b" + enc(topic))) {
            hub.published("c" + topic, "c");
            hub.published("b" + topic, "b");
            hub.published(topic, "a");
            for (String data : List.of("c", "b", "a")) {
                assertEquals(data, MercureHub.next(all).data());
            }
            two.awaitData("b", "a");
        }
    }

    @Test
    void OLD02_bothGenerationsInOneRequestAreJoined() {
        try (EventStream stream = hub.stream(query + "&match=b" + enc(topic))) {
            hub.published("b" + topic, "b");
            hub.published(topic, "a");
            stream.awaitData("b", "a");
        }
    }

    @Test
    void OLD03_tooManyTopicsAre400() {
        String hundred = String.join("&", Collections.nCopies(100, "topic=a"));
        assertEquals(200, hub.subscribe(hundred).status());
        assertEquals(400, hub.subscribe(hundred + "&topic=b").status());
        assertEquals(400, hub.subscribe("").status());
    }

    @Test
    void OLD04_theFieldsOfAPublishArrive() {
        try (EventStream stream = hub.stream("topic=b" + enc(topic), "Authorization: Bearer " + token())) {
            WireResponse answer = hub.publish(token(), query + "&topic=b" + enc(topic)
                + "&data=one%0Atwo&private&id=own&type=greeting&retry=7000");
            assertEquals("200 own", answer.status() + " " + answer.text());
            assertEquals(new Dispatched("greeting", "one\ntwo", "own"), stream.awaitEvent());
            assertEquals(7_000, stream.retryMs());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"id=%23x", "id=a%0Ab", "id=a%00", "type=a%0Db", "retry=x", "type=mercure",
        "topic=%2F.well-known%2Fmercure%2Fx"})
    void OLD04_aFieldThatBreaksARuleIsRefused(String fault) {
        int status = hub.publish(token(), query + "&" + fault).status();
        assertTrue(status == 400 || status == 403, "it was " + status);
        assertEquals(200, hub.publish(token(), query + "&x" + fault).status());
    }

    @Test
    void OLD05_theAnswerIsTheId() {
        WireResponse answer = hub.publish(token(), query + "&data=x");
        assertEquals(200, answer.status());
        try (EventStream stream = hub.stream(query + "&lastEventID=earliest")) {
            assertEquals(answer.text(), stream.awaitEvent().id());
        }
    }

    @Test
    void OLD06_theHeaderWinsOverTheQueryAndTheQueryOverTheCookie() {
        String publisher = Token.v0().publish("*").sign();
        String nobody = Token.v0().sign();
        assertEquals(200, ask(publisher, nobody, nobody));
        assertEquals(403, ask(nobody, publisher, publisher));
        assertEquals(200, ask(null, publisher, nobody));
        assertEquals(403, ask(null, nobody, publisher));
        assertEquals(200, ask(null, null, publisher));
        assertEquals(403, ask(null, null, nobody));
    }

    private int ask(String header, String inQuery, String cookie) {
        return hub.ask("POST " + PATH + (inQuery == null ? "" : "?authorization=" + inQuery) + "\n" + FORM
            + "\nOrigin: http://localhost" + MercureHub.bearer(header)
            + (cookie == null ? "" : "\nCookie: mercureAuthorization=" + cookie), query + "&data=x").status();
    }

    @Test
    void OLD07_theClaimMustCoverEveryTopic() {
        String token = Token.v0().publish(topic, "https://example.com/t/{id}").sign();
        assertEquals(200, hub.publish(token, query).status());
        assertEquals(200, hub.publish(token, query + "&topic=https://example.com/t/1").status());
        WireResponse refused = hub.publish(token, query + "&topic=https://example.com/t/1/2");
        assertEquals(403, refused.status());
        assertEquals(403, hub.publish(Token.v0().publish().sign(), query).status());
        assertEquals(403, hub.publish(Token.v0().sign(), query).status());
        assertEquals(403, hub.publish(Token.v0().claim("mercure", null).sign(), query).status());
    }

    @Test
    void OLD08_aPrivateUpdateNeedsTheClaim() {
        String token = Token.v0().subscribe("https://example.com/fresh/{id}").sign();
        try (EventStream in = hub.stream(query, "Authorization: Bearer " + token);
             EventStream out = hub.stream(query)) {
            hub.publishedPrivately(topic, "secret");
            hub.assertOnly(in, topic, "secret");
            assertTrue(out.awaitEvent().data().startsWith("marker"));
        }
    }

    @Test
    void OLD09_aStreamEndsWithItsTokenAndOneWithoutAnEndDoesNot() {
        try (EventStream ends = hub.stream(query, "Authorization: Bearer " + Token.v0().claim("exp", Token.in(3))
            .sign()); EventStream stays = hub.stream(query, "Authorization: Bearer " + token())) {
            assertTrue(ends.awaitEnd());
            hub.assertNothingMore(stays, topic);
        }
        assertEquals(401, hub.publish(Token.v0().publish("*").claim("exp", Token.in(-3_600)).sign(), query).status());
    }

    @Test
    void OLD10_theHeaderWinsOverTheQueryAndTheAnswerSaysFromWhere() {
        String one = hub.published(topic, "1");
        String two = hub.published(topic, "2");
        hub.published(topic, "3");
        try (EventStream byQuery = hub.stream(query + "&lastEventID=" + one);
             EventStream both = hub.stream(query + "&lastEventID=" + one, "Last-Event-ID: " + two);
             EventStream earliest = hub.stream(query + "&lastEventID=earliest");
             EventStream unknown = hub.stream(query + "&lastEventID=unknown")) {
            assertEquals(one, byQuery.header(HEADER));
            assertEquals(two, both.header(HEADER));
            assertEquals("earliest", earliest.header(HEADER));
            assertEquals("earliest", unknown.header(HEADER));
            hub.assertOnly(byQuery, topic, "2", "3");
            both.awaitData("3");
            earliest.awaitData("1", "2", "3");
            assertTrue(unknown.awaitEvent().data().startsWith("marker"));
        }
        assertNull(hub.subscribe(query).header(HEADER));
        assertNull(hub.subscribe(query + "&lastEventID=" + one).header("Mercure-Last-Event-ID"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lastEventID", "last_event_id", "Last-Event-ID"})
    void OLD10_everyNameThatTheCursorEverHadIsTaken(String name) {
        String one = hub.published(topic, "1");
        hub.published(topic, "2");
        try (EventStream stream = hub.stream(query + "&" + name + "=" + one)) {
            assertEquals(one, stream.header(HEADER));
            hub.assertOnly(stream, topic, "2");
        }
    }

    @Test
    void OLD13_theCookieOfTheOldProtocolReadsAndPublishesFromKnownPagesOnly() {
        String cookie = "\nCookie: mercureAuthorization=" + token();
        hub.publishedPrivately(topic, "secret");
        try (EventStream stream = hub.stream(query + "&lastEventID=earliest", cookie.strip())) {
            stream.awaitData("secret");
        }
        String post = "POST " + PATH + "\n" + FORM + cookie;
        assertEquals(400, hub.ask(post, query).status());
        assertEquals(400, hub.ask(post + "\nOrigin: https://evil.example", query).status());
        assertEquals(200, hub.ask(post + "\nOrigin: http://localhost", query).status());
        assertEquals(200, hub.ask(post + "\nReferer: http://localhost/x", query).status());
    }

    @Test
    void OLD14_theNamespacedClaimOverrides() {
        String claims = "{\"publish\":[\"*\"]}";
        assertEquals(200, hub.publish(Token.v0().claim("mercure", null).claim("https://mercure.rocks/", claims)
            .sign(), query).status());
        assertEquals(403, hub.publish(Token.v0().publish("*").claim("https://mercure.rocks/", "{}").sign(), query)
            .status());
    }

    @Test
    void OLD15_anAnswerToATokenInTheQueryIsPrivate() {
        String control = hub.subscribe(query + "&authorization=" + token()).header("Cache-Control");
        assertTrue(control.matches(".*\\bprivate\\b.*"), control);
        String post = hub.ask("POST " + PATH + "?authorization=" + token() + "\n" + FORM, query)
            .header("Cache-Control");
        assertTrue(post.matches(".*\\bprivate\\b.*"), post);
        assertFalse(hub.subscribe(query).header("Cache-Control").contains("private"));
    }

    @Test
    void OLD09_audienceIssuerAndTypAreNotRequiredButTheKeyIs() {
        assertEquals(200, hub.publish(Token.v0().publish("*").header("typ", null).sign(), query).status());
        assertEquals(401, hub.publish(Token.v0().publish("*").sign(new byte[32]), query).status());
        assertEquals(401, hub.publish(Token.v0().publish("*").unsigned("none"), query).status());
        assertEquals(List.of(200, 200), List.of(hub.publish(Token.all(), query).status(),
            hub.publish(Token.all(), query + "&data=a+1.0+token+beside").status()));
    }
}
