package io.rivulet.http.publish;

import static io.rivulet.refusal.Refused.Reason.OVERLOADED;

import io.rivulet.http.Problem;
import io.rivulet.http.form.Answer;
import io.rivulet.http.form.BodyReader;
import io.rivulet.http.trace.RequestTrace;
import io.rivulet.refusal.Refused;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Answers one publish exactly once, whoever comes first: the hub, a fault in the body, the publisher that leaves, or
 * the time limit. {@link PublishHandler} makes one for each request. Any thread.
 */
final class PublishReply implements AsyncListener {

    private final Problem problem;
    private final AsyncContext async;
    private final long timeoutMs;
    private final String cacheControl;
    private final AtomicBoolean answered = new AtomicBoolean();
    private volatile boolean whole;
    private BodyReader reader;

    PublishReply(Problem problem, AsyncContext async, long timeoutMs) {
        this.problem = problem;
        this.async = async;
        this.timeoutMs = timeoutMs;
        cacheControl = RequestTrace.of((HttpServletRequest) async.getRequest()).cacheControl();
    }

    /** Starts the time limit; to be called before the body is read. */
    void await(BodyReader bodyReader) {
        reader = bodyReader;
        async.setTimeout(timeoutMs);
        async.addListener(this);
    }

    /** Notes that the last byte is there: from now on only the hub can be late. */
    void whole() {
        whole = true;
    }

    void answer(Answer answer) {
        if (answered.compareAndSet(false, true)) {
            answer.header("Cache-Control", cacheControl).send(async);
        }
    }

    /** Answers with the refusal; any other failure is a fault of the hub. */
    void fail(Throwable failure) {
        if (answered.compareAndSet(false, true)) {
            if (failure instanceof Refused refused) {
                problem.send(refused, async);
            } else {
                problem.fault(failure, (HttpServletRequest) async.getRequest()).send(async);
            }
        }
    }

    /** The body was cut off: nothing was published, and a client that still reads is told so. */
    void cut() {
        if (answered.compareAndSet(false, true)) {
            writeNow(Refused.malformed("the body ended early, after " + reader.length()
                + " bytes; nothing was published"));
        }
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        if (answered.compareAndSet(false, true)) {
            writeNow(whole
                ? Refused.because(OVERLOADED, "the store did not answer within " + timeoutMs
                    + " ms; whether the event was published is unknown")
                : Refused.malformed("the body did not come within " + timeoutMs + " ms; "
                    + reader.length() + " bytes came; nothing was published"));
        }
    }

    @Override
    public void onError(AsyncEvent event) {
        answered.set(true);
        Answer.complete(async);
    }

    @Override
    public void onComplete(AsyncEvent event) {
        answered.set(true);
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // no request is started twice here
    }

    /** Answers in a container's thread, where a short blocking write is allowed. */
    private void writeNow(Refused refused) {
        try {
            problem.write(refused, (HttpServletRequest) async.getRequest(),
                (HttpServletResponse) async.getResponse());
        } catch (IOException | IllegalStateException e) {
            // a client that sent half a body has mostly left
        }
        Answer.complete(async);
    }
}
