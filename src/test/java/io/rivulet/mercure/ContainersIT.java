package io.rivulet.mercure;

import static io.rivulet.mercure.MercureHub.FORM;
import static io.rivulet.mercure.MercureHub.PATH;
import static io.rivulet.mercure.MercureHub.enc;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.WireResponse;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/** What the container has a hand in: heads, methods, paths, the bytes of headers and queries. */
@OnEveryContainer
class ContainersIT {

    private static final String READER = "Authorization: Bearer " + Token.v1().subscribe("*").sign();
    private static MercureHub hub;
    private static Container container;
    private final String topic = MercureHub.freshTopic();

    ContainersIT(Container container) {
    }

    @BeforeParameterizedClassInvocation
    static void start(Container where) {
        container = where;
        hub = MercureHub.in(where, "presence", "true", "mercure.legacy", "true", "cors.origins",
            "https://app.example.com");
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        hub.close();
    }

    @Test
    void SUB01_SUB11_theHeadOfAStream() {
        WireResponse get = hub.subscribe("match=" + enc(topic) + "&last_event_id=earliest");
        WireResponse head = hub.ask("HEAD " + PATH + "?match=" + enc(topic) + "&last_event_id=earliest");
        for (WireResponse answer : List.of(get, head)) {
            assertEquals(200, answer.status());
            assertTrue(answer.header("Content-Type").matches("text/event-stream(;\\s*charset=(?i:utf-8))?"));
            assertTrue(answer.header("Cache-Control").contains("no-store"));
            assertEquals("no", answer.header("X-Accel-Buffering"));
            assertEquals("nosniff", answer.header("X-Content-Type-Options"));
            assertEquals("earliest", answer.header("Mercure-Last-Event-ID"));
            assertNull(answer.header("Set-Cookie"));
        }
        assertEquals(400, hub.ask("HEAD " + PATH + "?MATCH=a").status());
        assertEquals(401, hub.ask("HEAD " + PATH + "?match=a\nAuthorization: Bearer " + "x".repeat(50)).status());
    }

    @Test
    void SUB02_queryTakesAFormBody() {
        assertTrue(MercureHub.isStream(hub.ask("QUERY " + PATH + "\n" + FORM, "match=" + enc(topic))));
        assertEquals(400, hub.ask("QUERY " + PATH + "\n" + FORM, "MATCH=" + enc(topic)).status());
        assertTrue(MercureHub.isStream(hub.ask("QUERY " + PATH + "?match=a")));
    }

    @Test
    void SUB21_optionsAnswersListedOrigins() {
        String preflight = "OPTIONS " + PATH + "\nAccess-Control-Request-Method: POST\nAccess-Control-Request-Headers: "
            + "authorization,content-type\nOrigin: ";
        WireResponse good = hub.ask(preflight + "https://app.example.com");
        assertTrue(good.status() == 200 || good.status() == 204);
        assertEquals("https://app.example.com", good.header("Access-Control-Allow-Origin"));
        assertTrue(good.header("Access-Control-Allow-Methods").contains("POST"));
        assertTrue(good.header("Access-Control-Allow-Methods").contains("QUERY"));
        assertTrue(good.header("Access-Control-Allow-Headers").toLowerCase().contains("authorization"));
        WireResponse foreign = hub.ask(preflight + "https://evil.example");
        assertNull(foreign.header("Access-Control-Allow-Origin"));
        assertNull(foreign.header("Access-Control-Allow-Methods"));
    }

    @Test
    void ACT06_pathsWithEncodedSlashesLeadToSubscriptions() {
        String collection = PATH + "/subscriptions/exact/" + enc(topic);
        try (EventStream stream = hub.stream("match=" + enc(topic))) {
            assertEquals(200, stream.status());
            Await.until("it is listed, which its shard does behind the head", () ->
                hub.ask("GET " + collection + "\n" + READER).text().contains(topic));
            WireResponse answer = hub.ask("GET " + collection + "\n" + READER);
            assertEquals(200, answer.status(), answer.text());
            assertEquals(1, answer.json().getAsJsonArray("subscriptions").size());
            String one = answer.json().getAsJsonArray("subscriptions").get(0).getAsJsonObject().get("id")
                .getAsString();
            assertTrue(one.startsWith(collection + "/"), one);
            assertEquals(200, hub.ask("GET " + one + "\n" + READER).status());
        }
    }

