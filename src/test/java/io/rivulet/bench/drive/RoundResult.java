package io.rivulet.bench.drive;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a round gave.
 *
 * @param seconds     that were measured
 * @param events      published in that time
 * @param deliveries  that arrived in that time
 * @param serverCpuMs of the server in that time
 * @param driverCpuMs of the driver: near 1,000 a second, the figures are its own
 * @param rssKb       of the server at the end
 * @param latencies   from the publisher's send to the subscriber's blank line
 * @param answers     from the publisher's send to its answer
 * @param refused     publishes
 * @param faults      of the subscribers
 */
public record RoundResult(double seconds, long events, long deliveries, long serverCpuMs, long driverCpuMs, long rssKb,
                          Latencies latencies, Latencies answers, long refused, Faults faults) {

    /** Microseconds of server CPU for one delivery. */
    public double cpuUsPerDelivery() {
        return deliveries == 0 ? 0 : serverCpuMs * 1e3 / deliveries;
    }

    /** Microseconds of server CPU for one publish. */
    public double cpuUsPerPublish() {
        return events == 0 ? 0 : serverCpuMs * 1e3 / events;
    }

    /** Deliveries in a second of the server's CPU. */
    public double deliveriesPerCpuSecond() {
        return serverCpuMs == 0 ? 0 : deliveries * 1e3 / serverCpuMs;
    }

    /** Deliveries a second. */
    public double deliveriesPerSecond() {
        return deliveries / seconds;
    }

    /** Events a second. */
    public double eventsPerSecond() {
        return events / seconds;
    }

    /** For the file of raw lines. */
    public Map<String, Object> raw() {
        Map<String, Object> raw = new LinkedHashMap<>();
        raw.put("seconds", seconds);
        raw.put("events", events);
        raw.put("deliveries", deliveries);
        raw.put("server_cpu_ms", serverCpuMs);
        raw.put("driver_cpu_ms", driverCpuMs);
        raw.put("cpu_us_per_delivery", cpuUsPerDelivery());
        raw.put("server_cores", serverCpuMs / 1e3 / seconds);
        raw.put("p50_us", latencies.percentileUs(0.5));
        raw.put("p99_us", latencies.percentileUs(0.99));
        raw.put("max_us", latencies.maxUs());
        raw.put("answer_p50_us", answers.percentileUs(0.5));
        raw.put("answer_p99_us", answers.percentileUs(0.99));
        raw.put("rss_kb", rssKb);
        raw.put("refused", refused);
        raw.put("faults", faults);
        return raw;
    }
}
