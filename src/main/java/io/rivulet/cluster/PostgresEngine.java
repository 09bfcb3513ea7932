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

    private static final int VERSION = 5;
    private static final int SERVER_MIN = 120_000;
    /** Nodes that start at the same time make the tables one after the other. */
    private static final long MAKING = 0x72697675;
    private static final long TRIMMING = MAKING + 1;
    private static final int ROWS_MAX = 512;
    private static final int TRIM_ROWS_MAX = 10_000;
    /** Runs whose node is gone for so many runs since are forgotten. */
    private static final int RUNS_KEPT = 10_000;

    private static final String NO_TABLE = "42P01";
    private static final String NO_FUNCTION = "42883";
    /** The second one: the schema is there and none that this user may look into. */
    private static final List<String> NOT_ALLOWED = List.of("42501", "3F000");

    private static final String READ = """
        select h.first, h.head, h.epoch, t.base, t.events, t.epoch, t.nonce, t.time_ms, t.format, t.body
        from hub h left join (
            select *, sum(case when base > ? then size else 0 end) over (order by base) - size as before from (
                select base, events, epoch, nonce, time_ms, format, size, case when base > ? then body end as body
                from batch
                where base >= coalesce((select max(base) from batch where base <= ?), 0)
                order by base limit %d) near) t on t.before < ?
        order by t.base""".formatted(ROWS_MAX);
    private static final String NOTES = """
        select h.life, coalesce((select min(number) from note), h.number + 1), h.number, n.number, n.epoch, n.body
        from note_head h left join (
            select *, sum(length(body)) over (order by number) - length(body) as before from (
                select number, epoch, body from note where number > ? order by number limit %d) near) n
            on n.before < ?
        order by n.number""".formatted(ROWS_MAX);
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
    private final SecureRandom random = new SecureRandom();
    private final PostgresSession calls;
    private final PostgresSession listening;
    private volatile PostgresOutbox outbox;

    /** An engine that has not connected yet. */
    PostgresEngine(String url) throws EngineRefused {
        this.url = url;
        driver = PostgresDriver.load();
        if (!driver.accepts(url)) {
            driver.close();
            throw new EngineRefused("the URL must be jdbc:postgresql://host:port/database?user=…&password=…", null);
        }
        calls = new PostgresSession(driver, url, "rivulet", null);
        listening = new PostgresSession(driver, url, "rivulet listens", "listen rivulet");
    }

    /** Something that is done to the tables, whole or not at all. */
    private interface Change<T> {
        T on(Connection connection, Statement statement) throws SQLException, IOException;
    }

    /** Makes the tables as {@link #begin} does, and takes it back: so it is known before the start what would fail. */
    @Override
    public void check() throws IOException {
        change(false, (connection, statement) -> {
            make(statement);
            return statement.executeUpdate("update hub set epoch = epoch where false");
        });
    }

    @Override
    public Run begin(String node, int epochAtLeast) throws IOException {
        return change(true, (connection, statement) -> {
            int before = make(statement);
            Run run = run(connection, statement, node, epochAtLeast);
            if (before < VERSION) {
                LOG.info("The tables of the shared log are of version {} now", VERSION);
            }
            return run;
        });
    }

    private <T> T change(boolean stays, Change<T> change) throws IOException {
        return calls.with(connection -> {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                check(statement);
                statement.execute("select pg_advisory_xact_lock(" + MAKING + ")");
                T done = change.on(connection, statement);
                if (stays) {
                    connection.commit();
                } else {
                    connection.rollback();
                }
                connection.setAutoCommit(true);
                return done;
            } catch (SQLException e) {
                if (NOT_ALLOWED.contains(String.valueOf(e.getSQLState()))) {
                    throw new EngineRefused(e.getMessage() + "; the user of the URL must own the schema of the hub, or"
                        + " be granted create on the database", e);
                }
                throw e;
            } finally {
                if (!connection.isClosed() && !connection.getAutoCommit()) {
                    calls.drop(); // with it ends the transaction
                }
            }
        });
    }

    static void check(Statement statement) throws SQLException, EngineRefused {
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

    /** Makes the tables where there are none, and what a later version has beside; the version that there was. */
    private int make(Statement statement) throws SQLException, IOException {
        String schema;
        try (ResultSet row = statement.executeQuery("show search_path")) {
            row.next();
            schema = row.getString(1).split(",")[0].strip();
        }
        if (!schema.replace("\"", "").equals(calls.schema().replace("\"", ""))) {
            throw new EngineRefused("the search_path of the connection begins with " + schema + ", and the tables are"
                + " to be in " + calls.schema() + ": a pooler before PostgreSQL passes that over; write it to the user:"
                + " alter role … set search_path = " + calls.schema(), null);
        }
        boolean isThere;
        try (PreparedStatement ask =
                 statement.getConnection().prepareStatement("select to_regnamespace(?) is not null")) {
            ask.setString(1, schema);
            try (ResultSet row = ask.executeQuery()) {
                row.next();
                isThere = row.getBoolean(1);
            }
        }
        if (!isThere) { // to ask "if not exists" takes the right to create one
            statement.execute("create schema " + schema);
        }
        int version = version(statement);
        if (version > VERSION) {
            throw new EngineRefused("a later version of the hub has made the tables (" + version + "; this one knows "
                + VERSION + "); upgrade this node", null);
        }
        for (int next = version + 1; next <= VERSION; next++) {
            try (InputStream in = PostgresEngine.class.getResourceAsStream("postgresql-" + next + ".sql")) {
                statement.execute(new String(in.readAllBytes(), StandardCharsets.UTF_8).replace("@schema@", schema));
            }
            statement.executeUpdate("update hub set version = " + next);
        }
        return version;
    }

    /** Of the tables that are there; 0 for none. */
    private static int version(Statement statement) throws SQLException {
        try (ResultSet row = statement.executeQuery("select to_regclass('hub') is not null")) {
            row.next();
            if (!row.getBoolean(1)) {
                return 0;
            }
        }
        try (ResultSet row = statement.executeQuery("select version from hub")) {
            return row.next() ? row.getInt(1) : 0;
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
        try (ResultSet row = statement.executeQuery("select store_id, key, epoch, first from hub")) {
            row.next();
            Run run = new Run(row.getInt(3), row.getLong(1), row.getBytes(2), row.getLong(4));
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
                if (tries > 1 || !sent || calls.isClosed()) {
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
        return calls.with(connection -> {
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
        listening.with(connection -> {
            driver.awaitNotice(connection, (int) ms);
            return null;
        });
    }

    @Override
    public void tell(int epoch, byte[] note) throws IOException {
        calls.with(connection -> {
            try (PreparedStatement call = connection.prepareStatement("select note_1(?, ?, ?)")) {
                call.setInt(1, epoch);
                call.setBytes(2, note);
                call.setLong(3, random.nextLong());
                call.executeQuery().close();
            }
            return null;
        });
    }

    @Override
    public Notes notes(long after, int bytesMax) throws IOException {
        return calls.with(connection -> {
            try (PreparedStatement query = connection.prepareStatement(NOTES)) {
                query.setLong(1, after);
                query.setLong(2, bytesMax);
                try (ResultSet row = query.executeQuery()) {
                    Notes none = new Notes(0, 1, 0, List.of()); // or a crash has emptied them
                    List<Note> notes = new ArrayList<>();
                    while (row.next()) {
                        none = new Notes(row.getLong(1), row.getLong(2), row.getLong(3), notes);
                        long number = row.getLong(4);
                        if (!row.wasNull()) {
                            notes.add(new Note(number, row.getInt(5), row.getBytes(6)));
                        }
                    }
                    return none;
                }
            } catch (SQLException e) {
                if (NO_TABLE.equals(e.getSQLState())) {
                    return new Notes(0, 1, 0, List.of()); // somebody has emptied the database
                }
                throw e;
            }
        });
    }

    @Override
    public Relay relay(Batch batch, long expected) throws IOException {
        return calls.with(connection -> {
            try (PreparedStatement call = connection.prepareStatement(
                "select of_life, of_number, of_at, of_before from relay_1(?, ?, ?, ?, ?, ?, ?, ?)")) {
                call.setLong(1, expected);
                call.setInt(2, batch.epoch());
                call.setInt(3, batch.nonce());
                call.setInt(4, batch.count());
                call.setLong(5, batch.timeMs());
                call.setInt(6, batch.format());
                call.setBytes(7, batch.body());
                call.setLong(8, random.nextLong());
                try (ResultSet row = call.executeQuery()) {
                    row.next();
                    long number = row.getLong(2);
                    long at = row.getLong(3);
                    long before = row.getLong(4);
                    return new Relay(row.getLong(1), 0, number, at, before + batch.count(), number == 0 ? List.of()
                        : List.of(new Relayed(number, batch.nonce(), batch.epoch(), at, before, batch.count(),
                        batch.timeMs(), batch.format(), null)));
                }
            }
        });
    }

    /** A crash empties these tables, and a standby that is promoted has them empty: nothing is lost but all of it. */
    @Override
    public Relay relayed(long life, long after, int nonce, int bytesMax) throws IOException {
        return calls.with(connection -> {
            try (PreparedStatement query = connection.prepareStatement("select * from relayed_1(?, ?, ?)")) {
                query.setLong(1, after);
                query.setInt(2, ROWS_MAX);
                query.setLong(3, bytesMax);
                try (ResultSet row = query.executeQuery()) {
                    Relay relay = new Relay(0, 1, 0, 0, 0, List.of());
                    List<Relayed> batches = new ArrayList<>();
                    while (row.next()) {
                        relay = new Relay(row.getLong(1), row.getLong(2), row.getLong(3), row.getLong(4),
                            row.getLong(5), batches);
                        long number = row.getLong(6);
                        if (!row.wasNull()) {
                            batches.add(new Relayed(number, row.getInt(7), row.getInt(8), row.getLong(9),
                                row.getLong(10), row.getInt(11), row.getLong(12), row.getInt(13), row.getBytes(14)));
                        }
                    }
                    return relay;
                }
            } catch (SQLException e) {
                if (NO_FUNCTION.equals(e.getSQLState()) || NO_TABLE.equals(e.getSQLState())) {
                    return new Relay(0, 1, 0, 0, 0, List.of()); // somebody has emptied the database
                }
                throw e;
            }
        });
    }

    @Override
    public Outbox outbox(int epoch, int eventsMax) {
        PostgresOutbox made = new PostgresOutbox(new PostgresSession(driver, url, "rivulet outbox", null), epoch,
            eventsMax);
        outbox = made;
        return made;
    }

    @Override
    public Run look() throws IOException {
        return calls.with(connection -> {
            try (Statement statement = connection.createStatement();
                 ResultSet row = statement.executeQuery("select store_id, key, epoch, first from hub")) {
                return row.next() ? new Run(row.getInt(3), row.getLong(1), row.getBytes(2), row.getLong(4)) : null;
            } catch (SQLException e) {
                if (NO_TABLE.equals(e.getSQLState())) {
                    return null;
                }
                throw e;
            }
        });
    }

    @Override
    public Load load(Run log) throws IOException {
        return calls.with(connection -> {
            connection.setAutoCommit(false);
            try (Statement statement = connection.createStatement()) {
                statement.execute("select pg_advisory_xact_lock(" + MAKING + ")");
                make(statement);
                try (ResultSet row = statement.executeQuery("select 1 from hub")) {
                    if (row.next()) {
                        throw new EngineRefused("there is a log in the engine already, made by the first node that has"
                            + " begun; drop its schema, or name another one in the URL (currentSchema)", null);
                    }
                }
                return new PostgresLoad(calls, connection, log, VERSION);
            } catch (EngineRefused e) {
                calls.drop();
                throw e;
            }
        });
    }

    @Override
    public void trim(long bytesMax, long eventsMax, long oldestMs) throws IOException {
        calls.with(connection -> {
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
        calls.close();
        listening.close();
        PostgresOutbox open = outbox;
        if (open != null) {
            open.close();
        }
        driver.close();
    }
}
