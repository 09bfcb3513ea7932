package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.rivulet.hub.HubScene;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.Await;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Nodes at a real PostgreSQL that is killed, stopped and cut off. How long it stands still is
 * {@code -Dcluster.still=10}, in seconds; a build waits only until the node has noticed.
 */
class FailuresIT extends AtPostgres {

    private static final int STILL_SECONDS = Integer.getInteger("cluster.still", 0);
    private static final String QUICK = "&socketTimeout=2";

    @Override
    HubNode node(String name, String url) {
        return super.node(name, url + QUICK);
    }

    @Test
    void anEngineThatIsKilledUnderLoadCostsNoEventAndDoublesNone() throws Exception {
        HubNode one = node("one");
        HubNode two = node("two");
        HubClient here = HubScene.awaitHello(one.client("news").connect(), 1);
        HubClient there = HubScene.awaitHello(two.client("news").connect(), 1);
        List<CompletableFuture<Void>> publishers = List.of(one.publishMany("news", "a", 400),
            two.publishMany("news", "b", 400), two.publishMany("news", "c", 400));
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
        assertEquals(HubNode.data(here), HubNode.data(there), "one order at both");
        assertEquals(1_200, new HashSet<>(HubNode.data(here)).size(), "each once");
        assertEquals(1_200, HubNode.data(here).size());
        for (String name : List.of("a", "b", "c")) {
            List<String> own = HubNode.data(here).stream().filter(data -> data.startsWith(name)).toList();
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
            long began = System.nanoTime();
            Await.until("the node knows", () -> one.hub.publishTrouble() != null);
            Await.until("it stood still for long enough", Duration.ofSeconds(STILL_SECONDS + 20),
                () -> System.nanoTime() - began >= TimeUnit.SECONDS.toNanos(STILL_SECONDS));
        } finally {
            postgres.goOn();
        }
        Await.until("the node knows", () -> one.hub.publishTrouble() == null);
        one.publishOnce("news", "2");
        assertEquals(List.of("1", "2"), HubNode.data(HubScene.awaitEvents(here, 2)));
        assertEquals(1, one.openings);
    }

    @Test
    void aConnectionThatCarriesNothingMoreIsGivenUp() throws Exception {
        try (StallingProxy proxy = new StallingProxy(postgres.port())) {
            HubNode one = node("one", postgres.url(schema).replace(":" + postgres.port(), ":" + proxy.port()));
            HubNode two = node("two");
            HubClient here = HubScene.awaitHello(one.client("news").connect(), 1);
            two.publish("news", "1");
            HubScene.awaitEvents(here, 1);
            int before = proxy.connections();
            proxy.stall();
            two.publish("news", "2");
            one.publishOnce("news", "3");
            assertEquals(List.of("1", "2", "3"), HubNode.data(HubScene.awaitEvents(here, 3)));
            Await.until("it has connected anew", () -> proxy.connections() >= before + 2);
            assertNull(one.hub.publishTrouble());
        }
    }
}
