package io.rivulet.http.form;

import static io.rivulet.refusal.Refused.Reason.OVERLOADED;

import io.rivulet.config.SettingsTable;
import io.rivulet.refusal.LastQuarter;
import io.rivulet.refusal.Refused;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import java.util.HashMap;
import java.util.Map;

/**
 * The one budget of bytes in flight: request bodies that are being read, and pages and answers that are being written.
 * Each request that needs such memory has a {@link Charge}, which asks here before it takes the memory. There is one
 * budget for each hub. Any thread; the lock is held for the work of a map.
 *
 * <p>The hard thing is that nobody may starve anybody. So the budget has a part for each {@link Kind} of caller, and no
 * kind ever takes of another one's part. Within a part one caller has at most a quarter. Of the requests of a caller
 * the oldest is the first, and what it cannot do without goes through even beyond that: else a large body would never
 * go through. It need not be alone. Several requests that came at once, and wait for their large part, would else each
 * be in the way of the others: all would be refused, and again when they come again. A quarter of each part is for
 * callers that hold little ({@link LastQuarter}): addresses that hold all they may would else keep out everybody else's
 * look-ups.
 *
 * <p>Only callers that hold something are remembered, and each holds at least one byte. So the budget bounds its own
 * memory, too.
 */
public final class BytesInFlight {

    private static final int EIGHTHS = 8;
    private static final int SHARES = 4;
    /** A caller that holds so much holds little: the large piece of a page, and some events. */
    private static final int LITTLE_BYTES = 40_960;
    /** And so much is little however little is free: a look-up that waits. */
    private static final int LEAST_BYTES = 4_096;

    private final long totalBytes;
    private final Map<Caller, Holding> byCaller = new HashMap<>();
    private final long[] byKind = new long[Kind.values().length];
    /** Somebody was refused because others hold it all, and nobody has asked about that yet. */
    private boolean scarce;

    /** The kinds of callers, by what they may do. */
    public enum Kind {
        /** Nobody in particular; a caller is an address. */
        STRANGER(3, "callers without a token", "this address"),
        /** Somebody vouches for them, and they may read; a caller is a subject, as with the next one. */
        READER(2, "callers who may read only", "this subject"),
        /** They may publish. */
        PUBLISHER(3, "callers who may publish", "this subject");

        private final int eighths;
        private final String all;
        private final String one;

        Kind(int eighths, String all, String one) {
            this.eighths = eighths;
            this.all = all;
            this.one = one;
        }
    }

    /** Who is charged; callers of two kinds are never the same one. */
    private record Caller(Kind kind, Object name) {
    }

    /** What one caller holds: guarded by the budget. Those that hold some of it are linked, the oldest one first. */
    private static final class Holding {
        private long bytes;
        /** It has held the longest, and may go beyond the share. */
        private Charge oldest;
        private Charge newest;

        void add(Charge charge) {
            charge.before = newest;
            if (newest == null) {
                oldest = charge;
            } else {
                newest.after = charge;
            }
            newest = charge;
            charge.in = this;
        }

        void remove(Charge charge) {
            if (charge.before == null) {
                oldest = charge.after;
            } else {
                charge.before.after = charge.after;
            }
            if (charge.after == null) {
                newest = charge.before;
            } else {
                charge.after.before = charge.before;
            }
            charge.before = null;
            charge.after = null;
            charge.in = null;
        }
    }

    /** A budget of so many bytes, none of which is taken. */
    public BytesInFlight(long totalBytes) {
        this.totalBytes = totalBytes;
    }

    /** The charge of one request, which holds nothing yet; {@code name} tells callers of a kind apart. */
    public Charge charge(Kind kind, Object name) {
        return new Charge(new Caller(kind, name));
    }

    /** The bytes that are taken now: for tests. */
    public synchronized long taken() {
        long sum = 0;
        for (long one : byKind) {
            sum += one;
        }
        return sum;
    }

    /** Whether somebody was refused what others hold, since this was asked last. */
    public synchronized boolean wasScarce() {
        boolean was = scarce;
        scarce = false;
        return was;
    }

    /** How many callers are remembered: for tests. */
    synchronized int remembered() {
        return byCaller.size();
    }

    private long part(Kind kind) {
        return totalBytes * kind.eighths / EIGHTHS;
    }

