package io.rivulet.http.form;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.ReadListener;
import jakarta.servlet.ServletInputStream;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;

/**
 * Reads the body of a refused request and throws it away, and then sends the answer. {@code HubServlet} uses it for
 * each refusal; the container alone calls it, one call at a time.
 *
 * <p>Why the body is read at all: Jetty closes a connection that is answered over unread bytes, and a client that still
 * writes then gets a reset in place of its answer. No thread waits for the body, and there is a bound on its bytes and
 * on the time.
 */
public final class BodyDrain implements ReadListener, AsyncListener {

    /** Any socket takes so many bytes at once: a client that sends no more than that is done writing. */
    private static final int LITTLE_BYTES = 16_384;
    private static final long TIMEOUT_MS = 5_000;
    /** Where thrown-away bytes go, for all requests: several threads write to it, and nobody ever reads it. */
    static final byte[] SCRAP = new byte[LITTLE_BYTES];
    private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH", "QUERY");

    private final AsyncContext async;
    private final ServletInputStream in;
    private final Answer answer;
    private final long bytesMax;
    private final LastWord word = new LastWord();
    private long bytes;

    private BodyDrain(AsyncContext async, ServletInputStream in, Answer answer, long bytesMax) {
        this.async = async;
        this.in = in;
        this.answer = answer;
        this.bytesMax = bytesMax;
    }

    /** Answers a request whose body nobody has read, once the body or {@code bytesMax} bytes of it have come. */
    public static void answer(HttpServletRequest request, HttpServletResponse response, Answer answer, long bytesMax)
        throws IOException {
        if (response.isCommitted() || !isWorthReading(request, bytesMax)) {
            answer.write(response);
            return;
        }
        AsyncContext async = request.startAsync();
        BodyDrain drain = new BodyDrain(async, request.getInputStream(), answer, bytesMax);
        async.setTimeout(TIMEOUT_MS);
        async.addListener(drain);
        drain.in.setReadListener(drain);
    }

    /** A client that asked by {@code Expect} sends nothing before it has an answer (RFC 9110, 10.1.1). */
    private static boolean isWorthReading(HttpServletRequest request, long bytesMax) {
        long declared = request.getContentLengthLong();
        return WITH_BODY.contains(request.getMethod()) && (declared < 0 || declared > LITTLE_BYTES)
            && declared <= bytesMax && request.getHeader("Expect") == null
            && request.isAsyncSupported() && !request.isAsyncStarted();
    }

    @Override
    public void onDataAvailable() throws IOException {
        while (in.isReady() && !in.isFinished()) {
            bytes += Math.max(0, in.read(SCRAP));
            if (bytes > bytesMax) {
                answerOnce();
                return;
            }
        }
    }

    @Override
    public void onAllDataRead() {
        answerOnce();
    }

    private void answerOnce() {
        word.take(() -> answer.send(async));
    }

    @Override
    public void onError(Throwable failure) {
        answerOnce(); // the body was cut off; the client may still read
    }

    @Override
    public void onTimeout(AsyncEvent event) throws IOException {
        if (word.takeInContainer()) {
            answer.write((HttpServletResponse) async.getResponse());
            Answer.complete(async);
        } else if (word.takeDebt()) {
            Answer.complete(async);
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
    }

    @Override
    public void onStartAsync(AsyncEvent event) {
        // no request is started twice here
    }
}
