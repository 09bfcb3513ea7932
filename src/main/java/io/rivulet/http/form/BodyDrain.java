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
import java.util.concurrent.atomic.AtomicBoolean;

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
    private static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");

    private final AsyncContext async;
    private final ServletInputStream in;
    private final Answer answer;
    private final long bytesMax;
    private final byte[] scrap = new byte[LITTLE_BYTES];
    private final AtomicBoolean answered = new AtomicBoolean();
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
            bytes += Math.max(0, in.read(scrap));
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
        if (answered.compareAndSet(false, true)) {
            answer.send(async);
        }
    }

    @Override
    public void onError(Throwable failure) {
        answerOnce(); // the body was cut off; the client may still read
    }

    @Override
    public void onTimeout(AsyncEvent event) throws IOException {
        if (answered.compareAndSet(false, true)) {
            answer.write((HttpServletResponse) async.getResponse());
            Answer.complete(async);
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
}
