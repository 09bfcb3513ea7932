package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.Await;
import io.rivulet.log.LogAway;
import io.rivulet.log.LogRecord;
import io.rivulet.log.TestClock;
import io.rivulet.log.View;
import io.rivulet.topic.TopicSelection;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
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

    private static final View ALL = View.unlimited(TopicSelection.ofTopics(List.of("*")));
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

    /** A node whose publisher appends one event after the other, and notes what became of each. */
    private final class Node implements AutoCloseable {
        private final String name;
        private final SharedLog log;
        private final Map<String, Long> taken = new ConcurrentHashMap<>();
        private final Set<String> refused = ConcurrentHashMap.newKeySet();
        private final Thread thread = new Thread(this::publish, "test-publisher");
        private volatile boolean ends;
        private volatile Throwable failure;

        Node(String name) throws IOException {
            this.name = name;
            log = Cluster.open(folder.resolve(name), new RedisEngine(redis.url("failures"), ANSWER_MS), Settings.with(),
                InstantSource.system(), System::nanoTime);
            thread.start();
        }

        private void publish() {
            try {
                for (int i = 0; !ends; i++) {
                    String data = name + i;
                    try {
                        LogRecord record = new LogRecord(Event.on("a").data(data).build(), null);
                        taken.put(data, log.append(List.of(record)).get(0).position());
                    } catch (LogAway e) {
                        if (!e.isUnknown()) {
                            refused.add(data);
                        }
                        Await.until("the engine is back", () -> ends || log.range().failure() == null);
                    }
                }
            } catch (IOException | RuntimeException | AssertionError e) {
                failure = e;
            }
        }

        /** Waits until so many more were taken. */
        void awaitMore(int events) {
            int before = taken.size();
            Await.until(events + " more events of " + name, () -> failure != null || taken.size() >= before + events);
        }

        void end() throws InterruptedException {
            ends = true;
            thread.join(TimeUnit.SECONDS.toMillis(20));
            assertFalse(thread.isAlive());
            assertNull(failure, () -> "the publisher of " + name + ": " + failure);
            assertFalse(log.isOver(), log.whyOver());
        }

        /** What its copy has, by position. */
        TreeMap<Long, String> all() throws IOException {
            TreeMap<Long, String> all = new TreeMap<>();
            long head = log.range().head();
            for (long at = 0; at < head; ) {
                var chunk = log.read(at, head, ALL, 1 << 20);
                chunk.entries().forEach(entry -> all.put(entry.position(), entry.event().text()));
                at = chunk.examinedTo();
            }
            return all;
        }

        @Override
        public void close() {
            ends = true;
            log.close();
        }
    }

    private void assertNothingIsLostOrDoubleOrOutOfOrder(Node... nodes) throws Exception {
        for (Node node : nodes) {
            node.end();
        }
        Await.until("both copies are whole", () -> nodes[0].log.range().head() == nodes[1].log.range().head());
        TreeMap<Long, String> all = nodes[0].all();
        assertEquals(all, nodes[1].all());
        assertEquals(all.size(), all.lastKey(), "no hole");
        assertEquals(all.size(), new HashSet<>(all.values()).size(), "nothing is there twice");
        for (Node node : nodes) {
            node.taken.forEach((data, position) -> assertEquals(data, all.get(position), "what was acknowledged"));
            node.refused.forEach(data -> assertFalse(all.containsValue(data), data + " was refused"));
            List<String> own = all.values().stream().filter(data -> data.startsWith(node.name)).toList();
            List<String> sorted = own.stream().sorted((a, b) -> Integer.compare(
                Integer.parseInt(a.substring(1)), Integer.parseInt(b.substring(1)))).toList();
            assertEquals(sorted, own, "in the order of its publisher");
        }
    }

    @Test
    void aServerThatIsKilledAndComesBackUnderLoadHasLostNothingThatWasAcknowledged() throws Exception {
        Node a = opened(new Node("a"));
        Node b = opened(new Node("b"));
        for (int i = 0; i < KILLS; i++) {
            a.awaitMore(50);
            b.awaitMore(50);
            redis.kill();
            redis.restart();
        }
        a.awaitMore(50);
        b.awaitMore(50);
        assertNothingIsLostOrDoubleOrOutOfOrder(a, b);
    }

    @Test
    void aServerThatStandsStillIsNoticedAndFollowedAgainWhenItGoesOn() throws Exception {
        Node a = opened(new Node("a"));
        Node b = opened(new Node("b"));
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
        assertNothingIsLostOrDoubleOrOutOfOrder(a, b);
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
