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
 * Reads what a refused client is still sending and throws it away, so that it comes to reading its answer: answered
 * before, Jetty closes the connection over the unread bytes, and who is still writing gets a reset where the answer
 * should be. No thread waits for it, it is at most so much, and not for long. Called by the container alone.
 */
public final class BodyDrain implements ReadListener, AsyncListener {

    /** So much any socket takes from its writer at once: whoever has no more to say is done writing. */
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

    /** Answers a request of which nobody has read the body, when that has come or {@code bytesMax} bytes of it. */
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

    /** Not when the client waits for our word before it sends (RFC 9110, 10.1.1). */
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
        answerOnce(); // cut off, it may still listen
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
        // nobody starts it again
    }
}
