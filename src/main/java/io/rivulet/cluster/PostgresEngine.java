package io.rivulet.cluster;

import io.rivulet.event.IdSeal;
import io.rivulet.log.LogAway;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * PostgreSQL as the ordered log: a table whose rows are the batches of the nodes. A node has two connections, one for
 * calls and one that listens. {@link SharedLog} says on which threads.
 *
 * <p>The hard thing is the order. Numbers of a sequence are no positions, since a transaction with a greater number may
 * commit first, and a reader would pass the smaller one over. So each append locks the one row of the table {@code hub}
 * until it commits: positions are in the order of the commits and have no holes. An append is one call of a function,
 * so the lock is held for as long as the database takes to write, whatever happens to the node meanwhile.
 *
 * <p>A connection that breaks during an append leaves in doubt whether that was done. The function notes the number of
 * the last batch of each run, so the same batch can be sent once more: the second one is answered as the first. It also
 * waits for the lock that the first one may still hold.
 */
final class PostgresEngine implements ClusterEngine {

    private static final Logger LOG = LoggerFactory.getLogger(PostgresEngine.class);

    private static final int VERSION = 1;
    private static final int SERVER_MIN = 120_000;
    /** Nodes that start at the same time make the tables one after the other. */
    private static final long MAKING = 0x72697675;
    private static final long TRIMMING = MAKING + 1;
    private static final String SCHEMA = "rivulet";
    private static final int ROWS_MAX = 512;
    private static final int TRIM_ROWS_MAX = 10_000;
    /** Runs whose node is gone for so many runs since are forgotten. */
    private static final int RUNS_KEPT = 10_000;

    private static final String NO_TABLE = "42P01";
    private static final String NO_FUNCTION = "42883";

    private static final String READ = """
        select h.first, h.head, h.epoch, t.base, t.events, t.epoch, t.nonce, t.time_ms, t.format, t.body
        from hub h left join (
            select *, sum(case when base > ? then size else 0 end) over (order by base) - size as before from (
                select base, events, epoch, nonce, time_ms, format, size, case when base > ? then body end as body
                from batch
                where base >= coalesce((select max(base) from batch where base <= ?), 0)
                order by base limit %d) near) t on t.before < ?
        order by t.base""".formatted(ROWS_MAX);
    private static final String TRIM = """
        with gone as (
            delete from batch where base in (
                select base from batch where base < (select max(base) from batch)
                    and (bytes_after <= (select bytes from hub) - ? or time_ms < ?
                         or base + events - 1 <= (select head from hub) - ?)
                order by base limit %d)
            returning base + events as next)
        update hub set first = greatest(first, (select max(next) from gone))
        where exists (select 1 from gone)""".formatted(TRIM_ROWS_MAX);

    private final String url;
    private final PostgresDriver driver;
    private final Session calls = new Session("rivulet", null);
    private final Session listening = new Session("rivulet listens", "listen rivulet");
    private volatile boolean closed;

    /** An engine that has not connected yet. */
    PostgresEngine(String url) throws EngineRefused {
        this.url = url;
        driver = PostgresDriver.load();
        if (!driver.accepts(url)) {
            driver.close();
            throw new EngineRefused("the URL must be jdbc:postgresql://host:port/database?user=…&password=…", null);
        }
    }

    /** One connection, which is made when it is asked for and forgotten when it fails. One thread opens it. */
    private final class Session {
        private final String name;
        private final String begin;
        private volatile Connection connection;

        /** {@code begin} is what it says first; null for nothing. */
        Session(String name, String begin) {
            this.name = name;
            this.begin = begin;
        }

        Connection open() throws SQLException, EngineRefused {
            if (closed) {
                throw new SQLException("the engine is closed");
            }
            Connection now = connection;
            if (now == null) {
                now = connect();
                connection = now;
                if (closed) { // meanwhile: nobody else ends it
                    drop();
                }
            }
            return now;
        }

        private Connection connect() throws SQLException, EngineRefused {
            Properties properties = new Properties();
            properties.setProperty("ApplicationName", name);
            properties.setProperty("currentSchema", SCHEMA);
            properties.setProperty("connectTimeout", "3");
            properties.setProperty("loginTimeout", "5");
            properties.setProperty("socketTimeout", "5"); // an answer that does not come is a failure, too
            properties.setProperty("tcpKeepAlive", "true");
            properties.setProperty("targetServerType", "primary"); // a standby would take nothing
            Connection made;
            try {
                made = driver.connect(url, properties);
            } catch (SQLException e) {
                throw told(e);
            }
            try (Statement statement = made.createStatement()) {
                made.setTransactionIsolation(Connection.TRANSACTION_READ_COMMITTED);
                if (begin != null) {
                    statement.execute(begin);
                }
                return made;
            } catch (SQLException e) {
                abort(made);
                throw e;
            }
        }

