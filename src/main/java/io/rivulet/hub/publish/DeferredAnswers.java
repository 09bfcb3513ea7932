package io.rivulet.hub.publish;

import java.util.List;
import java.util.concurrent.Executor;

/**
 * The publishers' answers, on their way from the committer to the thread that gives them. The committer's own.
 *
 * <p>With few cores, the moment after a sync is the worst one to answer. The answers, and the next publishes that they
 * set free, want the core just when the committer wants it to write the next group, and the disk stands still until it
 * gets it. So while somebody waits in the queue, the answers of a group are kept until the next group is written, and
 * are given while the disk syncs that. Nobody waits for more than the committer's own work, or for a segment that the
 * log's thread rolls just then: {@link #give} comes before everything that may take long, which is a search for a key,
 * a sync, or a wait for shards, and when the queue is empty.
 */
final class DeferredAnswers {

    private final Executor executor;
    private List<PendingPublish> kept = List.of();

    /** {@code executor} gives them, in order. */
    DeferredAnswers(Executor executor) {
        this.executor = executor;
    }

    /** Keeps the answers of a group that is done until they are given; before them, gives those it had. */
    void keep(List<PendingPublish> group) {
        give();
        kept = group;
    }

    /** Gives what is kept, if anything. */
    void give() {
        if (kept.isEmpty()) {
            return;
        }
        List<PendingPublish> group = kept;
        try {
            executor.execute(() -> complete(group));
        } catch (RuntimeException | Error e) {
            // the disk held the committer up until the hub had closed without it, or there is no memory for the task
            complete(group);
        }
        kept = List.of();
    }

    private static void complete(List<PendingPublish> group) {
        for (int i = 0; i < group.size(); i++) {
            group.get(i).complete();
        }
    }
}
