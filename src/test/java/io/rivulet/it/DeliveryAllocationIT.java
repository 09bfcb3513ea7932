package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Bytes that a shard's thread allocates for a delivery, container and JDK included: those of the hub itself are none
 * ({@code DeliveryCostTest}), so what is seen here beyond the event's own is the container's.
 */
@Tag("once")
class DeliveryAllocationIT {

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int STREAMS = 20;
    private static final int EVENTS = 50;

    @Test
    void pastJettysOutputADeliveryAllocatesNothing() throws IOException {
        double bytes = bytes("Jetty, straight", Server.in(Container.JETTY));
        assertTrue(bytes < 150, bytes + " bytes a delivery"); // what is paid once for an event is shared by 20 here
    }

    /**
     * Jetty takes 360 bytes and Tomcat 171, and from run to run one byte more or less. The limits leave room for two or
     * three small objects of another version of the container; a buffer for each delivery would not fit.
     */
    @Test
    void throughAContainersOutputItAllocatesWhatTheContainerDoes() throws IOException {
        double jetty = bytes("Jetty, through its output", Server.in(Container.JETTY).set("jetty.straight", "false"));
        assertTrue(jetty < 450, jetty + " bytes a delivery on Jetty");
        double tomcat = bytes("Tomcat", Server.in(Container.TOMCAT));
        assertTrue(tomcat < 250, tomcat + " bytes a delivery on Tomcat");
    }

    private static double bytes(String name, Server.Builder builder) throws IOException {
        List<EventStream> streams = new ArrayList<>();
        try (Server server = builder.start(); Publisher publisher = Publisher.to(server)) {
            for (int i = 0; i < STREAMS; i++) {
                streams.add(EventStream.to(server).topic("t").open());
            }
            publish(publisher, streams, "first ");
            long before = allocated();
            publish(publisher, streams, "second ");
            double bytes = (allocated() - before) / (double) (STREAMS * EVENTS);
            System.out.println(name + ": the shards' threads allocate " + bytes + " bytes a delivery");
            return bytes;
        } finally {
            streams.forEach(EventStream::close);
        }
    }

    private static void publish(Publisher publisher, List<EventStream> streams, String text) throws IOException {
        for (int i = 0; i < EVENTS; i++) {
            publisher.publish("t", text + i);
            for (EventStream stream : streams) {
                stream.awaitData(text + i);
            }
        }
    }

    private static long allocated() {
        long[] shards = Arrays.stream(THREADS.dumpAllThreads(false, false))
            .filter(t -> t.getThreadName().startsWith("rivulet-shard-")).mapToLong(ThreadInfo::getThreadId).toArray();
        return Arrays.stream(THREADS.getThreadAllocatedBytes(shards)).sum();
    }
}
