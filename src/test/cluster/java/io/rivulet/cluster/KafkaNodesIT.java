package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Health;
import io.rivulet.kit.OwnWar;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.WireResponse;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes as people run them, {@code java -jar rivulet.war}, at a real Kafka of three brokers. */
class KafkaNodesIT {

    private static int logs;

    @TempDir
    private Path folder;
    private final String topic = "nodes" + ++logs;
    private Kafka kafka;

    @BeforeEach
    void findKafka() throws Exception {
        Assumptions.assumeTrue(Kafka.isThere(), Kafka.WHERE);
        kafka = Kafka.three();
    }

    private OwnWar node(String name) throws IOException {
        return node(name, kafka.url(topic), "--engine.jar=" + Kafka.clients());
    }

    private OwnWar node(String name, String url, String jar) throws IOException {
        return new OwnWar(Files.createDirectories(folder.resolve(name)), Map.of("RIVULET_ENGINE_URL", url), "--port=0",
            "--engine=kafka", jar);
    }

    @Test
    void whatIsPublishedAtOneNodeIsStreamedByTheOtherAndACursorIsGoodAtBothAlsoOfANodeThatWasKilled()
        throws Exception {
        String first;
        try (OwnWar b = node("b").awaitOpen(); Publisher atB = Publisher.to(b.port());
             EventStream stream = EventStream.to(b.port()).topic("news").open()) {
            stream.awaitHello();
            try (OwnWar a = node("a").awaitOpen(); Publisher atA = Publisher.to(a.port())) {
                first = atA.publish("news", "1");
                assertEquals(first, stream.awaitEvent().id());
                Await.until("both are listed", () -> NodesIT.nodes(a.port()).getAsJsonArray("nodes").size() == 2);
                assertEquals("kafka", NodesIT.nodes(b.port()).get("engine").getAsString());
                atA.publish("news", "2");
            } // SIGKILL
            atB.publish("news", "3");
            stream.awaitData("2", "3");
            try (OwnWar a = node("a").awaitOpen();
                 EventStream moved = EventStream.to(a.port()).topic("news").after(first).open()) {
                assertEquals("exact", moved.awaitHello().get("resumed").getAsString());
                moved.awaitData("2", "3");
            }
            assertEquals(3, kafka.inSync(topic).size(), "each broker has a copy");
        }
    }

    @Test
    void theLeaderIsKilledAndStreamsStayAndPublishersComeBackLater() throws Exception {
        try (OwnWar a = node("a").awaitOpen(); OwnWar b = node("b").awaitOpen();
             Publisher atA = Publisher.to(a.port());
             EventStream stream = EventStream.to(b.port()).topic("news").query("heartbeat", "1").open()) {
            stream.awaitHello();
            atA.publish("news", "1");
            stream.awaitData("1");
            kafka.kill(kafka.leader(topic));
            stream.awaitComment();
            Await.until("it is taken", Await.LIMIT.multipliedBy(3), () -> isTaken(atA, "2"));
            stream.awaitData("2");
            assertEquals(1, stream.connections());
        }
    }

    /** Under its key, as a publisher does that wants it once. */
    private static boolean isTaken(Publisher publisher, String data) {
        try {
            WireResponse answer = publisher.post("?topic=news", Map.of("Content-Type", "text/plain",
                "Idempotency-Key", data), data.getBytes(StandardCharsets.US_ASCII));
            assertTrue(answer.status() == 200 || answer.status() == 503, answer.text());
            return answer.status() == 200;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aPasswordThatIsWrongStopsTheStartAndIsTold() throws Exception {
        try (OwnWar a = node("a", kafka.url(topic, "not-it"), "--engine.jar=" + Kafka.clients())) {
            assertNotEquals(0, a.awaitGone());
            assertTrue(a.said().contains("does not let this user in"), a.said());
            assertTrue(!a.said().contains("not-it"), "no password is told: " + a.said());
        }
    }

    @Test
    void anAddressWhereNobodyIsIsWaitedForAndTold() throws Exception {
        try (OwnWar a = node("a", "kafka://127.0.0.1:" + Redis.freePort() + "/" + topic,
            "--engine.jar=" + Kafka.clients())) {
            Await.until("it says what it waits for", () -> a.said().contains("The hub waits for it"));
            assertTrue(!Health.of(a.port(), "").isOpen());
        }
    }

    @Test
    void clientsThatAreMissingStopTheStartAndItIsToldWhereToGetThem() throws Exception {
        try (OwnWar a = node("a", kafka.url(topic), "--engine.jar=")) {
            assertNotEquals(0, a.awaitGone());
            assertTrue(a.said().contains("the clients of Kafka are not in the WAR"), a.said());
        }
        try (OwnWar a = node("a", kafka.url(topic), "--engine.jar=" + folder.resolve("nothing.jar"))) {
            assertNotEquals(0, a.awaitGone());
            assertTrue(a.said().contains("there is no file"), a.said());
        }
    }

    @Test
    void topicsThatCouldLoseWhatWasAcknowledgedAreRefused() throws Exception {
        assertRefused("min.insync.replicas=1", Map.of("min.insync.replicas", "1"));
        assertRefused("unclean.leader.election.enable=true", Map.of("unclean.leader.election.enable", "true"));
        assertRefused("takes nothing", Map.of("min.insync.replicas", "4"));
    }

    private void assertRefused(String part, Map<String, String> settings) throws IOException {
        String name = topic + "-" + part.length();
        kafka.create(name, 1, 3, settings);
        try (ClusterEngine engine = Kafka.engine(kafka.url(name), 5_000)) {
            EngineRefused told = assertThrows(EngineRefused.class, engine::check);
            assertTrue(told.getMessage().contains(part), told.getMessage());
        }
    }
}
