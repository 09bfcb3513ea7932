package io.rivulet.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.postgresql.PGConnection;

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

    @Test
    void aUserWhoMayNotMakeTheTablesIsToldAtTheStart() throws Exception {
        Postgres postgres = (Postgres) server();
        postgres.sql("create user guest password 'of-the-guest'");
        String url = postgres.url("nobodys", "of-the-guest").replace("user=rivulet", "user=guest");
        assertTold("granted create", url);
        postgres.sql("create schema nobodys authorization guest");
        try (ClusterEngine guest = new PostgresEngine(url)) {
            guest.check();
            assertNull(postgres.value("select to_regclass('nobodys.hub')"), "a look makes nothing");
            guest.begin("guest", 0);
            guest.check();
        }
        postgres.sql("create schema others");
        assertTold("own the schema", url.replace("nobodys", "others"));
        postgres.sql("update nobodys.hub set version = 99");
        assertTold("upgrade this node", url);
    }

    @Test
    void noticesThatNobodyHasAskedForAreNotKept() throws Exception {
        Postgres postgres = (Postgres) server();
        PostgresDriver driver = PostgresDriver.load();
        PostgresSession session = new PostgresSession(driver, postgres.url("public"), "test", null);
        try {
            session.with(connection -> connection.createStatement().execute("listen rivulet")); // as a pooler has it
            postgres.sql("select pg_notify('rivulet', n::text) from generate_series(1, 100) n");
            for (int i = 0; i < 600; i++) {
                session.with(connection -> connection.createStatement().execute("select 1"));
            }
            assertEquals(0, session.open().unwrap(PGConnection.class).getNotifications().length);
        } finally {
            session.close();
            driver.close();
        }
    }
}
