package io.rivulet.http.form;

import static io.rivulet.refusal.Refused.Reason.OVERLOADED;

import io.rivulet.config.SettingsTable;
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
 * kind ever takes of another one's part. Within a part one caller has at most a quarter. What a request cannot do
 * without goes through even beyond that while its caller holds nothing else: else a large body would never go through.
 * A quarter of each part is for callers that hold little: a few addresses that hold all they may would else keep out
 * everybody else's look-ups.
 *
 * <p>Only callers that hold something are remembered, and each holds at least one byte. So the budget bounds its own
 * memory, too.
 */
public final class BytesInFlight {

    private static final int EIGHTHS = 8;
    private static final int SHARES = 4;
    /** A caller that holds so much holds little: the piece of a page, and some events. */
    private static final int LITTLE_BYTES = 40_960;

    private final long totalBytes;
    private final Map<Object, Long> byCaller = new HashMap<>();
    private final long[] byKind = new long[Kind.values().length];

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

    /** How many callers are remembered: for tests. */
    synchronized int remembered() {
        return byCaller.size();
    }

    private long part(Kind kind) {
        return totalBytes * kind.eighths / EIGHTHS;
    }

    /** Null when so many bytes more may be taken, else why not; {@code beyond} when alone its share is no limit. */
    private Refused refusal(Charge charge, long bytes, boolean beyond) {
        Kind kind = charge.caller.kind();
        long part = part(kind);
        long held = byKind[kind.ordinal()];
        long own = byCaller.getOrDefault(charge.caller, 0L);
        long max = own + bytes <= LITTLE_BYTES ? part : part - part / SHARES;
        if (held + bytes > max) {
            return refused(kind.all, held, bytes, max);
        }
        boolean fits = own + bytes <= part / SHARES || beyond && own == charge.held;
        return fits ? null : refused(kind.one, own, bytes, part / SHARES);
    }

    private static Refused refused(String whose, long held, long more, long max) {
        return Refused.because(OVERLOADED, "the bodies and answers of " + whose + " hold " + held
            + " bytes of memory, and this request needs " + more + " more; at most " + max + " are theirs ("
            + SettingsTable.FLIGHT_BYTES.fullKey() + ")");
    }

    private void count(Charge charge, long bytes) {
        charge.held += bytes;
        byKind[charge.caller.kind().ordinal()] += bytes;
        byCaller.merge(charge.caller, bytes, (a, b) -> a + b == 0 ? null : a + b);
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
            synchronized (BytesInFlight.this) {
                long some = Math.min(bytes, held);
                if (some > 0) {
                    count(this, -some);
                }
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
                give(held);
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
