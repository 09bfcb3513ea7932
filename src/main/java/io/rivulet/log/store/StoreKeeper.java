package io.rivulet.log.store;

import io.rivulet.log.EventLog;
import io.rivulet.log.LogCorrupt;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds the folder of the log for one application. {@link #start} returns at once; the keeper's own thread {@code
 * rivulet-store} gets the folder's lock, opens the log and tells the owner. Any thread may ask for the {@link #state}.
 *
 * <p>The hard thing is a redeployment, where an old instance and a new one want the same folder. The new one asks for
 * it, if it has the same context path or is set to; the holder ends its work, closes, releases the lock and never asks
 * back. While another application keeps the folder this keeper stays {@code OPENING} and names the holder; when the
 * content is damaged it is {@code FAILED} and names the file and the offset.
 */
public final class StoreKeeper implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(StoreKeeper.class);
    private static final long LOOK_MS = 1_000;
    private static final int ASKS_A_LOOK = 5;
    private static final long JOIN_MS = 10_000;

    private final Path folder;
    private final Opener opener;
    private final Owner owner;
    private final InstantSource clock;
    private final long lookMs;
    private final FolderHandover handOver;
    private final FolderLock lock;
    private final Thread thread = new Thread(null, this::run, "rivulet-store", 0, false);
    private volatile StoreState state = StoreState.of(StoreState.Kind.OPENING, StoreState.BEGINNING);
    private boolean stopping;

    /** Opens the log of a folder whose lock is held. */
    public interface Opener {
        /** Opens the log; {@link LogCorrupt} ends the trying, any other failure is tried again. */
        EventLog open(Path folder) throws IOException;
    }

    /** The user of the log. Both methods are called on the keeper's thread. */
    public interface Owner {
        /** The log is open: from here on it may be used. */
        void opened(EventLog log);

        /** Ends all use of the log before it returns; the log is closed then and another instance goes on with it. */
        void handOver();
    }

    /**
     * A keeper that has not begun.
     *
     * @param contextPath of the application: an equal one may ask this for the folder
     * @param always      ask the holder whatever its context path ({@code rivulet.handover})
     */
    public StoreKeeper(Path folder, String contextPath, boolean always, Opener opener, Owner owner,
                       InstantSource clock) {
        this(folder, contextPath, always, opener, owner, clock, LOOK_MS);
    }

    StoreKeeper(Path folder, String contextPath, boolean always, Opener opener, Owner owner, InstantSource clock,
                long lookMs) {
        this.folder = folder;
        this.opener = opener;
        this.owner = owner;
        this.clock = clock;
        this.lookMs = lookMs;
        handOver = new FolderHandover(folder, contextPath, always);
        lock = new FolderLock(folder, contextPath + " " + UUID.randomUUID());
        thread.setDaemon(true);
    }

    /** Begins; returns at once. Once. */
    public void start() {
        thread.start();
    }

    /** The state of the store now. */
    public StoreState state() {
        return state;
    }

    /** Closes the log if it is open, releases the folder, ends the thread. The log is no longer used. Idempotent. */
    @Override
    public void close() {
        synchronized (this) {
            stopping = true;
            notifyAll();
        }
        boolean interrupted = false;
        long end = System.nanoTime() + JOIN_MS * 1_000_000;
        while (thread.isAlive() && System.nanoTime() < end) {
            try {
                thread.join(JOIN_MS);
            } catch (InterruptedException e) {
                interrupted = true; // the folder must be free before the application is gone
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        try {
            while (!isStopping()) {
                if (acquired()) {
                    hold();
                    break;
                }
                pause(lookMs / ASKS_A_LOOK);
            }
        } finally {
            release();
            if (state.kind() != StoreState.Kind.FAILED) {
                boolean given = state.kind() == StoreState.Kind.HANDING_OVER;
                state = StoreState.of(StoreState.Kind.CLOSED, given
                    ? "the store was handed over to a newer instance of this application" : "the store is closed");
            }
        }
    }

    /**
     * Tries to get the folder, and asks its holder for it. An instance that may not ask lets those that ask go first:
     * else it could take the lock that a holder has just released for its successor.
     */
    private boolean acquired() {
        try {
            Files.createDirectories(folder);
            if (!handOver.hasBegun()) {
                handOver.begin();
            }
            if (!handOver.othersAsk() && lock.tryAcquire()) {
                sayThatItHolds();
                return true;
            }
            StoreState.Holder holder = handOver.holder();
            waiting("the folder " + folder + " is held by " + (holder == null ? "another instance" : holder), holder);
            handOver.ask();
        } catch (IOException | RuntimeException e) {
            waiting("the folder " + folder + " cannot be used: " + told(e), null);
        }
        return false;
    }

    /** What the system says, in words where it says no more than the path. */
    private static String told(Exception e) {
        return e instanceof AccessDeniedException ? "the account of the server may not write there" : e.toString();
    }

    private void sayThatItHolds() {
        try {
            handOver.hold(clock.millis());
        } catch (IOException e) {
            // a full disk, perhaps: the lock counts, the note only tells others whom they wait for
            LOG.warn("who holds {} could not be written: {}", folder, e.toString());
        }
    }

    /** Says why the store is not open; a reason that lasts is logged once. */
    private void waiting(String reason, StoreState.Holder holder) {
        if (!reason.equals(state.reason())) {
            LOG.warn("{}", reason);
        }
        state = new StoreState(StoreState.Kind.OPENING, reason, holder);
    }

    /**
     * Opens the log, gives it to the owner and waits for the end. The owner ends its work before the log is closed, and
     * the log is closed before {@link #release} frees the folder: a successor never opens files that are written to.
     */
    private void hold() {
        EventLog log = open();
        if (log == null) {
            return;
        }
        try {
            owner.opened(log);
            state = StoreState.of(StoreState.Kind.OPEN, null);
            if (wasAsked()) {
                LOG.info("handing the folder {} over to a newer instance", folder);
                state = StoreState.of(StoreState.Kind.HANDING_OVER, "the store is being handed over");
                owner.handOver();
            }
        } catch (RuntimeException e) {
            LOG.error("the log of {} cannot be used", folder, e);
            state = StoreState.of(StoreState.Kind.FAILED, "the log cannot be used: " + e);
        } finally {
            log.close();
        }
    }

    /** The log; null when this keeper is closed before, or the folder's content is damaged. */
    private EventLog open() {
        while (!isStopping()) {
            try {
                return opener.open(folder);
            } catch (LogCorrupt e) {
                LOG.error("{}", e.getMessage());
                state = StoreState.of(StoreState.Kind.FAILED, e.getMessage());
                return null;
            } catch (IOException | RuntimeException e) {
                waiting("the log of " + folder + " does not open yet: " + e.getMessage(), null);
            }
            pause(lookMs);
        }
        return null;
    }

    /** Waits until somebody newer asks, true, or the keeper is closed, false. */
    private boolean wasAsked() {
        long waitMs = lookMs;
        while (!isStopping()) {
            pause(waitMs);
            waitMs = lookMs;
            try {
                switch (handOver.look()) {
                    case ASKED -> {
                        return !isStopping();
                    }
                    case PERHAPS -> waitMs = lookMs / 2;
                    default -> {
                    }
                }
            } catch (IOException | RuntimeException e) {
                LOG.debug("the requests in {} cannot be read now", folder, e);
            }
        }
        return false;
    }

    /** Frees the folder; whatever fails here, the system frees the lock when the process ends. */
    private void release() {
        try {
            handOver.withdraw();
        } catch (IOException e) {
            LOG.debug("a request stays behind; it no longer changes, so nobody obeys it", e);
        }
        try {
            lock.close();
        } catch (IOException e) {
            LOG.warn("the lock of {} was not released", folder, e);
        }
    }

    private synchronized boolean isStopping() {
        return stopping;
    }

    private synchronized void pause(long ms) {
        long end = System.nanoTime() + ms * 1_000_000;
        for (long left = ms; left > 0 && !stopping; left = (end - System.nanoTime()) / 1_000_000) {
            try {
                wait(left);
            } catch (InterruptedException e) {
                // only close() ends this thread, and it says so by the flag
                LOG.debug("an interrupt of {} is ignored", thread.getName());
            }
        }
    }
}
