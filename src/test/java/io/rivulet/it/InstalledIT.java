package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Health;
import io.rivulet.kit.HubThreads;
import io.rivulet.kit.OldLoaders;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.StreamParser.Dispatched;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hub below {@code /live} of the {@link Shop}: it is whole there, and the shop does not notice it elsewhere. */
@OnEveryContainer
class InstalledIT {

    private static final String AT = "/shop";
    private static final String LIVE = AT + Shop.PREFIX;
    private static final String METADATA = LIVE + "/.well-known/oauth-protected-resource/.well-known/mercure";

    private final Container container;
    @TempDir
    private Path folder;

    InstalledIT(Container container) {
        this.container = container;
    }

    @Test
    void theShopsOwnPagesAndErrorPagesStayAsTheyAre() throws IOException {
        try (Server shop = shop()) {
            assertOfShop(200, Shop.HOME, ask(shop, "GET", AT + "/"));
            assertOfShop(200, "orders", ask(shop, "GET", AT + "/orders"));
            assertOfShop(404, Shop.NOT_FOUND, ask(shop, "GET", AT + "/none"));
            assertOfShop(500, Shop.SORRY + 500, ask(shop, "GET", AT + "/orders/7"));
            assertOfShop(200, "ordered tea", post(shop, AT + "/orders", "of=tea"));
        }
    }

    @Test
    void outsideOfItsPrefixNothingOfTheHubAnswers() throws IOException {
        try (Server shop = shop()) {
            for (String path : new String[] {"/api/updates", "/api/updates?topic=a", "/api/updates/", "/api/events",
                "/api/connections", "/api/bans", "/api/tokens/explain", "/.well-known/mercure?match=a",
                "/.well-known/mercure/subscriptions", "/.well-known/oauth-protected-resource/.well-known/mercure",
                "/health/live", "/problem", "/io/x", "/livelier", "/home/app.js"}) {
                assertOfShop(404, Shop.NOT_FOUND, ask(shop, "GET", AT + path));
            }
        }
    }

    @Test
    void belowItsPrefixTheHubIsWhole() throws IOException {
        try (Server shop = shop();
             EventStream stream = EventStream.to(shop.port(), LIVE).topic("orders").open();
             EventStream mercure = EventStream.to(shop.port(), "").path(LIVE + "/.well-known/mercure")
                 .rawQuery("?match=orders").open();
             Publisher publisher = Publisher.to(shop.port(), LIVE)) {
            String name = stream.awaitHello().get("connection").getAsString();
            assertNotNull(stream.header("X-Request-Id"));
            assertEquals("yes", stream.header("X-Shop"), "the shop's filters see what is below its paths");
            publisher.publish("orders", "1");
            assertEquals(200, post(shop, LIVE + "/.well-known/mercure", "topic=orders&data=2").status());
            assertEquals("ordered 3", post(shop, AT + "/orders", "of=3").text());
            stream.awaitData("1", "2", "3");
            assertEquals("3", awaitLast(mercure, 3));
            assertEquals(3, ask(shop, "GET", LIVE + "/api/events?topic=orders").json().getAsJsonArray("events").size());
            assertEquals(name, ask(shop, "GET", LIVE + "/api/connections/" + name).json().get("connection")
                .getAsString());
            assertEquals(204, ask(shop, "DELETE", LIVE + "/api/connections/" + name).status());
            stream.awaitEnd();
        }
    }

    @Test
    void whatIsWrongBelowItsPrefixTheHubItselfTells() throws IOException {
        try (Server shop = shop()) {
            for (String path : new String[] {"", "/", "/none", "/api", "/problem", "/io/x", "/home/app.js"}) {
                assertProblem(404, ask(shop, "GET", LIVE + path));
            }
            assertProblem(404, post(shop, LIVE + "/none", "a=b"));
            assertProblem(405, ask(shop, "DELETE", LIVE + "/api/updates"));
            assertProblem(405, ask(shop, "POST", LIVE + "/health/live"));
            assertProblem(400, ask(shop, "GET", LIVE + "/api/events?topic=a&limit=x"));
            assertProblem(400, post(shop, LIVE + "/.well-known/mercure", "data=1"));
        }
    }

