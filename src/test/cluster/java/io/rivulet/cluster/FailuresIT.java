package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.rivulet.auth.Grant;
import io.rivulet.event.Event;
import io.rivulet.hub.HubScene;
import io.rivulet.hub.publish.Publication;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.Await;
import io.rivulet.refusal.Refused;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nodes at a real PostgreSQL that is killed, stopped, cut off and set back. */
class FailuresIT {

    private static final String QUICK = "&socketTimeout=2";

    private static Postgres postgres;
    private static int schemas;

    @TempDir
    private Path folder;
    private String schema;
    private final List<HubNode> nodes = new ArrayList<>();

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
        schema = "failures" + ++schemas;
    }

    @AfterEach
    void close() {
        nodes.forEach(HubNode::close);
    }

    private HubNode node(String name) {
        return node(name, postgres.url(schema) + QUICK);
    }

    private HubNode node(String name, String url) {
        HubNode made = new HubNode(folder.resolve(name), () -> new PostgresEngine(url), log -> log);
        nodes.add(made);
        return made;
    }

    /** Publishes under a key until it is told that it was: as a publisher does that wants it once. */
    private static void publishOnce(HubNode node, String topic, String data) {
        Publication publication = new Publication(List.of(Event.on(topic).data(data).build()), Grant.INTERNAL, data);
        Await.until(data + " is taken", () -> {
            try {
                node.answer(publication);
                return true;
            } catch (ExecutionException | Refused e) {
                return false; // it comes again under its key
            } catch (Exception e) {
                throw new AssertionError(e);
            }
        });
    }

    private static CompletableFuture<Void> publisher(HubNode node, String name, int events) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        new Thread(() -> {
            try {
                for (int i = 0; i < events; i++) {
                    publishOnce(node, "news", name + i);
                }
                done.complete(null);
            } catch (RuntimeException | Error e) {
                done.completeExceptionally(e);
            }
        }, "test-publisher-" + name).start();
        return done;
    }

    private static List<String> data(HubClient client) {
        return client.events().stream().map(event -> event.data()).toList();
    }

    @Test
    void anEngineThatIsKilledUnderLoadCostsNoEventAndDoublesNone() throws Exception {
        HubNode one = node("one");
        HubNode two = node("two");
        HubClient here = HubScene.awaitHello(one.client("news").connect(), 1);
        HubClient there = HubScene.awaitHello(two.client("news").connect(), 1);
        List<CompletableFuture<Void>> publishers = List.of(publisher(one, "a", 400), publisher(two, "b", 400),
            publisher(two, "c", 400));
        for (int kills = 1; kills <= 2; kills++) {
            long enough = one.log.range().head() + 150;
            Await.until("some more", () -> one.log.range().head() >= enough);
            postgres.killHard();
            postgres.restart();
        }
        for (CompletableFuture<Void> each : publishers) {
            each.get(120, TimeUnit.SECONDS);
        }
        HubScene.awaitEvents(here, 1_200);
        HubScene.awaitEvents(there, 1_200);
        assertEquals(data(here), data(there), "one order at both");
        assertEquals(1_200, new HashSet<>(data(here)).size(), "each once");
        assertEquals(1_200, data(here).size());
        for (String name : List.of("a", "b", "c")) {
            List<String> own = data(here).stream().filter(data -> data.startsWith(name)).toList();
            for (int i = 0; i < own.size(); i++) {
                assertEquals(name + i, own.get(i), "one publisher's in its order");
            }
        }
        assertEquals(1, here.hubEvents("rivulet.hello").size(), "the stream stayed");
    }

    @Test
    void anEngineThatStandsStillIsAwayAndComesBack() throws Exception {
        HubNode one = node("one");
        HubClient here = HubScene.awaitHello(one.client("news").connect(), 1);
        one.publish("news", "1");
        postgres.stop();
        try {
            Await.until("the node knows", () -> one.hub.publishTrouble() != null);
        } finally {
            postgres.goOn();
        }
        Await.until("the node knows", () -> one.hub.publishTrouble() == null);
        publishOnce(one, "news", "2");
        assertEquals(List.of("1", "2"), data(HubScene.awaitEvents(here, 2)));
        assertEquals(1, one.openings);
    }

    @Test
    void aConnectionThatCarriesNothingMoreIsGivenUp() throws Exception {
        try (StallingProxy proxy = new StallingProxy(postgres.port())) {
            HubNode one = node("one", postgres.url(schema).replace(":" + postgres.port(), ":" + proxy.port())
                + QUICK);
            HubNode two = node("two");
            HubClient here = HubScene.awaitHello(one.client("news").connect(), 1);
            two.publish("news", "1");
            HubScene.awaitEvents(here, 1);
            int before = proxy.connections();
            proxy.stall();
            two.publish("news", "2");
            publishOnce(one, "news", "3");
            assertEquals(List.of("1", "2", "3"), data(HubScene.awaitEvents(here, 3)));
            Await.until("it has connected anew", () -> proxy.connections() >= before + 2);
            assertNull(one.hub.publishTrouble());
        }
    }

    @Test
    void anEngineThatIsRestoredFromAnOlderCopyIsToldToThoseWhoHadMore() throws Exception {
        HubNode one = node("one");
        HubNode two = node("two");
        String kept = one.publish("news", "kept");
        postgres.copyTo("older");
        Await.until("publishing works", () -> one.hub.publishTrouble() == null);
        String lost = one.publish("news", "lost");
        HubClient here = HubScene.awaitEvents(one.client("news").connectAfter(kept), 1);
        Await.until("both have it", () -> two.log.range().head() == 2);
        postgres.replaceBy("older");
        HubScene.awaitEnd(here);
        Await.until("both have opened it anew", () -> one.openings == 2 && two.openings == 2);
        publishOnce(two, "news", "other");
        for (HubNode node : List.of(one, two)) {
            assertEquals("reset", HubScene.awaitHello(node.client("news").connectAfter(lost), 1).told("resumed"));
            HubClient well = HubScene.awaitEvents(node.client("news").connectAfter(kept), 1);
            assertEquals("exact", well.told("resumed"));
            assertEquals(List.of("other"), data(well));
        }
    }
}
