package io.rivulet.mercure;

import static io.rivulet.mercure.MercureHub.FORM;
import static io.rivulet.mercure.MercureHub.PATH;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.WireResponse;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Refusals of access (RFC 6750, RFC 9728): status, challenge, and the order of the checks. */
@Tag("once")
class RefusalRulesIT {

    private static MercureHub hub;
    private static MercureHub closed;

    @BeforeAll
    static void start() {
        hub = MercureHub.with();
        closed = MercureHub.with("anonymous", "false");
    }

    @AfterAll
    static void stop() {
        hub.close();
        closed.close();
    }

    @Test
    void ERR01_noTokenWhereOneIsNeededIs401WithABareChallenge() {
        WireResponse publish = hub.publish(null, "topic=a&data=x");
        assertEquals(401, publish.status());
        assertEquals(Challenge.BARE, Challenge.of(publish));
        WireResponse subscribe = closed.subscribe("match=a");
        assertEquals(401, subscribe.status());
        assertEquals(Challenge.BARE, Challenge.of(subscribe));
        assertEquals(200, hub.publish(Token.all(), "topic=a&data=x").status());
        assertEquals(200, closed.subscribe("match=a", "Authorization: Bearer " + Token.v1().sign()).status());
    }

    @Test
    void ERR02_aBadTokenIsNotTakenForNone() {
        String bad = Token.v1().sign(new byte[32]);
        WireResponse answer = hub.subscribe("match=a", "Authorization: Bearer " + bad);
        assertEquals(401, answer.status());
        assertEquals(Challenge.INVALID_TOKEN, Challenge.of(answer));
        assertEquals(200, hub.subscribe("match=a").status());
        assertEquals(200, hub.subscribe("match=a", "Authorization: Bearer " + Token.v1().sign()).status());
    }

    @Test
    void ERR02_theCallerHearsTheSameWhateverIsWrongWithTheToken() {
        List<Token> bad = List.of(Token.v1().claim("exp", Token.in(-3_600)), Token.v1().claim("aud", "\"x\""),
            Token.v1().claim("iss", "\"https://other\""), Token.v1().header("typ", "\"JWT\""),
            Token.v1().mercureDetail("\"actions\":[]"));
        String first = saysOf(hub.publish(bad.get(0).sign(), "topic=a"));
        for (Token token : bad) {
            assertEquals(first, saysOf(hub.publish(token.sign(), "topic=a")));
        }
        assertEquals(first, saysOf(hub.publish(Token.v1().publish("*").sign(new byte[32]), "topic=a")));
    }

    private static String saysOf(WireResponse answer) {
        return answer.status() + answer.text().replaceAll("\"requestId\":\"[^\"]*\"", "")
            + answer.header("WWW-Authenticate");
    }

    @Test
    void ERR03_aGoodTokenThatDoesNotSufficeIs403() {
        WireResponse answer = hub.publish(Token.v1().publish("b").sign(), "topic=a");
        assertEquals(403, answer.status());
        assertEquals(Challenge.INSUFFICIENT, Challenge.of(answer));
        assertEquals(200, hub.publish(Token.v1().publish("b").sign(), "topic=b").status());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Authorization: Basic dXNlcjpwYXNz", "Authorization: Bearer", "Authorization: Bearer ",
        "Authorization: Bearer a b", "Authorization: Token x", "Authorization: x", "Authorization: Bearer too-short",
        "Authorization: Bearer %s\nAuthorization: Bearer %s", "Authorization: Bearer %s, Bearer %s"})
    void ERR04_aTokenThatIsNotShownAsItMustBeIs400(String header) {
        for (String head : List.of("POST " + PATH + "\n" + FORM, "GET " + PATH + "?match=a")) {
            WireResponse answer = hub.ask(head + "\n" + header.replace("%s", Token.all()),
                head.startsWith("POST") ? "topic=a" : "");
            assertEquals(400, answer.status(), answer.text());
            assertEquals(Challenge.INVALID_REQUEST, Challenge.of(answer));
        }
        assertEquals(200, hub.publish(Token.all(), "topic=a").status());
    }

    @Test
    void ERR05_refusalsThatHaveNothingToDoWithTheTokenHaveNoChallenge() {
        WireResponse answer = hub.publish(Token.all(), "data=x");
        assertEquals(400, answer.status());
        assertNull(answer.header("WWW-Authenticate"));
        assertTrue(hub.publish(null, "data=x").header("WWW-Authenticate").startsWith("Bearer"));
    }

    @Test
    void ERR06_refusalsAreProblemDocuments() {
        for (WireResponse answer : List.of(hub.publish(null, "topic=a"), hub.publish(Token.all(), "data=x"),
            hub.subscribe("MATCH=a"), hub.ask("DELETE " + PATH), hub.publish(Token.v1().sign(), "topic=a"))) {
            assertEquals("application/problem+json", answer.header("Content-Type").replaceAll(";.*", ""));
            assertEquals(answer.status(), answer.json().get("status").getAsInt());
            assertEquals(answer.header("X-Request-Id"), answer.json().get("requestId").getAsString());
            assertFalse(answer.json().get("detail").getAsString().isEmpty());
        }
    }

    @Test
    void ERR07_theTokenIsCheckedBeforeFieldsAndFieldsBeforeTheGrant() {
        String bad = Token.v1().sign(new byte[32]);
        assertEquals(401, hub.publish(bad, "data=x").status());
        assertEquals(401, hub.publish(null, "data=x").status());
        assertEquals(400, hub.publish(Token.v1().publish("b").sign(), "topic=a&id=earliest").status());
        assertEquals(403, hub.publish(Token.v1().publish("b").sign(), "topic=a").status());
        assertEquals(401, hub.subscribe("MATCH=a", "Authorization: Bearer " + bad).status());
        assertEquals(400, hub.subscribe("MATCH=a", "Authorization: Bearer " + Token.v1().sign()).status());
    }
}
