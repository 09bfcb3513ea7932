package io.rivulet.cluster;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Tests at a PostgreSQL that their class shares: each has a schema of its own, and so its nodes a log of theirs. */
abstract class AtPostgres {

    static Postgres postgres;
    private static int schemas;

    @TempDir
    Path folder;
    final String schema = "nodes" + ++schemas;
    private final List<AutoCloseable> open = new ArrayList<>();

    @BeforeAll
    static void startPostgres() throws Exception {
        Assumptions.assumeTrue(Postgres.isThere(), "skipped: PostgreSQL is not installed here");
        postgres = Postgres.start();
    }

    @AfterAll
    static void endPostgres() throws Exception {
        if (postgres != null) {
            postgres.close();
            postgres = null;
        }
    }

    @AfterEach
    void closeAll() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    /** It is closed after the test. */
    <T extends AutoCloseable> T opened(T what) {
        open.add(what);
        return what;
    }

    /** A node of that name at this test's log. */
    HubNode node(String name) {
        return node(name, postgres.url(schema));
    }

    /** The same that reaches it by this URL. */
    HubNode node(String name, String url) {
        return opened(new HubNode(folder.resolve(name), () -> new PostgresEngine(url), log -> log));
    }
}
