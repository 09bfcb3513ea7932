package io.rivulet.bench.scenario;

import static io.rivulet.bench.report.Numbers.fixed;
import static io.rivulet.bench.report.Numbers.median;
import static io.rivulet.bench.report.Numbers.ms;

import io.rivulet.bench.Lab;
import io.rivulet.bench.drive.Aim;
import io.rivulet.bench.drive.Crowd;
import io.rivulet.bench.drive.CrowdPlan;
import io.rivulet.bench.drive.Load;
import io.rivulet.bench.drive.Round;
import io.rivulet.bench.drive.RoundPlan;
import io.rivulet.bench.drive.RoundResult;
import io.rivulet.bench.drive.Target;
import io.rivulet.bench.peer.RivuletPlan;
import io.rivulet.bench.peer.Running;
import io.rivulet.bench.report.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Whether a publish to one topic costs as with one subscriber when 15,000 others have topics of their own. */
public final class Topics implements Scenario {

    private static final int SIZE = 100;
    private static final double RATE = 200;

    @Override
    public void run(Lab lab) throws IOException {
        lab.close();
        int many = lab.options().size(15_000, 100);
        // heartbeats to 15,000 would be most of what is measured; the container must not miss them
        RivuletPlan plan = lab.rivulet(true, lab.options().flags()).set("heartbeat", "5m").container("idleMs", 900_000);
        Table table = new Table("topics: each subscriber with a topic of its own and one shared, heap "
            + lab.options().heap(), "publish to", "publishes/s", "CPU µs per publish", "p50 ms", "p99 ms",
            "CPU µs per delivery", "RSS MB", "faults");
        List<RoundResult> alone = rounds(lab, plan, 1, "own", table, "one's own topic, 1 subscriber");
        List<RoundResult> among = rounds(lab, plan, many, "own", table, "one's own topic, among " + many);
        rounds(lab, plan, many, "shared", table, "the shared topic, " + many + " subscribers");
        lab.report().add(table.note("Medians. Among " + many + ", a publish to one topic took "
            + fixed(median(among, RoundResult::cpuUsPerPublish) / median(alone, RoundResult::cpuUsPerPublish), 2)
            + " times the CPU that it took with one subscriber. No heartbeats."));
    }

    private static List<RoundResult> rounds(Lab lab, RivuletPlan plan, int n, String topic, Table table, String name)
        throws IOException {
        boolean own = topic.equals("own");
        List<RoundResult> results = new ArrayList<>();
        try (Running running = lab.fresh(plan)) {
            Target target = running.target();
            lab.report().say("topics: " + name);
            CrowdPlan who = CrowdPlan.of(n, target).asking(i -> Target.rivuletPath("own" + i, "shared"));
            Load load = own ? new Load(1, RATE, SIZE, Aim.inTurn("own", n), 0)
                : new Load(1, 0, SIZE, Aim.atTopic("shared", 1), 0);
            try (Crowd crowd = new Crowd(target, who).connect(0, n)) {
                Round.measure(target, new RoundPlan(who, load, 0, lab.options().warmup() * 1_000L + 1), crowd);
                for (int round = 0; round < lab.options().rounds(); round++) {
                    RoundResult result = Round.measure(target,
                        new RoundPlan(who, load, 500, lab.options().seconds() * 1_000L), crowd);
                    results.add(result);
                    lab.report().raw("topics", name, result.raw());
                }
                long missing = results.stream().mapToLong(r -> r.faults().broken()).max().orElse(0);
                table.row(name, fixed(median(results, RoundResult::eventsPerSecond), 0),
                    fixed(median(results, RoundResult::cpuUsPerPublish), 0),
                    ms(median(results, r -> r.latencies().percentileUs(0.5))),
                    ms(median(results, r -> r.latencies().percentileUs(0.99))),
                    fixed(median(results, RoundResult::cpuUsPerDelivery), 2),
                    fixed(median(results, RoundResult::rssKb) / 1024, 0), missing > 0 ? missing + " ended" : "");
            }
        }
        return results;
    }
}
