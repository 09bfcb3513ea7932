package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.hub.HubScene;
import io.rivulet.hub.stream.HubClient;
import java.sql.Connection;
import java.util.HashSet;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Nodes that reach PostgreSQL through PgBouncer, set up as docs/cluster.md says. */
class PgBouncerIT extends AtPostgres {

    private static final String PASSWORD = "of-the-pool";
    private static final String IGNORED = "ignore_startup_parameters = extra_float_digits,search_path";

    @BeforeAll
    static void lookForIt() {
        Assumptions.assumeTrue(PgBouncer.isThere(), "skipped: PgBouncer is not installed here");
    }

    /** A user of that name, and the URL of its schema of that name through a PgBouncer. */
    private String url(String name, String mode, String more) throws Exception {
        postgres.sql("create user " + name + " password '" + PASSWORD + "'; create schema " + name + " authorization "
            + name);
        PgBouncer pooler = opened(PgBouncer.start(postgres, mode, name, PASSWORD, more));
        return postgres.url(name, PASSWORD).replace("user=rivulet", "user=" + name)
            .replace(":" + postgres.port(), ":" + pooler.port());
    }

    @Test
    void inSessionModeNodesWorkAsWithoutIt() throws Exception {
        work("in_session", url("in_session", "session", IGNORED));
    }

    @Test
    void inTransactionModeNodesWorkAndLookForWhatTheyAreNotToldOf() throws Exception {
        work("in_transaction", url("in_transaction", "transaction", IGNORED) + "&prepareThreshold=0");
    }

    private void work(String name, String url) throws Exception {
        postgres.sql("alter role " + name + " set search_path = " + name);
        HubNode one = node("one", url);
        HubNode two = node("two", url);
        HubClient here = HubScene.awaitHello(one.client("news").connect(), 1);
        HubClient there = HubScene.awaitHello(two.client("news").connect(), 1);
        List<CompletableFuture<Void>> publishers = List.of(one.publishMany("news", "a", 60),
            two.publishMany("news", "b", 60), two.publishMany("news", "c", 60));
        for (CompletableFuture<Void> each : publishers) {
            each.get(120, TimeUnit.SECONDS);
        }
        try (Connection application = postgres.connect(name)) {
            application.createStatement().execute("select rivulet_publish('news', 'of a transaction')");
        }
        List<String> all = HubNode.data(HubScene.awaitEvents(here, 181));
        assertEquals(all, HubNode.data(HubScene.awaitEvents(there, 181)), "one order at both");
        assertEquals(181, new HashSet<>(all).size(), "each once");
        assertEquals("1 1", one.openings + " " + two.openings);
    }

    @Test
    void aPoolerThatIsNotSetUpForItStopsTheStartAndIsTold() throws Exception {
        assertTold("ignore_startup_parameters", url("refused", "session", ""));
        assertTold("set search_path = passed_over", url("passed_over", "session", IGNORED));
    }

    private static void assertTold(String part, String url) throws Exception {
        try (ClusterEngine engine = new PostgresEngine(url)) {
            EngineRefused refused = assertThrows(EngineRefused.class, engine::check);
            assertTrue(refused.getMessage().contains(part), refused.getMessage());
        }
    }
}
