package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.kit.Await;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Health;
import io.rivulet.kit.OwnWar;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Nodes as people run them, {@code java -jar rivulet.war}, at a real PostgreSQL. */
class NodesIT extends AtPostgres {

    private OwnWar war(String name, String... words) throws IOException {
        Path home = Files.createDirectories(folder.resolve(name));
        String[] all = new String[words.length + 2];
        all[0] = "--port=0";
        all[1] = "--engine=postgresql";
        System.arraycopy(words, 0, all, 2, words.length);
        return new OwnWar(home, Map.of("RIVULET_ENGINE_URL", postgres.url(schema)), all);
    }

    /** What the node at this port tells of all. */
    static JsonObject nodes(int port) {
        return nodes(port, "");
    }

    /** The same of the one at this path. */
    static JsonObject nodes(int port, String contextPath) {
        return JsonParser.parseString(Await.value("the nodes", () -> call(port, "GET", contextPath + "/api/nodes")))
            .getAsJsonObject();
    }

    /** The body of an answer that is a success; else null. */
    static String call(int port, String method, String path) {
        try (WireClient client = WireClient.to(port, 0)) {
            WireResponse head = client.send(method + ' ' + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n").readHead();
            return head.status() / 100 != 2 ? null : head.status() == 204 ? ""
                : new String(client.body(head).readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new AssertionError("nobody answers " + method + ' ' + path, e);
        }
    }

    private static String keyed(int port, String data) throws IOException {
        try (Publisher publisher = Publisher.to(port)) {
            return Publisher.accepted(publisher.post("?topic=news", Map.of("Content-Type", "text/plain",
                "Idempotency-Key", "the-key"), data.getBytes()));
        }
    }

    @Test
    void whatIsPublishedAtOneNodeIsStreamedByTheOtherAndACursorIsGoodAtBoth() throws Exception {
        try (OwnWar a = war("a").awaitOpen(); OwnWar b = war("b").awaitOpen()) {
            try (Publisher atA = Publisher.to(a.port()); Publisher atB = Publisher.to(b.port());
                 EventStream stream = EventStream.to(b.port()).topic("news").open()) {
                stream.awaitHello();
                String first = atA.publish("news", "1");
                assertEquals(first, stream.awaitEvent().id());
                atB.publish("news", "2");
                atA.publish("news", "3");
                stream.awaitData("2", "3");
                try (EventStream moved = EventStream.to(a.port()).topic("news").after(first).open()) {
                    assertEquals("exact", moved.awaitHello().get("resumed").getAsString());
                    moved.awaitData("2", "3");
                }
                assertEquals(keyed(a.port(), "x"), keyed(b.port(), "x"), "one key, one event");
                stream.awaitData("x");
                stream.assertNothingMore(atA, "news");
                Await.until("both are listed", () -> nodes(a.port()).getAsJsonArray("nodes").size() == 2);
                JsonObject nodes = nodes(b.port());
                assertEquals("postgresql", nodes.get("engine").getAsString());
                assertTrue(nodes.get("position").getAsLong() >= 4, nodes.toString());
                assertStreamsAreOfAllNodes(a.port(), stream);
            }
        }
    }

    /** The stream is another node's. */
    private static void assertStreamsAreOfAllNodes(int port, EventStream stream) {
        String name = stream.awaitHello().get("connection").getAsString();
        Await.until("it is in the list", () -> Await.value("the list", () -> call(port, "GET", "/api/connections"))
            .contains(name));
        JsonObject one = JsonParser.parseString(Await.value("the stream", () -> call(port, "GET",
            "/api/connections/" + name))).getAsJsonObject();
        assertEquals("[\"news\"]", one.get("topics").toString());
        assertTrue(one.has("node"), one.toString());
        JsonObject topic = JsonParser.parseString(Await.value("the topic", () -> call(port, "GET",
            "/api/topics?topic=news"))).getAsJsonObject();
        assertEquals("1 []", topic.get("listeners") + " " + topic.get("silent"));
        String topics = Await.value("the topics", () -> call(port, "GET", "/api/topics"));
        assertTrue(topics.contains("\"listeners\":1") && topics.contains("\"silent\":[]"), topics);
        Await.value("it is asked to end", () -> call(port, "DELETE", "/api/connections/" + name));
        stream.awaitEnd();
    }

    @Test
    void aNodeThatIsKilledTakesNothingWithItAndComesBackWithItsCopy() throws Exception {
        String first;
        try (OwnWar b = war("b").awaitOpen();
             EventStream stream = EventStream.to(b.port()).topic("news").open();
             Publisher atB = Publisher.to(b.port())) {
            stream.awaitHello();
            try (OwnWar a = war("a").awaitOpen(); Publisher atA = Publisher.to(a.port())) {
                first = atA.publish("news", "1");
                atA.publish("news", "2");
            } // SIGKILL
            atB.publish("news", "3");
            stream.awaitData("1", "2", "3");
            try (OwnWar a = war("a").awaitOpen();
                 EventStream back = EventStream.to(a.port()).topic("news").after(first).open()) {
                assertEquals("exact", back.awaitHello().get("resumed").getAsString());
                back.awaitData("2", "3");
            }
        }
    }

    @Test
    void aTopicWhosePublisherDiesTogetherWithItsNodeIsEndedByAnotherOne() throws Exception {
        try (OwnWar b = war("b").awaitOpen();
             EventStream stream = EventStream.to(b.port()).topic("run").open()) {
            stream.awaitHello();
            try (OwnWar a = war("a").awaitOpen(); Publisher atA = Publisher.to(a.port())) {
                atA.post("?topic=run&lease=1s", "text/plain", "half a");
                stream.awaitData("half a");
            } // SIGKILL
            Await.until("b has taken the lease over, and nobody was heard", Await.LIMIT.multipliedBy(2),
                () -> !stream.hubEvents("end").isEmpty());
            assertTrue(stream.hubEvents("end").get(0).data().contains("abandoned"));
        }
    }

    @Test
    void anEngineThatWasEmptiedIsToldToThoseWhoseEventsAreGone() throws Exception {
        try (OwnWar a = war("a", "--retry.min=500ms", "--retry.max=500ms").awaitOpen();
             Publisher atA = Publisher.to(a.port());
             EventStream stream = EventStream.to(a.port()).topic("news").open()) {
            stream.awaitHello();
            atA.publish("news", "1");
            stream.awaitData("1");
            postgres.sql("drop schema " + schema + " cascade");
            assertTrue(stream.awaitEnd(), "with its last chunk");
            a.awaitOpen();
            stream.reconnect();
            assertEquals("reset", stream.awaitHello().get("resumed").getAsString());
            Await.until("publishing works", () -> Health.of(a.port(), "").json().get("publish").getAsBoolean());
            atA.publish("news", "2");
            stream.awaitData("2");
        }
    }

    @Test
    void aPasswordThatIsWrongStopsTheStartAndIsTold() throws Exception {
        Path home = Files.createDirectories(folder.resolve("a"));
        try (OwnWar a = new OwnWar(home, Map.of("RIVULET_ENGINE_URL", postgres.url(schema, "not-it")), "--port=0",
            "--engine=postgresql")) {
            assertNotEquals(0, a.awaitGone());
            assertTrue(a.said().contains("check user and password"), a.said());
            assertTrue(!a.said().contains("not-it"), "no password is told: " + a.said());
        }
    }

    private void command(String... words) throws IOException {
        try (OwnWar command = new OwnWar(folder, Map.of("RIVULET_ENGINE_URL", postgres.url(schema)), words)) {
            assertEquals(0, command.awaitGone(), command.said());
            assertTrue(command.said().contains("keep their meaning"), command.said());
        }
    }

    @Test
    void aHubMovesIntoTheEngineAndBackByTwoCommandsAndCursorsStayGood() throws Exception {
        String before = "--data.dir=" + folder.resolve("before");
        String after = "--data.dir=" + folder.resolve("after");
        String first;
        try (OwnWar hub = new OwnWar(folder, Map.of(), "--port=0", before).awaitOpen();
             Publisher publisher = Publisher.to(hub.port())) {
            first = publisher.publish("news", "1");
            publisher.publish("news", "2");
            hub.terminate();
            hub.awaitGone();
        }
        command("log", "export", "into.ndjson", before);
        command("log", "import", "into.ndjson", "--engine=postgresql");
        try (OwnWar a = war("a").awaitOpen(); Publisher publisher = Publisher.to(a.port());
             EventStream stream = EventStream.to(a.port()).topic("news").after(first).open()) {
            assertEquals("exact", stream.awaitHello().get("resumed").getAsString());
            publisher.publish("news", "3");
            stream.awaitData("2", "3");
            command("log", "export", "back.ndjson", "--engine=postgresql");
            command("log", "import", "back.ndjson", after);
            String second = stream.events().get(0).id();
            try (OwnWar hub = new OwnWar(folder, Map.of(), "--port=0", after).awaitOpen();
                 EventStream back = EventStream.to(hub.port()).topic("news").after(second).open()) {
                assertEquals("exact", back.awaitHello().get("resumed").getAsString());
                back.awaitData("3");
            }
        }
    }
}
