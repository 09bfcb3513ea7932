package io.rivulet.http.form;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * Decides which of several threads ends a request that waits, and keeps the container from ending it under that
 * thread's hands. {@code SuspendedRequest}, {@code PublishReply} and {@link BodyDrain} have one for each request.
 *
 * <p>The hard thing: T1 (a thread of the hub, or one that reads the body) has the outcome; T2 (a thread of the
 * container) finds that the client has left, or that time is up. The first to take the word ends the request. T1 may
 * take it, and T2 may come before T1 has written the answer. If T2 went on then, Tomcat would end the request as timed
 * out and give its response to the next caller, and T1 would write the answer of one publisher to another one. So T2
 * waits until T1 is out; that is soon, for T1 never blocks. Jetty lets nobody but T2 end a request whose time is up:
 * then T1 leaves a debt, and T2 pays it.
 */
public final class LastWord {

    /** The longest wait for the other thread, which has a few instructions left. */
    private static final long OTHER_NS = 1_000_000_000;
    private static final long POLL_NS = 20_000;

    private final AtomicBoolean taken = new AtomicBoolean();
    /** The thread that has the word; null before, and where it is the container's. */
    private volatile Thread speaker;
    /** Whether whoever took the word is done with the request. */
    private volatile boolean out;
    /** Whether the request is still to be ended, because the container did not let the speaker do it. */
    private volatile boolean owed;

    /** Takes the word and does this, unless somebody has had it; {@code end} says whether the container let it. */
    public void take(End end) {
        if (!taken.compareAndSet(false, true)) {
            return;
        }
        speaker = Thread.currentThread();
        try {
            owed = !end.done();
        } finally {
            out = true;
        }
    }

    /** The end of a request. */
    public interface End {

        /** Ends the request, or sends it on; false when the container alone can do so now. Never blocks. */
        boolean done();
    }

    /**
     * Whether this call of the container takes the word. If not, whoever has it is out when this returns. In threads of
     * the container alone.
     */
    public boolean takeInContainer() {
        if (taken.compareAndSet(false, true)) {
            out = true;
            return true;
        }
        long startNs = System.nanoTime();
        while (!out && speaker != Thread.currentThread() && System.nanoTime() - startNs < OTHER_NS) {
            LockSupport.parkNanos(POLL_NS);
        }
        return false;
    }

    /** Whether the speaker has left a debt; whoever is told so pays it. In threads of the container alone. */
    public boolean takeDebt() {
        boolean was = owed;
        owed = false;
        return was;
    }
}
