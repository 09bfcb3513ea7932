package io.rivulet.hub;

import io.rivulet.config.SettingsTable;
import io.rivulet.hub.resume.Caller;
import io.rivulet.hub.stream.Readers;
import io.rivulet.log.LogWork;
import io.rivulet.refusal.Refused;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * Look-ups in the log whose answers the doors wait for. {@link Hub} asks, on any thread; a reader thread answers.
 *
 * <p>Each holds a request of the container's while it waits, so their number is bounded: in all, and of each caller. A
 * caller may have as many as it may have streams, for on Mercure's path each stream that comes back is one.
 */
final class LookUps {

    private static final int ALL_MAX = 1_000;
    private static final int CALLER_MIN = 100;

    private final Readers readers;
    private final int callerMax;
    private final Map<Caller, Integer> ofCaller = new HashMap<>();
    private int all;

    /** Work in the log that has an answer. */
    interface LookUp<T> {
        T answer(LogWork work) throws IOException;
    }

    /** {@code streamsMax} of one address, 0 for any number. */
    LookUps(Readers readers, int streamsMax) {
        this.readers = readers;
        this.callerMax = streamsMax == 0 ? ALL_MAX : Math.max(CALLER_MIN, streamsMax);
    }

    /**
     * Asks. Whoever does not wait any more cancels the answer: the work then stops at the end of its slice. Where the
     * log fails the caller hears what could not be read and where the reason stands, never the text of an exception,
     * which may name files and classes.
     *
     * @param what is to be read: begins the sentence of the refusal when the log fails
     * @return completed on a reader thread; fails with {@link Refused}
     * @throws Refused when too many wait, in all or of this caller
     */
    <T> CompletableFuture<T> ask(Caller caller, String what, LookUp<T> lookUp) {
        enter(caller);
        CompletableFuture<T> answer = new CompletableFuture<>();
        readers.submit(caller, new Readers.Question() {
            @Override
            public void run(LogWork work) {
                try {
                    answer.complete(lookUp.answer(work));
                } catch (LogWork.Stopped e) {
                    throw e; // it is not over: it is dropped, or runs again
                } catch (Exception e) {
                    answer.completeExceptionally(e instanceof Refused ? e : failed(what, e));
                } catch (Error e) {
                    answer.completeExceptionally(failed(what, e));
                    leave(caller);
                    throw e;
                }
                leave(caller);
            }

            @Override
            public boolean isGone() {
                return answer.isDone();
            }

            @Override
            public void dropped() {
                leave(caller);
                answer.completeExceptionally(Refused.because(Refused.Reason.NOT_OPEN, "the hub is closing"));
            }
        });
        return answer;
    }

    private static Refused failed(String what, Throwable e) {
        return Refused.because(Refused.Reason.STORE_FAILED, what + " cannot be read now; the hub's log tells why, "
            + "under the id of this request", e);
    }

    private synchronized void enter(Caller caller) {
        if (all >= ALL_MAX) {
            throw Refused.because(Refused.Reason.OVERLOADED, all + " of at most " + ALL_MAX
                + " look-ups wait for the log");
        }
        int own = ofCaller.getOrDefault(caller, 0);
        if (own >= callerMax) {
            throw Refused.because(Refused.Reason.OVERLOADED, "the caller has " + own + " of at most " + callerMax
                + " look-ups that wait for the log (" + SettingsTable.CONNECTIONS_ADDRESS_MAX.fullKey() + ")");
        }
        ofCaller.put(caller, own + 1);
        all++;
    }

    private synchronized void leave(Caller caller) {
        all--;
        ofCaller.computeIfPresent(caller, (c, n) -> n == 1 ? null : n - 1);
    }
}
