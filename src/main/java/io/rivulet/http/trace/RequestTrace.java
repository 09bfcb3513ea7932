package io.rivulet.http.trace;

import io.rivulet.hub.stream.EndReason;
import io.rivulet.hub.stream.Subscription;
import io.rivulet.refusal.Printable;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * One request as the edge sees it: its id, its client, its subject, and its lines in the access log. {@code EdgeFilter}
 * makes it, the request holds it, and all later stages find it by {@link #of}. Any thread.
 *
 * <p>It copies what its lines need at once, since containers use a request again for the next caller.
 */
public final class RequestTrace {

    private static final String ATTRIBUTE = RequestTrace.class.getName();
    private static final int SUBJECT_CHARS_MAX = 64;

    private final String id = Long.toString(ThreadLocalRandom.current().nextLong(1L << 59, Long.MAX_VALUE), 36);
    private final long startNs = System.nanoTime();
    private final AccessLog log;
    private final String peer;
    private final String requestLine;
    private volatile String subject = "-";
    private volatile Subscription stream;
    private volatile boolean tokenShown;

    /** The trace of a request whose client is at {@code peer}, as {@link ClientAddress} tells. */
    public RequestTrace(HttpServletRequest request, String peer, AccessLog log) {
        this.log = log;
        this.peer = peer;
        requestLine = log.isOn()
            ? AccessLog.requestLine(request.getMethod(), request.getRequestURI(), request.getProtocol()) : "";
        request.setAttribute(ATTRIBUTE, this);
    }

    /** The trace of this request; a new one, which logs nothing, where no filter of the hub stands before it. */
    public static RequestTrace of(HttpServletRequest request) {
        Object held = request.getAttribute(ATTRIBUTE);
        return held instanceof RequestTrace trace ? trace
            : new RequestTrace(request, request.getRemoteAddr(), AccessLog.NONE);
    }

    /** The client's address. */
    public String peer() {
        return peer;
    }

    /** The id that the caller gets with every refusal and that stands in the log. */
    public String id() {
        return id;
    }

    /** Notes who asks, once that is known; the text is made fit for a line of words. */
    public void subject(String subject) {
        this.subject = AccessLog.printable(Printable.cut(subject, SUBJECT_CHARS_MAX), '!');
    }

    /** Notes that the request shows a token: its answer is then for nobody else. */
    public void tokenShown() {
        tokenShown = true;
    }

    /** The {@code Cache-Control} of an answer that no cache may keep (OLD-15). */
    public String cacheControl() {
        return tokenShown ? "private, no-store" : "no-store";
    }

    /** Adds the line of a stream's start; {@link #ended} adds the other one. */
    public void streamStarted(Subscription subscription, int status) {
        stream = subscription;
        log.add(peer, subject, requestLine, status, "stream-start", id);
    }

    /** Adds the line of the request's end, which for a stream says why it ended. */
    public void ended(int status) {
        long ms = Duration.ofNanos(System.nanoTime() - startNs).toMillis();
        String end = stream == null ? "" : "stream-end " + why() + " ";
        log.add(peer, subject, requestLine, status, end + ms + "ms", id);
    }

    private String why() {
        EndReason why = stream.ending();
        return why == null ? EndReason.LEFT.word() : why.word();
    }
}
