package io.rivulet.http.stream;

import io.rivulet.hub.stream.SharedBytes;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletOutputStream;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.ServletResponseWrapper;
import java.io.IOException;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.List;

/**
 * The socket under a stream of Jetty's. {@link ShardWriter} writes to it, on the shard's thread; {@link #of} runs in
 * the request's own thread.
 *
 * <p>Once the response's head and first bytes have gone the usual way, only whole chunks follow. They need nothing of
 * what Jetty's output does for each write (two state machines, a buffer for each chunk's head, a gathering write), and
 * that is a quarter of the cost of a delivery. Jetty's end point gets the bytes that the socket does not take at once,
 * and writes them when it can; the response ends the usual way.
 *
 * <p>Jetty owes the line end of the chunk that it wrote last, and writes it before the next one or before the last
 * chunk. So {@link #begin} pays it, and {@link #end} leaves a chunk open, for Jetty to close.
 *
 * <p>Jetty's classes are hidden from web applications, and none is needed here: they are asked by name. Where anything
 * is not as expected (TLS, HTTP/2, HTTP/1.0, a wrapped response, another version) there is no such socket, and the
 * stream is written as in any container.
 */
final class JettySocket {

    /** The versions whose output was read and is tested. */
    private static final List<String> VERSIONS = List.of("12.0.", "12.1.");
    private static final String OUTPUT = "org.eclipse.jetty.ee10.servlet.HttpOutput";
    private static final String CONNECTION = "org.eclipse.jetty.server.internal.HttpConnection";
    private static final String END_POINT = "org.eclipse.jetty.io.SocketChannelEndPoint";
    /** What lies between the servlet's response and the connection where nobody transforms what is written. */
    private static final List<String> RESPONSES = List.of("org.eclipse.jetty.ee10.servlet.ServletContextResponse",
        "org.eclipse.jetty.server.handler.ContextResponse",
        "org.eclipse.jetty.server.internal.HttpChannelState$ChannelResponse");

    /** Of {@link #rest}, the part that is the hub's data. */
    private static final int DATA = 1;
    private static final ByteBuffer[] NOTHING = {};
    /** A chunk of an empty comment, without its line end. */
    private static final byte[] OPEN_CHUNK = {'2', '\r', '\n', ':', '\n'};

    private final Object connection;
    private final Object endPoint;
    private final SocketChannel channel;
    /** Whether chunks go straight to the socket; a container thread that ends the response asks, too. */
    private volatile boolean straight;
    /** Jetty writes the rest of what was begun. */
    private volatile boolean pending;
    /** That rest: Jetty moves its positions, the shard looks at them without being told when. */
    private ByteBuffer[] rest = NOTHING;

    private JettySocket(Object connection, Object endPoint, SocketChannel channel) {
        this.connection = connection;
        this.endPoint = endPoint;
        this.channel = channel;
    }

    /** The socket under this response, or null; in the request's own thread. */
    static JettySocket of(AsyncContext async, ServletOutputStream out) {
        if (!out.getClass().getName().equals(OUTPUT)) {
            return null; // another container, or a filter has its hands on what is written
        }
        try {
            JettySocket socket = of(async.getRequest());
            return socket != null && isUntransformed(async.getResponse()) ? socket : null;
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null; // not the Jetty that is known here
        }
    }

    /** A look at the socket under this request where it is Jetty's, with HTTP/1.1 and without TLS, else null. */
    static SocketLook look(AsyncContext async) {
        try {
            JettySocket socket = of(async.getRequest());
            return socket == null ? null : socket.look();
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null; // another container
        }
    }

    private static JettySocket of(ServletRequest outer) throws ReflectiveOperationException {
        ServletRequest request = outer;
        while (request instanceof ServletRequestWrapper wrapper) {
            request = wrapper.getRequest();
        }
        Object connection = ask(ask(ask(request, "getRequest"), "getConnectionMetaData"), "getConnection");
        Object endPoint = ask(connection, "getEndPoint");
        boolean known = connection.getClass().getName().equals(CONNECTION)
            && endPoint.getClass().getName().equals(END_POINT) && isKnownVersion(endPoint);
        return known ? new JettySocket(connection, endPoint, (SocketChannel) ask(endPoint, "getChannel")) : null;
    }

    private static boolean isKnownVersion(Object endPoint) throws ReflectiveOperationException {
        Object version = Class.forName("org.eclipse.jetty.util.Jetty", true, endPoint.getClass().getClassLoader())
            .getField("VERSION").get(null);
        return VERSIONS.stream().anyMatch(version.toString()::startsWith);
    }

