package io.rivulet.hub;

import io.rivulet.config.SettingsTable;
import io.rivulet.hub.resume.Caller;
import io.rivulet.hub.stream.Readers;
import io.rivulet.log.LogWork;
import io.rivulet.refusal.FaultLog;
import io.rivulet.refusal.LastQuarter;
import io.rivulet.refusal.Refused;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Look-ups in the log whose answers the doors wait for. {@link Hub} asks, on any thread; a reader thread answers.
 *
 * <p>Each holds a request of the container's while it waits, so their number is bounded: in all, and of each caller. A
 * caller may have as many as it may have streams, for on Mercure's path each stream that comes back is one.
 *
 * <p>Each also holds what it asks for, and a selection of a hundred patterns weighs a thousand times what one topic
 * does. So the bytes of those that are not light are bounded as well, in all and of each caller. One of a caller may
 * weigh what it likes, for the parser bounds that. Of both a quarter is for callers that have few: {@link LastQuarter}.
 */
final class LookUps {

    private static final Logger LOG = LoggerFactory.getLogger(LookUps.class);
    private static final int ALL_MAX = 1_000;
    private static final int CALLER_MIN = 100;
    /** A caller with so many has few. */
    private static final int FEW = 4;
    /** What weighs no more is bounded by the number of look-ups: some topics, or a few patterns. */
    private static final int LIGHT_BYTES = 4_096;
    /** The part of the heap that the others may hold together. */
    private static final int HEAP_PART = 32;
    /** The part of that which one caller may hold. */
    private static final int CALLER_PART = 4;

    private final Readers readers;
    private final int callerMax;
    private final long bytesMax;
    private final Map<Caller, Waiting> ofCaller = new HashMap<>();
    private int all;
    private long bytes;

    /** Work in the log that has an answer. */
    interface LookUp<T> {
        T answer(LogWork work) throws IOException;
    }

    /** How many of one caller wait, and the bytes of those that are not light. Guarded by the look-ups. */
    private static final class Waiting {
        private int number;
        private long bytes;
    }

    /** {@code streamsMax} of one address, 0 for any number; of a heap of so many bytes. */
    LookUps(Readers readers, int streamsMax, long heapBytes) {
        this.readers = readers;
        this.bytesMax = heapBytes / HEAP_PART;
        this.callerMax = streamsMax == 0 ? ALL_MAX : Math.max(CALLER_MIN, streamsMax);
    }

    /**
     * Asks. Whoever does not wait any more cancels the answer: the work then stops at the end of its slice. Where the
     * log fails the caller hears what could not be read and where the reason stands, never the text of an exception,
     * which may name files and classes.
     *
     * @param weight bytes that the question keeps alive while it waits
     * @param what   is to be read: begins the sentence of the refusal when the log fails
     * @return completed on a reader thread; fails with {@link Refused}
     * @throws Refused when too many wait, or too heavy ones, in all or of this caller
     */
    <T> CompletableFuture<T> ask(Caller caller, long weight, String what, LookUp<T> lookUp) {
        Asked<T> asked = new Asked<>(caller, weight > LIGHT_BYTES ? weight : 0, what, lookUp);
        enter(asked);
        boolean given = false;
        try {
            readers.submit(caller, asked);
            given = true;
        } finally {
            if (!given) {
                leave(asked);
            }
        }
        return asked.answer;
    }

    /** How many wait. */
    synchronized int waiting() {
        return all;
    }

    /** One look-up. It is counted until it is over, in whatever way. */
    private final class Asked<T> implements Readers.Question {
        private final Caller caller;
        /** 0 for a light one. */
        private final long weight;
        private final String what;
        private final LookUp<T> lookUp;
        private final CompletableFuture<T> answer = new CompletableFuture<>();
        /** Guarded by the look-ups. */
        private boolean counted;

        Asked(Caller caller, long weight, String what, LookUp<T> lookUp) {
            this.caller = caller;
            this.weight = weight;
            this.what = what;
            this.lookUp = lookUp;
        }

        @Override
        public void run(LogWork work) throws IOException {
            T found;
            try {
                found = lookUp.answer(work);
            } catch (Refused e) {
                over(e);
                return;
            }
            leave(this);
            answer.complete(found);
        }

        @Override
        public boolean isGone() {
            return answer.isDone();
        }

        @Override
        public void failed(Throwable e) {
            if (e instanceof Error) { // else the door logs it, under the id of its request
                FaultLog.tell(LOG, "A look-up failed: {} cannot be read now", what, e);
            }
            over(LookUps.failed(what, e));
        }

        @Override
        public void dropped() {
            over(Refused.because(Refused.Reason.NOT_OPEN, "the hub is closing"));
        }

        private void over(Refused why) {
            leave(this);
            answer.completeExceptionally(why);
        }
    }

    private static Refused failed(String what, Throwable e) {
        return Refused.because(Refused.Reason.STORE_FAILED, what + " cannot be read now; the hub's log tells why, "
            + "under the id of this request", e);
    }

    private synchronized void enter(Asked<?> asked) {
        Waiting own = ofCaller.get(asked.caller);
        long allMax = LastQuarter.most(ALL_MAX, all, own == null ? 1 : own.number + 1, FEW, 1);
        if (all >= allMax) {
            throw Refused.because(Refused.Reason.OVERLOADED, all + " of at most " + ALL_MAX
                + " look-ups wait for the log"
                + (allMax == ALL_MAX ? "" : "; the others are for callers that have few"));
        }
        if (own != null && own.number >= callerMax) {
            throw Refused.because(Refused.Reason.OVERLOADED, "the caller has " + own.number + " of at most "
                + callerMax + " look-ups that wait for the log (" + SettingsTable.CONNECTIONS_ADDRESS_MAX.fullKey()
                + ")");
        }
        if (asked.weight > 0) {
            refuseHeavy(asked.weight, own == null ? 0 : own.bytes);
        }
        if (own == null) {
            own = new Waiting();
            ofCaller.put(asked.caller, own);
        }
        own.number++;
        own.bytes += asked.weight;
        all++;
        bytes += asked.weight;
        asked.counted = true;
    }

    private void refuseHeavy(long weight, long own) {
        long most = LastQuarter.most(bytesMax, bytes, own + weight, LIGHT_BYTES, LIGHT_BYTES);
        if (bytes > 0 && bytes + weight > most) {
            throw Refused.because(Refused.Reason.OVERLOADED, "look-ups that wait for the log hold " + bytes
                + " of at most " + most + " bytes, and this one's topics and patterns take " + weight
                + " more; look-ups of up to " + LIGHT_BYTES + " bytes still wait");
        }
        if (own > 0 && own + weight > bytesMax / CALLER_PART) {
            throw Refused.because(Refused.Reason.OVERLOADED, "the caller's look-ups that wait for the log hold " + own
                + " of at most " + bytesMax / CALLER_PART + " bytes, and this one's topics and patterns take "
                + weight + " more");
        }
    }

    /** It is counted no more; once. */
    private synchronized void leave(Asked<?> asked) {
        if (asked.counted) {
            Waiting own = ofCaller.get(asked.caller);
            if (own.number == 1) {
                ofCaller.remove(asked.caller);
            }
            own.number--;
            own.bytes -= asked.weight;
            all--;
            bytes -= asked.weight;
            asked.counted = false;
        }
    }
}
