package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import io.rivulet.kit.Await;
import io.rivulet.kit.OwnWar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Nodes as people run them behind a balancer, one of them killed and started again every few seconds, while publishers
 * publish at all of them and subscribers come back to whichever node: for each subscriber nothing is missing, double or
 * out of order. In the second half what the engine says to the first node is 2 s on its way. A build kills twice, at
 * Kafka once; {@code -Dbalanced.seconds=300 -Dbalanced.subscribers=2000 -Dbalanced.nodes=3} plays all of it.
 */
@ParameterizedClass(name = "{0}")
@EnumSource
class BalancedNodesIT {

    private static final int SECONDS = Integer.getInteger("balanced.seconds", 0);
    private static final int SUBSCRIBERS = Integer.getInteger("balanced.subscribers", 24);
    private static final int NODES = Integer.getInteger("balanced.nodes", 0);
    /** More deliveries than these a second would be a test of the machine. */
    private static final int EVENTS_A_SECOND = Integer.getInteger("balanced.rate", Math.min(50, 40_000 / SUBSCRIBERS));
    /** Each leaves after at most so many events, and so they do not all come back at once. */
    private static final int STAY_EVENTS_MAX = Math.max(40, SUBSCRIBERS * 3 / 10);
    private static final Duration LAG = Duration.ofSeconds(2);
    /** Several processes share the machine. */
    private static final Duration LIMIT = Await.LIMIT.multipliedBy(3);
    private static final int PUBLISHERS = 6;
    private static final int EVENTS_A_ROUND = 40;
    private static final String TOPIC = "news";

    @TempDir
    private Path folder;
    private final Engines kind;
    private final long seed = Long.getLong("seed", System.nanoTime());
    private final List<AutoCloseable> open = new ArrayList<>();
    private final List<Follower> followers = new ArrayList<>();
    private final List<SteadyPublisher> publishers = new ArrayList<>();
    private EngineServer engine;
    private LaggingProxy far;
    private int[] ports;
    private OwnWar[] nodes;

    BalancedNodesIT(Engines kind) {
        this.kind = kind;
    }

    @BeforeEach
    void lookForTheBalancer() {
        Assumptions.assumeTrue(Balancer.isThere(), "skipped: HAProxy is not installed here");
    }

    @AfterEach
    void close() throws Exception {
        publishers.forEach(SteadyPublisher::end);
        followers.forEach(Follower::close);
        for (OwnWar node : nodes == null ? new OwnWar[0] : nodes) {
            if (node != null) {
                node.close();
            }
        }
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    private <T extends AutoCloseable> T opened(T what) {
        open.add(what);
        return what;
    }

    @Test
    void behindABalancerNoSubscriberMissesAnything() throws Exception {
        engine = opened(kind.start());
        int count = NODES > 0 ? NODES : kind == Engines.POSTGRESQL ? 3 : 2;
        far = opened(new LaggingProxy(engine.port()));
        ports = new int[count];
        nodes = new OwnWar[count];
        for (int i = 0; i < count; i++) {
            ports[i] = Redis.freePort();
            nodes[i] = node(i);
        }
        for (OwnWar node : nodes) {
            node.awaitOpen();
        }
        Balancer balancer = opened(Balancer.start(folder, ports));
        for (int i = 0; i < SUBSCRIBERS; i++) {
            followers.add(new Follower(balancer.port(), TOPIC, PUBLISHERS, STAY_EVENTS_MAX, seed + i));
        }
        Duration pause = Duration.ofMillis(1_000L * PUBLISHERS / EVENTS_A_SECOND);
        for (int p = 0; p < PUBLISHERS; p++) {
            publishers.add(new SteadyPublisher(p, TOPIC, pause, ports));
        }
        killOneAfterTheOther();
        far.lag(Duration.ZERO);
        check();
    }

    private OwnWar node(int i) throws IOException {
        Map<String, String> environment = engine.environment("balanced");
        if (i == 0) {
            environment.put("RIVULET_ENGINE_URL", engine.urlBy(far.port(), "balanced"));
        }
        return new OwnWar(List.of("-Xmx" + (SUBSCRIBERS > 500 ? "512m" : "128m"), "-XX:TieredStopAtLevel=1"),
            Files.createDirectories(folder.resolve("node" + i)), environment, "--port=" + ports[i],
            "--connections.subject.max=0", "--trusted.proxies=127.0.0.1");
    }

    private void killOneAfterTheOther() throws IOException {
        long beganNs = System.nanoTime();
        boolean lags = false;
        int rounds = kind == Engines.KAFKA ? 1 : 2; // there the node that is far away needs several answers for a look
        for (int round = 0; SECONDS > 0 ? seconds(beganNs) < SECONDS : round < rounds; round++) {
            if (!lags && (SECONDS > 0 ? 2 * seconds(beganNs) >= SECONDS : round == rounds - 1)) {
                lags = true;
                far.lag(LAG);
                Await.until("the copy of the first node is late", LIMIT, () -> behindMs(ports[0]) >= LAG.toMillis());
            }
            awaitMore();
            int victim = lags ? 1 + round % (nodes.length - 1) : round % nodes.length; // the late one stays
            nodes[victim].close(); // SIGKILL
            nodes[victim] = node(victim);
            nodes[victim].awaitOpen();
        }
        awaitMore();
    }

    private static long seconds(long sinceNs) {
        return TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - sinceNs);
    }

    private static long behindMs(int port) {
        JsonObject nodes = NodesIT.nodes(port);
        return nodes.has("behindMs") ? nodes.get("behindMs").getAsLong() : 0;
    }

    private void awaitMore() {
        int before = published();
        Await.until("some more events are taken", LIMIT,
            () -> published() >= before + EVENTS_A_ROUND || !faults().isEmpty());
        assertEquals(List.of(), faults(), "seed " + seed);
    }

    private int published() {
        return publishers.stream().mapToInt(SteadyPublisher::published).sum();
    }

    private List<String> faults() {
        return Stream.concat(publishers.stream().map(SteadyPublisher::fault), followers.stream().map(Follower::fault))
            .filter(Objects::nonNull).toList();
    }

    private void check() {
        publishers.forEach(SteadyPublisher::end);
        Await.until("the publishers end", LIMIT, () -> publishers.stream().allMatch(SteadyPublisher::isOver));
        int[] published = publishers.stream().mapToInt(SteadyPublisher::published).toArray();
        Await.get(() -> "all have all of " + IntStream.of(published).sum() + "; " + late(published),
            LIMIT.multipliedBy(1 + SUBSCRIBERS / 200),
            () -> late(published) == null || !faults().isEmpty() ? Boolean.TRUE : null);
        assertEquals(List.of(), faults(), "seed " + seed);
        assertEquals(1, followers.stream().map(Follower::order).distinct().count(), "one order for all");
        assertTrue(followers.stream().allMatch(follower -> follower.connections() > 1), "each has come back");
    }

    private Follower late(int[] published) {
        return followers.stream().filter(follower -> !follower.has(published)).findFirst().orElse(null);
    }
}
