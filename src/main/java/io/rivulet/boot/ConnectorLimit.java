package io.rivulet.boot;

import java.lang.management.ManagementFactory;
import java.util.OptionalInt;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * Finds how many connections Tomcat's connectors take, and how long a write may wait there. {@link Assembly} asks at
 * the start.
 *
 * <p>A web application cannot ask the container, but the container's MBeans tell everybody in the JVM, unless an
 * embedder has turned them off. Jetty has no limit of connections by default. A limit that is set there (a {@code
 * ConnectionLimit} or {@code NetworkConnectionLimit}) shows itself to nobody, and neither does its idle timeout.
 */
final class ConnectorLimit {

    private static final String CONNECTORS = "*:type=ThreadPool,*";

    private ConnectorLimit() {
    }

    /** The least of all connectors; {@link Integer#MAX_VALUE} when none has a limit, empty when none is seen. */
    static OptionalInt connections() {
        return find("maxConnections");
    }

    /** The least time limit of a write, in milliseconds; told as {@link #connections} is. */
    static OptionalInt writeMs() {
        return find("connectionTimeout");
    }

    private static OptionalInt find(String attribute) {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        try {
            return server.queryNames(new ObjectName(CONNECTORS), null).stream()
                .mapToInt(name -> limit(server, name, attribute)).filter(n -> n > 0).min();
        } catch (JMException e) {
            throw new IllegalStateException(CONNECTORS + " is no name of MBeans", e);
        }
    }

    /** The limit of one connector; 0 when the name is of something else, or is gone meanwhile. */
    private static int limit(MBeanServer server, ObjectName name, String attribute) {
        try {
            return server.getAttribute(name, attribute) instanceof Integer n ? n < 0 ? Integer.MAX_VALUE : n : 0;
        } catch (JMException | RuntimeException e) {
            return 0;
        }
    }
}
