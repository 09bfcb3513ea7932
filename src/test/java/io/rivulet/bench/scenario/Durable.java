package io.rivulet.bench.scenario;

import static io.rivulet.bench.report.Numbers.fixed;
import static io.rivulet.bench.report.Numbers.median;
import static io.rivulet.bench.report.Numbers.ms;

import io.rivulet.bench.Lab;
import io.rivulet.bench.drive.Load;
import io.rivulet.bench.drive.Round;
import io.rivulet.bench.drive.RoundPlan;
import io.rivulet.bench.drive.RoundResult;
import io.rivulet.bench.drive.Target;
import io.rivulet.bench.peer.RivuletPlan;
import io.rivulet.bench.peer.Running;
import io.rivulet.bench.report.Table;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a durable publish over HTTP costs with 64 connections: beside an empty POST of the same container, and beside
 * what the log itself commits for 64 threads; on this disk, and on one whose syncs take 2 ms longer.
 */
public final class Durable implements Scenario {

    private static final int CONNECTIONS = 64;
    private static final int SIZE = 100;

    private final int syncMoreMs;

    /** {@code syncMoreMs} is added to each sync to disk; 0 for none. */
    public Durable(int syncMoreMs) {
        this.syncMoreMs = syncMoreMs;
    }

    @Override
    public void run(Lab lab) throws IOException {
        lab.close();
        String syncs = syncMoreMs == 0 ? "" : ", +" + syncMoreMs + " ms a sync";
        Table table = new Table("durable: " + CONNECTIONS + " connections publish " + SIZE
            + " bytes, nobody listens" + syncs, "server", "publishes/s", "to the log's own rate",
            "CPU µs per publish", "to the empty async POST", "p50 ms", "p99 ms", "faults");
        try {
            on(lab, table, syncMoreMs, "the log alone, " + CONNECTIONS + " threads" + syncs);
        } catch (IOException e) {
            if (syncMoreMs == 0) {
                throw e;
            }
            table.note("Left out: " + e.getMessage()); // slowing syncs takes a C compiler
        }
        lab.report().add(table.note("Medians of " + lab.options().rounds() + " interleaved rounds."));
    }

    private static void on(Lab lab, Table table, int syncMoreMs, String log) throws IOException {
        List<RivuletPlan> plans = new ArrayList<>();
        boolean[] containers = lab.options().smoke() ? new boolean[] {true} : new boolean[] {true, false};
        for (RivuletPlan plan : lab.rivulets(lab.options().flags(), containers)) {
            plans.add(syncMoreMs == 0 ? plan : plan.syncMore(syncMoreMs));
            if (syncMoreMs == 0 && !plan.isBefore()) {
                plans.add(plan.empty(true));
                plans.add(plan.empty(false));
            }
        }
        Map<String, List<RoundResult>> results = new LinkedHashMap<>();
        List<Double> own = new ArrayList<>();
        List<Running> servers = new ArrayList<>();
        try {
            for (RivuletPlan plan : plans) {
                servers.add(lab.fresh(plan));
            }
            servers.forEach(server -> results.put(server.target().name(), new ArrayList<>()));
            servers.forEach(server -> lab.warm("publishing", server.target(), t -> plan(lab, t)));
            for (int round = 0; round < lab.options().rounds(); round++) {
                for (Running server : servers) {
                    RoundResult result = Round.measure(server.target(), plan(lab, server.target()), null);
                    results.get(server.target().name()).add(result);
                    lab.report().raw("durable", server.target().name(), result.raw());
                    lab.report().say("durable, " + server.target().name() + ": "
                        + fixed(result.eventsPerSecond(), 0) + "/s");
                }
                own.add(logRate(lab, syncMoreMs));
                lab.report().say("durable, " + log + ": " + fixed(own.get(own.size() - 1), 0) + "/s");
            }
        } finally {
            servers.forEach(Running::close);
        }
        double ownRate = median(own, rate -> rate);
        results.forEach((server, all) -> row(table, server, all, ownRate, results));
        table.row(log, fixed(ownRate, 0), fixed(1, 2));
    }

    private static RoundPlan plan(Lab lab, Target target) {
        return new RoundPlan(null, Load.closed(CONNECTIONS, SIZE, target), 500, lab.options().seconds() * 1_000L);
    }

    private static double logRate(Lab lab, int syncMoreMs) throws IOException {
        Path folder = lab.options().out().resolve("data").toAbsolutePath().resolve("log-alone");
        return Double.parseDouble(lab.servers().runOnce("io.rivulet.log.segment.GroupCommitRate", lab.options().flags(),
            syncMoreMs, folder.toString(), Integer.toString(CONNECTIONS), Integer.toString(SIZE),
            Integer.toString(lab.options().seconds())));
    }

    private static void row(Table table, String server, List<RoundResult> all, double ownRate,
                            Map<String, List<RoundResult>> results) {
        boolean empty = server.startsWith("empty");
        String beside = "empty async POST on " + (server.contains("Jetty") ? "Jetty" : "Tomcat");
        double rate = median(all, RoundResult::eventsPerSecond);
        double cpu = median(all, RoundResult::cpuUsPerPublish);
        double least = median(results.getOrDefault(beside, List.of()), RoundResult::cpuUsPerPublish);
        long refused = all.stream().mapToLong(RoundResult::refused).sum();
        table.row(server, fixed(rate, 0), empty ? "" : fixed(rate / ownRate, 2), fixed(cpu, 1), fixed(cpu / least, 2),
            ms(median(all, r -> r.answers().percentileUs(0.5))), ms(median(all, r -> r.answers().percentileUs(0.99))),
            refused > 0 ? refused + " refused" : "");
    }
}
