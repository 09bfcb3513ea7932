package io.rivulet.bench.scenario;

import static io.rivulet.bench.report.Numbers.fixed;

import io.rivulet.bench.Lab;
import io.rivulet.bench.drive.Crowd;
import io.rivulet.bench.drive.CrowdPlan;
import io.rivulet.bench.drive.ProcessFigures;
import io.rivulet.bench.drive.Target;
import io.rivulet.bench.peer.Jcmd;
import io.rivulet.bench.peer.JvmFlags;
import io.rivulet.bench.peer.Peer;
import io.rivulet.bench.peer.RivuletPlan;
import io.rivulet.bench.peer.Running;
import io.rivulet.bench.report.Table;
import io.rivulet.kit.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What a subscriber to whom nothing happens takes: the slope of resident memory and of the CPU between 1,000 and 10,000
 * of them.
 */
public final class Idle implements Scenario {

    private static final String HEAP = "2g";
    private static final Duration ALL_GONE = Duration.ofSeconds(60); // Tomcat learns it at the next heartbeat
    /** Two heartbeats by default. */
    private static final int CPU_SECONDS = 30;
    private static final Duration LOOK = Duration.ofMillis(200);

    private record Size(long rssKb, long heapKb) {
    }

    @Override
    public void run(Lab lab) throws IOException {
        lab.close(); // a machine of its own for this
        JvmFlags flags = JvmFlags.small(HEAP).with(lab.options().jvm());
        int few = lab.options().size(1_000, 20);
        int many = lab.options().size(10_000, 60);
        Table table = new Table("idle: resident memory per connection, between " + few + " and " + many, "server",
            "KB per connection", "of it Java heap", "RSS MB at " + few, "RSS MB at " + many,
            "CPU µs per connection and second");
        boolean[] containers = lab.options().smoke() ? new boolean[] {true} : new boolean[] {true, false};
        List<RivuletPlan> plans = new ArrayList<>(lab.rivulets(flags, containers));
        if (!lab.options().smoke()) {
            plans.add(RivuletPlan.in(false, flags).lean());
        }
        for (RivuletPlan plan : plans) {
            try (Running running = lab.fresh(plan)) {
                come(lab, running, few, plan.jetty() ? many / few : 1);
                measure(lab, running.target(), true, few, many, table);
            }
        }
        for (Peer peer : lab.options().peers()) {
            Running running = lab.servers().start(peer, flags).orElse(null);
            if (running != null) {
                try (running) {
                    come(lab, running, few, many / few);
                    measure(lab, running.target(), peer.isJava(), few, many, table);
                }
            }
        }
        lab.report().add(table.note("JVM: " + flags.text()
            + "; each after two full collections with MaxHeapFreeRatio=10 (`jcmd`). Before, " + few
            + " came and went " + many / few + " times (on Tomcat once), so that code and pools are there already."));
    }

    /** The few come and go so often: what a server takes once, for its code and pools, is no connection's. */
    private static void come(Lab lab, Running running, int few, int times) throws IOException {
        Target target = running.target();
        try (Crowd crowd = new Crowd(target, CrowdPlan.of(few, target))) {
            for (int i = 0; i < times; i++) {
                crowd.connect(0, few).cut(0, few);
            }
        }
        long untilNs = System.nanoTime() + ALL_GONE.toNanos();
        while (target.name().startsWith("Rivulet") && lab.counters(running).get("streams") > 0
            && System.nanoTime() < untilNs) {
            Await.pass(LOOK);
        }
        Jcmd.awaitCompiled(target.process(), Lab.COMPILER);
    }

    private static void measure(Lab lab, Target target, boolean java, int few, int many, Table table)
        throws IOException {
        lab.report().say("idle, " + target.name());
        try (Crowd crowd = new Crowd(target, CrowdPlan.of(many, target))) {
            crowd.connect(0, few);
            Size first = size(lab, target, java);
            double fewUs = cpuUs(lab, target);
            crowd.connect(few, many);
            Size last = size(lab, target, java);
            double cpuUs = (cpuUs(lab, target) - fewUs) / (many - few);
            double kb = (last.rssKb() - first.rssKb()) / (double) (many - few);
            double heapKb = (last.heapKb() - first.heapKb()) / (double) (many - few);
            table.row(target.name(), fixed(kb, 2), java ? fixed(heapKb, 2) : "–", fixed(first.rssKb() / 1024.0, 1),
                fixed(last.rssKb() / 1024.0, 1), fixed(cpuUs, 2));
            lab.report().raw("idle", target.name(), Map.of("kb_per_connection", kb, "heap_kb_per_connection", heapKb,
                "cpu_us_per_connection_and_second", cpuUs, "few", few, "many", many, "rss_kb_few", first.rssKb(),
                "rss_kb_many", last.rssKb(), "faults", crowd.faults()));
        } catch (IOException e) {
            table.row(target.name(), "failed: " + e.getMessage());
        }
    }

    /** A second's, of the whole process: looks at sockets, heartbeats, and what an idle JVM does anyway. */
    private static double cpuUs(Lab lab, Target target) {
        int seconds = lab.options().size(CPU_SECONDS, 1);
        long beforeMs = ProcessFigures.of(target.process()).cpuMs();
        Await.pass(Duration.ofSeconds(seconds));
        return (ProcessFigures.of(target.process()).cpuMs() - beforeMs) * 1_000.0 / seconds;
    }

    private static Size size(Lab lab, Target target, boolean java) throws IOException {
        Await.pass(Duration.ofMillis(lab.options().size(3_000, 300)));
        long heap = 0;
        if (java) {
            Jcmd.shrink(target.process().pid());
            heap = Jcmd.heapKb(target.process().pid());
        }
        return new Size(ProcessFigures.of(target.process()).rssKb(), heap);
    }
}
