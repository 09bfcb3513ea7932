package io.rivulet.cluster;

import java.io.IOException;
import java.net.URLDecoder;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connection to PostgreSQL, which is made when it is asked for and forgotten when something on it fails.
 * {@link PostgresEngine} has one for calls and one that listens, {@link PostgresOutbox} has one. One thread at a time
 * works on it; any thread ends it.
 */
final class PostgresSession {

    /** Where the tables are, unless the URL names another schema. */
    private static final String SCHEMA = "rivulet";
    private static final Logger LOG = LoggerFactory.getLogger(PostgresSession.class);
    private static final Pattern NAMED = Pattern.compile("[?&]currentSchema=([^&,]+)");
    private static final int NOTICES_EACH = 256;

    private final PostgresDriver driver;
    private final String url;
    private final String name;
    private final String begin;
    private int works;
    private volatile Connection connection;
    private volatile boolean closed;

    /** {@code begin} is what it says first; null for nothing. */
    PostgresSession(PostgresDriver driver, String url, String name, String begin) {
        this.driver = driver;
        this.url = url;
        this.name = name;
        this.begin = begin;
    }

    /** Some work on a connection, which is forgotten where the work fails. */
    interface Work<T> {
        T on(Connection connection) throws SQLException, IOException;
    }

    /** Does some work on the connection. */
    <T> T with(Work<T> work) throws IOException {
        try {
            Connection now = open();
            if (begin == null && ++works % NOTICES_EACH == 0) {
                driver.awaitNotice(now, 1); // a pooler may give it those of whoever listens, and the driver keeps all
            }
            return work.on(now);
        } catch (SQLException e) {
            drop();
            throw new IOException(e.getMessage(), e);
        }
    }

    /** Where the tables are to be. */
    String schema() {
        Matcher named = NAMED.matcher(url);
        return named.find() ? URLDecoder.decode(named.group(1), StandardCharsets.UTF_8) : SCHEMA;
    }

    /** The connection; who meets a failure on it calls {@link #drop}. */
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
        if (String.valueOf(e.getMessage()).contains("unsupported startup parameter")) {
            throw new EngineRefused("a pooler before PostgreSQL refuses what a connection begins with: "
                + e.getMessage() + "; for PgBouncer write ignore_startup_parameters = extra_float_digits,search_path"
                + " into its file", e);
        }
        return e.getCause() instanceof UnknownHostException unknown
            ? new SQLException("the name " + unknown.getMessage() + " is not known here", state, e) : e;
    }

    /** Forgets the connection: nobody knows in what state it is. */
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

    boolean isClosed() {
        return closed;
    }

    /** Ends the connection, and work on it; there is none any more. */
    void close() {
        closed = true;
        drop();
    }
}
