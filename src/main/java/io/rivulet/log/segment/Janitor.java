package io.rivulet.log.segment;

import io.rivulet.config.SettingsTable.Sync;
import io.rivulet.log.index.HeapIndex;
import io.rivulet.refusal.LastingLoop;
import java.io.IOException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log's housekeeping, on its own thread {@code rivulet-log}: it heals a poisoned log, writes the side files of
 * sealed segments, rolls an old segment that nothing is appended to, lets retention take whole segments, and syncs at
 * intervals. None of it may lose an event or stop an append: a failure is told, and the work is tried again at the next
 * round.
 */
final class Janitor implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Janitor.class);
    private static final long ROUND_MS = 1_000;

    private final Segments segments;
    private final Appender appender;
    private final LogOptions options;
    private final Retention retention;
    private final Sealer sealer;
    private final Thread thread = new Thread(null, this, "rivulet-log", 0, false);
    /** Guarded by this, as is {@code wanted}. */
    private boolean closing;
    /** Whether a round is to begin at once. */
    private boolean wanted;
    /** Whether the first round has begun, which waits for nothing; and when the last one did. Its thread's own. */
    private boolean begun;
    private long roundNs;
    /** In a row: the first is told, the others would fill the hub's log. */
    private int sealFailures;

    Janitor(Segments segments, Appender appender, LogOptions options, Retention retention, Sealer sealer) {
        this.segments = segments;
        this.appender = appender;
        this.options = options;
        this.retention = retention;
        this.sealer = sealer;
        thread.setDaemon(true);
    }

    void start() {
        thread.start();
    }

    /** Begins a round at once: a segment was rolled and is to be sealed. */
    synchronized void wake() {
        wanted = true;
        notifyAll();
    }

    @Override
    public void run() {
        LastingLoop.run(LOG, "A round of {} failed and is tried again", thread.getName(), this::syncAndRound);
    }

    /** It waits first, so that what failed is not tried again at once; false at the end. */
    private boolean syncAndRound() {
        boolean due = awaitTime();
        if (isClosing()) {
            return false;
        }
        if (options.sync() == Sync.INTERVAL) {
            sync();
        }
        if (due) {
            roundNs = System.nanoTime();
            round();
        }
        return true;
    }

    /** Waits for the time of a sync or of a round; returns whether a round is due. */
    private synchronized boolean awaitTime() {
        if (begun && !closing && !wanted) {
            pause(options.sync() == Sync.INTERVAL ? Math.min(options.syncIntervalMs(), ROUND_MS) : ROUND_MS);
        }
        boolean due = !begun || wanted || System.nanoTime() - roundNs >= ROUND_MS * 1_000_000;
        begun = true;
        wanted = false;
        return due;
    }

    private synchronized boolean isClosing() {
        return closing;
    }

    private void pause(long ms) {
        try {
            wait(ms);
        } catch (InterruptedException e) {
            LOG.debug("an interrupt of rivulet-log is ignored: the flag ends it");
        }
    }

    /** Syncs what was appended since the last time. */
    void sync() {
        appender.syncInterval();
    }

    /** Does everything that is due. */
    void round() {
        synchronized (retention) {
            appender.healIfPossible();
            try {
                appender.rollIfOld();
            } catch (IOException | RuntimeException e) {
                LOG.warn("an old segment was not rolled: {}", e.toString());
            }
            trim(); // first, for what goes needs no side file
            seal();
            trim();
        }
    }

    /** Lets retention take what has to go. */
    private void trim() {
        try {
            retention.apply();
        } catch (IOException | RuntimeException e) {
            LOG.warn("retention failed and is tried again: {}", e.toString());
        }
    }

    /** Writes the side files that are missing, the oldest first; one that fails is left for the next round. */
    private void seal() {
        Segment[] all = segments.all();
        for (int i = 0; i < all.length - 1; i++) {
            if (all[i].index() instanceof HeapIndex) {
                try {
                    sealer.seal(all[i]);
                    sealFailures = 0;
                } catch (IOException | RuntimeException e) {
                    // the index in memory goes on answering
                    if (sealFailures++ == 0) {
                        LOG.warn("the side file of {} could not be written; tried again: {}", all[i].file(),
                            e.toString());
                    }
                    return;
                }
            }
        }
    }

    /** Ends the thread. */
    void close() {
        synchronized (this) {
            closing = true;
            notifyAll();
        }
        boolean interrupted = false;
        while (thread.isAlive() && thread != Thread.currentThread()) {
            try {
                thread.join();
            } catch (InterruptedException e) {
                interrupted = true; // the thread must be off the files before the folder is given away
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
