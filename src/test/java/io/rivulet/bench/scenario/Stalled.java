package io.rivulet.bench.scenario;

import static io.rivulet.bench.report.Numbers.fixed;
import static io.rivulet.bench.report.Numbers.median;
import static io.rivulet.bench.report.Numbers.ms;

import io.rivulet.bench.Lab;
import io.rivulet.bench.drive.Crowd;
import io.rivulet.bench.drive.CrowdPlan;
import io.rivulet.bench.drive.Latencies;
import io.rivulet.bench.drive.Load;
import io.rivulet.bench.drive.Pause;
import io.rivulet.bench.drive.Publishers;
import io.rivulet.bench.drive.RoundResult;
import io.rivulet.bench.drive.Target;
import io.rivulet.bench.drive.Window;
import io.rivulet.bench.peer.Jcmd;
import io.rivulet.bench.peer.RivuletPlan;
import io.rivulet.bench.peer.Running;
import io.rivulet.bench.report.Table;
import io.rivulet.kit.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether subscribers that stop reading harm the others: pairs of runs, without and with a quarter of them stalled,
 * after which those must catch up completely.
 */
public final class Stalled implements Scenario {

    private static final double RATE = 20;
    private static final int SIZE = 2_048;
    private static final int RECEIVE_BUFFER = 4 << 10;
    private static final int SEND_BUFFER = 64 << 10;
    /** Less than a minute's events, so that who was stalled so long is fed from the log. */
    private static final String RING = "1m";
    private static final Duration CATCH_UP_LIMIT = Duration.ofMinutes(3);

    private record Run(RoundResult rest, long heapBeforeKb, long heapAfterKb, Map<String, Long> counters,
                       int caughtUp, double catchUpSeconds) {
    }

    @Override
    public void run(Lab lab) throws IOException {
        lab.close();
        int n = lab.options().size(2_000, 40);
        int stalled = n / 4;
        long stallMs = lab.options().stall() * 1_000L;
        List<Run> without = new ArrayList<>();
        List<Run> with = new ArrayList<>();
        RivuletPlan plan = lab.rivulet(true, lab.options().flags()).container("sendBuffer", SEND_BUFFER)
            .container("idleMs", 600_000)
            .set("ring.bytes", RING);
        plan = lab.knows("stall.timeout") ? plan.set("stall.timeout", "10m") : plan;
        for (int pair = 0; pair < lab.options().rounds(); pair++) {
            without.add(one(lab, plan, n, 0, stallMs));
            with.add(one(lab, plan, n, stalled, stallMs));
        }
        report(lab, n, stalled, stallMs, without, with);
    }

    /** The last {@code n / 4} have small buffers in both kinds of runs; {@code stalled} of them stop reading. */
    private Run one(Lab lab, RivuletPlan plan, int n, int stalled, long stallMs) throws IOException {
        try (Running running = lab.fresh(plan)) {
            Target target = running.target();
            long pid = target.process().pid();
            int rest = n - n / 4;
            try (Crowd crowd = new Crowd(target,
                CrowdPlan.of(n, target).split(rest).smallBuffers(RECEIVE_BUFFER)).connect(0, n);
                 Publishers publishers = Publishers.start(target, Load.rate(RATE, SIZE, target), crowd)) {
                Await.pass(Duration.ofSeconds(lab.options().size(lab.options().warmup(), 1)));
                Jcmd.collect(pid);
                long heapBefore = Jcmd.heapKb(pid);
                Map<String, Long> before = lab.counters(running);
                crowd.reads(n - stalled, n, false);
                Window window = Window.open(target, publishers, crowd);
                Await.pass(Duration.ofMillis(stallMs));
                Latencies restSaw = window.close().groups()[0];
                Jcmd.collect(pid);
                long heapAfter = Jcmd.heapKb(pid);
                crowd.reads(n - stalled, n, true);
                long from = System.nanoTime();
                RoundResult result = window.result(restSaw, publishers.end());
                int last = (int) publishers.countOfFirst() - 1;
                Pause.forUpTo(CATCH_UP_LIMIT, () -> crowd.reached(0, n, 0, last) == n);
                double took = (System.nanoTime() - from) / 1e9;
                Map<String, Long> counters = lab.counters(running);
                counters.replaceAll((key, value) -> value - before.getOrDefault(key, 0L));
                Run run = new Run(window.result(restSaw, result.answers()), heapBefore, heapAfter, counters,
                    crowd.reached(n - n / 4, n, 0, last), took);
                tell(lab, stalled, run);
                return run;
            }
        }
    }

    private static void tell(Lab lab, int stalled, Run run) throws IOException {
        Map<String, Object> raw = new LinkedHashMap<>(run.rest().raw());
        raw.put("stalled", stalled);
        raw.put("heap_before_kb", run.heapBeforeKb());
        raw.put("heap_after_kb", run.heapAfterKb());
        raw.put("caught_up", run.caughtUp());
        raw.put("catch_up_seconds", run.catchUpSeconds());
        raw.put("counters", run.counters());
        lab.report().raw("stalled", "Rivulet on Jetty", raw);
        lab.report().say("stalled " + stalled + ": " + raw);
    }

    private static void report(Lab lab, int n, int stalled, long stallMs, List<Run> without, List<Run> with)
        throws IOException {
        Table table = new Table("stalled: " + n + " subscribers, " + (int) RATE + " events/s of " + SIZE + " bytes, "
            + stalled + " of them stop reading for " + stallMs / 1_000 + " s", "run", "the rest: deliveries/s",
            "p50 ms", "p99 ms",
            "heap MB before", "heap MB at the end", "fell behind", "events from the log", "new streams",
            "caught up", "in s", "faults");
        for (int i = 0; i < without.size(); i++) {
            row(table, "pair " + (i + 1) + ", all read", without.get(i));
            row(table, "pair " + (i + 1) + ", " + stalled + " stalled", with.get(i));
        }
        double through = median(with, r -> r.rest().deliveriesPerSecond())
            / median(without, r -> r.rest().deliveriesPerSecond());
        double late = median(with, r -> r.rest().latencies().percentileUs(0.99))
            / median(without, r -> r.rest().latencies().percentileUs(0.99));
        lab.report().add(table.note("With stalled ones, medians over the pairs: " + fixed(through, 3)
            + " of the throughput and " + fixed(late, 2) + " of the p99 without. Receive buffers of the last quarter: "
            + RECEIVE_BUFFER / 1024 + " KB, the server's send buffers " + SEND_BUFFER / 1024
            + " KB; rivulet.ring.bytes=" + RING + "."));
    }

    private static void row(Table table, String name, Run run) {
        table.row(name, fixed(run.rest().deliveriesPerSecond(), 0), ms(run.rest().latencies().percentileUs(0.5)),
            ms(run.rest().latencies().percentileUs(0.99)), fixed(run.heapBeforeKb() / 1024.0, 1),
            fixed(run.heapAfterKb() / 1024.0, 1), run.counters().getOrDefault("fell_behind", 0L),
            run.counters().getOrDefault("delivered_log", 0L), run.counters().getOrDefault("streams_opened", 0L),
            run.caughtUp(), fixed(run.catchUpSeconds(), 1), run.rest().faults().text());
    }
}
