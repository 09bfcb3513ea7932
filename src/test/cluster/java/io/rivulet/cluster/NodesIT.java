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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes as people run them, {@code java -jar rivulet.war}, at a real PostgreSQL. */
class NodesIT {

    private static Postgres postgres;
    private static int schemas;

    @TempDir
    private Path folder;
    private String schema;

    @BeforeAll
    static void startPostgres() throws Exception {
        Assumptions.assumeTrue(Postgres.isThere(), "skipped: PostgreSQL is not installed here");
        postgres = Postgres.start();
    }

    @AfterAll
    static void endPostgres() throws Exception {
        if (postgres != null) {
            postgres.close();
        }
    }

    @BeforeEach
    void newSchema() {
        schema = "nodes" + ++schemas;
    }

    private OwnWar node(String name, String... words) throws IOException {
        Path home = Files.createDirectories(folder.resolve(name));
        String[] all = new String[words.length + 2];
        all[0] = "--port=0";
        all[1] = "--engine=postgresql";
        System.arraycopy(words, 0, all, 2, words.length);
        return new OwnWar(home, Map.of("RIVULET_ENGINE_URL", postgres.url(schema)), all);
    }

    private static JsonObject nodes(int port) {
        try (WireClient client = WireClient.to(port, 0)) {
            WireResponse head = client.send("GET /api/nodes HTTP/1.1\r\nHost: localhost\r\n\r\n").readHead();
            return JsonParser.parseString(new String(client.body(head).readAllBytes(), StandardCharsets.UTF_8))
                .getAsJsonObject();
        } catch (IOException e) {
            throw new AssertionError("nobody tells of the nodes", e);
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
        try (OwnWar a = node("a").awaitOpen(); OwnWar b = node("b").awaitOpen()) {
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
            }
        }
    }

    @Test
    void aNodeThatIsKilledTakesNothingWithItAndComesBackWithItsCopy() throws Exception {
        String first;
        try (OwnWar b = node("b").awaitOpen();
             EventStream stream = EventStream.to(b.port()).topic("news").open();
             Publisher atB = Publisher.to(b.port())) {
            stream.awaitHello();
            try (OwnWar a = node("a").awaitOpen(); Publisher atA = Publisher.to(a.port())) {
                first = atA.publish("news", "1");
                atA.publish("news", "2");
            } // SIGKILL
            atB.publish("news", "3");
            stream.awaitData("1", "2", "3");
            try (OwnWar a = node("a").awaitOpen();
                 EventStream back = EventStream.to(a.port()).topic("news").after(first).open()) {
                assertEquals("exact", back.awaitHello().get("resumed").getAsString());
                back.awaitData("2", "3");
            }
        }
    }

    @Test
    void whileTheEngineIsAwayPublishersComeBackLaterAndStreamsStay() throws Exception {
        try (OwnWar a = node("a").awaitOpen(); OwnWar b = node("b").awaitOpen();
             Publisher atA = Publisher.to(a.port()); Publisher atB = Publisher.to(b.port());
             EventStream stream = EventStream.to(b.port()).topic("news").query("heartbeat", "1").open()) {
            stream.awaitHello();
            String first = atA.publish("news", "1");
            stream.awaitData("1");
            postgres.kill();
            try {
                WireResponse refused = atA.form("topic", "news", "data", "lost");
                assertEquals(503, refused.status(), refused.text());
                assertTrue(Integer.parseInt(refused.header("Retry-After")) > 0);
                assertEquals("urn:rivulet:problem:store-failed", refused.json().get("type").getAsString());
                Await.until("both know", () -> !Health.of(a.port(), "").json().get("publish").getAsBoolean()
                    && !Health.of(b.port(), "").json().get("publish").getAsBoolean());
                assertTrue(Health.of(b.port(), "").isOpen(), "streams are served");
                stream.awaitComment();
                try (EventStream resumed = EventStream.to(b.port()).topic("news").query("since", "earliest").open()) {
                    resumed.awaitData("1");
                }
            } finally {
                postgres.restart();
            }
            Await.until("both publish again", () -> Health.of(a.port(), "").json().get("publish").getAsBoolean()
                && Health.of(b.port(), "").json().get("publish").getAsBoolean());
            String second = atB.publish("news", "2");
            assertNotEquals(first, second);
            stream.awaitData("2");
            assertEquals(1, stream.connections());
        }
    }

    @Test
    void anEngineThatWasEmptiedIsToldToThoseWhoseEventsAreGone() throws Exception {
        try (OwnWar a = node("a", "--retry.min=500ms", "--retry.max=500ms").awaitOpen();
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
}
