package io.rivulet.log.store;

import io.rivulet.log.EventLog;
import io.rivulet.log.LogCorrupt;
import io.rivulet.refusal.LastingLoop;
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
    private final FolderHandover requests;
    private final FolderLock lock;
    private final Thread thread = new Thread(null, this::run, "rivulet-store", 0, false);
    private volatile StoreState state = StoreState.of(StoreState.Kind.OPENING, StoreState.BEGINNING);
    private boolean stopping;
    /** Whether the folder is held, and all below: the thread's own. */
    private boolean held;
    /** From its opening to its end. */
    private EventLog log;
    /** Whether the owner has it. */
    private boolean used;
    private long waitMs;

    /** Opens the log of a folder whose lock is held. */
    public interface Opener {
        /** Opens the log; {@link LogCorrupt} ends the trying, any other failure is tried again. */
        EventLog open(Path folder) throws IOException;
    }

    /** The user of the log. All methods are called on the keeper's thread. */
    public interface Owner {
        /** The log is open: from here on it may be used. */
        void opened(EventLog log);

        /** Ends all use of the log before it returns; it is closed then, and opened and given once more. */
        void pause();

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
        this.waitMs = lookMs;
        requests = new FolderHandover(folder, contextPath, always);
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
        LastingLoop.awaitEnd(thread, JOIN_MS); // the folder must be free before the application is gone
    }

    private void run() {
        LastingLoop.run(LOG, "A look of {} at its folder failed and is made again", thread.getName(), this::round);
        LastingLoop.run(LOG, "The end of {} failed and is tried again", thread.getName(), () -> {
            LastingLoop.each(this::closeLog, this::release, this::sayThatItIsOver);
            return false;
        });
    }

    /**
     * One step towards the log, or one look whether somebody newer asks for the folder; false when it is over. Whatever
     * a step throws, memory that is missing for one, the next round tries it again: a log that was closed beneath its
     * owner, or never opened, would be the end of the hub.
     */
    private boolean round() {
        if (used && log.isOver()) {
            openAnew();
            return true;
        }
        if (used) {
            return !isAskedFor();
        }
        if (isStopping()) {
            return false;
        }
        if (log == null) {
            return held || acquired() ? open() : waits(lookMs / ASKS_A_LOOK);
        }
        return isTaken();
    }

    private boolean waits(long ms) {
        pause(ms);
        return true;
    }

    private void sayThatItIsOver() {
        if (state.kind() != StoreState.Kind.FAILED) {
            boolean given = state.kind() == StoreState.Kind.HANDING_OVER;
            state = StoreState.of(StoreState.Kind.CLOSED, given
                ? "the store was handed over to a newer instance of this application" : "the store is closed");
        }
    }

    /**
     * Tries to get the folder, and asks its holder for it. An instance that may not ask lets those that ask go first:
     * else it could take the lock that a holder has just released for its successor.
     */
    private boolean acquired() {
        try {
            Files.createDirectories(folder);
            if (!requests.hasBegun()) {
                requests.begin();
            }
            if (!requests.othersAsk() && lock.tryAcquire()) {
                held = true;
                sayThatItHolds();
                return true;
            }
            StoreState.Holder holder = requests.holder();
            waiting("the folder " + folder + " is held by " + (holder == null ? "another instance" : holder), holder);
            requests.ask();
        } catch (IOException | RuntimeException | Error e) {
            waiting("the folder " + folder + " cannot be used: " + told(e), null);
        }
        return false;
    }

    /** What the system says, in words where it says no more than the path. */
    private static String told(Throwable e) {
        return e instanceof AccessDeniedException ? "the account of the server may not write there" : e.toString();
    }

    private void sayThatItHolds() {
        try {
            requests.hold(clock.millis());
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

    /** Opens the log; false when the folder's content is damaged. */
    private boolean open() {
        try {
            log = opener.open(folder);
            return true;
        } catch (LogCorrupt e) {
            LOG.error("{}", e.getMessage());
            state = StoreState.of(StoreState.Kind.FAILED, e.getMessage());
            return false;
        } catch (IOException | RuntimeException | Error e) {
            waiting("the log of " + folder + " does not open yet: " + (e instanceof Error ? e : e.getMessage()), null);
        }
        return waits(lookMs);
    }

    /** Gives the log to its owner; false when that cannot use it. After an Error it is opened anew and given again. */
    private boolean isTaken() {
        StoreState open = StoreState.of(StoreState.Kind.OPEN, null); // first: nothing may fail once the log is used
        try {
            owner.opened(log);
            used = true;
            state = open;
            return true;
        } catch (RuntimeException e) {
            cannotBeUsed(e);
            return false;
        } catch (Error e) {
            closeLog();
            waiting("the log of " + folder + " cannot be used yet: " + e, null);
            return waits(lookMs);
        }
    }

    private void cannotBeUsed(Throwable e) {
        state = StoreState.of(StoreState.Kind.FAILED, "the log cannot be used: " + e);
        LOG.error("the log of {} cannot be used", folder, e);
    }

    /**
     * Waits, then looks whether somebody newer asks; true when the use of the log is over. The owner ends its work
     * before the log is closed, and the log is closed before {@link #release} frees the folder: a successor never opens
     * files that are written to.
     */
    private boolean isAskedFor() {
        pause(waitMs);
        waitMs = lookMs;
        FolderHandover.Look look = FolderHandover.Look.NOBODY;
        try {
            look = isStopping() ? look : requests.look();
        } catch (IOException | RuntimeException e) {
            LOG.debug("the requests in {} cannot be read now", folder, e);
        }
        if (look == FolderHandover.Look.PERHAPS) {
            waitMs = lookMs / 2;
        } else if (look == FolderHandover.Look.ASKED && !isStopping()) {
            handOver();
            return true;
        }
        return isStopping();
    }

    /** The engine behind the log has another history now. */
    private void openAnew() {
        state = StoreState.of(StoreState.Kind.OPENING, "the shared log is copied anew");
        owner.pause();
        used = false;
        closeLog();
    }

    private void handOver() {
        LOG.info("handing the folder {} over to a newer instance", folder);
        state = StoreState.of(StoreState.Kind.HANDING_OVER, "the store is being handed over");
        try {
            owner.handOver();
        } catch (RuntimeException e) {
            cannotBeUsed(e);
        }
    }

    private void closeLog() {
        if (log != null) {
            log.close();
            log = null;
        }
    }

    /** Frees the folder; whatever fails here, the system frees the lock when the process ends. */
    private void release() {
        try {
            requests.withdraw();
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
