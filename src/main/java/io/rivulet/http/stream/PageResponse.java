package io.rivulet.http.stream;

import io.rivulet.http.form.Answer;
import io.rivulet.http.form.BytesInFlight;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A large answer that is made while its client takes it. {@link PageResponses} begins it and looks after it. The
 * container's threads write, one call at a time; the thread of {@link PageResponses} ends an answer that nobody reads.
 *
 * <p>There is no time limit on the whole: a client that reads slowly and steadily gets all of it. What is charged for
 * the page stays charged until its end, and a client that reads nothing for a while is let go.
 *
 * <p>The hard thing is that end, since T1 (the container) may be inside a write while T2 (the thread that looks) wants
 * to end the answer. {@link State} says whose it is: T2 ends only what is {@code IDLE}. T1 that is called while it is
 * still on its way out of another call says {@code AGAIN}, and the other call goes round once more.
 */
final class PageResponse implements WriteListener, AsyncListener {

    /** Tomcat's socket buffer has 8 KiB: a slice that fits into it needs no round through the poller. */
    private static final int SLICE_BYTES = 8_000;

    private enum State {
        /** Nobody writes; the container owes a call. */
        IDLE,
        /** A thread of the container writes. */
        INSIDE,
        /** The same, and there was another call meanwhile. */
        AGAIN,
        /** The answer has ended, or is to be ended by the next call. */
        OVER
    }

    private final AsyncContext async;
    private final ServletOutputStream out;
    private final BytesInFlight.Charge charge;
    private final Consumer<PageResponse> ended;
    private final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
    /** Gives the pieces of the answer, null at its end; null itself when the answer is over. */
    private Supplier<byte[]> pieces;
    private byte[] piece = {};
    private int written;
    /** How many slices the container has taken; only its threads count. */
    private volatile long slices;
    /** As {@link #slices} was when it was looked at last, and since when it is that; of the thread that looks. */
    private long seenSlices = -1;
    private long seenNs;

    PageResponse(AsyncContext async, ServletOutputStream out, Supplier<byte[]> pieces, BytesInFlight.Charge charge,
                 Consumer<PageResponse> ended) {
        this.async = async;
        this.out = out;
        this.pieces = pieces;
        this.charge = charge;
        this.ended = ended;
    }

    // ---- container threads

    @Override
    public void onWritePossible() throws IOException {
        if (!enter()) {
            return;
        }
        try {
            do {
                if (writeWhileReady()) {
                    end();
                    return;
                }
                if (state.compareAndSet(State.INSIDE, State.IDLE)) {
                    return; // from here on it may be another thread's
                }
            } while (state.compareAndSet(State.AGAIN, State.INSIDE));
            end(); // somebody has ended it meanwhile
        } catch (IOException | RuntimeException | Error e) {
            over(); // the container calls onError, where the request is completed
            throw e;
        }
    }

    /**
     * Whether this call writes; if not, another one does.
     *
     * @throws IOException when nobody read the answer for so long that it was let go. Tomcat closes the connection
     *                     then. Completed, the answer would end in order, and look whole.
     */
    private boolean enter() throws IOException {
        while (true) {
            State before = state.get();
            if (before == State.OVER) {
                throw new IOException("the client stalled, and its page was let go");
            }
            if (state.compareAndSet(before, before == State.IDLE ? State.INSIDE : State.AGAIN)) {
                return before == State.IDLE;
            }
        }
    }

    /** Writes until the container takes no more; true when all is written. */
    private boolean writeWhileReady() throws IOException {
        while (out.isReady()) {
            if (written == piece.length) {
                piece = pieces.get();
                written = 0;
                if (piece == null) {
                    return true;
                }
            }
            int n = Math.min(SLICE_BYTES, piece.length - written);
            out.write(piece, written, n);
            written += n;
            slices++;
        }
        return false;
    }

    @Override
    public void onError(Throwable failure) {
        end();
    }

    @Override
    public void onComplete(AsyncEvent event) {
        over();
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        end(); // without a time limit that is Tomcat, when the application stops
    }

    @Override
    public void onError(AsyncEvent event) {
        end();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // no request is started again here
    }

    private void end() {
        over();
        Answer.complete(async);
    }

    private void over() {
        state.set(State.OVER);
        release();
    }

    /** Lets go of the page, then gives back what it was charged. Idempotent. */
    private void release() {
        pieces = () -> null;
        piece = new byte[0];
        written = 0;
        charge.close();
        ended.accept(this);
    }

    // ---- the thread that looks

    /** Ends the answer when nothing of it was taken for so long; 0 for never. */
    void look(long nowNs, long stallNs) {
        long now = slices;
        if (now != seenSlices) {
            seenSlices = now;
            seenNs = nowNs;
        } else if (stallNs > 0 && nowNs - seenNs >= stallNs && state.compareAndSet(State.IDLE, State.OVER)) {
            release();
            if (ContainerOutput.of(out).completesWithoutBlocking()) {
                Answer.complete(async);
            } // else its next call does: the container ends the write by its own time limit
        }
    }
}
