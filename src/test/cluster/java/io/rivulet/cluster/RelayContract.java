package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.cluster.ClusterEngine.Batch;
import io.rivulet.cluster.ClusterEngine.Portion;
import io.rivulet.cluster.ClusterEngine.Relay;
import io.rivulet.cluster.ClusterEngine.Relayed;
import io.rivulet.cluster.ClusterEngine.Run;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.Await;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.OwnWar;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Transient events of several nodes at a real server: one order, together with the log. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class RelayContract {

    private static final Duration LONG = Await.LIMIT.multipliedBy(4);

    @TempDir
    private Path folder;
    private EngineServer server;
    private int logs;
    private String name;
    private final List<AutoCloseable> open = new ArrayList<>();
    private ClusterEngine engine;
    private Run run;

    /** A new server; where there is none here, the tests are skipped and say so. */
    abstract EngineServer start() throws Exception;

    @BeforeAll
    void startServer() throws Exception {
        server = start();
    }

    @AfterAll
    void endServer() throws IOException {
        if (server != null) {
            server.close();
        }
    }

    @BeforeEach
    void begin() throws IOException {
        name = "relay" + ++logs;
        engine = engine();
        run = engine.begin("test", 0);
    }

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
        open.clear();
    }

    EngineServer server() {
        return server;
    }

    String name() {
        return name;
    }

    Run run() {
        return run;
    }

    ClusterEngine engine() throws IOException {
        return opened(server.open(name));
    }

    private <T extends AutoCloseable> T opened(T what) {
        open.add(what);
        return what;
    }

    static Batch batch(Run of, long number, int count) {
        return new Batch(of.epoch(), number, (int) number, 1_000 * number, count, 1, new byte[100]);
    }

    static Relayed relay(ClusterEngine at, Run of, long number, int count) throws IOException {
        return at.relay(batch(of, number, count), -1).batches().get(0);
    }

    private static String told(Relayed one) {
        return one.number() + ": " + one.count() + " behind " + one.at() + " and " + one.before();
    }

    @Test
    void whatIsRelayedSaysWhereInTheLogItBelongs() throws IOException {
        assertEquals(List.of(), engine.relayed(0, 0, -1, 1_000).batches());
        List<String> made = new ArrayList<>();
        made.add(told(relay(engine, run, 1, 3)));
        made.add(told(relay(engine, run, 2, 2)));
        engine.append(batch(run, 3, 7), -1);
        made.add(told(relay(engine, run, 4, 1)));
        ClusterEngine other = engine();
        made.add(told(relay(other, other.begin("other", 0), 1, 1)));
        assertEquals(List.of("1: 3 behind 0 and 0", "2: 2 behind 0 and 3", "3: 1 behind 7 and 0",
            "4: 1 behind 7 and 1"), made);
        Relay all = other.relayed(0, 0, -1, 1 << 20);
        assertEquals("1 4 7 2", all.first() + " " + all.head() + " " + all.at() + " " + all.count());
        assertEquals(made, all.batches().stream().map(RelayContract::told).toList());
        assertEquals("2 " + run.epoch() + " 2000 1 100", all.batches().get(1).nonce() + " "
            + all.batches().get(1).epoch() + " " + all.batches().get(1).timeMs() + " " + all.batches().get(1).format()
            + " " + all.batches().get(1).body().length);
        assertEquals(3, engine.relayed(all.life(), 2, 2, 1).batches().get(0).number(), "one at least");
        assertEquals(List.of(), engine.relayed(all.life(), 4, 1, 1).batches());
        assertEquals(7, engine.read(0, 1_000).head(), "they are no part of the log");
    }

    @Test
    void whatDependsOnWhatWasRelayedBeforeIsTakenOnlyWhereNothingCameBetween() throws IOException {
        relay(engine, run, 1, 1);
        assertEquals(List.of(), engine.relay(batch(run, 2, 1), 0).batches());
        assertEquals(2, engine.relay(batch(run, 3, 1), 1).batches().get(0).number());
        assertEquals(2, engine.relayed(0, 0, -1, 1_000).head());
    }

    @Test
    void whoWaitsIsWokenByARelay() throws Exception {
        ClusterEngine other = engine();
        other.relayed(0, 0, -1, 1_000);
        other.await(1); // listens from now on
        relay(engine, run, 1, 1);
        long began = System.nanoTime();
        other.await(20_000);
        assertTrue(System.nanoTime() - began < TimeUnit.SECONDS.toNanos(20), "it ended the wait");
    }

    @Test
    void whoReadsTheLogAndThenWhatWasRelayedMissesNothingThatBelongsBefore() throws Exception {
        List<CompletableFuture<Void>> done = new ArrayList<>();
        for (int n = 0; n < 4; n++) {
            ClusterEngine own = engine();
            Run its = own.begin("node " + n, 0);
            boolean appends = n % 2 == 0;
            CompletableFuture<Void> end = new CompletableFuture<>();
            done.add(end);
            new Thread(() -> {
                try {
                    for (int i = 1; i <= 150; i++) {
                        if (appends) {
                            own.append(batch(its, i, 1), -1);
                        } else {
                            relay(own, its, i, 1 + i % 3);
                        }
                    }
                    end.complete(null);
                } catch (IOException | RuntimeException e) {
                    end.completeExceptionally(e);
                }
            }, "test-node-" + n).start();
        }
        long life = 0;
        long after = 0;
        int nonce = -1;
        long head = 0;
        long last = -1;
        for (boolean isLast = false; ; ) {
            Portion portion = engine.read(head, 1 << 20);
            Relay relay = engine.relayed(life, after, nonce, 1 << 20);
            life = relay.life();
            for (Relayed one : relay.batches()) {
                assertEquals(after + 1, one.number(), "a reader meets no hole");
                assertTrue(one.at() >= head, told(one) + " came when " + head + " was read before");
                assertTrue(one.at() >= last);
                last = one.at();
                after = one.number();
                nonce = one.nonce();
            }
            head = portion.head();
            if (isLast) {
                break;
            }
            isLast = done.stream().allMatch(CompletableFuture::isDone);
        }
        for (CompletableFuture<Void> each : done) {
            each.get(20, TimeUnit.SECONDS);
        }
        assertEquals("300 300", head + " " + after);
    }

    @Test
    void hubsGoOnBehindACrashOfTheServerAndTellWhatMayBeLost() throws Exception {
        HubNode one = node("one");
        HubNode two = node("two");
        HubClient there = HubScene.awaitHello(two.client("typing/x").connect(), 1);
        String id = one.publish("typing/x", "a");
        HubScene.awaitEvents(there, 1);
        long life = engine.relayed(0, 0, -1, 1).life();
        server.kill();
        server.restart();
        Await.until("it is back", () -> one.hub.publishTrouble() == null && two.hub.publishTrouble() == null);
        ClusterEngine anew = engine();
        boolean isLost = anew.relayed(0, 0, -1, 1).life() != life;
        if (isLost) {
            HubScene.awaitEnd(there);
        }
        HubClient back = isLost ? HubScene.awaitHello(two.client("typing/x").connectAfter(id), 1) : there;
        assertEquals(isLost, back.wire().contains("\"transient\":\"lost\""));
        one.publishOnce("typing/x", "b"); // the first one may find a connection that broke
        Await.until("it comes", () -> {
            back.readAll();
            return HubNode.data(back).contains("b");
        });
    }

    private HubNode node(String node) throws IOException {
        return opened(new HubNode(Files.createDirectories(folder.resolve(name + node)), () -> server.open(name),
            log -> log));
    }

    private OwnWar war(String node) throws IOException {
        return new OwnWar(Files.createDirectories(folder.resolve(name + node)),
            Map.of("RIVULET_ENGINE_URL", server.url(name)), "--port=0", "--engine=" + server.engine(),
            "--transient.topics=typing/*");
    }

    @Test
    void threeNodesShowTheSameInTheSameOrderAlsoWhenOneIsKilled() throws Exception {
        try (OwnWar a = war("a").awaitOpen(); OwnWar b = war("b").awaitOpen();
             EventStream atA = EventStream.to(a.port()).topic("typing/x").topic("news").open();
             EventStream atB = EventStream.to(b.port()).topic("typing/x").topic("news").open()) {
            atA.awaitHello();
            atB.awaitHello();
            List<SteadyPublisher> publishers = new ArrayList<>();
            try (OwnWar c = war("c").awaitOpen();
                 EventStream atC = EventStream.to(c.port()).topic("typing/x").topic("news").open()) {
                atC.awaitHello();
                for (int i = 0; i < 6; i++) {
                    publishers.add(new SteadyPublisher(i, i < 4 ? "typing/x" : "news", Duration.ZERO, a.port(),
                        b.port(), c.port()));
                }
                Await.until("there are some", LONG, () -> atC.events().size() >= 150);
                List<String> seen = shown(atC);
                Await.until("a and b have them", LONG,
                    () -> Math.min(atA.events().size(), atB.events().size()) >= seen.size());
                assertEquals(seen, shown(atA).subList(0, seen.size()), "from the first one on");
            } // SIGKILL
            int before = atA.events().size();
            Await.until("it goes on", LONG, () -> atA.events().size() >= before + 150);
            publishers.forEach(SteadyPublisher::end);
            Await.until("they are done", LONG, () -> publishers.stream().allMatch(SteadyPublisher::isOver));
            publishers.forEach(one -> assertNull(one.fault()));
            int published = publishers.stream().mapToInt(SteadyPublisher::published).sum();
            Await.until("all have come", LONG,
                () -> atA.events().size() >= published && atB.events().size() >= published);
            assertEquals(shown(atA), shown(atB));
            assertFalse(atA.isEnded());
            assertEquals(1, atA.connections());
        }
    }

    private static List<String> shown(EventStream stream) {
        return stream.events().stream().map(event -> event.id() + " " + event.data()).toList();
    }
}
