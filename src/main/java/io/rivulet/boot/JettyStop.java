package io.rivulet.boot;

import jakarta.servlet.ServletContext;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.EventListener;
import java.util.List;
import java.util.function.Consumer;

/**
 * Hears that the Jetty around the application begins to stop. {@link Assembly} uses it; what it is told to do runs on
 * the thread that stops the server.
 *
 * <p>A Jetty that stops closes its connections before it ends its applications: {@code contextDestroyed} comes when
 * there is nobody left to be told anything, and browsers see a chunked body that is cut. Jetty tells the listeners of
 * the server's life cycle before it does either: until they return it goes on serving. They are added by name, because
 * Jetty's classes are hidden from applications. In another container, and where Jetty is not as it was read to be,
 * nothing is heard, and streams end with the application.
 */
final class JettyStop implements AutoCloseable {

    /** Where the handler of an application is asked for; one for each version of the servlet API that Jetty has. */
    private static final List<String> HANDLERS = List.of("org.eclipse.jetty.ee10.servlet.ServletContextHandler",
        "org.eclipse.jetty.ee11.servlet.ServletContextHandler");
    private static final String LISTENER = "org.eclipse.jetty.util.component.LifeCycle$Listener";

    private final Object server;
    private final Object listener;

    private JettyStop(Object server, Object listener) {
        this.server = server;
        this.listener = listener;
    }

    /**
     * Tells this when the server begins to stop, and how long that may take; until it is closed. Nothing in another
     * container.
     */
    static AutoCloseable listen(ServletContext application, Consumer<Duration> stopping) {
        ClassLoader jetty = application.getClass().getClassLoader();
        for (String name : HANDLERS) {
            try {
                Object handler = Class.forName(name, true, jetty)
                    .getMethod("getServletContextHandler", ServletContext.class).invoke(null, application);
                Object server = handler.getClass().getMethod("getServer").invoke(handler);
                Object listener = listener(Class.forName(LISTENER, true, server.getClass().getClassLoader()),
                    () -> stopping.accept(timeLeft(server)));
                server.getClass().getMethod("addEventListener", EventListener.class).invoke(server, listener);
                return new JettyStop(server, listener);
            } catch (ReflectiveOperationException | RuntimeException e) {
                // another container, or another version of the servlet API
            }
        }
        return () -> { };
    }

    /** What the operator gave the server to stop; as long as anybody wants where nothing was said. */
    private static Duration timeLeft(Object server) {
        try {
            long ms = (Long) server.getClass().getMethod("getStopTimeout").invoke(server);
            return ms > 0 ? Duration.ofMillis(ms) : TomcatStop.LONG;
        } catch (ReflectiveOperationException e) {
            return TomcatStop.LONG;
        }
    }

    private static Object listener(Class<?> type, Runnable stopping) {
        InvocationHandler handler = (proxy, method, arguments) -> switch (method.getName()) {
            case "lifeCycleStopping" -> {
                stopping.run();
                yield null;
            }
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            case "toString" -> "the end of the hub's streams";
            default -> null; // the other news of a life cycle
        };
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler);
    }

    /** Hears nothing any more: the server would else hold the application's classes after a redeploy. */
    @Override
    public void close() throws ReflectiveOperationException {
        server.getClass().getMethod("removeEventListener", EventListener.class).invoke(server, listener);
    }
}
