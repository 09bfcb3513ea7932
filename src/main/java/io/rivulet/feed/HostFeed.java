package io.rivulet.feed;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * {@code host}: what this JVM does, every second. CPU as a share of all cores (0 to 1), heap in bytes, collections
 * counted and timed since the JVM's start, live threads. A figure the platform does not give is left out.
 */
final class HostFeed implements Feed {

    static final String TOPIC = "host";
    static final String TYPE = "host";
    private static final Duration EVERY = Duration.ofSeconds(1);

    private final Tap tap;

    HostFeed(Publisher hub) {
        tap = new Tap(hub, TOPIC, TYPE);
        // the platform measures CPU from question to question, and answers the first with 0
        figures(Instant.EPOCH);
    }

    @Override
    public List<String> topics() {
        return List.of(TOPIC);
    }

    @Override
    public Duration tick(Instant now) {
        if (tap.isOpen()) {
            tap.pour(figures(now));
        }
        return EVERY;
    }

    private static String figures(Instant now) {
        Json json = new Json().with("time", now.truncatedTo(ChronoUnit.MILLIS).toString());
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system) {
            share(json, "cpuProcess", system.getProcessCpuLoad());
            share(json, "cpuSystem", system.getCpuLoad());
        }
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        json.with("heapUsed", heap.getUsed()).with("heapCommitted", heap.getCommitted());
        if (heap.getMax() > 0) {
            json.with("heapMax", heap.getMax());
        }
        long count = 0;
        long timeMs = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            count += Math.max(0, collector.getCollectionCount());
            timeMs += Math.max(0, collector.getCollectionTime());
        }
        return json.with("gcCount", count).with("gcTimeMs", timeMs)
            .with("threads", ManagementFactory.getThreadMXBean().getThreadCount()).text();
    }

    /** The platform says a negative share, or NaN, until it knows. */
    private static void share(Json json, String name, double share) {
        if (share >= 0) {
            json.with(name, share, 4);
        }
    }
}
