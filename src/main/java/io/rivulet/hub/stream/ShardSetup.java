package io.rivulet.hub.stream;

import io.rivulet.auth.Grant;
import io.rivulet.event.Position;
import io.rivulet.hub.stream.feed.FeedSources;
import io.rivulet.hub.stream.feed.StreamWatcher;
import io.rivulet.hub.tail.EndedTopics;
import io.rivulet.log.LocalLog;
import io.rivulet.metrics.Metrics;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.LongSupplier;
import java.util.function.Predicate;

/**
 * The parts and limits that all shards share. The hub makes it once; the shards read it. Immutable, any thread.
 *
 * @param sources    where feeds get events from
 * @param start      the place of the log's head at opening; {@code startId} is its sealed id
 * @param backlogMax events that a stream may wait for in memory
 * @param accounts   where streams are counted, told on their shards' threads
 * @param retryMs    the time after which a client is to come back: another one for each
 * @param cursors    when a silent stream is due a fresh cursor
 * @param banned     whether the holder of this grant is to be kept out; any thread
 * @param answers    completes answers to callers: a shard must not run their code
 * @param watcher    keeps the list of active subscriptions
 * @param writeBytes the memory of the streams of one shard, see {@code WriteBudget}
 * @param names      of the streams, and their secrets
 * @param stallNs    a stream whose socket takes nothing for so long is ended; 0 for never
 * @param ended      the topics that have ended
 * @param conflateTopicsMax topics of a stream that conflates, at most, of which the newest is kept at a time
 * @param conflateBytes     the memory of all of them on one shard, see {@code ConflationBudget}
 */
public record ShardSetup(FeedSources sources, LocalLog log, Readers readers, Metrics metrics, InstantSource clock,
                         LongSupplier nanos, Position start, String startId, int backlogMax, StreamAccounts accounts,
                         LongSupplier retryMs, Heartbeat.CursorDue cursors, Predicate<Grant> banned, Executor answers,
                         StreamWatcher watcher, long writeBytes, StreamNames names, long stallNs, EndedTopics ended,
                         int conflateTopicsMax, long conflateBytes) {

    /** Completes an answer that somebody waits for. Any thread. */
    void answer(Runnable tell) {
        try {
            answers.execute(tell);
        } catch (RejectedExecutionException e) {
            tell.run(); // the hub is closed already
        }
    }
}
