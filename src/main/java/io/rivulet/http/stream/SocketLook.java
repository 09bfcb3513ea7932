package io.rivulet.http.stream;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;

/**
 * A look at the socket of a stream, or of a request that waits, which tells whether its client has left: the end of
 * what it sends. {@link ShardWriter} looks every few seconds, on the shard's thread, while the container has the
 * response, and {@link WaitingCallers} each second. One read that does not block finds out what else only the second
 * write of a heartbeat does, and of a request that waits nothing.
 *
 * <p>While a response is under way neither container reads, and a client that waits for events sends nothing. Should it
 * send its next request already, the first byte of that is gone with the look. So nothing more is read from then on, by
 * the container neither: the stream goes on, and the connection ends with it, as HTTP/1.1 allows.
 *
 * <p>Over TLS a byte that comes need not be the client's word, so there is no look.
 */
final class SocketLook {

    private final SocketChannel channel;
    private boolean closedInput;

    SocketLook(SocketChannel channel) {
        this.channel = channel;
    }

    /**
     * The socket under this response where it is one of Tomcat's with HTTP/1.1 and without TLS, else null. Tomcat hides
     * it from applications, so it is asked for by the names of its fields.
     */
    static SocketLook ofTomcat(AsyncContext async) {
        try {
            ServletRequest request = async.getRequest();
            while (request instanceof ServletRequestWrapper wrapper) {
                request = wrapper.getRequest();
            }
            if (!request.getClass().getName().equals("org.apache.catalina.connector.RequestFacade")) {
                return null;
            }
            Object inner = field(request, request.getClass(), "request");
            Object coyote = inner.getClass().getMethod("getCoyoteRequest").invoke(inner);
            Object processor = field(coyote, coyote.getClass(), "hook");
            if (!processor.getClass().getName().equals("org.apache.coyote.http11.Http11Processor")) {
                return null;
            }
            Object wrapper = field(processor, processor.getClass().getSuperclass(), "socketWrapper");
            Object socket = wrapper.getClass().getMethod("getSocket").invoke(wrapper);
            if (!socket.getClass().getName().equals("org.apache.tomcat.util.net.NioChannel")) {
                return null; // TLS has a class of its own
            }
            return new SocketLook((SocketChannel) socket.getClass().getMethod("getIOChannel").invoke(socket));
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null; // not the Tomcat that is known here, or one that lets nobody look
        }
    }

    private static Object field(Object of, Class<?> in, String name) throws ReflectiveOperationException {
        Field field = in.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(of);
    }

    /** Whether the client has ended its side, or the connection is broken. */
    boolean hasLeft() {
        if (closedInput) {
            return false;
        }
        try {
            int read = channel.read(ByteBuffer.allocate(1));
            if (read > 0) {
                closedInput = true;
                channel.shutdownInput();
            }
            return read < 0;
        } catch (IOException e) {
            return true;
        }
    }
}
