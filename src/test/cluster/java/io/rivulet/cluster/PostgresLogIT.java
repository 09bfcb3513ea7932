package io.rivulet.cluster;

import io.rivulet.config.Settings;
import io.rivulet.log.EventLog;
import io.rivulet.log.EventLogContract;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a log that a real PostgreSQL keeps. */
class PostgresLogIT extends EventLogContract {

    private static Postgres postgres;
    private static int logs;

    @TempDir
    private Path folder;

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

    @Override
    protected EventLog open() throws IOException {
        return Cluster.open(folder, new PostgresEngine(postgres.url("log" + ++logs)), Settings.with(), clock,
            clock::nanos);
    }
}
