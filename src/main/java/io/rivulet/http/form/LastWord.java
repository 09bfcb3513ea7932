package io.rivulet.http.form;

import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

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
 *
 * <p>A third thread may look at the request meanwhile ({@link #whileNobodyHasIt}). If the word were taken under its
 * hands, the container would go on to the next request of the connection, and the look would read what belongs to that.
 * So whoever takes the word waits for a look that is under way, a system call at most.
 */
public final class LastWord {

    /** The longest wait for the other thread, which has a few instructions left. */
    private static final long OTHER_NS = 1_000_000_000;
    private static final long POLL_NS = 20_000;

    /** Held to take the word, and to look. */
    private final Object lock = new Object();
    private boolean taken;
    /** The thread that has the word; null before, and where it is the container's. */
    private volatile Thread speaker;
    /** Whether whoever took the word is done with the request. */
    private volatile boolean out;
    /** Whether the request is still to be ended, because the container did not let the speaker do it. */
    private volatile boolean owed;

    /** Takes the word and does this, unless somebody has had it; {@code end} says whether the container let it. */
    public void take(End end) {
        if (!isFirst()) {
            return;
        }
        speaker = Thread.currentThread();
        try {
            owed = !end.done();
        } finally {
            out = true;
        }
    }

    private boolean isFirst() {
        synchronized (lock) {
            boolean first = !taken;
            taken = true;
            return first;
        }
    }

    /** Asks this about the request, unless somebody has had the word; {@code question} never blocks. */
    public boolean whileNobodyHasIt(BooleanSupplier question) {
        synchronized (lock) {
            return !taken && question.getAsBoolean();
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
        if (isFirst()) {
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
