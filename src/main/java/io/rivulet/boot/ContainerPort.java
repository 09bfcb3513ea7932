package io.rivulet.boot;

import jakarta.servlet.ServletContext;
import java.lang.management.ManagementFactory;
import java.lang.reflect.Method;
import java.util.OptionalInt;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Finds the port of the container, so that the log has URLs that can be copied. {@link Assembly} asks at the start.
 *
 * <p>The servlet interface does not tell it before a request comes. Tomcat's MBeans do, and so do the objects of Jetty,
 * which are asked by name because their classes are hidden from web applications. Where neither is there nobody knows.
 */
final class ContainerPort {

    private static final String CONNECTORS = "*:type=Connector,*";

    private ContainerPort() {
    }

    /** The URL of a connector without TLS, or null where none is seen. */
    static String url(ServletContext application) {
        OptionalInt port = ofTomcat();
        if (port.isEmpty()) {
            port = ofJetty(application);
        }
        return port.isPresent() ? "http://localhost:" + port.getAsInt() : null;
    }

    private static OptionalInt ofTomcat() {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        try {
            return server.queryNames(new ObjectName(CONNECTORS), null).stream()
                .mapToInt(name -> port(server, name)).filter(port -> port > 0).min();
        } catch (JMException e) {
            throw new IllegalStateException(CONNECTORS + " is no name of MBeans", e);
        }
    }

    /** The port of one connector; 0 when it speaks TLS or is something else. */
    private static int port(MBeanServer server, ObjectName name) {
        try {
            boolean plain = "http".equals(server.getAttribute(name, "scheme"));
            return plain && server.getAttribute(name, "port") instanceof Integer port ? port : 0;
        } catch (JMException | RuntimeException e) {
            return 0;
        }
    }

    private static OptionalInt ofJetty(ServletContext application) {
        try {
            Object server = ask(ask(application, "getContextHandler"), "getServer");
            for (Object connector : (Object[]) ask(server, "getConnectors")) {
                if (ask(connector, "getPort") instanceof Integer port && port > 0
                    && !ask(connector, "getDefaultProtocol").toString().startsWith("SSL")) {
                    return OptionalInt.of(port);
                }
            }
        } catch (ReflectiveOperationException | RuntimeException e) {
            return OptionalInt.empty(); // another container, or another Jetty
        }
        return OptionalInt.empty();
    }

    private static Object ask(Object of, String name) throws ReflectiveOperationException {
        Method method = of.getClass().getMethod(name);
        return method.invoke(of);
    }
}
