package io.rivulet;

import java.lang.management.ManagementFactory;
import java.util.OptionalInt;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;

/**
 * How many connections Tomcat's connectors take. A web application cannot ask the container; its MBeans tell everybody
 * in the JVM, unless whoever embeds it has turned them off. Jetty has no such limit by default, and one that is set (a
 * {@code ConnectionLimit} or {@code NetworkConnectionLimit}) shows itself to nobody.
 */
final class ConnectorLimit {

    private static final String CONNECTORS = "*:type=ThreadPool,*";
    private static final String ATTRIBUTE = "maxConnections";

    private ConnectorLimit() {
    }

    /** The least of all connectors; {@link Integer#MAX_VALUE} when none has a limit, empty when none is seen. */
    static OptionalInt find() {
        MBeanServer server = ManagementFactory.getPlatformMBeanServer();
        try {
            return server.queryNames(new ObjectName(CONNECTORS), null).stream()
                .mapToInt(name -> limit(server, name)).filter(n -> n > 0).min();
        } catch (JMException e) {
            throw new IllegalStateException(CONNECTORS + " is no name of MBeans", e);
        }
    }

    /** 0 when it is no connector, or has gone meanwhile. */
    private static int limit(MBeanServer server, ObjectName name) {
        try {
            return server.getAttribute(name, ATTRIBUTE) instanceof Integer n ? n < 0 ? Integer.MAX_VALUE : n : 0;
        } catch (JMException | RuntimeException e) {
            return 0;
        }
    }
}
