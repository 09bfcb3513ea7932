package io.rivulet.cluster;

import io.rivulet.cluster.ClusterEngine.Load;
import io.rivulet.cluster.ClusterEngine.Stored;
import java.io.IOException;

/**
 * Puts a log into a Redis that has none. The stream grows under another key, and gets its own by the script that makes
 * the rest: so it is all there or nothing of it. For one thread.
 */
final class RedisLoad implements Load {

    private final RedisConnection connection;
    private final int answerMs;
    private final String waiting;
    private final End end;
    private long base;
    private long head;
    private int nonce = -1;
    private long timeMs;
    private long bytes;

    /** Runs the script at the end. */
    interface End {
        void commit(long base, long head, int nonce, long timeMs, long bytes) throws IOException;
    }

    /** Into this key, behind this position. */
    RedisLoad(RedisConnection connection, int answerMs, String waiting, long head, End end) throws IOException {
        this.connection = connection;
        this.answerMs = answerMs;
        this.waiting = waiting;
        this.head = head;
        this.end = end;
        connection.call(answerMs, "DEL", waiting); // of one that was cut off
    }

    @Override
    public void add(Stored batch) throws IOException {
        bytes += batch.body().length;
        base = batch.base();
        head = batch.last();
        nonce = batch.nonce();
        timeMs = batch.timeMs();
        connection.call(answerMs, "XADD", waiting, base + "-" + nonce, "events", batch.count(), "epoch", batch.epoch(),
            "time", timeMs, "format", batch.format(), "after", bytes, "body", batch.body());
    }

    @Override
    public void commit() throws IOException {
        if (base == 0 && head > 0) {
            throw new EngineRefused("the export has no event, only that there were " + head + ": without one Redis"
                + " cannot tell such a log from one that was emptied", null);
        }
        end.commit(base, head, nonce, timeMs, bytes);
    }

    @Override
    public void close() {
        try {
            connection.call(answerMs, "DEL", waiting); // nothing is there once it was committed
        } catch (IOException e) {
            connection.close(); // the next import deletes it
        }
    }
}