        /** Forgets the connection: nobody knows in what state it is. Any thread. */
        void drop() {
            Connection old = connection;
            connection = null;
            if (old != null) {
                abort(old);
            }
        }

        private static void abort(Connection old) {
            try {
                old.abort(Runnable::run); // a polite end would wait for an answer that may not come
            } catch (SQLException | RuntimeException e) {
                LOG.debug("a connection that failed did not end well", e);
            }
        }
    }

    /** Some work on a connection, which is forgotten where the work fails. */
    private interface Work<T> {
        T on(Connection connection) throws SQLException, IOException;
    }

    private <T> T with(Session session, Work<T> work) throws IOException {
        try {
            return work.on(session.open());
        } catch (SQLException e) {
            session.drop();
            throw new IOException(e.getMessage(), e);
        }
    }

    /** What trying again does not mend is told so. */
    private static SQLException told(SQLException e) throws EngineRefused {
        String state = String.valueOf(e.getSQLState());
        if (state.startsWith("28")) {
            throw new EngineRefused("PostgreSQL does not let the hub in: " + e.getMessage()
                + "; check user and password in the URL, and pg_hba.conf", e);
        }
        if (state.equals("3D000")) {
            throw new EngineRefused(e.getMessage() + "; create it, or name another one in the URL", e);
        }
        return e;
    }

    @Override
    public void check() throws IOException {
        with(calls, connection -> {
            try (Statement statement = connection.createStatement()) {
                check(statement);
            }
            return null;
        });
    }