    @Test
    void linksNameThePrefix() throws IOException {
        try (Server shop = shop("presence", "true")) {
            WireResponse list = ask(shop, "GET", LIVE + "/.well-known/mercure/subscriptions");
            assertEquals(200, list.status(), list.text());
            assertTrue(list.header("Link").startsWith("<" + LIVE + "/.well-known/mercure>; rel=\"mercure\""),
                list.header("Link"));
            assertEquals(LIVE + "/.well-known/mercure/subscriptions", list.json().get("id").getAsString());
        }
        try (Server shop = shop("dev", "false", "anonymous", "false", "token.issuer", "https://issuer.example",
            "token.key", "0123456789".repeat(4), "resource", "https://localhost" + LIVE + "/.well-known/mercure")) {
            WireResponse refused = ask(shop, "GET", LIVE + "/api/updates?topic=a");
            assertEquals(401, refused.status());
            assertTrue(refused.header("WWW-Authenticate").contains("resource_metadata=\"https://localhost" + METADATA),
                refused.header("WWW-Authenticate"));
            assertEquals("https://localhost" + LIVE + "/.well-known/mercure",
                ask(shop, "GET", METADATA).json().get("resource").getAsString());
        }
    }

    @Test
    void aReloadOfTheShopLeavesNoThreadAndNoClassLoader() throws IOException {
        Set<Thread> before = HubThreads.alive();
        try (Server shop = shop(); EventStream stream = EventStream.to(shop.port(), LIVE).topic("orders").open()) {
            stream.awaitHello();
            OldLoaders loaders = new OldLoaders();
            for (int i = 0; i < 3; i++) {
                loaders.note(shop);
                Set<Thread> running = HubThreads.alive();
                running.removeAll(before);
                assertTrue(!running.isEmpty());
                shop.redeploy();
                assertTrue(stream.awaitEnd());
                running.removeIf(thread -> !thread.isAlive());
                assertEquals(Set.of(), running);
                awaitOpen(shop);
                stream.reconnect();
                assertEquals("exact", stream.awaitHello().get("resumed").getAsString());
            }
            loaders.awaitCollected(shop, () -> Health.of(shop.port(), LIVE));
            shop.stop();
            Set<Thread> left = HubThreads.alive();
            left.removeAll(before);
            assertEquals(Set.of(), left);
        }
    }

    private Server shop(String... settings) throws IOException {
        Server.Builder builder = Server.in(container).war(Shop.war(folder)).at(AT);
        for (int i = 0; i < settings.length; i += 2) {
            builder.set(settings[i], settings[i + 1]);
        }
        Server shop = builder.build();
        try {
            return awaitOpen(shop.start());
        } catch (RuntimeException | AssertionError e) {
            shop.close();
            throw e;
        }
    }

    private static Server awaitOpen(Server shop) {
        Await.until("the log of the shop's hub is open", () -> Health.of(shop.port(), LIVE).isOpen());
        return shop;
    }

    /** The data of the event with which the stream has so many. */
    private static String awaitLast(EventStream stream, int events) {
        Dispatched last = null;
        for (int i = 0; i < events; i++) {
            last = stream.awaitEvent();
        }
        return last.data();
    }

    private static WireResponse ask(Server shop, String method, String target) throws IOException {
        try (WireClient client = WireClient.to(shop)) {
            return client.send(method, target, Map.of(), null).read();
        }
    }

    private static WireResponse post(Server shop, String target, String form) throws IOException {
        try (WireClient client = WireClient.to(shop)) {
            return client.send("POST", target, Map.of("Content-Type", "application/x-www-form-urlencoded"),
                form.getBytes(StandardCharsets.UTF_8)).read();
        }
    }

    private static void assertOfShop(int status, String text, WireResponse answer) {
        assertEquals(status + " " + text, answer.status() + " " + answer.text());
        assertEquals("yes", answer.header("X-Shop"));
        for (String header : new String[] {"X-Request-Id", "Content-Security-Policy", "X-Frame-Options", "Vary"}) {
            assertNull(answer.header(header), header + " is the hub's");
        }
    }

    private static void assertProblem(int status, WireResponse answer) {
        assertEquals(status, answer.status(), answer.text());
        assertEquals("application/problem+json", answer.header("Content-Type"));
        assertEquals(answer.header("X-Request-Id"), answer.json().get("requestId").getAsString());
    }
}
