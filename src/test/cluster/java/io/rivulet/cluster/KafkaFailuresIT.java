package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import io.rivulet.hub.HubScene;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Kafka whose brokers are killed, stand still, or are led by one that has missed writes, while nodes publish.
 * How long one stands still is {@code -Dcluster.still=10}, in seconds; a build waits only until all nodes have noticed.
 */
class KafkaFailuresIT {

    private static final int STILL_SECONDS = Integer.getInteger("cluster.still", 0);
    /** A build need not wait for as long as a hub does. */
    private static final int ANSWER_MS = STILL_SECONDS > 0 ? 5_000 : 2_000;
    private static final int MORE = 50;
    private static int logs;

    @TempDir
    private Path folder;
    private final String topic = "failures" + ++logs;
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeEach
    void isThere() {
        Assumptions.assumeTrue(Kafka.isThere(), Kafka.WHERE);
    }

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private <T extends AutoCloseable> T opened(T what) {
        open.add(what);
        return what;
    }

    private AppendingNode appending(String name, String url) throws IOException {
        return opened(new AppendingNode(name, folder, Kafka.engine(url, ANSWER_MS)));
    }

    private HubNode node(String name, String url) {
        return opened(new HubNode(folder.resolve(name), () -> Kafka.engine(url, ANSWER_MS), log -> log));
    }

    private static void awaitMore(AppendingNode... nodes) {
        for (AppendingNode node : nodes) {
            node.awaitMore(MORE);
        }
    }

    @Test
    void aLoneBrokerThatIsKilledAndComesBackUnderLoadHasLostNothingThatWasAcknowledged() throws Exception {
        Kafka kafka = Kafka.one();
        AppendingNode a = appending("a", kafka.url(topic));
        AppendingNode b = appending("b", kafka.url(topic));
        awaitMore(a, b);
        kafka.kill();
        kafka.restart();
        awaitMore(a, b);
        AppendingNode.assertNothingIsLostOrDoubleOrOutOfOrder(a, b);
    }

    @Test
    void aLoneBrokerThatStandsStillIsNoticedAndFollowedAgainWhenItGoesOn() throws Exception {
        Kafka kafka = Kafka.one();
        AppendingNode a = appending("a", kafka.url(topic));
        AppendingNode b = appending("b", kafka.url(topic));
        awaitMore(a, b);
        kafka.stop(1);
        try {
            long began = System.nanoTime();
            Await.until("both nodes have noticed",
                () -> a.log.range().failure() != null && b.log.range().failure() != null);
            Await.until("it stood still for long enough", Duration.ofSeconds(STILL_SECONDS + 20),
                () -> System.nanoTime() - began >= TimeUnit.SECONDS.toNanos(STILL_SECONDS));
        } finally {
            kafka.goOn(1);
        }
        awaitMore(a, b);
        AppendingNode.assertNothingIsLostOrDoubleOrOutOfOrder(a, b);
    }

    @Test
    void connectionsThatCarryNothingMoreAreGivenUp() throws Exception {
        Kafka kafka = Kafka.one();
        HubNode one = node("one", kafka.proxiedUrl(topic));
        HubNode two = node("two", kafka.url(topic));
        HubClient stream = HubScene.awaitHello(one.client("news").connect(), 1);
        two.publish("news", "1");
        HubScene.awaitEvents(stream, 1);
        int before = kafka.proxy(1).connections();
        kafka.proxy(1).stall();
        two.publish("news", "2");
        HubScene.awaitEvents(stream, 2);
        one.publishOnce("news", "3");
        assertEquals(List.of("1", "2", "3"), HubNode.data(HubScene.awaitEvents(stream, 3)));
        Await.until("connections are new", () -> kafka.proxy(1).connections() >= before + 2);
    }

