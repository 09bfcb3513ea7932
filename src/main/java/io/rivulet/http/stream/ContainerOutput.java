package io.rivulet.http.stream;

import jakarta.servlet.ServletOutputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.nio.ByteBuffer;

/**
 * How this container's output is best written to. {@link OpenResponse} asks, on the writer's thread. Immutable.
 *
 * <p>Jetty takes a whole buffer by {@code write(ByteBuffer)}, which Servlet 6.1 promises and Jetty has already: one
 * system call, no flush, and no 32 KB aggregate for each connection. Other containers get slices that fit Tomcat's 8 KB
 * socket buffer, each flushed: a larger slice would leave a tail there and cost a round through the poller.
 */
final class ContainerOutput {

    private static final int SLICE_BYTES = 8_000;
    /** What is not smaller than its buffer of 32 KB Jetty cuts itself, and then it cannot be seen how much is left. */
    static final int WHOLE_BYTES = (32 << 10) - 1;
    private static final MethodType WHOLE = MethodType.methodType(void.class, ServletOutputStream.class,
        ByteBuffer.class);
    private static final ContainerOutput SLICES = new ContainerOutput(null, null);

    /** The way for the class seen last: a server has one. */
    private static volatile ContainerOutput last = SLICES;

    private final Class<?> type;
    private final MethodHandle whole;

    private ContainerOutput(Class<?> type, MethodHandle whole) {
        this.type = type;
        this.whole = whole;
    }

    /** The way for this stream; any thread. */
    static ContainerOutput of(ServletOutputStream out) {
        ContainerOutput known = last;
        if (known.type != out.getClass()) {
            known = find(out.getClass());
            last = known;
        }
        return known;
    }

    private static ContainerOutput find(Class<?> type) {
        if (type.getName().startsWith("org.eclipse.jetty.")) {
            try {
                MethodHandle write = MethodHandles.publicLookup()
                    .unreflect(type.getMethod("write", ByteBuffer.class)).asType(WHOLE);
                return new ContainerOutput(type, write);
            } catch (ReflectiveOperationException e) {
                return new ContainerOutput(type, null); // an older Jetty, or one that hides it: slices work there too
            }
        }
        return new ContainerOutput(type, null);
    }

    /** Whether ending a stream that is not ready is safe: Jetty cuts it, Tomcat would block a thread for it. */
    boolean completesWithoutBlocking() {
        return whole != null;
    }

    /** Whether it takes whole buffers, which need no flush. */
    boolean takesWhole() {
        return whole != null;
    }

    /** Writes a slice; a flush must follow once the container is ready. Returns where the next slice begins. */
    static int writeSlice(ServletOutputStream out, byte[] bytes, int from) throws IOException {
        int n = Math.min(SLICE_BYTES, bytes.length - from);
        out.write(bytes, from, n);
        return from + n;
    }

    /** Writes the whole buffer, which is the container's until it is ready again: it moves its position. */
    void writeWhole(ServletOutputStream out, ByteBuffer bytes) throws IOException {
        try {
            whole.invokeExact(out, bytes);
        } catch (IOException | RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IOException(e);
        }
    }
}