    @Test
    void TOK04_cookiesAreReadWhateverStandsBesideThem() {
        hub.publishedPrivately(topic, "secret");
        String query = "match=" + enc(topic) + "&last_event_id=earliest";
        String token = Token.all();
        for (String cookie : List.of("__Secure-mercure_access_token=" + token,
            "a=b; __Secure-mercure_access_token=" + token + "; c=\"d e\"",
            "a={\"json\":1}; __Secure-mercure_access_token=" + token)) {
            try (EventStream stream = hub.stream(query, "Cookie: " + cookie)) {
                stream.awaitData("secret");
            }
        }
    }

    @Test
    void REC02_theHeadersOfBrowsersAreUtf8() {
        String id = "é✓😀 " + topic;
        hub.published("topic=" + enc(topic) + "&data=1&id=" + enc(id));
        hub.published(topic, "2");
        try (EventStream stream = hub.stream("match=" + enc(topic), "Last-Event-ID: " + id)) {
            assertEquals(id, stream.header("Mercure-Last-Event-ID"), "UTF-8 comes back as UTF-8");
            stream.awaitData("2");
        }
    }

    @Test
    void OLD02_rawBracesInTheQueryAreATemplateWhereTheConnectorLetsThemThrough() {
        String unique = topic.replaceAll(".*/", "t");
        WireResponse answer = hub.subscribe("topic=/" + unique + "/{id}");
        assertEquals(200, answer.status(), answer.text());
        try (EventStream stream = hub.stream("topic=/" + unique + "/{id}")) {
            hub.published("/" + unique + "/1", "x");
            stream.awaitData("x");
        }
    }

    @Test
    void AD04_aTokenThatIsTooLongForTheContainerGetsItsOwnRefusal() {
        String token = Token.v1().publish("*").claim("padding", Token.quoted("x".repeat(12_000))).sign();
        WireResponse answer = hub.publish(token, "topic=" + enc(topic));
        assertEquals(container == Container.JETTY ? 431 : 400, answer.status());
        String fits = Token.v1().publish("*").claim("padding", Token.quoted("x".repeat(3_500))).sign();
        assertEquals(200, hub.publish(fits, "topic=" + enc(topic)).status());
    }

    @Test
    void ERR05_theChallengeReachesTheCaller() {
        WireResponse none = hub.publish(null, "topic=a");
        assertEquals(401, none.status());
        assertEquals(Challenge.BARE, Challenge.of(none));
        WireResponse bad = hub.publish("x".repeat(50), "topic=a");
        assertEquals(401, bad.status());
        assertEquals(Challenge.INVALID_TOKEN, Challenge.of(bad));
    }

    @Test
    void PUB15_theAnswerIsPlainTextInUtf8() {
        WireResponse answer = hub.publish(Token.all(), "topic=" + enc(topic) + "&id=" + enc("é✓"));
        assertEquals("200 é✓", answer.status() + " " + answer.text());
        assertEquals("text/plain;charset=utf-8", answer.header("Content-Type").replace(" ", "").toLowerCase());
    }

    @Test
    void DIS03_theMetadataAreThere() {
        assertEquals(200, hub.ask("GET /.well-known/oauth-protected-resource" + PATH).status());
    }

    @Test
    void TOK02_twoAuthorizationHeadersAre400() {
        String header = MercureHub.bearer(Token.all());
        assertEquals(400, hub.ask("POST " + PATH + "\n" + FORM + header + header, "topic=a").status());
        assertEquals(200, hub.ask("POST " + PATH + "\n" + FORM + header, "topic=a").status());
    }

    @Test
    void ACT06_aConnectorAsItComesIsSaidToBeInTheWay() {
        try (MercureHub plain = MercureHub.asItComes(container, "presence", "true")) {
            WireResponse answer = plain.ask("GET " + PATH + "/subscriptions/exact/" + enc(topic) + "\n" + READER);
            assertEquals(400, answer.status(), "the container itself refuses %2F");
            assertEquals(200, plain.ask("GET " + PATH + "/subscriptions/exact/a\n" + READER).status());
        }
    }
}
