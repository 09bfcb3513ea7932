package io.rivulet.http.stream;

import jakarta.servlet.AsyncContext;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Method;
import java.util.concurrent.locks.Lock;

/**
 * The lock that each thread of Tomcat's holds as long as it works at one connection, or at one stream of HTTP/2. {@link
 * OpenResponse} looks before each write whether somebody holds it; {@link #of} runs in the request's own thread.
 *
 * <p>Why it is needed: T2 (a thread of Tomcat's) has told the writer that it may write, and is on its way out. T1 (the
 * writer) writes, and the write fails, because the client has left. Tomcat notes the failure in its processor, twice.
 * T2 looks at the note before it is out, and then ends the request <em>without a call to any listener</em>: nobody
 * learns of the end, and nobody can make T2 wait for T1. It gives the processor to the next connection, and T1's second
 * note closes that stranger's connection before its first byte. The Servlet API has nothing that tells whether T2 is
 * out.
 *
 * <p>It is enough to look. Once the container has said "ready", nothing is registered with its poller, so no other such
 * T2 begins; those that end a request by themselves call a listener, which waits. T1 does not keep the lock, for a
 * write of HTTP/2 may block.
 *
 * <p>Tomcat's classes are hidden from web applications, and the fields are not public: they are asked by name. Where
 * anything is not as expected there is no lock, and this rare case is left as it was.
 */
final class ContainerLock {

    /** Tomcat's own, with nothing before it. */
    static final String ASYNC = "org.apache.catalina.core.AsyncContextImpl";
    private static final String HTTP2 = "org.apache.coyote.http2.StreamProcessor";

    private ContainerLock() {
    }

    /** The lock of this request, or null. */
    static Lock of(AsyncContext async) {
        if (!async.getClass().getName().equals(ASYNC)) {
            return null; // another container, or a filter stands before it
        }
        try {
            Object request = field(async, "request");
            Object processor = field(request.getClass().getMethod("getCoyoteRequest").invoke(request), "hook");
            if (processor.getClass().getName().equals(HTTP2)) {
                return (Lock) field(processor, "processLock");
            }
            Object socket = opened(method(processor.getClass(), "getSocketWrapper")).invoke(processor);
            return (Lock) socket.getClass().getMethod("getLock").invoke(socket);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return null; // not the Tomcat that is known here, or one that does not let itself be looked into
        }
    }

    /** Whether nobody else holds it now. */
    static boolean isFree(Lock lock) {
        if (!lock.tryLock()) {
            return false;
        }
        lock.unlock();
        return true;
    }

    /** What this field of its holds; for others that ask Tomcat by name. */
    static Object field(Object of, String name) throws ReflectiveOperationException {
        return opened(of.getClass().getDeclaredField(name)).get(of);
    }

    private static Method method(Class<?> type, String name) throws NoSuchMethodException {
        for (Class<?> c = type; c != null; c = c.getSuperclass()) {
            for (Method method : c.getDeclaredMethods()) {
                if (method.getName().equals(name) && method.getParameterCount() == 0) {
                    return method;
                }
            }
        }
        throw new NoSuchMethodException(name);
    }

    static <T extends AccessibleObject> T opened(T member) {
        member.setAccessible(true);
        return member;
    }
}
