package io.rivulet.bench.scenario;

import static io.rivulet.bench.report.Numbers.fixed;
import static io.rivulet.bench.report.Numbers.median;

import io.rivulet.bench.Lab;
import io.rivulet.bench.drive.LineFlood;
import io.rivulet.bench.drive.Load;
import io.rivulet.bench.drive.ProcessFigures;
import io.rivulet.bench.drive.Round;
import io.rivulet.bench.drive.RoundPlan;
import io.rivulet.bench.drive.RoundResult;
import io.rivulet.bench.drive.Target;
import io.rivulet.bench.peer.Jcmd;
import io.rivulet.bench.peer.Running;
import io.rivulet.bench.report.Table;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What a million ended topics cost: memory, and publishes to a topic that never ends. Beside it a hub with as many
 * topics and events, none of which has ended: the difference is that of the ends alone.
 */
public final class Ended implements Scenario {

    private static final int CONNECTIONS = 16;
    private static final int SIZE = 100;

    /** One hub and its figures. */
    private record One(Running hub, String name, long heapBeforeKb, List<Long> heapKb, List<RoundResult> posts,
                       List<double[]> lines) {
    }

    @Override
    public void run(Lab lab) throws IOException {
        lab.close();
        int topics = lab.options().size(1_000_000, 10_000);
        long millis = lab.options().seconds() * 1_000L;
        List<One> hubs = new ArrayList<>();
        try {
            for (boolean end : new boolean[] {false, true}) {
                Running hub = lab.fresh(lab.rivulet(true, lab.options().flags())
                    .set("log.retain.bytes", "64g"));
                One one = new One(hub, fixed(topics, 0) + " topics, " + (end ? "all ended" : "none ended"),
                    aliveKb(hub), new ArrayList<>(), new ArrayList<>(), new ArrayList<>());
                hubs.add(one);
                lab.report().say("ended: " + one.name + " are published");
                LineFlood.topics(hub.target(), topics, end);
                one.heapKb.add(aliveKb(hub));
            }
            Map<String, Boolean> warmed = new LinkedHashMap<>();
            for (int round = 0; round < lab.options().rounds(); round++) {
                for (One one : hubs) {
                    if (warmed.putIfAbsent(one.name, true) == null) { // both have one title, so not by the lab
                        Round.run(one.hub.target(), posts(one.hub.target(), lab.options().warmup() * 1_000L));
                        LineFlood.linesPerSecond(one.hub.target(), CONNECTIONS, SIZE, lab.options().warmup() * 500L);
                        Jcmd.awaitCompiled(one.hub.target().process(), Lab.COMPILER);
                    }
                }
                for (One one : hubs) {
                    one.posts.add(Round.measure(one.hub.target(), posts(one.hub.target(), millis), null));
                    one.lines.add(lines(one.hub.target(), millis));
                    lab.report().say("ended, " + one.name + ": " + fixed(last(one.posts).eventsPerSecond(), 0)
                        + " posts/s, " + fixed(last(one.lines)[0], 0) + " lines/s");
                }
            }
            report(lab, hubs);
        } finally {
            hubs.forEach(one -> one.hub.close());
        }
    }

    private static <T> T last(List<T> list) {
        return list.get(list.size() - 1);
    }

    private static RoundPlan posts(Target target, long millis) {
        return new RoundPlan(null, Load.closed(1, SIZE, target), 500, millis);
    }

    /** Lines a second over all connections, and microseconds of the hub's CPU for each. */
    private static double[] lines(Target target, long millis) throws IOException {
        long cpuMs = ProcessFigures.of(target.process()).cpuMs();
        long from = System.nanoTime();
        double rate = LineFlood.linesPerSecond(target, CONNECTIONS, SIZE, millis);
        double lines = rate * (System.nanoTime() - from) / 1e9;
        return new double[] {rate, (ProcessFigures.of(target.process()).cpuMs() - cpuMs) * 1e3 / lines};
    }

    /** The heap that is alive after a collection. */
    private static long aliveKb(Running hub) throws IOException {
        Jcmd.collect(hub.target().process().pid());
        return Jcmd.heapKb(hub.target().process().pid());
    }

    private static void report(Lab lab, List<One> hubs) throws IOException {
        Table table = new Table("ended: publishes of " + SIZE + " bytes to a topic that never ends, on Jetty", "hub",
            "heap alive MB, empty", "MB with these", "POSTs/s, 1 connection", "CPU µs per POST", "lines/s, "
            + CONNECTIONS + " connections", "CPU µs per line");
        for (One one : hubs) {
            table.row(one.name, fixed(one.heapBeforeKb / 1_024.0, 1), fixed(one.heapKb.get(0) / 1_024.0, 1),
                fixed(median(one.posts, RoundResult::eventsPerSecond), 0),
                fixed(median(one.posts, RoundResult::cpuUsPerPublish), 1), fixed(median(one.lines, l -> l[0]), 0),
                fixed(median(one.lines, l -> l[1]), 2));
        }
        lab.report().add(table.note("Medians of " + lab.options().rounds() + " interleaved rounds."));
    }
}
