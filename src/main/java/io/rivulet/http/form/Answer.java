package io.rivulet.http.form;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.WriteListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A whole answer that is not a stream: status, headers, bytes. Doors and {@code Problem} make it, on any thread. It is
 * written once: by {@link #write} in a container's thread, or by {@link #send} from any thread.
 *
 * <p>The hard thing is {@link #send}, which must never block: one thread of the hub answers all publishers, and one
 * that does not read its answers must not hold up the others.
 */
public final class Answer {

    /** Half of Tomcat's buffer, and of what Jetty gathers before it writes. */
    private static final int BUFFERED_BYTES_MAX = 4_096;
    /** The content type of JSON. */
    public static final String JSON = "application/json";

    private final int status;
    private final byte[] body;
    private final String contentType;
    private String cacheControl = "no-store";
    /** The others; null without any, as of each answer to a publish. */
    private Map<String, String> headers;

    /** An answer that no cache keeps, unless {@link #header} says otherwise. */
    public Answer(int status, String contentType, byte[] body) {
        this.status = status;
        this.body = body;
        this.contentType = contentType;
    }

    /** An answer of plain text. */
    public static Answer text(int status, String text) {
        return new Answer(status, "text/plain;charset=utf-8", text.getBytes(StandardCharsets.UTF_8));
    }

    /** An answer of JSON. */
    public static Answer json(int status, String json) {
        return new Answer(status, JSON, json.getBytes(StandardCharsets.UTF_8));
    }

    /** Sets a header. */
    public Answer header(String name, String value) {
        if (name.equals("Cache-Control")) {
            cacheControl = value;
        } else {
            headers = headers == null ? new LinkedHashMap<>() : headers;
            headers.put(name, value);
        }
        return this;
    }

    /** The bytes of the body; not to be changed. */
    public byte[] body() {
        return body;
    }

    /** Writes the answer in the container's own thread, which may wait for the client. */
    public void write(HttpServletResponse response) throws IOException {
        if (response.isCommitted()) {
            return; // too late to say anything: the client sees a cut answer
        }
        head(response);
        response.getOutputStream().write(body);
    }

    /**
     * Writes the answer as the client takes it, and completes the request. Never blocks. A small answer fits into the
     * response's buffer, and the container writes it after the request is completed. Such an answer is sent without a
     * length: if Jetty knew the length, it would write the last byte at once, and wait for the client in this thread.
     *
     * @return false when the container does not let this thread complete the request
     */
    public boolean send(AsyncContext async) {
        try {
            HttpServletResponse response = (HttpServletResponse) async.getResponse();
            if (body.length <= BUFFERED_BYTES_MAX) {
                statusAndHeaders(response);
                response.getOutputStream().write(body);
                return complete(async);
            }
            head(response);
            ServletOutputStream out = response.getOutputStream();
            out.setWriteListener(new Sender(async, out, body));
            return true;
        } catch (IOException | IllegalStateException e) {
            return complete(async); // the client left before its answer was ready
        }
    }

    private void head(HttpServletResponse response) {
        statusAndHeaders(response);
        response.setContentLength(body.length);
    }

    private void statusAndHeaders(HttpServletResponse response) {
        response.setStatus(status);
        response.setHeader("Content-Type", contentType);
        response.setHeader("Cache-Control", cacheControl);
        if (headers != null) {
            headers.forEach(response::setHeader);
        }
    }

    /** Whether it is held until the client has taken it; a smaller one is the container's at once. */
    public boolean isHeld() {
        return body.length > BUFFERED_BYTES_MAX;
    }

    /** Completes a request that may be over already; false when it was, or when the container alone may do so now. */
    public static boolean complete(AsyncContext async) {
        try {
            async.complete();
            return true;
        } catch (IllegalStateException e) {
            return false; // it was completed by the container, or is about to be
        }
    }

    /** Called by the container alone, one call at a time. */
    private static final class Sender implements WriteListener {
        /** Tomcat's socket buffer has 8 KiB: a slice that fits into it needs no round through the poller. */
        private static final int SLICE = 8_000;

        private final AsyncContext async;
        private final ServletOutputStream out;
        private final byte[] body;
        private int written;

        Sender(AsyncContext async, ServletOutputStream out, byte[] body) {
            this.async = async;
            this.out = out;
            this.body = body;
        }

        @Override
        public void onWritePossible() throws IOException {
            while (out.isReady()) {
                if (written == body.length) {
                    complete(async);
                    return;
                }
                int n = Math.min(SLICE, body.length - written);
                out.write(body, written, n);
                written += n;
            }
        }

        @Override
        public void onError(Throwable failure) {
            complete(async); // the client has left; what it published is published
        }
    }
}
