package io.rivulet.mercure;

import static io.rivulet.mercure.MercureHub.FORM;
import static io.rivulet.mercure.MercureHub.PATH;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.WireResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;

/** Users whom the container itself lets in, here by HTTP Basic from its realm, have the rights of their roles. */
@OnEveryContainer
class ContainerLoginIT {

    private static final String OWN = "\nOrigin: http://localhost";
    private static MercureHub hub;
    private static Container container;

    ContainerLoginIT(Container container) {
    }

    @BeforeParameterizedClassInvocation
    static void start(Container where) {
        container = where;
        hub = MercureHub.withLogins(where, "role.editor.publish", "news", "role.editor.subscribe",
            "news,urlpattern:/desk/*", "role.admin.operate", "true");
    }

    @AfterParameterizedClassInvocation
    static void stop() {
        hub.close();
    }

    /** What a browser sends once it knows name and password. */
    private static String basic(String name, String password) {
        return "Authorization: Basic "
            + Base64.getEncoder().encodeToString((name + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    private static String as(String name) {
        return basic(name, "pw");
    }

    private static WireResponse publish(String headers, String form) {
        return hub.ask("POST " + PATH + "\n" + FORM + "\n" + headers, form);
    }

    private static void assertRefused(int status, String error, WireResponse answer) {
        assertEquals(status, answer.status(), answer.text());
        assertEquals(error.isEmpty() ? Challenge.BARE : error, Challenge.of(answer));
    }

    @Test
    void aRolePublishesWhatItsSettingsSayAndNothingElse() {
        assertEquals(200, publish(as("ann") + OWN, "topic=news&data=1").status());
        assertRefused(403, Challenge.INSUFFICIENT, publish(as("ann") + OWN, "topic=other&data=1"));
        assertRefused(403, Challenge.INSUFFICIENT, publish(as("olga") + OWN, "topic=news&data=1"));
    }

    @Test
    void whoHasNoRoleThatIsMappedIsNobodyInParticular() {
        assertRefused(401, "", publish(as("gus") + OWN, "topic=news&data=1"));
        assertTrue(MercureHub.isStream(hub.subscribe("match=news", as("gus"))));
        assertRefused(401, "", hub.ask("GET /api/connections\n" + as("gus")));
    }

    @Test
    void TOK05_onlyTheHubsOwnPagesPublishWithALogin() {
        assertEquals(200, publish(as("ann") + "\nReferer: http://localhost/page?a=b", "topic=news").status());
        for (String from : new String[] {"", "\nOrigin: https://evil.example", "\nOrigin: null",
            "\nReferer: https://evil.example/http://localhost/", "\nOrigin: https://evil.example" + OWN}) {
            assertRefused(400, Challenge.INVALID_REQUEST, publish(as("ann") + from, "topic=news"));
        }
    }

    @Test
    void aPrivateEventReachesTheLoginThatMayReadItAlone() {
        try (EventStream granted = hub.stream("match=news&match=/desk/1", as("ann"));
             EventStream other = hub.stream("match=news&match=/desk/1", as("gus"));
             EventStream nobody = hub.stream("match=news&match=/desk/1")) {
            assertEquals(200, publish(as("bob") + OWN, "topic=news&data=secret&private=on").status());
            hub.publishedPrivately("/desk/1", "of the desk");
            hub.published("news", "open");
            granted.awaitData("secret", "of the desk", "open");
            other.awaitData("open");
            nobody.awaitData("open");
        }
    }

    @Test
    void onlyTheOperatingRoleSeesAndClosesConnections() {
        String topic = MercureHub.freshTopic(); // streams that other tests left may still be there
        try (EventStream stream = hub.stream("match=" + MercureHub.enc(topic), as("ann"))) {
            WireResponse list = hub.ask("GET /api/connections\n" + as("olga"));
            assertEquals(200, list.status(), list.text());
            assertTrue(list.text().contains("\"subject\":\"ann\",\"issuer\":\"container\""), list.text());
            assertRefused(403, Challenge.INSUFFICIENT, hub.ask("GET /api/connections\n" + as("ann")));
            assertRefused(401, "", hub.ask("GET /api/connections"));
            String name = list.json().getAsJsonArray("connections").asList().stream().map(e -> e.getAsJsonObject())
                .filter(e -> e.get("topics").toString().contains(topic)).findFirst().orElseThrow()
                .get("connection").getAsString();
            String close = "DELETE /api/connections/" + name + "\n" + as("olga");
            assertRefused(400, Challenge.INVALID_REQUEST, hub.ask(close));
            assertEquals(204, hub.ask(close + OWN).status());
            assertTrue(stream.awaitEnd());
        }
    }

    @Test
    void aBannedLoginIsKeptOut() {
        String ban = "/api/bans?kind=subject&issuer=container&value=bob\n" + as("olga") + OWN;
        assertEquals(204, hub.ask("POST " + ban).status());
        try {
            assertEquals(204, hub.subscribe("match=news", as("bob")).status());
            assertRefused(403, Challenge.INSUFFICIENT, publish(as("bob") + OWN, "topic=news"));
            assertTrue(MercureHub.isStream(hub.subscribe("match=news", as("ann"))));
        } finally {
            assertEquals(204, hub.ask("DELETE " + ban).status());
        }
        assertEquals(200, publish(as("bob") + OWN, "topic=news").status());
    }

    @Test
    void TOK02_theLoginsHeaderIsNoTokenThatIsShownBadly() {
        assertTrue(MercureHub.isStream(hub.subscribe("match=news", as("ann"))));
        WireResponse wrong = hub.subscribe("match=news", basic("ann", "wrong"));
        // Tomcat answers a wrong password itself; Jetty lets the request through, without a user
        assertEquals(container == Container.TOMCAT ? 401 : 400, wrong.status(), wrong.text());
        assertEquals(400, hub.subscribe("match=news", "Authorization: Bearer " + as("ann")).status());
        assertRefused(400, Challenge.INVALID_REQUEST,
            publish(as("ann") + OWN + MercureHub.bearer(Token.all()), "topic=news"));
    }

    @Test
    void aTokenNeedsNoOriginBesideThem() {
        assertEquals(200, hub.publish(Token.all(), "topic=other&data=1").status());
        assertRefused(401, Challenge.INVALID_TOKEN, hub.publish("x".repeat(50), "topic=other&data=1"));
    }
}
