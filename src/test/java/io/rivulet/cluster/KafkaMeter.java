package io.rivulet.cluster;

import com.sun.tools.attach.AttachNotSupportedException;
import com.sun.tools.attach.VirtualMachine;
import java.io.IOException;
import javax.management.JMException;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import javax.management.remote.JMXConnector;
import javax.management.remote.JMXConnectorFactory;
import javax.management.remote.JMXServiceURL;

/** Reads the meters of a broker in a JVM of its own, which has no port for that: the JVM is asked by its process. */
final class KafkaMeter {

    private KafkaMeter() {
    }

    /** How many requests that came by this listener the broker has answered. */
    static long answers(long pid, String listener) throws IOException {
        try (JMXConnector connector = JMXConnectorFactory.connect(new JMXServiceURL(agent(pid)))) {
            MBeanServerConnection meters = connector.getMBeanServerConnection();
            long answers = 0;
            for (ObjectName each : meters.queryNames(new ObjectName(
                "kafka.server:type=socket-server-metrics,listener=" + listener + ",networkProcessor=*"), null)) {
                answers += ((Number) meters.getAttribute(each, "request-total")).longValue(); // it counts what it sends
            }
            return answers;
        } catch (JMException e) {
            throw new IOException("the broker does not tell its count", e);
        }
    }

    private static String agent(long pid) throws IOException {
        VirtualMachine machine;
        try {
            machine = VirtualMachine.attach(Long.toString(pid));
        } catch (AttachNotSupportedException e) {
            throw new IOException("the JVM of the broker cannot be asked", e);
        }
        try {
            return machine.startLocalManagementAgent();
        } finally {
            machine.detach();
        }
    }
}
