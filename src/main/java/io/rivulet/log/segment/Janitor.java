package io.rivulet.log.segment;

import io.rivulet.config.SettingsTable.Sync;
import io.rivulet.log.index.HeapIndex;
import io.rivulet.refusal.FaultLog;
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
        boolean syncs = options.sync() == Sync.INTERVAL;
        long waitMs = syncs ? Math.min(options.syncIntervalMs(), ROUND_MS) : ROUND_MS;
        long roundNs = System.nanoTime();
        boolean round = true;
        while (true) {
            try {
                if (syncs) {
                    sync();
                }
                if (round) {
                    roundNs = System.nanoTime();
                    round();
                }
            } catch (RuntimeException | Error e) {
                FaultLog.tell(LOG, "A round of {} failed and is tried again", thread.getName(), e);
            }
            synchronized (this) {
                if (!closing && !wanted) {
                    pause(waitMs);
                }
                if (closing) {
                    return;
                }
                round = wanted || System.nanoTime() - roundNs >= ROUND_MS * 1_000_000;
                wanted = false;
            }
        }
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
