package io.rivulet.mercure;

import static io.rivulet.mercure.MercureHub.PATH;
import static io.rivulet.mercure.MercureHub.bearer;
import static io.rivulet.mercure.MercureHub.enc;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.WireResponse;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Connections belong to those who opened them: what PATCH and DELETE ask for, and what they change. */
@Tag("once")
class TakeOverIT {

    private static final String CONNECTIONS = "/api/connections/";
    private static MercureHub hub;
    private final String topic = MercureHub.freshTopic();

    @BeforeAll
    static void start() {
        hub = MercureHub.with("presence", "true");
    }

    @AfterAll
    static void stop() {
        hub.close();
    }

    private static Token of(String subject) {
        return Token.v1().claim("sub", Token.quoted(subject)).claim("jti", Token.quoted("jti-" + subject));
    }

    private static String operator() {
        return of("operator")
            .detail("{\"type\":\"urn:rivulet:authorization-detail\",\"actions\":[\"operate\"]}").sign();
    }

    private EventStream open(Token token) {
        return hub.streamAt("/api/updates", "topic=" + enc(topic), "Authorization: Bearer " + token.sign());
    }

    private static WireResponse ask(String method, String connection, String secret, String token) {
        return hub.ask(method + " " + CONNECTIONS + connection
            + (secret == null ? "" : "\nRivulet-Secret: " + secret) + bearer(token));
    }

    private static void assertRefused(WireResponse answer, Integer... statuses) {
        assertTrue(Set.of(statuses).contains(answer.status()), answer.status() + " " + answer.text());
    }

    @Test
    void TOK13_aFreshTokenOfTheSameSubjectGoesOnWithTheStream() {
        try (EventStream stream = open(of("ann").claim("exp", Token.in(4)))) {
            JsonObject hello = stream.awaitHello();
            WireResponse answer = ask("PATCH", name(hello), secret(hello), of("ann").subscribe(topic)
                .claim("exp", Token.in(600)).sign());
            assertTrue(answer.status() == 200 || answer.status() == 204, answer.text());
            hub.publishedPrivately(topic, "now granted");
            stream.awaitData("now granted");
            WireResponse less = ask("PATCH", name(hello), secret(hello), of("ann").sign());
            assertTrue(less.status() == 200 || less.status() == 204, less.text());
            hub.publishedPrivately(topic, "no more");
            hub.assertNothingMore(stream, topic);
        }
    }

    private static String name(JsonObject hello) {
        return hello.get("connection").getAsString();
    }

    private static String secret(JsonObject hello) {
        return hello.get("secret").getAsString();
    }

    @Test
    void TOK09_nobodyElseGoesOnWithTheStreamOrChangesIt() {
        try (EventStream stream = open(of("ann").subscribe(topic)); EventStream mallorys = open(of("mallory"))) {
            JsonObject hello = stream.awaitHello();
            JsonObject own = mallorys.awaitHello();
            String ann = of("ann").subscribe("*").sign();
            assertRefused(ask("PATCH", name(hello), null, ann), 401, 403, 404);
            assertRefused(ask("PATCH", name(hello), "", ann), 400, 403, 404);
            assertRefused(ask("PATCH", name(hello), secret(own), ann), 403, 404);
            assertRefused(ask("PATCH", name(hello), secret(hello) + "x", ann), 403, 404);
            assertRefused(ask("PATCH", name(hello), secret(hello), of("mallory").subscribe("*").sign()), 403);
            assertRefused(ask("PATCH", name(hello), secret(hello), null), 400, 401, 403);
            assertRefused(ask("PATCH", name(hello), secret(hello), of("ann").claim("exp", Token.in(-600)).sign()), 401);
            assertRefused(ask("PATCH", name(hello), secret(hello), of("ann").sign(new byte[32])), 401);
            assertRefused(ask("PATCH", name(hello), secret(hello),
                of("ann").claim("iss", "\"https://other\"").sign()), 401);
            assertRefused(ask("PATCH", "unknown", secret(hello), ann), 403, 404);
            assertEquals(ask("PATCH", "unknown", secret(own), ann).status(),
                ask("PATCH", name(hello), secret(own), ann).status(), "names cannot be guessed by their answers");
            hub.publishedPrivately(topic, "still granted");
            hub.assertOnly(stream, topic, "still granted");
            assertTrue(mallorys.awaitEvent().data().startsWith("marker"));
        }
    }

    @Test
    void TOK09_nobodyElseClosesAStream() {
        try (EventStream stream = open(of("ann")); EventStream second = open(of("ann"))) {
            JsonObject hello = stream.awaitHello();
            assertRefused(ask("DELETE", name(hello), null, null), 401, 403, 404);
            assertRefused(ask("DELETE", name(hello), "guess", null), 401, 403, 404);
            assertRefused(ask("DELETE", name(hello), null, of("mallory").publish("*").subscribe("*").sign()), 403, 404);
            assertRefused(ask("DELETE", name(hello), null, of("ann").sign()), 403, 404);
            hub.assertNothingMore(stream, topic);
            assertRefused(ask("DELETE", name(hello), secret(hello), of("mallory").sign()), 403, 404);
            WireResponse answer = ask("DELETE", name(hello), secret(hello), of("ann").sign());
            assertTrue(answer.status() == 200 || answer.status() == 204, answer.status() + answer.text());
            assertTrue(stream.awaitEnd());
            assertTrue(second.awaitEvent().data().startsWith("marker"));
            WireResponse operators = ask("DELETE", name(second.awaitHello()), null, operator());
            assertTrue(operators.status() == 200 || operators.status() == 204, operators.text());
            assertTrue(second.awaitEnd());
        }
    }

    @Test
    void ACT04_aSubscribersNameIsNoConnectionsName() {
        String path = PATH + "/subscriptions";
        String reader = Token.v1().subscribe(path).sign();
        try (EventStream stream = open(of("ann"))) {
            JsonObject hello = stream.awaitHello();
            String all = hub.ask("GET " + path + bearer(reader)).text();
            assertTrue(all.contains(topic), all);
            assertFalse(all.contains(name(hello)) || all.contains(secret(hello)), all);
            for (String subscriber : all.replaceAll("(?s).*?\"subscriber\":\\s*\"([^\"]*)\"", "$1 ").split(" ")) {
                assertRefused(ask("PATCH", enc(subscriber), secret(hello), of("ann").sign()), 400, 403, 404);
            }
            hub.assertNothingMore(stream, topic);
        }
    }

    @Test
    void ERR03_operatingTheHubNeedsItsOwnRight() {
        try (EventStream stream = open(of("ann"))) {
            String secret = secret(stream.awaitHello());
            assertRefused(hub.ask("GET /api/connections"), 401);
            assertRefused(hub.ask("GET /api/connections" + bearer(of("x").publish("*").subscribe("*").sign())), 403);
            assertRefused(hub.ask("GET /api/connections" + bearer(Token.v1().mercureDetail(
                "\"actions\":[\"operate\"],\"topics\":[{\"match\":\"*\"}]").sign())), 403);
            WireResponse answer = hub.ask("GET /api/connections" + bearer(operator()));
            assertEquals(200, answer.status(), answer.text());
            assertTrue(answer.text().contains("ann") && !answer.text().contains(secret), answer.text());
            assertEquals(List.of(401, 403), List.of(
                hub.ask("POST /api/tokens/explain\nContent-Type: text/plain", Token.all()).status(),
                hub.ask("POST /api/tokens/explain\nContent-Type: text/plain" + bearer(Token.all()), Token.all())
                    .status()));
        }
    }
}
