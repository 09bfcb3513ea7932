package io.rivulet.kit;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/**
 * A request and its answer, and then the next, whatever the protocol: what a client does that knows HTTP's meaning and
 * not its bytes. For one thread, except {@link #close} and {@link #reset}, which any thread may call.
 */
public interface Call extends AutoCloseable {

    /** Sends a request; a {@code Host} that is not among the headers is added. */
    Call send(String method, String target, Map<String, String> headers, byte[] body) throws IOException;

    /** Waits for the status and the headers. */
    WireResponse readHead() throws IOException;

    /** The body that follows this head; its end before its time is an IOException. */
    InputStream body(WireResponse head) throws IOException;

    /** Waits for the whole answer. */
    default WireResponse read() throws IOException {
        WireResponse head = readHead();
        return head.with(body(head).readAllBytes());
    }

    /** Leaves without a farewell. */
    void reset();

    /** Leaves as a browser does. */
    @Override
    void close();
}