    private static boolean isUntransformed(ServletResponse outer) throws ReflectiveOperationException {
        ServletResponse inner = outer;
        while (inner instanceof ServletResponseWrapper wrapper) {
            inner = wrapper.getResponse();
        }
        Object response = ask(inner, "getResponse");
        while (RESPONSES.contains(response.getClass().getName())) {
            if (RESPONSES.indexOf(response.getClass().getName()) == RESPONSES.size() - 1) {
                return true;
            }
            response = ask(response, "getWrapped");
        }
        return false;
    }

    /**
     * Takes over from Jetty once the response has begun, in chunks; false when it has not, or not in chunks. To be
     * asked once, when Jetty has written all that it was given. From then on whole chunks follow.
     */
    boolean begin(OpenResponse response) throws IOException {
        try {
            Object generator = ask(connection, "getGenerator");
            if (!ask(generator, "isCommitted").equals(true) || !ask(generator, "isChunking").equals(true)) {
                return false;
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            return false;
        }
        straight = true;
        ByteBuffer owed = ByteBuffer.wrap(HttpChunk.LINE_END);
        channel.write(owed);
        if (owed.hasRemaining()) {
            writeLater(response, ByteBuffer.allocate(0), ByteBuffer.allocate(0), owed);
        }
        return true;
    }

    /** A look at it, also while Jetty writes. */
    SocketLook look() {
        return new SocketLook(channel);
    }

    /** Whether the socket, as far as is known, would take something. */
    boolean isReady() {
        if (pending) {
            return false;
        }
        rest = NOTHING;
        return true;
    }

    /** The array of what the socket has not taken yet, or null. */
    byte[] held() {
        return rest.length == 0 ? null : rest[DATA].array();
    }

    /** How much of it is left. */
    int left() {
        int left = 0;
        for (ByteBuffer part : rest) {
            left += part.remaining();
        }
        return left;
    }

    /**
     * Writes these bytes as a chunk: now, or the rest of them as soon as the socket can.
     *
     * @param response is told when the rest was written, or will not be
     */
    void write(SharedBytes events, OpenResponse response) throws IOException {
        HttpChunk chunk = events.form(HttpChunk.class, HttpChunk::new);
        ByteBuffer whole = chunk.of(events.bytes());
        channel.write(whole);
        if (whole.hasRemaining()) {
            writeLater(response, chunk.rest());
        }
    }

    /**
     * The response is about to be completed, which writes a line end and the last chunk. So a chunk is left open for
     * that line end. Where the socket does not take it now, the connection is cut: Jetty could not write behind the
     * rest of a write. Any thread, while nobody writes.
     */
    void end() {
        if (straight && (pending || !leavesChunkOpen())) {
            try {
                ask(endPoint, "close");
            } catch (ReflectiveOperationException | RuntimeException e) {
                // it is being closed already
            }
        }
    }

    private boolean leavesChunkOpen() {
        try {
            return channel.write(ByteBuffer.wrap(OPEN_CHUNK)) == OPEN_CHUNK.length;
        } catch (IOException e) {
            return false;
        }
    }

    private void writeLater(OpenResponse response, ByteBuffer... parts) throws IOException {
        pending = true;
        rest = parts;
        try {
            ClassLoader jetty = endPoint.getClass().getClassLoader();
            Class<?> callback = Class.forName("org.eclipse.jetty.util.Callback", true, jetty);
            InvocationHandler handler = (proxy, method, arguments) -> switch (method.getName()) {
                case "succeeded" -> {
                    pending = false;
                    response.tellWritable();
                    yield null;
                }
                case "failed" -> {
                    response.over("writing failed: " + ((Throwable) arguments[0]).getMessage());
                    yield null;
                }
                case "equals" -> proxy == arguments[0];
                case "hashCode" -> System.identityHashCode(proxy);
                case "toString" -> "the rest of a write";
                default -> InvocationHandler.invokeDefault(proxy, method, arguments);
            };
            endPoint.getClass().getMethod("write", callback, ByteBuffer[].class)
                .invoke(endPoint, Proxy.newProxyInstance(jetty, new Class<?>[] {callback}, handler), rest.clone());
        } catch (InvocationTargetException e) {
            throw new IOException("Jetty refused the rest of a write: " + e.getCause(), e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new IOException("Jetty is not as it was when the stream began", e);
        }
    }

    /** What this method of its says; for others that ask Jetty by name. */
    static Object ask(Object of, String name) throws ReflectiveOperationException {
        return of.getClass().getMethod(name).invoke(of);
    }
}
