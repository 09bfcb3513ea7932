package io.rivulet.http;

import static io.rivulet.refusal.Refused.Reason.OVERLOADED;

import io.rivulet.http.form.Answer;
import io.rivulet.refusal.Refused;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;

/**
 * A request that waits for an outcome and holds no thread meanwhile. When the outcome is there, the request is
 * dispatched to its servlet again, which takes the {@link Outcome} in a thread of the container. {@link HubServlet} and
 * its servlets use it for look-ups in the log, for bodies and for answers of shards.
 *
 * <p>The hard thing is the end, since two threads may want it. T1 (a thread of the hub) brings the outcome; T2 (the
 * container) finds that the client has left, or that time is up. The first to claim the request ends it or sends it on.
 * T1 may claim it, and T2 may come before T1 has sent it on. If T2 went on then, the container would end the request as
 * timed out, and T1 would send on a request that Tomcat has given to its next caller. So T2 waits until T1 is out; that
 * is soon, for T1 never blocks. Jetty lets nobody but T2 send on a request whose time is up, so T2 does then what T1
 * could not.
 */
public final class SuspendedRequest implements AsyncListener {

    private static final String OUTCOME = SuspendedRequest.class.getName();
    private static final long TIMEOUT_MS = 30_000;
    /** The longest wait for the other thread, which has a few instructions left. */
    private static final long OTHER_NS = 1_000_000_000;
    private static final long POLL_NS = 20_000;

    private final AtomicBoolean claimed = new AtomicBoolean();
    private final CompletableFuture<?> outcome;
    private final HttpServletRequest request;
    private final AsyncContext async;
    private final Problem problem;
    private final Refused late;
    /** The thread that brings the outcome; null before. */
    private volatile Thread sender;
    /** Whether the thread that claimed the request is done with it. */
    private volatile boolean out;
    /** Whether the request is still to be sent on, because the container did not let T1 do it. */
    private volatile boolean owed;

    /** The outcome: a value, or why there is none. */
    public record Outcome(Object value, Throwable failure) {

        /**
         * The value.
         *
         * @throws Refused when there is none, and anything else as it came
         */
        public Object get() {
            if (failure == null) {
                return value;
            }
            if (failure instanceof RuntimeException e) {
                throw e;
            }
            throw new IllegalStateException(failure);
        }
    }

    private SuspendedRequest(CompletableFuture<?> outcome, HttpServletRequest request, Problem problem, Refused late) {
        this.outcome = outcome;
        this.request = request;
        this.problem = problem;
        this.late = late;
        async = request.startAsync();
    }

    /** Takes the outcome that this request has waited for; null when the request is new. */
    static Outcome take(HttpServletRequest request) {
        Outcome outcome = (Outcome) request.getAttribute(OUTCOME);
        if (outcome != null) {
            request.removeAttribute(OUTCOME);
        }
        return outcome;
    }

    /** Lets the request wait, 30 seconds at most. In its own thread; nothing may be done with it afterwards. */
    public static void await(CompletableFuture<?> outcome, HttpServletRequest request, Problem problem) {
        await(outcome, request, problem, TIMEOUT_MS,
            Refused.because(OVERLOADED, "this took longer than " + TIMEOUT_MS + " ms"));
    }

    /** Lets the request wait for its own body: when that is late, the fault is the client's. */
    static void awaitBody(CompletableFuture<?> body, HttpServletRequest request, Problem problem) {
        await(body, request, problem, TIMEOUT_MS,
            Refused.malformed("the body did not come within " + TIMEOUT_MS + " ms"));
    }

    /** Lets the request wait {@code timeoutMs} at most; {@code late} is the answer when that time is up. */
    public static void await(CompletableFuture<?> outcome, HttpServletRequest request, Problem problem, long timeoutMs,
                             Refused late) {
        SuspendedRequest suspended = new SuspendedRequest(outcome, request, problem, late);
        suspended.async.setTimeout(timeoutMs);
        suspended.async.addListener(suspended);
        outcome.whenComplete(suspended::arrived);
    }

    private void arrived(Object value, Throwable failure) {
        if (!claimed.compareAndSet(false, true)) {
            return;
        }
        sender = Thread.currentThread();
        try {
            request.setAttribute(OUTCOME,
                new Outcome(value, failure instanceof CompletionException e ? e.getCause() : failure));
            async.dispatch();
        } catch (IllegalStateException e) {
            owed = true; // the container gives the request up, and calls one of the methods below
        } finally {
            out = true;
        }
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        if (!claimHere()) {
            sendOn();
            return;
        }
        try {
            problem.write(late, request, (HttpServletResponse) async.getResponse());
        } catch (IOException | IllegalStateException e) {
            // the client has gone as well
        }
        end();
    }

    @Override
    public void onError(AsyncEvent event) {
        if (claimHere() || owed) {
            end();
        }
    }

    @Override
    public void onComplete(AsyncEvent event) {
        claimHere();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // it goes on and waits for something else, with a listener of its own
    }

    /** Sends the request on where the sender could not: here it is the container's own thread. */
    private void sendOn() {
        if (owed) {
            owed = false;
            try {
                async.dispatch();
            } catch (IllegalStateException e) {
                end();
            }
        }
    }

    private void end() {
        owed = false;
        Answer.complete(async);
    }

    /** Whether this call of the container claims the request. If not, the sender is out when this returns. */
    private boolean claimHere() {
        if (claimed.compareAndSet(false, true)) {
            out = true;
            outcome.cancel(false); // nobody waits for it any more: a look-up ends
            return true;
        }
        long startNs = System.nanoTime();
        while (!out && sender != Thread.currentThread() && System.nanoTime() - startNs < OTHER_NS) {
            LockSupport.parkNanos(POLL_NS);
        }
        return false;
    }
}
