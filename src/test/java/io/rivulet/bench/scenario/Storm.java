package io.rivulet.bench.scenario;

import static io.rivulet.bench.report.Numbers.fixed;
import static io.rivulet.bench.report.Numbers.ms;

import io.rivulet.bench.Lab;
import io.rivulet.bench.drive.Faults;
import io.rivulet.bench.peer.JvmFlags;
import io.rivulet.bench.peer.RivuletPlan;
import io.rivulet.bench.peer.Running;
import io.rivulet.bench.report.Table;
import io.rivulet.bench.scenario.Storms.Outcome;
import io.rivulet.bench.scenario.Storms.Sizes;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Thousands come back at once, each as many events behind, while live events go on. Each follows {@code news}, where
 * what they miss is published, and one of 99 live topics, so that it gets about one live event a second.
 */
public final class Storm implements Scenario {

    /** Jetty takes no more of those who come back: each costs a fifth of a millisecond before it is Rivulet's. */
    private static final int ACCEPTS_PER_10_MS = 4;

    @Override
    public void run(Lab lab) throws IOException {
        lab.close();
        Sizes sizes = new Sizes(lab.options().size(500, 10), lab.options().size(5_000, 50),
            lab.options().size(1_000, 50), lab.options().size(10_000, 1_000));
        Table table = new Table("storm: " + sizes.leave() + " come back at once, " + sizes.behind()
            + " events behind, " + Storms.LIVE_RATE + " live events/s", "what they missed is read from",
            "all back in s", "caught up",
            "events/s", "live p99 ms before", "during", "times, of each storm", "from the ring", "from the log",
            "log KB read", "ended on the way", "faults");
        JvmFlags flags = lab.options().smoke() ? lab.options().flags()
            : JvmFlags.shortPauses(lab.options().heap()).with(lab.options().jvm());
        RivuletPlan asTheyCome = lab.rivulet(true, flags);
        RivuletPlan plan = asTheyCome.container("acceptsPer10Ms", ACCEPTS_PER_10_MS);
        row(lab, table, "the tail ring", plan, sizes);
        if (!lab.options().smoke()) {
            row(lab, table, "the log (ring.bytes=64k)", plan.set("ring.bytes", "65536"), sizes);
            row(lab, table, "the tail ring, accepted as they come", asTheyCome, sizes);
        }
        lab.report().add(table.note("The storm whose ratio is the median. Live: of the " + sizes.stay()
            + " who stayed, over " + sizes.calmMs() / 1_000 + " s before, and from the first return until all had "
            + "caught up. Jetty accepts " + ACCEPTS_PER_10_MS + " connections in 10 ms (`AcceptRateLimit`), but for "
            + "the last row. JVM: " + flags.text()));
    }

    private static void row(Lab lab, Table table, String name, RivuletPlan plan, Sizes sizes) throws IOException {
        List<Outcome> all = new ArrayList<>();
        try (Running running = lab.fresh(plan); Storms storms = new Storms(lab, running, sizes)) {
            storms.rehearse();
            for (int round = 0; round < lab.options().rounds(); round++) {
                all.add(storms.next());
                raw(lab, name, all.get(round));
            }
        }
        List<Outcome> sorted = all.stream().sorted(Comparator.comparingDouble(Outcome::times)).toList();
        Outcome o = sorted.get(sorted.size() / 2);
        Faults faults = all.get(all.size() - 1).faults(); // of all together
        table.row(name, fixed(o.seconds(), 2), o.caughtUp(),
            fixed((double) sizes.leave() * sizes.behind() / o.seconds(), 0), ms(o.before().percentileUs(0.99)),
            ms(o.during().percentileUs(0.99)),
            all.stream().map(each -> fixed(each.times(), 1)).collect(Collectors.joining(", ")),
            o.counters().get("delivered_ring"), o.counters().get("delivered_log"),
            o.counters().get("log_bytes_read") / 1024, faults.broken(),
            new Faults(faults.gaps(), faults.doubles(), 0, null).text());
    }

    private static void raw(Lab lab, String name, Outcome o) throws IOException {
        Map<String, Object> raw = new LinkedHashMap<>();
        raw.put("from", name);
        raw.put("seconds", o.seconds());
        raw.put("caught_up", o.caughtUp());
        raw.put("live_p99_us_before", o.before().percentileUs(0.99));
        raw.put("live_p99_us_during", o.during().percentileUs(0.99));
        raw.put("counters", o.counters());
        raw.put("faults", o.faults());
        lab.report().raw("storm", "Rivulet on Jetty", raw);
        lab.report().say("storm, " + name + ": " + raw);
    }
}
