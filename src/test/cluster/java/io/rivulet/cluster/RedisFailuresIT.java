package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.hub.HubScene;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.Await;
import io.rivulet.log.TestClock;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Redis that is killed, stands still, or is followed by one that has missed writes, while nodes publish. How
 * long it stands still is {@code -Dcluster.still=10}, in seconds; a build waits only until every node has noticed.
 */
class RedisFailuresIT {

    private static final int STILL_SECONDS = Integer.getInteger("cluster.still", 0);
    /** A build need not wait for as long as a hub does. */
    private static final int ANSWER_MS = STILL_SECONDS > 0 ? 5_000 : 500;
    private static final int KILLS = 2;

    @TempDir
    private Path folder;
    private final List<AutoCloseable> open = new ArrayList<>();
    private Redis redis;

    @BeforeEach
    void start() throws IOException {
        Assumptions.assumeTrue(Redis.isThere(), "skipped: Redis is not installed here");
        redis = opened(Redis.start());
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

    private AppendingNode appending(String name) throws IOException {
        return new AppendingNode(name, folder, new RedisEngine(redis.url("failures"), ANSWER_MS));
    }

    @Test
    void aServerThatIsKilledAndComesBackUnderLoadHasLostNothingThatWasAcknowledged() throws Exception {
        AppendingNode a = opened(appending("a"));
        AppendingNode b = opened(appending("b"));
        for (int i = 0; i < KILLS; i++) {
            a.awaitMore(50);
            b.awaitMore(50);
            redis.kill();
            redis.restart();
        }
        a.awaitMore(50);
        b.awaitMore(50);
        AppendingNode.assertNothingIsLostOrDoubleOrOutOfOrder(a, b);
    }

    @Test
    void aServerThatStandsStillIsNoticedAndFollowedAgainWhenItGoesOn() throws Exception {
        AppendingNode a = opened(appending("a"));
        AppendingNode b = opened(appending("b"));
        a.awaitMore(50);
        b.awaitMore(50);
        redis.stop();
        try {
            long began = System.nanoTime();
            Await.until("both nodes have noticed",
                () -> a.log.range().failure() != null && b.log.range().failure() != null);
            Await.until("it stood still for long enough", Duration.ofSeconds(STILL_SECONDS + 20),
                () -> System.nanoTime() - began >= TimeUnit.SECONDS.toNanos(STILL_SECONDS));
        } finally {
            redis.goOn();
        }
        a.awaitMore(50);
        b.awaitMore(50);
        AppendingNode.assertNothingIsLostOrDoubleOrOutOfOrder(a, b);
    }

    @Test
    void aConnectionThatCarriesNothingMoreIsGivenUp() throws Exception {
        try (StallingProxy proxy = new StallingProxy(redis.port())) {
            HubNode one = opened(node("one", redis.url("half").replace(":" + redis.port(), ":" + proxy.port()),
                InstantSource.system()));
            HubNode two = opened(node("two", redis.url("half"), InstantSource.system()));
            HubClient stream = HubScene.awaitHello(one.client("news").connect(), 1);
            two.publish("news", "1");
            HubScene.awaitEvents(stream, 1);
            int before = proxy.connections();
            proxy.stall();
            two.publish("news", "2");
            HubScene.awaitEvents(stream, 2);
            one.publishOnce("news", "3");
            assertEquals(List.of("1", "2", "3"),
                HubNode.data(HubScene.awaitEvents(stream, 3)));
            Await.until("both connections are new", () -> proxy.connections() >= before + 2);
        }
    }

    @Test
    void aStandbyThatMissedWritesIsFollowedAndThoseWhoHadThemAreTold() throws Exception {
        Redis standby = opened(Redis.start("--replicaof", "127.0.0.1 " + redis.port()));
        String url = "redis://:" + Redis.PASSWORD + "@127.0.0.1:" + redis.port() + ",127.0.0.1:" + standby.port();
        TestClock behind = new TestClock();
        HubNode one = opened(node("one", url, InstantSource.system()));
        HubNode two = opened(node("two", url, behind));
        String kept = one.publish("news", "kept");
        assertEquals(1L, redis.command("WAIT", 1, 20_000), "the standby has it");
        standby.command("REPLICAOF", "NO", "ONE"); // from here on it misses what the other one takes
        HubClient there = HubScene.awaitHello(two.client("news").connectAfter(kept), 1);
        List<String> lost = List.of(one.publish("news", "lost 1"), two.publish("news", "lost 2"));
        HubScene.awaitEvents(there, 2);
        behind.jumpMs(-TimeUnit.HOURS.toMillis(1));
        redis.kill();
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
            assertEquals(List.of("other 1", "other 2", "other 3"),
                HubNode.data(well), "by position, whatever the clocks say");
        }
        assertNotEquals(lost.get(0), ids.get(0), "another event at the same position has another id");
    }

    @Test
    void aSentinelNamesTheStandbyThatItHasPromotedAndStreamsStay() throws Exception {
        Redis standby = opened(Redis.start("--replicaof", "127.0.0.1 " + redis.port()));
        Redis sentinel = opened(Redis.startSentinel(redis, "mine"));
        HubNode one = opened(node("one", "redis-sentinel://:" + Redis.PASSWORD + "@127.0.0.1:" + sentinel.port()
            + "/0?master=mine&sentinelPassword=" + Redis.PASSWORD, InstantSource.system()));
        HubClient stream = HubScene.awaitHello(one.client("news").connect(), 1);
        one.publish("news", "1");
        HubScene.awaitEvents(stream, 1);
        assertEquals(1L, redis.command("WAIT", 1, 20_000), "the standby has it");
        Await.until("the Sentinel knows the standby", () -> knowsStandby(sentinel));
        redis.kill();
        one.publishOnce("news", "2"); // the other one takes it
        assertEquals(List.of("1", "2"),
            HubNode.data(HubScene.awaitEvents(stream, 2)));
        assertEquals(2, ((List<?>) standby.command("XRANGE", Redis.key("rivulet", "log"), "-", "+")).size());
    }

    private static boolean knowsStandby(Redis sentinel) {
        try {
            List<?> all = (List<?>) sentinel.command("SENTINEL", "REPLICAS", "mine");
            return all.size() == 1 && ((List<?>) all.get(0)).stream().map(RedisConnection::text)
                .anyMatch(word -> word.equals("ok")); // master-link-status
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private HubNode node(String name, String url, InstantSource clock) {
        return new HubNode(folder.resolve(name), () -> new RedisEngine(url, ANSWER_MS), log -> log, clock);
    }

    @Test
    void anEmptiedServerIsToldToThoseWhoseEventsAreGone() throws Exception {
        HubNode one = opened(node("one", redis.url("emptied"), InstantSource.system()));
        String gone = one.publish("news", "gone");
        HubClient there = HubScene.awaitHello(one.client("news").connect(), 1);
        redis.command("FLUSHALL");
        HubScene.awaitEnd(there);
        one.awaitOpening(2);
        one.publish("news", "new");
        HubClient affected = HubScene.awaitHello(one.client("news").connectAfter(gone), 1);
        assertEquals("reset", affected.told("resumed"));
        assertTrue(redis.command("EXISTS", Redis.key("emptied", "log")).equals(1L));
    }
}
