package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.browser.SharingTabs;
import io.rivulet.kit.Await;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.OwnWar;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What the owner of a stream does with its secret, where the balancer leads each request to another node. */
class OwnersIT extends AtPostgres {

    private static final String SESSION = "abcdefghijklmnopqrstuvwx";
    private SharingTabs tabs;
    private OwnWar a;
    private OwnWar b;

    @BeforeEach
    void start() throws IOException {
        tabs = opened(new SharingTabs());
        a = opened(war("a"));
        b = opened(war("b"));
        a.awaitOpen();
        b.awaitOpen();
        Await.until("both know of each other", () -> NodesIT.nodes(a.port()).getAsJsonArray("nodes").size() == 2
            && NodesIT.nodes(b.port()).getAsJsonArray("nodes").size() == 2);
    }

    private OwnWar war(String name) throws IOException {
        Path home = Files.createDirectories(folder.resolve(name));
        return new OwnWar(home, Map.of("RIVULET_ENGINE_URL", postgres.url(schema)), "--port=0",
            "--engine=postgresql", "--trusted.proxies=127.0.0.1", "--cors.origins=" + tabs.origin(),
            "--publish.origins=" + tabs.origin());
    }

    private static WireResponse ask(int port, String method, JsonObject hello, String body) throws IOException {
        try (WireClient client = WireClient.to(port, 0)) {
            WireClient sent = client.send(method, "/api/connections/" + hello.get("connection").getAsString(),
                Map.of("Rivulet-Secret", hello.get("secret").getAsString()),
                body == null ? null : body.getBytes(StandardCharsets.UTF_8));
            WireResponse head = sent.readHead();
            return head.status() == 204 ? head : new WireResponse(head.version(), head.status(), head.headers(),
                client.body(head).readAllBytes());
        }
    }

    private static String topics(WireResponse answer) {
        assertEquals(200, answer.status(), answer.text());
        return answer.json().get("topics").toString();
    }

