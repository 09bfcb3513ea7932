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
 * A request that waits for what is not there yet, holding no thread, and then goes on in one of the container's: it is
 * dispatched to its servlet again, which finds the {@link Outcome}.
 *
 * <p>T1 (a thread of the hub's) brings the outcome; T2 (the container) finds that the client left, or that it took too
 * long. Whoever claims the request first ends it or sends it on. T1 may claim it and T2 come before T1 has sent it on:
 * if T2 went on, the container would end the request as timed out, and T1 would send on what Tomcat has given to its
 * next caller by then. So T2 waits until T1 is out, which is soon, for T1 never blocks. Jetty lets nobody but T2 send
 * on a request whose time is over, so T2 does what T1 then could not.
 */
public final class SuspendedRequest implements AsyncListener {

    private static final String OUTCOME = SuspendedRequest.class.getName();
    private static final long TIMEOUT_MS = 30_000;
    /** For the other thread's few instructions; never for ever. */
    private static final long OTHER_NS = 1_000_000_000;
    private static final long POLL_NS = 20_000;

    private final AtomicBoolean claimed = new AtomicBoolean();
    private final HttpServletRequest request;
    private final AsyncContext async;
    private final Problem problem;
    private final Refused late;
    /** Who brings the outcome; null as long as nobody does. */
    private volatile Thread sender;
    /** Whether whoever claimed it is done with it. */
    private volatile boolean out;
    /** Whether it is still to be sent on. */
    private volatile boolean owed;

    /** What came: a value, or why there is none. */
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

    private SuspendedRequest(HttpServletRequest request, Problem problem, Refused late) {
        this.request = request;
        this.problem = problem;
        this.late = late;
        async = request.startAsync();
    }

    /** What this request has waited for, once; null when it is new. */
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

    /** The same for what the client itself brings: when that is late, the fault is the client's. */
    static void awaitBody(CompletableFuture<?> body, HttpServletRequest request, Problem problem) {
        await(body, request, problem, TIMEOUT_MS,
            Refused.malformed("the body did not come within " + TIMEOUT_MS + " ms"));
    }

    /** With another time limit, and what is said when it is over. */
    public static void await(CompletableFuture<?> outcome, HttpServletRequest request, Problem problem, long timeoutMs,
                             Refused late) {
        SuspendedRequest suspended = new SuspendedRequest(request, problem, late);
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
            owed = true; // the container is giving it up, and calls one of the methods below
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

    /** What the sender could not do is done here, in the container's own thread. */
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

    /** Whether the container ends it; when not, whoever sends it on is out by then. */
    private boolean claimHere() {
        if (claimed.compareAndSet(false, true)) {
            out = true;
            return true;
        }
        long startNs = System.nanoTime();
        while (!out && sender != Thread.currentThread() && System.nanoTime() - startNs < OTHER_NS) {
            LockSupport.parkNanos(POLL_NS);
        }
        return false;
    }
}
