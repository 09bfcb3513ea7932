package io.rivulet.http;

import static io.rivulet.refusal.Refused.Reason.OVERLOADED;

import io.rivulet.http.form.Answer;
import io.rivulet.http.form.BytesInFlight;
import io.rivulet.http.form.LastWord;
import io.rivulet.http.stream.WaitingCallers;
import io.rivulet.refusal.Refused;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;

/**
 * A request that waits for an outcome and holds no thread meanwhile. When the outcome is there, the request is
 * dispatched to its servlet again, which takes the {@link Outcome} in a thread of the container. {@link HubServlet} and
 * its servlets use it for look-ups in the log, for bodies and for answers of shards.
 *
 * <p>The hard thing is the end, since two threads may want it: {@link LastWord} decides, and tells the story.
 */
public final class SuspendedRequest implements AsyncListener {

    private static final String OUTCOME = SuspendedRequest.class.getName();
    private static final long TIMEOUT_MS = 30_000;

    private final LastWord word = new LastWord();
    private final CompletableFuture<?> outcome;
    private final HttpServletRequest request;
    private final AsyncContext async;
    private final Problem problem;
    private final Refused late;
    /** Null where nobody looks after the caller. */
    private WaitingCallers.Caller caller;

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
        await(outcome, request, problem, TIMEOUT_MS, late(), null);
    }

    /** The same for a request whose outcome takes memory: however the request ends, it is given back. */
    public static void await(CompletableFuture<?> outcome, HttpServletRequest request, Problem problem,
                             BytesInFlight.Charge charge) {
        await(outcome, request, problem, TIMEOUT_MS, late(), charge);
    }

    /**
     * Lets the request wait for a look-up in the log, which ends when the caller has left. Its body, if it has one, has
     * been read.
     *
     * @param charge as above; null for none
     */
    public static void awaitLookUp(CompletableFuture<?> lookUp, HttpServletRequest request, HubContext context,
                                   BytesInFlight.Charge charge) {
        SuspendedRequest suspended = new SuspendedRequest(lookUp, request, context.problem(), late());
        suspended.begin(TIMEOUT_MS, charge);
        suspended.caller = context.callers().add(suspended.async, suspended.word, suspended::hasLeft);
        lookUp.whenComplete(suspended::arrived);
    }

    private static Refused late() {
        return Refused.because(OVERLOADED, "this took longer than " + TIMEOUT_MS + " ms");
    }

    /** Lets the request wait for its own body: when that is late, the fault is the client's. */
    static void awaitBody(CompletableFuture<?> body, HttpServletRequest request, Problem problem, long timeoutMs,
                          BytesInFlight.Charge charge) {
        await(body, request, problem, timeoutMs,
            Refused.malformed("the body did not come within " + timeoutMs + " ms"), charge);
    }

    /**
     * Lets the request wait {@code timeoutMs} at most; {@code late} is the answer when that time is up.
     *
     * @param charge given back however the request ends; null for none
     */
    public static void await(CompletableFuture<?> outcome, HttpServletRequest request, Problem problem, long timeoutMs,
                             Refused late, BytesInFlight.Charge charge) {
        SuspendedRequest suspended = new SuspendedRequest(outcome, request, problem, late);
        suspended.begin(timeoutMs, charge);
        outcome.whenComplete(suspended::arrived);
    }

    private void begin(long timeoutMs, BytesInFlight.Charge charge) {
        async.setTimeout(timeoutMs);
        async.addListener(this);
        if (charge != null) {
            async.addListener(charge);
        }
    }

    private void arrived(Object value, Throwable failure) {
        if (caller != null) {
            caller.end();
        }
        word.take(() -> {
            request.setAttribute(OUTCOME,
                new Outcome(value, failure instanceof CompletionException e ? e.getCause() : failure));
            return sentOn();
        });
    }

    /** The caller has left, and nobody waits for the outcome: a look-up ends. False as below. */
    private boolean hasLeft() {
        outcome.cancel(false);
        return Answer.complete(async);
    }

    /** False when the container gives the request up, and calls one of the methods below. */
    private boolean sentOn() {
        try {
            async.dispatch();
            return true;
        } catch (IllegalStateException e) {
            return false;
        }
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        if (!takeInContainer()) {
            if (word.takeDebt() && !sentOn()) { // here it is the container's own thread, which may
                Answer.complete(async);
            }
            return;
        }
        try {
            problem.write(late, request, (HttpServletResponse) async.getResponse());
        } catch (IOException | IllegalStateException e) {
            // the client has gone as well
        }
        Answer.complete(async);
    }

    @Override
    public void onError(AsyncEvent event) {
        if (takeInContainer() || word.takeDebt()) {
            Answer.complete(async);
        }
    }

    @Override
    public void onComplete(AsyncEvent event) {
        takeInContainer();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // it goes on and waits for something else, with a listener of its own
    }

    /** Whether this call of the container's ends the request: then nobody waits for the outcome, and a look-up ends. */
    private boolean takeInContainer() {
        boolean taken = word.takeInContainer();
        if (taken) {
            outcome.cancel(false);
        }
        return taken;
    }
}
