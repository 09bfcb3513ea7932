package io.rivulet.http.stream;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says once, in the log, that a GzipHandler of Jetty's keeps all events of a stream to itself. It passes event streams
 * over, unless told otherwise; then it gives out what it was given when its buffer is full, which takes hours, and
 * nobody is told why no event comes. With {@code syncFlush} it gives each event out at once.
 *
 * <p>{@link ShardWriter} asks, once for a stream of Jetty's that is not written straight, on the shard's thread.
 * Jetty's classes are hidden from applications, and asked by name.
 */
final class GzipWarning {

    private static final Logger LOG = LoggerFactory.getLogger(GzipWarning.class);
    private static final String HANDLER = "org.eclipse.jetty.server.handler.gzip.GzipHandler";

    private final AtomicBoolean told = new AtomicBoolean();

    /** The head and the first bytes of this response have been written. */
    void begun(AsyncContext async) {
        if (!told.get() && isHeldBack(async) && told.compareAndSet(false, true)) {
            LOG.warn("Jetty's GzipHandler compresses event streams and holds their events back: clients get nothing. "
                + "Set its syncFlush (jetty.gzip.syncFlush=true), or take text/event-stream out of the types that it "
                + "compresses, as it is by default");
        }
    }

    private static boolean isHeldBack(AsyncContext async) {
        try {
            if (((HttpServletResponse) async.getResponse()).getHeader("Content-Encoding") == null) {
                return false;
            }
            ServletRequest request = async.getRequest();
            while (request instanceof ServletRequestWrapper wrapper) {
                request = wrapper.getRequest();
            }
            Object connection = JettySocket.ask(JettySocket.ask(request, "getRequest"), "getConnectionMetaData");
            Object server = JettySocket.ask(JettySocket.ask(connection, "getConnector"), "getServer");
            Class<?> gzip = Class.forName(HANDLER, true, server.getClass().getClassLoader());
            for (Object handler : (List<?>) server.getClass().getMethod("getDescendants", Class.class)
                .invoke(server, gzip)) {
                if (JettySocket.ask(handler, "isSyncFlush").equals(false)) {
                    return true;
                }
            }
            return false;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return false; // not the Jetty that is known here, or the request is over
        }
    }
}
