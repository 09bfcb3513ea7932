package io.rivulet.feed;

import com.google.gson.JsonObject;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryUsage;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;

/**
 * {@code host}: what this JVM does, every second: CPU as a share of all cores (0 to 1), heap in bytes, collections
 * counted and timed since the JVM's start, live threads. A figure that the platform does not give is left out. Run by
 * the thread {@code rivulet-feed}.
 */
final class HostFeed implements TickingFeed {

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

    private static JsonObject figures(Instant now) {
        JsonObject json = new JsonObject();
        json.addProperty("time", now.truncatedTo(ChronoUnit.MILLIS).toString());
        if (ManagementFactory.getOperatingSystemMXBean() instanceof com.sun.management.OperatingSystemMXBean system) {
            share(json, "cpuProcess", system.getProcessCpuLoad());
            share(json, "cpuSystem", system.getCpuLoad());
        }
        MemoryUsage heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage();
        json.addProperty("heapUsed", heap.getUsed());
        json.addProperty("heapCommitted", heap.getCommitted());
        if (heap.getMax() > 0) {
            json.addProperty("heapMax", heap.getMax());
        }
        long count = 0;
        long timeMs = 0;
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            count += Math.max(0, collector.getCollectionCount());
            timeMs += Math.max(0, collector.getCollectionTime());
        }
        json.addProperty("gcCount", count);
        json.addProperty("gcTimeMs", timeMs);
        json.addProperty("threads", ManagementFactory.getThreadMXBean().getThreadCount());
        return json;
    }

    /** The platform says a negative share, or NaN, until it knows. */
    private static void share(JsonObject json, String name, double share) {
        if (share >= 0) {
            json.addProperty(name, Tap.rounded(share, 4));
        }
    }
}