    @Override
    public Run begin(String node, int epochAtLeast) throws IOException {
        return with(calls, connection -> {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                check(statement);
                statement.execute("select pg_advisory_xact_lock(" + MAKING + ")");
                make(statement);
                Run run = run(connection, statement, node, epochAtLeast);
                connection.commit();
                connection.setAutoCommit(true);
                return run;
            } catch (SQLException e) {
                if ("42501".equals(e.getSQLState())) {
                    throw new EngineRefused(e.getMessage() + "; grant create on the database to the user of the URL,"
                        + " or create the schema for it", e);
                }
                throw e;
            } finally {
                if (!connection.isClosed() && !connection.getAutoCommit()) {
                    calls.drop(); // with it ends the transaction
                }
            }
        });
    }

    private static void check(Statement statement) throws SQLException, EngineRefused {
        try (ResultSet row = statement.executeQuery("select current_setting('server_version_num')::int,"
            + " current_setting('server_version'), current_setting('synchronous_commit'), pg_is_in_recovery()")) {
            row.next();
            if (row.getInt(1) < SERVER_MIN) {
                throw new EngineRefused("PostgreSQL " + row.getString(2) + " is too old; 12 is the oldest that can be"
                    + " used", null);
            }
            if (row.getString(3).equals("off")) {
                LOG.warn("PostgreSQL has synchronous_commit=off: its crash costs events that were acknowledged");
            }
            if (row.getBoolean(4)) {
                throw new SQLException("the server is a standby; it takes nothing before it is promoted");
            }
        }
    }

    /** Makes the tables where there are none. */
    private static void make(Statement statement) throws SQLException, IOException {
        String schema;
        try (ResultSet row = statement.executeQuery("show search_path")) {
            row.next();
            schema = row.getString(1).split(",")[0].strip();
        }
        statement.execute("create schema if not exists " + schema);
        boolean made;
        try (ResultSet row = statement.executeQuery("select to_regclass('hub') is not null")) {
            row.next();
            made = row.getBoolean(1);
        }
        if (!made) {
            try (InputStream in = PostgresEngine.class.getResourceAsStream("postgresql-" + VERSION + ".sql")) {
                statement.execute(new String(in.readAllBytes(), StandardCharsets.UTF_8));
            }
            LOG.info("The tables of the shared log were made in the schema {}", schema);
        }
    }

    private static Run run(Connection connection, Statement statement, String node, int epochAtLeast)
        throws SQLException, EngineRefused {
        SecureRandom random = new SecureRandom();
        byte[] key = new byte[IdSeal.KEY_BYTES];
        random.nextBytes(key);
        try (PreparedStatement insert = connection.prepareStatement(
            "insert into hub (version, store_id, key) values (?, ?, ?) on conflict do nothing")) {
            insert.setInt(1, VERSION);
            insert.setLong(2, random.nextLong());
            insert.setBytes(3, key);
            insert.executeUpdate();
        }
        statement.executeUpdate("update hub set epoch = greatest(epoch, " + epochAtLeast + ") + 1");
        try (ResultSet row = statement.executeQuery("select version, store_id, key, epoch, first from hub")) {
            row.next();
            if (row.getInt(1) > VERSION) {
                throw new EngineRefused("a later version of the hub has made the tables (" + row.getInt(1)
                    + "; this one knows " + VERSION + "); upgrade this node", null);
            }
            Run run = new Run(row.getInt(4), row.getLong(2), row.getBytes(3), row.getLong(5));
            try (PreparedStatement insert =
                     connection.prepareStatement("insert into run (epoch, node) values (?, ?)")) {
                insert.setInt(1, run.epoch());
                insert.setString(2, node);
                insert.executeUpdate();
            }
            statement.executeUpdate("delete from run where epoch < " + (run.epoch() - RUNS_KEPT));
            return run;
        }
    }

    @Override
    public Appended append(Batch batch, long expected) throws IOException {
        boolean sent = false;
        for (int tries = 1; ; tries++) {
            try {
                Connection connection = calls.open();
                sent = true;
                return append(connection, batch, expected);
            } catch (SQLException e) {
                calls.drop();
                if (NO_FUNCTION.equals(e.getSQLState())) {
                    return new Appended(Outcome.LOST, 0, 0, -1);
                }
                if (tries > 1 || !sent || closed) {
                    throw new LogAway(e.getMessage(), sent, e);
                }
            } catch (IOException e) {
                throw new LogAway(e.getMessage(), sent, e);
            }
        }
    }

    private static Appended append(Connection connection, Batch batch, long expected) throws SQLException {
        try (PreparedStatement call = connection.prepareStatement(
            "select outcome, at_base, at_ms, nonce_before from append_1(?, ?, ?, ?, ?, ?, ?, ?)")) {
            call.setInt(1, batch.epoch());
            call.setLong(2, batch.number());
            call.setLong(3, expected);
            call.setInt(4, batch.count());
            call.setInt(5, batch.nonce());
            call.setLong(6, batch.timeMs());
            call.setInt(7, batch.format());
            call.setBytes(8, batch.body());
            try (ResultSet row = call.executeQuery()) {
                row.next();
                return new Appended(Outcome.values()[row.getInt(1)], row.getLong(2), row.getLong(3), row.getInt(4));
            }
        }
    }

    @Override
    public Portion read(long after, int bytesMax) throws IOException {
        return with(calls, connection -> {
            try (PreparedStatement query = connection.prepareStatement(READ)) {
                query.setLong(1, after);
                query.setLong(2, after);
                query.setLong(3, after);
                query.setLong(4, bytesMax);
                try (ResultSet row = query.executeQuery()) {
                    return portion(row, after);
                }
            } catch (SQLException e) {
                if (NO_TABLE.equals(e.getSQLState())) {
                    return new Portion(1, 0, 0, null, List.of()); // somebody has emptied the database
                }
                throw e;
            }
        });
    }

    private static Portion portion(ResultSet row, long after) throws SQLException {
        List<Stored> batches = new ArrayList<>();
        Stored at = null;
        long first = 1;
        long head = 0;
        int epoch = 0;
        while (row.next()) {
            first = row.getLong(1);
            head = row.getLong(2);
            epoch = row.getInt(3);
            long base = row.getLong(4);
            if (row.wasNull()) {
                continue; // there is no batch at all
            }
            Stored batch = new Stored(base, row.getInt(5), row.getInt(6), row.getInt(7), row.getLong(8), row.getInt(9),
                row.getBytes(10));
            if (base <= after) {
                at = batch;
            } else {
                batches.add(batch);
            }
        }
        return new Portion(first, head, epoch, at, batches);
    }

    @Override
    public void await(long ms) throws IOException {
        with(listening, connection -> {
            driver.awaitNotice(connection, (int) ms);
            return null;
        });
    }

    @Override
    public void trim(long bytesMax, long eventsMax, long oldestMs) throws IOException {
        with(calls, connection -> {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement();
                 PreparedStatement delete = connection.prepareStatement(TRIM)) {
                if (isFree(statement)) {
                    delete.setLong(1, bytesMax);
                    delete.setLong(2, oldestMs);
                    delete.setLong(3, eventsMax == 0 ? Long.MAX_VALUE : eventsMax);
                    delete.executeUpdate();
                }
            }
            connection.commit();
            connection.setAutoCommit(true);
            return null;
        });
    }

    /** Whether no other node trims just now. */
    private static boolean isFree(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("select pg_try_advisory_xact_lock(" + TRIMMING + ")")) {
            return row.next() && row.getBoolean(1);
        }
    }

    @Override
    public void close() {
        closed = true;
        calls.drop();
        listening.drop();
        driver.close();
    }
}
