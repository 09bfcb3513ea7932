package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.cluster.ClusterEngine.Batch;
import io.rivulet.cluster.ClusterEngine.Relay;
import io.rivulet.kit.Await;
import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Transient events of several nodes at a real PostgreSQL. */
class PostgresRelayIT extends RelayContract {

    private Postgres postgres;

    @Override
    EngineServer start() throws Exception {
        Assumptions.assumeTrue(Postgres.isThere(), "skipped: PostgreSQL is not installed here");
        postgres = Postgres.start();
        return postgres;
    }

    @Test
    void aRelayDoesNotWaitForAnAppendThatWaitsForTheDisk() throws Exception {
        ClusterEngine engine = engine();
        ClusterEngine other = engine();
        try (Connection slow = postgres.connect(name()); Statement words = slow.createStatement()) {
            slow.setAutoCommit(false);
            words.execute("select * from append_1(" + run().epoch() + ", 1, -1, 1, 1, 1, 1, 'x')"); // uncommitted
            assertEquals(0, relay(engine, run(), 1, 1).at());
            assertEquals(1, other.relayed(0, 0, -1, 1_000).head(), "nor does who reads them");
            slow.commit();
        }
        assertEquals(1, relay(engine, run(), 2, 1).at());
    }

    @Test
    void whoReadsWaitsForARelayThatHasLookedAtTheLogAndIsNotCommitted() throws Exception {
        ClusterEngine engine = engine();
        try (Connection slow = postgres.connect(name()); Statement words = slow.createStatement()) {
            slow.setAutoCommit(false);
            words.execute("select * from relay_1(-1, 1, 1, 1, 1, 1, 'x', 7)");
            CompletableFuture<Relay> read = CompletableFuture.supplyAsync(() -> {
                try {
                    return engine.relayed(0, 0, -1, 1_000);
                } catch (IOException e) {
                    throw new IllegalStateException(e);
                }
            });
            Await.until("it waits", this::somebodyWaits);
            assertFalse(read.isDone());
            slow.commit();
            assertEquals(1, read.get(20, TimeUnit.SECONDS).head());
        }
    }

    private boolean somebodyWaits() {
        try {
            return postgres.value("select 1 from pg_locks where locktype = 'advisory' and not granted") != null;
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void onlySoManyBytesAreKept() throws IOException {
        ClusterEngine engine = engine();
        for (int i = 1; i <= 40; i++) {
            engine.relay(new Batch(run().epoch(), i, i, i, 1, 1, new byte[1 << 20]), -1);
        }
        Relay left = engine.relayed(0, 0, -1, 1);
        assertEquals(40, left.head());
        assertTrue(left.first() >= 25, "from " + left.first());
    }
}
