package io.rivulet.boot;

import jakarta.servlet.ServletContext;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Hears that the Tomcat around the application begins to stop. {@link Assembly} uses it, as {@link JettyStop}; what it
 * is told to do runs on the thread that stops the server.
 *
 * <p>A Tomcat that stops takes no new connections and ends open streams by itself, before it tells the applications.
 * The listeners of its server's life cycle hear of it before that, while everything is served as ever. Nobody hears of
 * one application that is undeployed: Tomcat then refuses its requests at once, and gives its open streams a second at
 * most. Tomcat's classes are asked by name. Where they are not as they were read to be, nothing is heard.
 */
final class TomcatStop implements AutoCloseable {

    /** Tomcat itself sets no time within which it has to stop. */
    static final Duration LONG = Duration.ofDays(1);

    private static final String FACADE = "org.apache.catalina.core.ApplicationContextFacade";
    private static final String LISTENER = "org.apache.catalina.LifecycleListener";
    private static final String STOPPING = "before_stop";

    private final Object server;
    private final Class<?> type;
    private final Object listener;

    private TomcatStop(Object server, Class<?> type, Object listener) {
        this.server = server;
        this.type = type;
        this.listener = listener;
    }

    /** Tells this when the server begins to stop, until it is closed; nothing in another container. */
    static AutoCloseable listen(ServletContext application, Consumer<Duration> stopping) {
        if (!application.getClass().getName().equals(FACADE)) {
            return () -> { };
        }
        try {
            Object context = field(field(application, "context"), "context");
            Object engine = call(call(context, "getParent"), "getParent");
            Object server = call(call(engine, "getService"), "getServer");
            Class<?> type = Class.forName(LISTENER, true, server.getClass().getClassLoader());
            Object listener = Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, handler(stopping));
            method(server, "addLifecycleListener", type).invoke(server, listener);
            return new TomcatStop(server, type, listener);
        } catch (ReflectiveOperationException | RuntimeException e) {
            return () -> { };
        }
    }

    private static InvocationHandler handler(Consumer<Duration> stopping) {
        return (proxy, method, arguments) -> switch (method.getName()) {
            case "lifecycleEvent" -> {
                if (STOPPING.equals(call(arguments[0], "getType"))) {
                    stopping.accept(LONG);
                }
                yield null;
            }
            case "equals" -> proxy == arguments[0];
            case "hashCode" -> System.identityHashCode(proxy);
            default -> "the end of the hub's streams"; // toString
        };
    }

    private static Object field(Object of, String name) throws ReflectiveOperationException {
        Field field = of.getClass().getDeclaredField(name);
        field.setAccessible(true);
        return field.get(of);
    }

    private static Object call(Object of, String name) throws ReflectiveOperationException {
        return method(of, name).invoke(of);
    }

    private static Method method(Object of, String name, Class<?>... types) throws NoSuchMethodException {
        return of.getClass().getMethod(name, types);
    }

    /** Hears nothing any more: the server would else hold the application's classes after a redeploy. */
    @Override
    public void close() throws ReflectiveOperationException {
        method(server, "removeLifecycleListener", type).invoke(server, listener);
    }
}
