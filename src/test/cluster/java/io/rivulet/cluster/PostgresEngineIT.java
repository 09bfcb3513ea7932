package io.rivulet.cluster;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** What {@link ClusterEngine} promises, asked of a real PostgreSQL. */
class PostgresEngineIT extends EngineContract {

    @Override
    EngineServer start() throws Exception {
        Assumptions.assumeTrue(Postgres.isThere(), "skipped: PostgreSQL is not installed here");
        return Postgres.start();
    }

    @Test
    void anEngineThatWillNotDoIsToldAtTheStart() {
        assertTold("password", server().url("told", "wrong"));
        assertTold("create it", server().url("told").replace("/postgres?", "/nowhere?"));
        assertTold("must be jdbc:postgresql", "postgres://127.0.0.1/postgres");
        assertTold("is missing", null);
    }
}
