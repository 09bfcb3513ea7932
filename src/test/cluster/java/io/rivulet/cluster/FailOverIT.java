package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.hub.HubScene;
import io.rivulet.hub.stream.HubClient;
import io.rivulet.kit.Await;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Health;
import io.rivulet.kit.OwnWar;
import io.rivulet.kit.Publisher;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A PostgreSQL whose machine is gone for good: a standby takes its place, or it comes back at another address. */
class FailOverIT {

    private static final String SCHEMA = "fail_over";

    @TempDir
    private Path folder;
    private final List<AutoCloseable> open = new ArrayList<>();
    private Postgres primary;

    @BeforeEach
    void start() throws Exception {
        Assumptions.assumeTrue(Postgres.isThere(), "skipped: PostgreSQL is not installed here");
        primary = opened(Postgres.start());
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

    private HubNode node(String name, String url) {
        return opened(new HubNode(folder.resolve(name), () -> new PostgresEngine(url + "&socketTimeout=2"),
            log -> log));
    }

    private String urlOfBoth(Postgres standby) {
        return primary.url(SCHEMA).replace(":" + primary.port(), ":" + primary.port() + ",127.0.0.1:" + standby.port());
    }

    @Test
    void aStandbyThatIsSynchronousHasAllThatWasAcknowledgedAndStreamsStay() throws Exception {
        Postgres standby = opened(primary.standby());
        primary.sql("alter system set synchronous_standby_names = '*'");
        primary.sql("select pg_reload_conf()");
        Await.until("each commit waits for the standby",
            () -> "sync".equals(value(primary, "select sync_state from pg_stat_replication")));
        StallingProxy address = opened(new StallingProxy(primary.port()));
        HubNode one = node("one", urlOfBoth(standby));
        HubNode two = node("two", primary.url(SCHEMA).replace(":" + primary.port(), ":" + address.port()));
        HubClient here = HubScene.awaitHello(one.client("news").connect(), 1);
        HubClient there = HubScene.awaitHello(two.client("news").connect(), 1);
        List<CompletableFuture<Void>> publishers = List.of(one.publishMany("news", "a", 200),
            two.publishMany("news", "b", 200), two.publishMany("news", "c", 200));
        Await.until("some are taken", () -> one.log.range().head() >= 150);
        primary.kill();
        standby.promote();
        address.target(standby.port());
        for (CompletableFuture<Void> each : publishers) {
            each.get(120, TimeUnit.SECONDS);
        }
        List<String> all = HubNode.data(HubScene.awaitEvents(here, 600));
        assertEquals(all, HubNode.data(HubScene.awaitEvents(there, 600)), "one order at both");
        assertEquals(600, new HashSet<>(all).size(), "each once, whichever server has taken it");
        for (String name : List.of("a", "b", "c")) {
            List<String> own = all.stream().filter(data -> data.startsWith(name)).toList();
            for (int i = 0; i < own.size(); i++) {
                assertEquals(name + i, own.get(i), "one publisher's in its order");
            }
        }
        assertEquals("1 1", one.openings + " " + two.openings, "no node has met another history");
        assertEquals(1, here.hubEvents("rivulet.hello").size(), "the stream stayed");
    }

    private static String value(Postgres server, String query) {
        try {
            return server.value(query);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aStandbyThatMissedWritesIsFollowedAndThoseWhoHadThemAreTold() throws Exception {
        Postgres standby = opened(primary.standby());
        HubNode one = node("one", urlOfBoth(standby));
        HubNode two = node("two", urlOfBoth(standby));
        String kept = one.publish("news", "kept");
        Await.until("the standby has it", () -> "1".equals(value(standby, "select max(head) from " + SCHEMA + ".hub")));
        standby.kill(); // from here on it misses what the primary takes
        HubClient there = HubScene.awaitHello(two.client("news").connectAfter(kept), 1);
        List<String> lost = List.of(one.publish("news", "lost 1"), two.publish("news", "lost 2"));
        HubScene.awaitEvents(there, 2);
        primary.kill();
        standby.restart();
        standby.promote();
        HubScene.awaitEnd(there);
        one.awaitOpening(2);
        two.awaitOpening(2);
        two.publishOnce("news", "other 1");
        one.publishOnce("news", "other 2");
        for (HubNode node : List.of(one, two)) {
            for (String id : lost) {
                HubClient affected = HubScene.awaitHello(node.client("news").connectAfter(id), 1);
                assertEquals("reset", affected.told("resumed"));
            }
            HubClient well = HubScene.awaitEvents(node.client("news").connectAfter(kept), 2);
            assertEquals("exact", well.told("resumed"));
            assertEquals(List.of("other 1", "other 2"), HubNode.data(well));
        }
    }

    @Test
    void aNameThatIsNotKnownYetIsWaitedForAndOneThatMovesToAnotherAddressIsFoundThere() throws Exception {
        Path hosts = Files.writeString(folder.resolve("hosts"), "127.0.0.1 localhost\n");
        List<String> jvm = List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-Djdk.net.hosts.file=" + hosts,
            "-Dsun.net.inetaddr.ttl=1", "-Dsun.net.inetaddr.negative.ttl=1"); // else names count for half a minute
        String url = primary.url(SCHEMA).replace("127.0.0.1", "db.test");
        try (OwnWar node = new OwnWar(jvm, folder, Map.of("RIVULET_ENGINE_URL", url), "--port=0",
            "--engine=postgresql")) {
            int port = node.port();
            Await.until("it says what it waits for", () -> node.said().contains("db.test"));
            assertTrue(node.said().contains("The hub waits for it"), node.said());
            Files.writeString(hosts, "127.0.0.1 localhost\n127.0.0.1 db.test\n");
            node.awaitOpen();
            try (Publisher publisher = Publisher.to(port);
                 EventStream stream = EventStream.to(port).topic("news").open()) {
                stream.awaitHello();
                publisher.publish("news", "1");
                primary.kill();
                Await.until("it knows", () -> !publishes(port));
                primary.restartAt("127.0.0.2");
                Files.writeString(hosts, "127.0.0.1 localhost\n127.0.0.2 db.test\n");
                Await.until("it publishes again", Await.LIMIT.multipliedBy(3), () -> publishes(port));
                publisher.publish("news", "2");
                stream.awaitData("1", "2");
                assertEquals(1, stream.connections());
            }
        }
    }

    private static boolean publishes(int port) {
        return Health.of(port, "").json().get("publish").getAsBoolean();
    }
}
