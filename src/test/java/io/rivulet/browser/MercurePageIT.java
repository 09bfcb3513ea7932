package io.rivulet.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.sun.net.httpserver.HttpServer;
import io.rivulet.kit.Container;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Server;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import io.rivulet.mercure.Token;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/**
 * Pages that subscribe without a token, by EventSource, and publish with one, by fetch, at a hub with the settings
 * that docs/tokens.md has for this: at the root, out of dev mode, the resource identifier pinned.
 */
@OnEveryContainer
@Tag("once") // of a container it needs what all of Mercure's tests try
@EnabledIf(value = "io.rivulet.browser.Browser#isThereOrMustBe", disabledReason = "no browser on the PATH")
class MercurePageIT {

    /** All that PUB-09 allows, and the first of them again at the end. */
    private static final List<String> IDS = List.of("a", "urn:uuid:0b2f4c1e-9a51-4dc1-a4a3-2b6f3f0e6a10",
        "https://example.com/books/1?draft=1&x=%2F+#top", "Grüße 世界 🌍", "EARLIEST", " blanks around ",
        "\"<b>'{}[]|^`\\", ": field", "0", "a");
    private static final String SCRIPT = """
        (async (hub, token, ids) => {
            const topic = 'https://example.com/page/' + Math.random()
            const source = new EventSource(hub + '?match=' + encodeURIComponent(topic))
            const seen = []
            const all = new Promise(resolve => source.onmessage = e => {
                seen.push([e.lastEventId, e.data])
                if (seen.length === ids.length) resolve()
            })
            await new Promise((resolve, reject) => {
                source.onopen = resolve
                source.onerror = () => reject(new Error('EventSource: ' + source.readyState))
            })
            const answers = []
            for (const id of ids) {
                const answer = await fetch(hub, { method: 'POST', headers: { Authorization: 'Bearer ' + token },
                    body: new URLSearchParams({ topic, id, data: 'data of ' + id }) })
                answers.push([answer.status, await answer.text()])
            }
            if (answers.every(a => a[0] === 200)) await all
            source.close()
            return JSON.stringify({ answers, seen })
        })(%s, %s, %s)""";

    private final Container container;
    private HttpServer elsewhere;
    private Server server;
    private final List<Tab> tabs = new ArrayList<>();

    MercurePageIT(Container container) {
        this.container = container;
    }

    @BeforeEach
    void serve() throws IOException {
        elsewhere = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 10);
        elsewhere.createContext("/", exchange -> {
            byte[] page = "<!DOCTYPE html><title>elsewhere</title>".getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().add("Content-Type", "text/html");
            exchange.sendResponseHeaders(200, page.length);
            exchange.getResponseBody().write(page);
            exchange.close();
        });
        elsewhere.start();
        server = Server.in(container).set("dev", "false").set("resource", "https://localhost/.well-known/mercure")
            .set("token.issuer", "https://localhost").set("token.key", "!ChangeThisMercureHubJWTSecretKey!")
            .set("cors.origins", "http://localhost:" + elsewhere.getAddress().getPort()).start();
    }

    @AfterEach
    void end() {
        tabs.forEach(Tab::close);
        server.close();
        elsewhere.stop(0);
    }

    @Test
    void pagesOfTheHubsOriginAndOfListedOnesSubscribeAndPublishWithAnyIdPUB_09() throws IOException {
        String root = "http://localhost:" + server.port() + "/";
        WireResponse home = WireClient.exchange(server,
            "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
        assertEquals(200, home.status());
        assertTrue(home.header("Content-Type").startsWith("text/html"), home.header("Content-Type"));
        Tab own = open(root);
        everyIdIsKept(own, "/.well-known/mercure");
        Tab listed = open("http://localhost:" + elsewhere.getAddress().getPort() + "/");
        everyIdIsKept(listed, root + ".well-known/mercure");
        Tab unlisted = open("http://127.0.0.1:" + elsewhere.getAddress().getPort() + "/");
        assertEquals("Error: EventSource: 2", unlisted.eval(script(root + ".well-known/mercure", Token.all())
            + ".catch(String)"));
    }

    @Test
    void aPageWithAWrongTokenIsToldThatItIsOne() {
        Tab own = open("http://localhost:" + server.port() + "/");
        String wrong = Token.v1().publish("*").sign("another secret, which is long enough".getBytes());
        JsonObject result = JsonParser.parseString(own.eval(script("/.well-known/mercure", wrong))).getAsJsonObject();
        for (int i = 0; i < IDS.size(); i++) {
            assertEquals(401, result.getAsJsonArray("answers").get(i).getAsJsonArray().get(0).getAsInt());
        }
        assertEquals("[]", result.get("seen").toString());
    }

    private Tab open(String url) {
        Tab tab = Pages.chromium().tab();
        tabs.add(tab);
        return tab.open(url);
    }

    private static void everyIdIsKept(Tab tab, String hub) {
        JsonObject result = JsonParser.parseString(tab.eval(script(hub, Token.all()))).getAsJsonObject();
        JsonArray answers = new JsonArray();
        JsonArray seen = new JsonArray();
        for (String id : IDS) {
            answers.add(new Gson().toJsonTree(List.of(200, id)));
            seen.add(new Gson().toJsonTree(List.of(id, "data of " + id)));
        }
        assertEquals(answers, result.get("answers"));
        assertEquals(seen, result.get("seen"));
    }

    private static String script(String hub, String token) {
        Gson gson = new Gson();
        return SCRIPT.formatted(gson.toJson(hub), gson.toJson(token), gson.toJson(IDS));
    }
}
