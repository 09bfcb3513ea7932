package io.rivulet.bench.scenario;

import static io.rivulet.bench.report.Numbers.fixed;
import static io.rivulet.bench.report.Numbers.median;
import static io.rivulet.bench.report.Numbers.ms;

import io.rivulet.bench.Lab;
import io.rivulet.bench.drive.Audience;
import io.rivulet.bench.drive.Crowd;
import io.rivulet.bench.drive.CrowdPlan;
import io.rivulet.bench.drive.Faults;
import io.rivulet.bench.drive.H2Crowd;
import io.rivulet.bench.drive.Load;
import io.rivulet.bench.drive.Round;
import io.rivulet.bench.drive.RoundPlan;
import io.rivulet.bench.drive.RoundResult;
import io.rivulet.bench.drive.Target;
import io.rivulet.bench.peer.Core;
import io.rivulet.bench.peer.RivuletPlan;
import io.rivulet.bench.peer.Running;
import io.rivulet.bench.report.Table;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a delivery costs over HTTP/2, without and with TLS, beside HTTP/1.1: on Jetty, one server for each. */
public final class Http2 implements Scenario {

    private static final int SIZE = 100;

    private interface Opening {
        Audience open(Target target, int n) throws IOException;
    }

    private record Way(RivuletPlan plan, Opening opening) {
    }

    @Override
    public void run(Lab lab) throws IOException {
        lab.close();
        int n = lab.options().subscribers();
        Map<String, Way> ways = ways(lab);
        Map<String, Running> servers = new LinkedHashMap<>();
        Map<String, List<RoundResult>> results = new LinkedHashMap<>();
        try {
            for (Map.Entry<String, Way> way : ways.entrySet()) {
                servers.put(way.getKey(), lab.fresh(way.getValue().plan()));
                results.put(way.getKey(), new ArrayList<>());
                lab.report().say("http2, warming " + way.getKey());
                long pid = servers.get(way.getKey()).target().process().pid();
                Core.free(pid);
                one(servers.get(way.getKey()), way.getValue(), n, lab.options().warmup() * 1_000L + 1);
                Core.SERVER.take(pid);
            }
            for (int round = 0; round < lab.options().rounds(); round++) {
                for (Map.Entry<String, Way> way : ways.entrySet()) {
                    RoundResult result = one(servers.get(way.getKey()), way.getValue(), n,
                        lab.options().seconds() * 1_000L);
                    results.get(way.getKey()).add(result);
                    lab.report().raw("http2", way.getKey(), result.raw());
                    lab.report().say("http2, " + way.getKey() + ": " + fixed(result.cpuUsPerDelivery(), 2)
                        + " µs a delivery " + result.faults().text());
                }
            }
        } finally {
            servers.values().forEach(Running::close);
        }
        report(lab, n, results);
    }

    private static Map<String, Way> ways(Lab lab) throws IOException {
        RivuletPlan plan = lab.rivulet(true, lab.options().flags());
        int h2c = freePort();
        int h2 = freePort();
        Opening http1 = (target, n) -> new Crowd(target, CrowdPlan.of(n, target)).connect(0, n);
        Map<String, Way> ways = new LinkedHashMap<>();
        ways.put("HTTP/1.1", new Way(plan, http1));
        ways.put("HTTP/1.1, all through the container", new Way(plan.set("jetty.straight", "false"), http1));
        ways.put("HTTP/2", new Way(plan.container("h2cPort", h2c),
            (target, n) -> new H2Crowd(h2c, false, target.subscribePath(), n)));
        ways.put("HTTP/2 over TLS", new Way(plan.container("h2Port", h2),
            (target, n) -> new H2Crowd(h2, true, target.subscribePath(), n)));
        return ways;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private static RoundResult one(Running server, Way way, int n, long ms) throws IOException {
        Target target = server.target();
        try (Audience audience = way.opening().open(target, n)) {
            return Round.measure(target, new RoundPlan(null, Load.closed(1, SIZE, target), 500, ms), audience);
        }
    }

    private static void report(Lab lab, int n, Map<String, List<RoundResult>> results) throws IOException {
        Table table = new Table("http2: " + n + " subscribers on Jetty, " + SIZE + "-byte events, 1 publisher, "
            + "closed loop", "protocol", "CPU µs per delivery", "to HTTP/1.1", "deliveries/s", "p50 ms", "p99 ms",
            "faults");
        double usual = median(results.get("HTTP/1.1"), RoundResult::cpuUsPerDelivery);
        results.forEach((way, all) -> {
            double cpu = median(all, RoundResult::cpuUsPerDelivery);
            table.row(way, fixed(cpu, 2), fixed(cpu / usual, 2), fixed(median(all, RoundResult::deliveriesPerSecond),
                0), ms(median(all, r -> r.latencies().percentileUs(0.5))),
                ms(median(all, r -> r.latencies().percentileUs(0.99))),
                all.stream().map(RoundResult::faults).reduce(new Faults(0, 0, 0, null), Faults::plus).text());
        });
        lab.report().add(table.note("Medians of " + lab.options().rounds()
            + " interleaved rounds; over HTTP/2 100 streams share a connection."));
    }
}