    @Test
    void theLeaderOfThreeIsKilledUnderLoadAndNothingThatWasAcknowledgedIsLost() throws Exception {
        Kafka kafka = Kafka.three();
        AppendingNode a = appending("a", kafka.url(topic));
        AppendingNode b = appending("b", kafka.url(topic));
        awaitMore(a, b);
        int leader = kafka.leader(topic);
        kafka.kill(leader);
        awaitMore(a, b); // another one leads
        kafka.restart(leader);
        awaitMore(a, b);
        AppendingNode.assertNothingIsLostOrDoubleOrOutOfOrder(a, b);
    }

    @Test
    void aLeaderThatStandsStillIsReplacedAndItsWordCountsNoMoreWhenItGoesOn() throws Exception {
        Kafka kafka = Kafka.three();
        AppendingNode a = appending("a", kafka.url(topic));
        AppendingNode b = appending("b", kafka.url(topic));
        awaitMore(a, b);
        int leader = kafka.leader(topic);
        kafka.stop(leader);
        try {
            awaitMore(a, b); // another one leads
        } finally {
            kafka.goOn(leader);
        }
        awaitMore(a, b);
        AppendingNode.assertNothingIsLostOrDoubleOrOutOfOrder(a, b);
    }

    @Test
    void aCopyThatMissedWritesIsFollowedAndThoseWhoHadThemAreTold() throws Exception {
        Kafka kafka = Kafka.three();
        String url = kafka.url(topic).replace("replicas=3", "replicas=2") + Kafka.NOT_DURABLE;
        HubNode one = node("one", url);
        HubNode two = node("two", url);
        kafka.set(topic, "min.insync.replicas", "1");
        kafka.set(topic, "unclean.leader.election.enable", "true");
        String kept = one.publish("news", "kept");
        Await.until("both copies have it", () -> isInSync(kafka, 2));
        int leader = kafka.leader(topic);
        int other = kafka.inSync(topic).stream().filter(broker -> broker != leader).findFirst().orElseThrow();
        kafka.kill(other); // from here on it misses what the leader takes
        HubClient there = HubScene.awaitHello(two.client("news").connectAfter(kept), 1);
        List<String> lost = new ArrayList<>();
        Await.until("the leader goes on alone", () -> isInSync(kafka, 1));
        lost.add(one.publish("news", "lost 1"));
        lost.add(two.publish("news", "lost 2"));
        HubScene.awaitEvents(there, 2);
        kafka.kill(leader);
        kafka.restart(other);
        HubScene.awaitEnd(there);
        one.awaitOpening(2);
        two.awaitOpening(2);
        List<String> ids = List.of(two.publish("news", "other 1"), one.publish("news", "other 2"),
            two.publish("news", "other 3"));
        for (HubNode node : List.of(one, two)) {
            for (String id : lost) {
                assertFalse(ids.contains(id));
                HubClient affected = HubScene.awaitHello(node.client("news").connectAfter(id), 1);
                assertEquals("reset", affected.told("resumed"));
            }
            HubClient well = HubScene.awaitEvents(node.client("news").connectAfter(kept), 3);
            assertEquals("exact", well.told("resumed"));
            assertEquals(List.of("other 1", "other 2", "other 3"), HubNode.data(well));
        }
        assertNotEquals(lost.get(0), ids.get(0), "another event at the same position has another id");
    }

    private boolean isInSync(Kafka kafka, int copies) {
        try {
            return kafka.inSync(topic).size() == copies;
        } catch (IOException e) {
            return false; // the one that was asked has just been killed
        }
    }

    @Test
    void anEmptiedServerIsToldToThoseWhoseEventsAreGone() throws Exception {
        Kafka kafka = Kafka.one();
        HubNode one = node("one", kafka.url(topic));
        String gone = one.publish("news", "gone");
        HubClient there = HubScene.awaitHello(one.client("news").connect(), 1);
        kafka.empty(topic);
        HubScene.awaitEnd(there);
        one.awaitOpening(2);
        one.publishOnce("news", "new");
        HubClient affected = HubScene.awaitHello(one.client("news").connectAfter(gone), 1);
        assertEquals("reset", affected.told("resumed"));
        assertEquals(List.of("new"), one.data());
    }
}
