package io.rivulet.cluster;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The table {@code outbox}, into which the function {@code rivulet_publish} puts rows as part of the transaction of
 * whoever calls it. {@link PostgresEngine} makes it; it has a connection of its own.
 *
 * <p>The hard thing is the order. Rows have their place from a trigger that runs when their transaction begins to
 * commit, so one that had committed before another began to has the smaller places. And it is seen by whoever sees the
 * other, so it is never met too late. No lock is held meanwhile: transactions that commit at the same moment do not
 * wait for each other, and no node waits for them.
 */
final class PostgresOutbox implements Outbox {

    private static final int TAKEN = 1;
    private static final long BYTES_MAX = 1 << 20;

    private final PostgresSession session;
    private final int epoch;
    private final int eventsMax;

    /** For the node of this run, with so many events in a chunk at most. */
    PostgresOutbox(PostgresSession session, int epoch, int eventsMax) {
        this.session = session;
        this.epoch = epoch;
        this.eventsMax = eventsMax;
    }

    @Override
    public Chunk next() throws IOException {
        return session.with(connection -> take(connection) == TAKEN ? read(connection) : null);
    }

    private int take(Connection connection) throws SQLException {
        try (PreparedStatement call = connection.prepareStatement("select outbox_take_1(?, ?, ?)")) {
            call.setInt(1, epoch);
            call.setInt(2, eventsMax);
            call.setLong(3, BYTES_MAX);
            try (ResultSet row = call.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }

    private static Chunk read(Connection connection) throws SQLException {
        List<Row> rows = new ArrayList<>();
        long number = 0;
        try (Statement statement = connection.createStatement();
             ResultSet row = statement.executeQuery("select chunk, id, topic, data, type, event_id, ends, private"
                 + " from outbox where chunk = (select chunk from outbox_turn) order by place, id")) {
            while (row.next()) {
                number = row.getLong(1);
                rows.add(new Row(row.getLong(2), row.getString(3), row.getString(4), row.getString(5),
                    row.getString(6), row.getString(7), row.getBoolean(8)));
            }
        }
        return rows.isEmpty() ? null : new Chunk(number, rows); // another node has had its turn meanwhile
    }

    @Override
    public void done(Chunk chunk) throws IOException {
        run("delete from outbox where chunk = " + chunk.number());
    }

    @Override
    public void split(Chunk chunk) throws IOException {
        run("select outbox_split_1(" + chunk.number() + ")");
    }

    @Override
    public void refused(Chunk chunk, String why) throws IOException {
        session.with(connection -> {
            try (PreparedStatement move = connection.prepareStatement("with gone as (delete from outbox where chunk = ?"
                + " returning *) insert into outbox_refused select *, ? from gone")) {
                move.setLong(1, chunk.number());
                move.setString(2, why);
                move.executeUpdate();
            }
            return null;
        });
        run("delete from outbox_refused where refused < now() - interval '7 days'");
    }

    private void run(String statement) throws IOException {
        session.with(connection -> {
            try (Statement words = connection.createStatement()) {
                words.execute(statement);
            }
            return null;
        });
    }

    /** Ends the connection. Any thread. */
    void close() {
        session.close();
    }
}