    /** Null when so many bytes more may be taken, else why not; {@code beyond} where the first may pass its share. */
    private Refused refusal(Charge charge, long bytes, boolean beyond) {
        Kind kind = charge.caller.kind();
        long part = part(kind);
        long held = byKind[kind.ordinal()];
        Holding holding = charge.in != null ? charge.in : byCaller.get(charge.caller);
        long own = holding == null ? 0 : holding.bytes;
        long max = LastQuarter.most(part, held, own + bytes, LITTLE_BYTES, LEAST_BYTES);
        if (held + bytes > max) {
            scarce |= beyond;
            return refused(kind.all, held, bytes, max);
        }
        boolean isFirst = holding == null || holding.oldest == charge;
        boolean fits = own + bytes <= part / SHARES || beyond && isFirst;
        return fits ? null : refused(kind.one, own, bytes, part / SHARES);
    }

    private static Refused refused(String whose, long held, long more, long max) {
        return Refused.because(OVERLOADED, "the bodies and answers of " + whose + " hold " + held
            + " bytes of memory, and this request needs " + more + " more; at most " + max + " are theirs ("
            + SettingsTable.FLIGHT_BYTES.fullKey() + ")");
    }

    private void count(Charge charge, long bytes) {
        Holding holding = charge.in;
        if (holding == null) { // before anything is counted, since it may fail
            holding = byCaller.computeIfAbsent(charge.caller, caller -> new Holding());
            holding.add(charge);
        }
        holding.bytes += bytes;
        charge.held += bytes;
        byKind[charge.caller.kind().ordinal()] += bytes;
        if (charge.held == 0) {
            holding.remove(charge);
        }
        if (holding.bytes == 0) {
            byCaller.remove(charge.caller);
        }
    }

    /**
     * What one request holds. Its servlet makes it; readers of the log and container threads take and give back. It is
     * a listener of the request as well: whatever way the request ends, the container says so at last, and then nothing
     * is held. Any thread.
     */
    public final class Charge implements AsyncListener {

        private final Caller caller;
        /** Guarded by the budget, as the next one. */
        private long held;
        private boolean closed;
        /** Of the list of those that hold something, and which one that is; null while it holds nothing. */
        private Charge before;
        private Charge after;
        private Holding in;

        private Charge(Caller caller) {
            this.caller = caller;
        }

        /**
         * Takes so many bytes, without which the request cannot go on.
         *
         * @throws Refused when they are not there; nothing is taken then
         */
        public void take(long bytes) {
            synchronized (BytesInFlight.this) {
                Refused refusal = closed ? Refused.because(OVERLOADED, "the request has ended")
                    : refusal(this, bytes, true);
                if (refusal != null) {
                    throw refusal;
                }
                hold(bytes);
            }
        }

        /** Takes so many bytes if they are in the caller's share, and says whether it did. */
        public boolean tryTake(long bytes) {
            synchronized (BytesInFlight.this) {
                boolean may = !closed && refusal(this, bytes, false) == null;
                if (may) {
                    hold(bytes);
                }
                return may;
            }
        }

        /** Takes bytes that are in memory already and cannot be refused: the answer to a publish that is done. */
        public void hold(long bytes) {
            synchronized (BytesInFlight.this) {
                if (!closed && bytes > 0) {
                    count(this, bytes);
                }
            }
        }

        /** Gives back some of the bytes: at most what is held. */
        public void give(long bytes) {
            if (bytes <= 0) {
                return; // as for each body whose length was declared
            }
            synchronized (BytesInFlight.this) {
                long some = Math.min(bytes, held);
                if (some > 0) {
                    count(this, -some);
                }
            }
        }

        /** Gives back all that is held, and may take again. */
        public void giveAll() {
            synchronized (BytesInFlight.this) {
                give(held);
            }
        }

        /** What it holds now. */
        public long held() {
            synchronized (BytesInFlight.this) {
                return held;
            }
        }

        /** Gives everything back and takes nothing any more. Idempotent. */
        public void close() {
            synchronized (BytesInFlight.this) {
                giveAll();
                closed = true;
            }
        }

        @Override
        public void onComplete(AsyncEvent event) {
            close();
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            // onComplete follows
        }

        @Override
        public void onError(AsyncEvent event) {
            // onComplete follows
        }

        @Override
        public void onStartAsync(AsyncEvent event) {
            if (held() > 0) {
                event.getAsyncContext().addListener(this); // it waits again, and the container forgets listeners then
            }
        }
    }
}
