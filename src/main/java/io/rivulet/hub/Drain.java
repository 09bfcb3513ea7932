package io.rivulet.hub;

import com.google.gson.JsonObject;
import io.rivulet.event.Nodes;
import io.rivulet.refusal.LastingTicker;
import java.time.Duration;
import java.util.Collections;
import java.util.Iterator;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a hub lets its streams go before it ends: no new ones, those that are open one after the other, each between two
 * events and with a time to come back. Publishing goes on. Whoever is about to end the hub begins it, waits for it, and
 * then closes the hub: the runnable WAR, a container that says that it is about to stop, an operator. Any thread.
 *
 * <p>The hard thing is the time, which is never known to be enough. A few streams end at once, many at 500 a second.
 * One that is behind goes on until it has got what waits for it, as long as its client takes something. When the time
 * is over, the rest end where they are, and resume later: nothing durable is lost by that.
 */
public final class Drain {

    private static final Logger LOG = LoggerFactory.getLogger(Drain.class);
    /** 500 streams a second: their clients come back as evenly, and the machine has time for its other work. */
    private static final long STREAM_NS = 2_000_000;
    private static final long STEP_MS = 50;
    /** For the last words of streams that ended when the time was over. */
    private static final long LAST_WORDS_NS = 1_000_000_000;
    private static final long NS_PER_MS = 1_000_000;
    private static final String KIND = "drain";
    private static final String RUN = "run";

    /** How far it is. */
    public enum State {
        /** It has not begun: streams are served. */
        SERVING,
        /** Streams end one after the other. */
        DRAINING,
        /** No stream is left, or the time is over; whoever waits may close the hub. */
        DRAINED;

        /** For documents. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * How far it was at one moment.
     *
     * @param streams that are open
     * @param atBegin streams that were open when it began; 0 before
     * @param leftMs  after so many milliseconds it is over at the latest
     */
    public record Progress(State state, int streams, int atBegin, long leftMs) {
    }

    /** Ends streams that have nothing left to get. */
    interface Ending {
        /**
         * Ends some on each shard.
         *
         * @param gone   the part of each shard's streams that is to be gone now, 0 to 1
         * @param isLast whether those that are behind end, too
         */
        void end(double gone, boolean isLast);
    }

    private final long mostNs;
    private final LongSupplier nanos;
    private final IntSupplier streams;
    private final Ending ending;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private final LastingTicker ticker = new LastingTicker(LOG, "A step of {} failed once and comes again",
        "rivulet-drain", STEP_MS, this::step);

    private volatile Nodes nodes = Nodes.ALONE;
    private volatile boolean begun;
    private volatile int atBegin;
    private volatile long beginNs;
    private volatile long endNs;

    /**
     * One that has not begun.
     *
     * @param most    the setting
     * @param nanos   the ticker of time limits
     * @param streams how many are open
     */
    Drain(Duration most, LongSupplier nanos, IntSupplier streams, Ending ending) {
        this.mostNs = most.toNanos();
        this.nanos = nanos;
        this.streams = streams;
        this.ending = ending;
    }

    /**
     * Begins, and takes as long as {@code rivulet.drain} allows.
     *
     * @return completed when no stream is left or the time is over
     */
    public CompletableFuture<Void> begin() {
        return begin(Duration.ofNanos(mostNs));
    }

    /** The same where whoever ends the hub has less time. One that has begun already is made shorter, never longer. */
    public synchronized CompletableFuture<Void> begin(Duration atMost) {
        long allowedNs = Math.max(0, Math.min(mostNs, atMost.toNanos()));
        long now = nanos.getAsLong();
        if (begun) {
            if (now + allowedNs - endNs < 0) {
                endNs = now + allowedNs;
            }
            return done.copy();
        }
        atBegin = streams.getAsInt();
        beginNs = now;
        endNs = now + allowedNs;
        begun = true; // first: a thread that runs while nothing has begun would never be ended
        boolean started = false;
        try {
            ticker.start();
            started = true;
        } finally {
            begun = started; // where no thread can be had it has not begun, and the next call begins it
        }
        LOG.info("draining: {} streams end within {} ms", atBegin, allowedNs / NS_PER_MS);
        step();
        return done.copy();
    }

    /** Other nodes may begin this one's, and this one theirs. */
    void share(Nodes all) {
        nodes = all;
        all.join(KIND, new Nodes.Part() {
            @Override
            public void told(int node, JsonObject note) {
                if (note.get(RUN).getAsInt() == all.self()) {
                    begin();
                }
            }

            @Override
            public void gone(int node) {
                // it has none any more
            }

            @Override
            public Iterator<JsonObject> all() {
                return Collections.emptyIterator();
            }
        });
    }

    /**
     * Begins that of the node of this run, which may be this one.
     *
     * @return whether such a node is known
     */
    public boolean begin(int run) {
        if (run == nodes.self() && nodes != Nodes.ALONE) {
            begin();
            return true;
        }
        if (!nodes.others().containsKey(run)) {
            return false;
        }
        JsonObject note = new JsonObject();
        note.addProperty(RUN, run);
        nodes.tell(KIND, note);
        return true;
    }

    /** Whether it has begun: no new streams. */
    public boolean isOn() {
        return begun;
    }

    /** How far it is. */
    public Progress progress() {
        State state = !begun ? State.SERVING : done.isDone() ? State.DRAINED : State.DRAINING;
        long leftNs = state == State.DRAINING ? Math.max(0, endNs - nanos.getAsLong()) : 0;
        return new Progress(state, streams.getAsInt(), atBegin, leftNs / NS_PER_MS);
    }

    /** The time that the streams still take if none of them is behind; 0 while it has not begun. */
    long paceLeftMs() {
        return begun ? Math.max(0, beginNs + paceNs() - nanos.getAsLong()) / NS_PER_MS : 0;
    }

    private long paceNs() {
        return Math.min(endNs - beginNs, atBegin * STREAM_NS);
    }

    /**
     * Ends those whose turn has come. It goes on when all is done, until the hub closes: T1 opens a stream and has
     * looked whether this has begun; T2 begins it, and finds no streams; T1's stream then ends with a later step.
     */
    synchronized void step() {
        if (!begun) {
            return;
        }
        long now = nanos.getAsLong();
        long paceNs = paceNs();
        double gone = paceNs <= 0 ? 1 : Math.min(1, (double) (now - beginNs) / paceNs);
        boolean isLast = now - endNs >= 0;
        ending.end(gone, isLast);
        if (streams.getAsInt() == 0 || isLast && now - endNs >= LAST_WORDS_NS) {
            finish();
        }
    }

    private void finish() {
        if (!done.isDone()) {
            LOG.info("drained: {} of {} streams are still open", streams.getAsInt(), atBegin);
            done.complete(null);
        }
    }

    /** The hub closes: nobody needs to wait any more. */
    synchronized void close() {
        if (begun) {
            ticker.end();
            done.complete(null);
        }
    }
}
