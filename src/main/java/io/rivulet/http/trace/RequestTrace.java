package io.rivulet.http.trace;

import io.rivulet.hub.stream.EndReason;
import io.rivulet.hub.stream.Subscription;
import io.rivulet.refusal.Printable;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One request as the edge sees it: its id, its client, its subject, and its lines in the access log. {@code EdgeFilter}
 * makes it, the request holds it, and all later stages find it by {@link #of}. Any thread.
 *
 * <p>It copies what its lines need at once, since containers use a request again for the next caller.
 */
public final class RequestTrace {

    private static final String ATTRIBUTE = RequestTrace.class.getName();
    private static final int SUBJECT_CHARS_MAX = 64;
    /** Later versions may have more behind a dash. */
    private static final Pattern TRACE_PARENT =
        Pattern.compile("([0-9a-f]{2})-([0-9a-f]{32})-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}(-.*)?");
    private static final String NO_TRACE = "0".repeat(32);

    private final String id = Long.toString(ThreadLocalRandom.current().nextLong(1L << 59, Long.MAX_VALUE), 36);
    private final long startNs = System.nanoTime();
    private final AccessLog log;
    private final LogLines lines;
    private final String traceId;
    private final String peer;
    private final String requestLine;
    private volatile String subject = "-";
    private volatile Subscription stream;
    private volatile boolean tokenShown;

    /** The trace of a request whose client is at {@code peer}, as {@link ClientAddress} tells. */
    public RequestTrace(HttpServletRequest request, String peer, AccessLog log, LogLines lines) {
        this.log = log;
        this.lines = lines;
        this.peer = peer;
        traceId = traceId(request.getHeader("traceparent"));
        requestLine = log.isOn() || lines.isAccessOn()
            ? AccessLog.requestLine(request.getMethod(), request.getRequestURI(), request.getProtocol()) : "";
        request.setAttribute(ATTRIBUTE, this);
    }

    /** The trace of this request; a new one, which logs nothing, where no filter of the hub stands before it. */
    public static RequestTrace of(HttpServletRequest request) {
        Object held = request.getAttribute(ATTRIBUTE);
        return held instanceof RequestTrace trace ? trace
            : new RequestTrace(request, request.getRemoteAddr(), AccessLog.NONE, LogLines.NONE);
    }

    /** The id of the trace in a header of W3C's Trace Context; null where it is none. */
    static String traceId(String header) {
        Matcher parent = header == null ? null : TRACE_PARENT.matcher(header);
        return parent == null || !parent.matches() || parent.group(1).equals("ff")
            || parent.group(1).equals("00") && parent.group(3) != null || parent.group(2).equals(NO_TRACE) ? null
            : parent.group(2);
    }

    /** The client's address. */
    public String peer() {
        return peer;
    }

    /** The id that the caller gets with every refusal and that stands in the log. */
    public String id() {
        return id;
    }

    /** The id, and that of the caller's trace where it named one: what stands in the hub's log. */
    String ids() {
        return traceId == null ? id : id + " trace " + traceId;
    }

    /** Whether lines about what was done are written: else nobody need make one. */
    public boolean isAudited() {
        return lines.isAuditOn();
    }

    /** A line about what this caller has done; names and values in turns. */
    public void audit(String what, Object... namesAndValues) {
        if (isAudited()) {
            Map<String, Object> fields = fields(what);
            for (int i = 0; i < namesAndValues.length; i += 2) {
                fields.put((String) namesAndValues[i], namesAndValues[i + 1]);
            }
            lines.audit(fields);
        }
    }

    private Map<String, Object> fields(String what) {
        Map<String, Object> fields = new LinkedHashMap<>();
        fields.put("what", what);
        fields.put("request", id);
        if (traceId != null) {
            fields.put("trace", traceId);
        }
        fields.put("peer", peer);
        fields.put("subject", subject);
        return fields;
    }

    private void line(String what, int status, Long ms, String end) {
        if (lines.isAccessOn()) {
            Map<String, Object> fields = fields(what);
            fields.put("line", requestLine);
            fields.put("status", status);
            if (ms != null) {
                fields.put("ms", ms);
            }
            if (end != null) {
                fields.put("end", end);
            }
            lines.access(fields);
        }
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
        line("stream-start", status, null, null);
    }

    /** Adds the line of the request's end, which for a stream says why it ended. */
    public void ended(int status) {
        long ms = Duration.ofNanos(System.nanoTime() - startNs).toMillis();
        String end = stream == null ? "" : "stream-end " + why() + " ";
        line(stream == null ? "request" : "stream-end", status, ms, stream == null ? null : why());
        log.add(peer, subject, requestLine, status, end + ms + "ms", id);
    }

    private String why() {
        EndReason why = stream.ending();
        return why == null ? EndReason.LEFT.word() : why.word();
    }
}
