package io.rivulet.boot;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.Settings;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import javax.management.StandardMBean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many streams a hub holds by itself, and what it says about it. */
class CapacityTest {

    private static final long GIB = 1L << 30;
    private static final String JETTY = "jetty/12.1.8";
    private static final String TOMCAT = "Apache Tomcat/10.1.59";
    private static final OptionalInt UNSEEN = OptionalInt.empty();

    private final MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
    private final List<ObjectName> registered = new ArrayList<>();

    @AfterEach
    void unregister() throws Exception {
        for (ObjectName name : registered) {
            beans.unregisterMBean(name);
        }
    }

    private static Capacity of(String server, long heapBytes, OptionalInt connectorMax, String... settings) {
        return Capacity.of(Settings.with(settings), server, heapBytes, connectorMax);
    }

    @Test
    void whatIsSetCounts() {
        Capacity set = of(JETTY, GIB, UNSEEN, "connections.max", "12");
        assertEquals(new Capacity(12, "rivulet.connections.max says so", null), set);
        assertNull(of(TOMCAT, GIB, UNSEEN, "connections.max", "8191").warning());
    }

    @Test
    void whatIsSetAboveTheContainersOwnLimitIsWarnedOf() {
        Capacity hanging = of(TOMCAT, GIB, OptionalInt.of(200), "connections.max", "200");
        assertEquals(200, hanging.streams());
        assertTrue(hanging.warning().startsWith("rivulet.connections.max is 200, but the container's connector takes "
            + "no more than 200 connections (maxConnections)"), hanging.warning());
        assertTrue(of(TOMCAT, GIB, UNSEEN, "connections.max", "8192").warning().contains("8192"));
        assertNull(of(TOMCAT, GIB, OptionalInt.of(Integer.MAX_VALUE), "connections.max", "1000000").warning());
        assertNull(of(JETTY, GIB, OptionalInt.of(200), "connections.max", "1000000").warning());
    }

    @Test
    void jettyHoldsHalfTheHeapAt16KiBEach() {
        assertEquals(new Capacity(32_768, "half of the heap of 1024 MiB, at 16 KiB each", null),
            of(JETTY, GIB, UNSEEN));
        assertEquals(16_384, of(JETTY, GIB / 2, OptionalInt.of(100)).streams(), "of Jetty's limits nothing is seen");
    }

    @Test
    void tomcatHoldsHalfTheHeapAt128KiBEachButNineTenthsOfItsConnectorAtMost() {
        assertEquals(new Capacity(2_048, "half of the heap of 512 MiB, at 128 KiB each", null),
            of(TOMCAT, GIB / 2, UNSEEN));
        assertEquals(new Capacity(7_372, "nine tenths of the 8192 connections that the container's connector takes "
            + "(maxConnections, as it is by default)", null), of(TOMCAT, 8 * GIB, UNSEEN));
        assertEquals(new Capacity(18, "nine tenths of the 20 connections that the container's connector takes "
            + "(maxConnections)", null), of(TOMCAT, GIB, OptionalInt.of(20)));
        assertEquals(1, of(TOMCAT, GIB, OptionalInt.of(1)).streams());
        assertEquals(16_384, of(TOMCAT, 4 * GIB, OptionalInt.of(20_000)).streams());
        assertEquals(32_768, of(TOMCAT, 8 * GIB, OptionalInt.of(Integer.MAX_VALUE)).streams());
    }

    /** What Tomcat's connectors show. */
    public interface Pool {
        /** As Tomcat writes the attribute. */
        int getmaxConnections();
    }

    /** Something else with such a name. */
    public interface Other {
        int getWeight();
    }

    private void register(String name, Pool pool) throws Exception {
        registered.add(beans.registerMBean(new StandardMBean(pool, Pool.class), new ObjectName(name)).getObjectName());
    }

    @Test
    void theLeastOfAllConnectorsIsFoundByTheirMBeans() throws Exception {
        assertEquals(UNSEEN, ConnectorLimit.connections());
        register("Test:type=ThreadPool,name=\"http-nio-1\"", () -> -1);
        assertEquals(OptionalInt.of(Integer.MAX_VALUE), ConnectorLimit.connections(), "-1 is no limit");
        register("Test:type=ThreadPool,name=\"http-nio-2\"", () -> 300);
        register("Other:type=ThreadPool,name=\"ajp-nio-3\"", () -> 200);
        register("Test:type=Connector,port=4", () -> 100);
        register("Test:type=ThreadPool,name=\"gone\"", () -> {
            throw new IllegalStateException("the endpoint is being destroyed");
        });
        registered.add(beans.registerMBean(new StandardMBean((Other) () -> 1, Other.class),
            new ObjectName("Test:type=ThreadPool,name=\"http-nio-2\",subType=SocketProperties")).getObjectName());
        assertEquals(OptionalInt.of(200), ConnectorLimit.connections());
    }
}
