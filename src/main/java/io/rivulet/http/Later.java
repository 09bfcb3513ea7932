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

/**
 * A request that waits for what is not there yet, holding no thread, and then goes on in one of the container's: it is
 * dispatched to its servlet again, which finds the {@link Outcome}.
 *
 * <p>T1 (a thread of the hub's) brings the outcome; T2 (the container) finds that the client left, or that it took too
 * long. Whoever claims the request first ends it or sends it on; the other does nothing.
 */
final class Later implements AsyncListener {

    private static final String OUTCOME = Later.class.getName();
    private static final long TIMEOUT_MS = 30_000;

    private final AtomicBoolean claimed = new AtomicBoolean();
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
        if (!claimed.compareAndSet(false, true)) {
            return;
        }
        try {
            request.setAttribute(OUTCOME,
                new Outcome(value, failure instanceof CompletionException e ? e.getCause() : failure));
            async.dispatch();
        } catch (IllegalStateException e) {
            Answer.complete(async); // the container had given it up
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
        }
    }

    @Override
    public void onError(AsyncEvent event) {
        if (claimed.compareAndSet(false, true)) {
            Answer.complete(async);
        }
    }

    @Override
    public void onComplete(AsyncEvent event) {
        claimed.set(true);
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // it goes on and waits for something else, with a listener of its own
    }
}
