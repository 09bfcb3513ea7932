package io.rivulet.bench.scenario;

import static io.rivulet.bench.report.Numbers.fixed;
import static io.rivulet.bench.report.Numbers.median;
import static io.rivulet.bench.report.Numbers.ms;

import io.rivulet.bench.Lab;
import io.rivulet.bench.drive.Aim;
import io.rivulet.bench.drive.Crowd;
import io.rivulet.bench.drive.CrowdPlan;
import io.rivulet.bench.drive.Load;
import io.rivulet.bench.drive.ProcessFigures;
import io.rivulet.bench.drive.Publishers;
import io.rivulet.bench.drive.Round;
import io.rivulet.bench.drive.RoundPlan;
import io.rivulet.bench.drive.RoundResult;
import io.rivulet.bench.drive.Target;
import io.rivulet.bench.peer.Core;
import io.rivulet.bench.peer.Jcmd;
import io.rivulet.bench.peer.RivuletPlan;
import io.rivulet.bench.peer.Running;
import io.rivulet.bench.report.Table;
import io.rivulet.kit.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Whether a publish to one topic costs as with one subscriber when 15,000 others have topics of their own. */
public final class Topics implements Scenario {

    private static final int SIZE = 100;
    private static final double RATE = 500;

    @Override
    public void run(Lab lab) throws IOException {
        lab.close();
        int many = lab.options().size(15_000, 100);
        // heartbeats to 15,000 would be most of what is measured; the container must not miss them
        RivuletPlan plan = lab.rivulet(true, lab.options().flags()).set("heartbeat", "5m").container("idleMs", 900_000);
        Table table = new Table("topics: each subscriber with a topic of its own and one shared, heap "
            + lab.options().heap(), "publish to", "publishes/s", "CPU without any, ms/s", "CPU µs per publish",
            "p50 ms", "p99 ms", "RSS MB", "faults");
        double alone = with(lab, plan, 1, many, table);
        double among = with(lab, plan, many, many, table);
        lab.report().add(table.note("Medians; the CPU of a publish is what comes on top of the CPU without any. Among "
            + many + ", a publish to one topic took " + fixed(among / alone, 2)
            + " times the CPU that it took with one subscriber. No heartbeats. Before, " + many
            + " events were published, so that no topic is new to the log."));
    }

    /** Gives the CPU in microseconds of one publish to one subscriber's own topic. */
    private static double with(Lab lab, RivuletPlan plan, int n, int before, Table table) throws IOException {
        try (Running running = lab.fresh(plan)) {
            Target target = running.target();
            CrowdPlan who = CrowdPlan.of(n, target).asking(i -> Target.rivuletPath("own" + i, "shared"));
            try (Crowd crowd = new Crowd(target, who).connect(0, n)) {
                eachOnce(target, Load.only(before, SIZE, Aim.inTurn("own", n, 1)));
                double cpuUs = rounds(lab, target, crowd, new Load(1, RATE, SIZE, Aim.atTopic("own0", 0), 0),
                    table, "one topic, " + (n == 1 ? "1 subscriber" : "among " + n));
                if (n > 1) {
                    rounds(lab, target, crowd, new Load(1, RATE, SIZE, Aim.inTurn("own", n, 1), 0), table,
                        "each one's topic in turn, " + n);
                    rounds(lab, target, crowd, new Load(1, 0, SIZE, Aim.atTopic("shared", 1), 0), table,
                        "the shared topic, " + n + " subscribers");
                }
                return cpuUs;
            }
        }
    }

    /** An event for each topic, on both cores, and then for the compiler to come to an end. */
    private static void eachOnce(Target target, Load load) throws IOException {
        Core.free(target.process().pid());
        try (Publishers publishers = Publishers.start(target, load, null)) {
            publishers.awaitEnd();
        }
        Jcmd.awaitCompiled(target.process(), Lab.COMPILER);
        Core.SERVER.take(target.process().pid());
    }

    private static double rounds(Lab lab, Target target, Crowd crowd, Load load, Table table, String name)
        throws IOException {
        lab.report().say("topics: " + name);
        List<RoundResult> results = new ArrayList<>();
        Round.measure(target, new RoundPlan(null, load, 0, lab.options().warmup() * 1_000L + 1), crowd);
        double quietMs = quiet(lab, target);
        for (int round = 0; round < lab.options().rounds(); round++) {
            RoundResult result = Round.measure(target,
                new RoundPlan(null, load, 500, lab.options().seconds() * 1_000L), crowd);
            results.add(result);
            lab.report().raw("topics", name, result.raw());
        }
        double cpuUs = median(results, r -> (r.serverCpuMs() - quietMs * r.seconds()) * 1e3 / r.events());
        int ended = crowd.faults().broken();
        table.row(name, fixed(median(results, RoundResult::eventsPerSecond), 0), fixed(quietMs, 0), fixed(cpuUs, 0),
            ms(median(results, r -> r.latencies().percentileUs(0.5))),
            ms(median(results, r -> r.latencies().percentileUs(0.99))),
            fixed(median(results, RoundResult::rssKb) / 1024, 0), ended > 0 ? ended + " ended" : "");
        return cpuUs;
    }

    /** Milliseconds of CPU a second while nobody publishes. */
    private static double quiet(Lab lab, Target target) {
        long seconds = lab.options().seconds();
        long before = ProcessFigures.of(target.process()).cpuMs();
        Await.pass(Duration.ofSeconds(seconds));
        return (ProcessFigures.of(target.process()).cpuMs() - before) / (double) seconds;
    }
}
