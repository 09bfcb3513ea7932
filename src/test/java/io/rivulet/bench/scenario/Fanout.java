package io.rivulet.bench.scenario;

import static io.rivulet.bench.report.Numbers.fixed;
import static io.rivulet.bench.report.Numbers.median;
import static io.rivulet.bench.report.Numbers.ms;

import io.rivulet.bench.Lab;
import io.rivulet.bench.drive.CrowdPlan;
import io.rivulet.bench.drive.Load;
import io.rivulet.bench.drive.RoundPlan;
import io.rivulet.bench.drive.RoundResult;
import io.rivulet.bench.drive.Target;
import io.rivulet.bench.peer.Peer;
import io.rivulet.bench.report.Bars;
import io.rivulet.bench.report.Numbers;
import io.rivulet.bench.report.Table;
import java.io.IOException;
import java.util.List;

/** What one delivery costs the server: publishers in a closed loop, everybody gets everything. */
public final class Fanout implements Scenario {

    private static final int SIZE = 100;

    private final String name;
    private final int publishers;

    /** With so many publishers at once. */
    public Fanout(String name, int publishers) {
        this.name = name;
        this.publishers = publishers;
    }

    @Override
    public void run(Lab lab) throws IOException {
        List<Target> targets = lab.keptRivulets(true, false);
        targets.addAll(lab.keptPeers(Peer.values()));
        int n = lab.options().subscribers();
        Interleaved rounds = new Interleaved(lab, name, target -> new RoundPlan(CrowdPlan.of(n, target),
            Load.closed(publishers, SIZE, target), 1_000, lab.options().seconds() * 1_000L)).run(targets, () -> { });
        Table table = new Table(name + ": " + n + " subscribers, " + SIZE + "-byte events, " + publishers
            + (publishers == 1 ? " publisher" : " publishers") + ", closed loop", "server", "CPU µs per delivery",
            "least to most", "to the bare loop", "deliveries/s", "deliveries per CPU second", "p50 ms", "p99 ms",
            "driver's CPU", "faults");
        Bars bars = new Bars(publishers == 1 ? "Server CPU per delivery, µs (less is better)"
            : "Deliveries per second of server CPU, " + publishers + " publishers (more is better)",
            publishers == 1 ? 1 : 0);
        double bare = median(rounds.of(Peer.BARE.title()), RoundResult::cpuUsPerDelivery);
        for (String server : rounds.servers()) {
            List<RoundResult> all = rounds.of(server);
            double cpu = median(all, RoundResult::cpuUsPerDelivery);
            double perCpu = median(all, RoundResult::deliveriesPerCpuSecond);
            table.row(server, fixed(cpu, 2), Numbers.range(all, RoundResult::cpuUsPerDelivery, 2), fixed(cpu / bare, 2),
                fixed(median(all, RoundResult::deliveriesPerSecond), 0), fixed(perCpu, 0),
                ms(median(all, r -> r.latencies().percentileUs(0.5))),
                ms(median(all, r -> r.latencies().percentileUs(0.99))),
                fixed(median(all, r -> r.driverCpuMs() / r.seconds() / 10), 0) + " %", rounds.faults(server));
            bars.bar(server, publishers == 1 ? cpu : perCpu);
        }
        lab.report().add(table.note("Medians of " + lab.options().rounds() + " interleaved rounds."));
        lab.report().add(name, bars);
    }
}
