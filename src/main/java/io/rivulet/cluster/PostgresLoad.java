package io.rivulet.cluster;

import io.rivulet.cluster.ClusterEngine.Load;
import io.rivulet.cluster.ClusterEngine.Run;
import io.rivulet.cluster.ClusterEngine.Stored;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/** Puts a log into tables that have none: one transaction, so it is all there or nothing of it. For one thread. */
final class PostgresLoad implements Load {

    /** A commit of many gigabytes takes its time. */
    private static final int ANSWER_MS = 600_000;
    private static final long BYTES_AT_ONCE = 1 << 20;

    private final PostgresSession session;
    private final Connection connection;
    private final PreparedStatement insert;
    private long waiting;
    private long head;
    private int nonce = -1;
    private long timeMs;
    private long bytes;

    /** In a transaction that has begun, with empty tables. */
    PostgresLoad(PostgresSession session, Connection connection, Run log, int version) throws SQLException {
        this.session = session;
        this.connection = connection;
        head = log.first() - 1;
        connection.setNetworkTimeout(Runnable::run, ANSWER_MS);
        try (PreparedStatement hub = connection.prepareStatement(
            "insert into hub (version, store_id, key, epoch, first) values (?, ?, ?, ?, ?)")) {
            hub.setInt(1, version);
            hub.setLong(2, log.storeId());
            hub.setBytes(3, log.key());
            hub.setInt(4, log.epoch());
            hub.setLong(5, log.first());
            hub.executeUpdate();
        }
        insert = connection.prepareStatement("insert into batch (base, events, epoch, nonce, time_ms, format, size,"
            + " bytes_after, body) values (?, ?, ?, ?, ?, ?, ?, ?, ?)");
    }

    @Override
    public void add(Stored batch) throws IOException {
        bytes += batch.body().length;
        waiting += batch.body().length;
        head = batch.last();
        nonce = batch.nonce();
        timeMs = batch.timeMs();
        try {
            insert.setLong(1, batch.base());
            insert.setInt(2, batch.count());
            insert.setInt(3, batch.epoch());
            insert.setInt(4, batch.nonce());
            insert.setLong(5, batch.timeMs());
            insert.setInt(6, batch.format());
            insert.setInt(7, batch.body().length);
            insert.setLong(8, bytes);
            insert.setBytes(9, batch.body());
            insert.addBatch();
            if (waiting >= BYTES_AT_ONCE) {
                insert.executeBatch();
                waiting = 0;
            }
        } catch (SQLException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    @Override
    public void commit() throws IOException {
        try (PreparedStatement end = connection.prepareStatement(
            "update hub set head = ?, nonce = ?, time_ms = ?, bytes = ?")) {
            insert.executeBatch();
            end.setLong(1, head);
            end.setInt(2, nonce);
            end.setLong(3, timeMs);
            end.setLong(4, bytes);
            end.executeUpdate();
            connection.commit();
        } catch (SQLException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** With the connection ends the transaction. */
    @Override
    public void close() {
        session.drop();
    }
}
