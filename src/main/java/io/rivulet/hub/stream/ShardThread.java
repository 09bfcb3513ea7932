package io.rivulet.hub.stream;

import io.rivulet.refusal.LastingLoop;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The thread of one shard: it makes rounds while there is work, and sleeps in between. The {@link Shard} starts and
 * ends it; any thread may post to it and wake it.
 *
 * <p>It outlives every fault of a round: without it the streams of the shard would fall silent, and publishers would
 * wait for ever.
 */
final class ShardThread {

    private static final Logger LOG = LoggerFactory.getLogger(ShardThread.class);

    private final Thread thread;
    private final Mailbox mailbox;
    private final Rounds rounds;
    private final LongSupplier nanos;
    private final BooleanSupplier busy = this::hasWork;
    private volatile boolean closing;

    /** The work of the thread. */
    interface Rounds {

        /** Before the mail of a round is read. */
        void beginRound();

        /** The rest of a round; returns whether there was anything to do. */
        boolean work();

        /** Whether there is something to do now. */
        boolean hasWork();

        /** Nanoseconds until there is; {@link Long#MAX_VALUE} when that is not known. */
        long untilDueNs();

        /** The last thing. */
        void endAll();
    }

    ShardThread(String name, Rounds rounds, LongSupplier nanos) {
        this.rounds = rounds;
        this.nanos = nanos;
        this.mailbox = new Mailbox(rounds::endAll);
        this.thread = new Thread(this::run, name);
        thread.setDaemon(true);
        mailbox.ownedBy(thread);
    }

    void start() {
        thread.start();
    }

    /** Runs {@code work} on this thread; any thread. */
    void post(Runnable work) {
        mailbox.post(work);
    }

    /** There may be something to do; any thread. */
    void wake() {
        mailbox.wake();
    }

    /** Ends the thread, and waits for that at most {@code millis}; any thread. */
    void close(long millis) throws InterruptedException {
        end();
        thread.join(millis);
    }

    /** The same without waiting. */
    void end() {
        closing = true;
        mailbox.wake();
    }

    /** Whether there is something to do now; this thread. */
    boolean hasWork() {
        return closing || rounds.hasWork();
    }

    /** Makes rounds to the end, then ends the streams; that, too, is tried again while it fails. */
    private void run() {
        LastingLoop.run(LOG, "A round of {} failed; the shard goes on", thread.getName(), this::round);
        LastingLoop.run(LOG, "The end of {} failed and is tried again", thread.getName(), () -> {
            rounds.endAll();
            mailbox.close();
            return false;
        });
    }

    private boolean round() {
        if (closing) {
            return false;
        }
        rounds.beginRound();
        boolean worked = mailbox.read(nanos);
        worked |= rounds.work();
        if (!worked) {
            mailbox.sleepUnless(busy, rounds.untilDueNs());
        }
        return true;
    }
}
