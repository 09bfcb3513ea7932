package io.rivulet.http;

import static io.rivulet.limit.Refused.Reason.OVERLOADED;

import io.rivulet.limit.Refused;
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
 * long. Whoever claims the request first ends it or sends it on; the other does nothing. But T2 waits until T1 has
 * sent it on: Tomcat would else end the request meanwhile and give its objects to the next, which T1 would dispatch.
 */
final class Later implements AsyncListener {

    private static final String OUTCOME = Later.class.getName();
    private static final long TIMEOUT_MS = 30_000;
    /** For the other thread's few instructions; never for ever. */
    private static final long OTHER_NS = 1_000_000_000;
    private static final long POLL_NS = 20_000;

    private final AtomicBoolean claimed = new AtomicBoolean();
    /** Who has come with the outcome and is about to send the request on; null else. */
    private volatile Thread sending;
    private final HttpServletRequest request;
    private final AsyncContext async;
    private final HubContext context;

    /** What came: a value, or why there is none. */
    record Outcome(Object value, Throwable failure) {

        /**
         * The value.
         *
         * @throws Refused when there is none, and anything else as it came
         */
        Object get() {
            if (failure == null) {
                return value;
            }
            if (failure instanceof RuntimeException e) {
                throw e;
            }
            throw new IllegalStateException(failure);
        }
    }

    private Later(HttpServletRequest request, HubContext context) {
        this.request = request;
        this.context = context;
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
    static void await(CompletableFuture<?> what, HttpServletRequest request, HubContext context) {
        Later later = new Later(request, context);
        later.async.setTimeout(TIMEOUT_MS);
        later.async.addListener(later);
        what.whenComplete(later::come);
    }

    private void come(Object value, Throwable failure) {
        sending = Thread.currentThread(); // before the claim: who loses it sees that it has to wait
        if (!claimed.compareAndSet(false, true)) {
            sending = null;
            return;
        }
        try {
            request.setAttribute(OUTCOME,
                new Outcome(value, failure instanceof CompletionException e ? e.getCause() : failure));
            async.dispatch();
        } catch (IllegalStateException e) {
            Answer.complete(async); // the container had given it up
        } finally {
            sending = null;
        }
    }

    private void awaitSent() {
        long startNs = System.nanoTime();
        for (Thread t = sending; t != null && t != Thread.currentThread()
            && System.nanoTime() - startNs < OTHER_NS; t = sending) {
            LockSupport.parkNanos(POLL_NS);
        }
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        if (claimed.compareAndSet(false, true)) {
            try {
                context.problem().write(Refused.because(OVERLOADED, "this took longer than " + TIMEOUT_MS + " ms"),
                    request, (HttpServletResponse) async.getResponse());
            } catch (IOException | IllegalStateException e) {
                // the client has gone as well
            }
            Answer.complete(async);
        } else {
            awaitSent();
        }
    }

    @Override
    public void onError(AsyncEvent event) {
        if (claimed.compareAndSet(false, true)) {
            Answer.complete(async);
        } else {
            awaitSent();
        }
    }

    @Override
    public void onComplete(AsyncEvent event) {
        claimed.set(true);
        awaitSent();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // it goes on and waits for something else, with a listener of its own
    }
}
