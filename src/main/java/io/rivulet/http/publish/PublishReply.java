package io.rivulet.http.publish;

import static io.rivulet.refusal.Refused.Reason.OVERLOADED;

import io.rivulet.http.Problem;
import io.rivulet.http.form.Answer;
import io.rivulet.http.form.BodyReader;
import io.rivulet.http.form.BytesInFlight;
import io.rivulet.http.form.LastWord;
import io.rivulet.http.trace.RequestTrace;
import io.rivulet.refusal.Refused;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/**
 * Answers one publish exactly once, whoever comes first: the hub, a fault in the body, the publisher that leaves, or
 * the time limit. {@link PublishHandler} makes one for each request. Any thread; {@link LastWord} keeps them apart.
 *
 * <p>It also gives back what the request was charged: the body's bytes when the hub has its events, which the queue
 * counts, and the rest at the end.
 */
final class PublishReply implements AsyncListener {

    private final Problem problem;
    private final AsyncContext async;
    private final long timeoutMs;
    private final BytesInFlight.Charge charge;
    private final String cacheControl;
    private final LastWord word = new LastWord();
    private volatile boolean whole;
    private BodyReader reader;

    PublishReply(Problem problem, AsyncContext async, long timeoutMs, BytesInFlight.Charge charge) {
        this.problem = problem;
        this.async = async;
        this.timeoutMs = timeoutMs;
        this.charge = charge;
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

    /** The hub has the events, and counts them: the body is nobody's any more. */
    void handedOver() {
        charge.giveAll();
    }

    void answer(Answer answer) {
        word.take(() -> {
            if (answer.isHeld()) {
                charge.hold(answer.body().length); // what is published must be answered
            }
            return answer.header("Cache-Control", cacheControl).send(async);
        });
    }

    /** Answers with the refusal; any other failure is a fault of the hub. */
    void fail(Throwable failure) {
        word.take(() -> failure instanceof Refused refused ? problem.send(refused, async)
            : problem.fault(failure, (HttpServletRequest) async.getRequest()).send(async));
    }

    /** The body was cut off: nothing was published, and a client that still reads is told so. */
    void cut() {
        word.take(() -> writeNow(Refused.malformed("the body ended early, after " + reader.length()
            + " bytes; nothing was published")));
    }

    @Override
    public void onTimeout(AsyncEvent event) {
        if (word.takeInContainer()) {
            writeNow(whole
                ? Refused.because(OVERLOADED, "the store did not answer within " + timeoutMs
                    + " ms; whether the event was published is unknown")
                : Refused.malformed("the body did not come within " + timeoutMs + " ms; "
                    + reader.length() + " bytes came; nothing was published"));
        } else if (word.takeDebt()) {
            Answer.complete(async); // the answer is written; only this thread may end the request
        }
    }

    @Override
    public void onError(AsyncEvent event) {
        word.takeInContainer();
        Answer.complete(async);
    }

    @Override
    public void onComplete(AsyncEvent event) {
        word.takeInContainer();
        charge.close();
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // no request is started twice here
    }

    /** Answers in a container's thread, where a short blocking write is allowed. */
    private boolean writeNow(Refused refused) {
        try {
            problem.write(refused, (HttpServletRequest) async.getRequest(),
                (HttpServletResponse) async.getResponse());
        } catch (IOException | IllegalStateException e) {
            // a client that sent half a body has mostly left
        }
        return Answer.complete(async);
    }
}
