package io.rivulet.http.stream;

import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletRequestWrapper;
import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How patient a container is with a body. {@code LinePublish} gives a body that is published as it comes more time than
 * others, and takes it back before it answers. Made and ended in the threads of the container; {@link #extend} is for
 * any thread.
 *
 * <p>Both containers cut a body that pauses: Jetty after its idle timeout (30 s), Tomcat after its connection timeout
 * or, in HTTP/2, its stream's (20 s). Tomcat also takes small frames of HTTP/2 for an attack: the second line of a few
 * bytes would end the connection. The Servlet API has no word for any of this. The containers' classes are hidden from
 * web applications, so they are asked by name. Where anything is not as expected the container's own limits stay.
 */
public final class BodyPatience {

    private static final String TOMCAT = "org.apache.catalina.connector.RequestFacade";
    private static final String TOMCAT_HTTP2 = "org.apache.coyote.http2.StreamProcessor";
    /** Tomcat counts at most so much for a small frame, and ends a connection whose count is above 0. */
    private static final long FRAME_COST = 1_024;
    /** More frames than come between two calls of {@link #extend}. */
    private static final long FRAMES = 65_536;
    private static final String TOMCAT_HTTP1 = "org.apache.coyote.http11.Http11Processor";

    /** A limit that was moved. */
    private record Moved(Object of, String setter, long beforeMs) {
    }

    private final List<Moved> moved = new ArrayList<>(2);
    /** Of Tomcat's HTTP/2: when the stream's patience ends, and what its connection has cost. */
    private volatile Field expiry;
    private volatile Object input;
    private volatile AtomicLong overhead;

    private BodyPatience() {
    }

    /** Lets the container wait for this body at least so long. */
    public static BodyPatience of(HttpServletRequest outer, long ms) {
        BodyPatience patience = new BodyPatience();
        ServletRequest request = outer;
        while (request instanceof ServletRequestWrapper wrapper) {
            request = wrapper.getRequest();
        }
        try {
            if (request.getClass().getName().equals(TOMCAT)) {
                patience.tomcat(request, ms);
            } else {
                patience.jetty(request, outer, ms);
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            return patience; // neither of those that are known here
        }
        return patience;
    }

    private void tomcat(ServletRequest facade, long ms) throws ReflectiveOperationException {
        Object request = field(facade, facade.getClass(), "request");
        Object coyote = request.getClass().getMethod("getCoyoteRequest").invoke(request);
        Object processor = field(coyote, coyote.getClass(), "hook");
        if (processor.getClass().getName().equals(TOMCAT_HTTP1)) {
            move(field(processor, processor.getClass().getSuperclass(), "socketWrapper"), "ReadTimeout", ms);
        } else if (processor.getClass().getName().equals(TOMCAT_HTTP2)) {
            Object stream = field(processor, processor.getClass(), "stream");
            Object handler = field(processor, processor.getClass(), "handler");
            Class<?> base = handler.getClass();
            while (!base.getSimpleName().equals("Http2UpgradeHandler")) {
                base = base.getSuperclass();
            }
            overhead = (AtomicLong) field(handler, base, "overheadCount");
            input = field(stream, stream.getClass(), "inputBuffer");
            Field found = input.getClass().getDeclaredField("readTimeoutExpiry");
            found.setAccessible(true);
            expiry = found;
            extend();
        }
    }

    /** Of HTTP/1.1 it is the connection that is idle; of HTTP/2 each stream is, too. */
    private void jetty(ServletRequest request, HttpServletRequest outer, long ms) throws ReflectiveOperationException {
        Object connection = JettySocket.ask(JettySocket.ask(JettySocket.ask(request, "getRequest"),
            "getConnectionMetaData"), "getConnection");
        move(JettySocket.ask(connection, "getEndPoint"), "IdleTimeout", ms);
        if (outer.getProtocol().equals("HTTP/2.0")) {
            Object session = JettySocket.ask(connection, "getSession");
            Object stream = session.getClass().getMethod("getStream", int.class)
                .invoke(session, Integer.parseInt(outer.getProtocolRequestId()));
            move(stream, "IdleTimeout", ms);
        }
    }

    private static Object field(Object of, Class<?> in, String name) throws ReflectiveOperationException {
        Field field = in.getDeclaredField(name);
        field.setAccessible(true);
        return field.get(of);
    }

    private void move(Object of, String limit, long ms) throws ReflectiveOperationException {
        long before = ((Number) JettySocket.ask(of, "get" + limit)).longValue();
        if (before > 0 && before < ms) {
            of.getClass().getMethod("set" + limit, long.class).invoke(of, ms);
            moved.add(new Moved(of, "set" + limit, before));
        }
    }

    /** Lets the container go on being patient; to be called more often than once a second while the body comes. */
    public void extend() {
        Field field = expiry;
        if (field == null) {
            return;
        }
        try {
            overhead.accumulateAndGet(-FRAMES * FRAME_COST, Math::min);
            field.setLong(input, Long.MAX_VALUE);
        } catch (ReflectiveOperationException | RuntimeException e) {
            expiry = null; // not the Tomcat that is known here
        }
    }

    /** Puts back what was there before; while the request is not over. */
    public void end() {
        expiry = null;
        for (Moved one : moved) {
            try {
                one.of.getClass().getMethod(one.setter, long.class).invoke(one.of, one.beforeMs);
            } catch (ReflectiveOperationException | RuntimeException e) {
                return; // it is being closed
            }
        }
        moved.clear();
    }
}