    @Test
    void eachNodeDoesWhatTheOwnerOfAStreamOfTheOtherOneAsks() throws Exception {
        try (EventStream stream = EventStream.to(a.port()).topic("news").query("session", SESSION).open();
             Publisher atB = Publisher.to(b.port())) {
            JsonObject hello = stream.awaitHello();
            for (OwnWar node : new OwnWar[] {b, a, b}) {
                String name = "more-" + node.port() + '-' + stream.hubEvents("topics").size();
                assertEquals("[\"news\",\"" + name + "\"]",
                    topics(ask(node.port(), "PATCH", hello, "{\"add\":[\"" + name + "\"]}")));
                atB.publish(name, name);
                stream.awaitData(name);
                assertEquals("[\"news\"]", topics(ask(node.port(), "PATCH", hello, "{\"remove\":[\"" + name + "\"]}")));
            }
            for (String bad : new String[] {"{\"remove\":[\"news\"]}", "{\"add\":[\"urlpattern:(((\"]}", "{}", "x"}) {
                WireResponse here = ask(a.port(), "PATCH", hello, bad);
                WireResponse there = ask(b.port(), "PATCH", hello, bad);
                assertEquals(400, there.status(), there.text());
                assertEquals(here.json().get("detail"), there.json().get("detail"));
            }
            JsonObject wrong = hello.deepCopy();
            wrong.addProperty("secret", "AAAAAAAAAAAAAAAAAAAAAA");
            assertEquals(404, ask(b.port(), "DELETE", wrong, null).status());
            assertEquals(404, ask(b.port(), "PATCH", wrong, null).status());
            WireResponse renewed = ask(b.port(), "PATCH", hello, null);
            assertEquals(200, renewed.status(), renewed.text());
            assertEquals(204, ask(b.port(), "DELETE", hello, null).status());
            stream.awaitEnd();
            Await.until("nobody has it", () -> {
                try {
                    return ask(b.port(), "DELETE", hello, null).status() == 404;
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
        }
    }

    @Test
    void behindABalancerTopicsAreAddedRemovedAndFoundAgainWhicheverNodeIsAsked() throws Exception {
        Assumptions.assumeTrue(Balancer.isThere(), "skipped: HAProxy is not installed here");
        int port = opened(Balancer.start(folder, a.port(), b.port())).port();
        try (EventStream stream = EventStream.to(port).topic("news").query("session", SESSION).open();
             Publisher publisher = Publisher.to(a.port())) {
            JsonObject hello = stream.awaitHello();
            for (int i = 0; i < 6; i++) { // one after the other, so each node is asked three times
                assertEquals("[\"news\",\"t" + i + "\"]", topics(ask(port, "PATCH", hello, "{\"add\":[\"t" + i
                    + "\"],\"remove\":[\"t" + (i - 1) + "\"]}")));
                publisher.publish("t" + i, "" + i);
            }
            stream.awaitData("0", "1", "2", "3", "4", "5");
            for (int i = 0; i < 4; i++) {
                stream.cut();
                stream.reconnect();
                JsonObject again = stream.awaitHello();
                assertEquals("[\"news\",\"t5\"]", again.get("topics").toString());
                assertEquals("exact", again.get("resumed").getAsString());
            }
            assertTrue(stream.connections() > 4);
        }
    }

    /** The client's: the tabs have one stream, and each wish for a topic is a request that lands somewhere. */
    @Test
    void tabsThatShareOneStreamAddAndRemoveTopicsBehindABalancer() throws Exception {
        Assumptions.assumeTrue(Balancer.isThere(), "skipped: HAProxy is not installed here");
        Assumptions.assumeTrue(SharingTabs.areThere(), "skipped: no browser is installed here");
        int port = opened(Balancer.start(folder, a.port(), b.port())).port();
        try (Publisher publisher = Publisher.to(a.port())) {
            SharingTabs.Tab one = tabs.open(port, "news");
            SharingTabs.Tab two = tabs.open(port, "news");
            List<String> begun = names();
            assertEquals(1, begun.size(), streams());
            for (int i = 0; i < 6; i++) {
                one.subscribe("of-one-" + i);
                two.subscribe("of-two-" + i);
                publisher.publish("of-one-" + i, "one" + i);
                publisher.publish("of-two-" + i, "two" + i);
                one.awaitLast("one" + i);
                two.awaitLast("two" + i);
                one.unsubscribe("of-one-" + i);
                two.unsubscribe("of-two-" + i);
            }
            Await.until("what nobody wants is gone", () -> streams().contains("\"topics\":[\"news\"]"));
            publisher.publish("of-one-5", "nobody hears that");
            publisher.publish("news", "all");
            one.awaitLast("all");
            two.awaitLast("all");
            assertEquals("one0,one1,one2,one3,one4,one5,all", one.got());
            assertEquals("two0,two1,two2,two3,two4,two5,all", two.got());
            boolean allAnswered = true;
            for (String name : new String[] {"a", "b"}) {
                List<String> changes = Files.readAllLines(folder.resolve(name + "/rivulet-data/access.log")).stream()
                    .filter(line -> line.contains("PATCH /api/connections/")).toList();
                assertTrue(changes.size() > 5, changes.toString());
                assertEquals(List.of(), changes.stream().filter(line -> line.contains("\" 4")).toList());
                allAnswered &= changes.stream().noneMatch(line -> line.contains("\" 5")); // by a node within its 3 s
            }
            if (allAnswered) {
                assertEquals(begun, names(), "the stream was never opened anew");
            }
        }
    }

    private List<String> names() {
        return JsonParser.parseString(streams()).getAsJsonObject().getAsJsonArray("connections").asList().stream()
            .map(one -> one.getAsJsonObject().get("connection").getAsString()).toList();
    }

    private String streams() {
        return NodesIT.call(a.port(), "GET", "/api/connections");
    }

    @Test
    void aNodeThatStandsStillIsWaitedForAndOneThatIsKilledHasNoStreams() throws Exception {
        try (EventStream stream = EventStream.to(a.port()).topic("news").open()) {
            JsonObject hello = stream.awaitHello();
            new ProcessBuilder("kill", "-STOP", Long.toString(a.handle().pid())).start().waitFor();
            WireResponse busy = ask(b.port(), "DELETE", hello, null);
            assertEquals(503, busy.status(), busy.text());
            assertEquals("2", busy.header("Retry-After"));
            assertTrue(busy.text().contains("has not answered"), busy.text());
            a.close(); // SIGKILL
            Await.until("it is gone", () -> {
                try {
                    return ask(b.port(), "DELETE", hello, null).status() == 404;
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
        }
    }
}
