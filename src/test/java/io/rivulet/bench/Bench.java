package io.rivulet.bench;

import io.rivulet.bench.peer.BenchServers;
import io.rivulet.bench.peer.Core;
import io.rivulet.bench.report.Report;
import io.rivulet.bench.scenario.Cluster;
import io.rivulet.bench.scenario.Durable;
import io.rivulet.bench.scenario.Ended;
import io.rivulet.bench.scenario.Fanout;
import io.rivulet.bench.scenario.Http2;
import io.rivulet.bench.scenario.Idle;
import io.rivulet.bench.scenario.Jmh;
import io.rivulet.bench.scenario.Latency;
import io.rivulet.bench.scenario.Lines;
import io.rivulet.bench.scenario.Returns;
import io.rivulet.bench.scenario.Scenario;
import io.rivulet.bench.scenario.Stalled;
import io.rivulet.bench.scenario.Storm;
import io.rivulet.bench.scenario.Topics;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code mvn -Pbench verify -Dbench=fanout,…} ends here. */
public final class Bench {

    /** What slower disks add to each sync. */
    private static final int SLOWER_MS = 2;

    private Bench() {
    }

    private static Map<String, Scenario> scenarios() {
        Map<String, Scenario> all = new LinkedHashMap<>();
        all.put("fanout", new Fanout("fanout", 1));
        all.put("publishers", new Fanout("publishers", 16));
        all.put("latency", new Latency("latency", 50, 2));
        all.put("second", new Latency("second", 1, 4));
        all.put("idle", new Idle());
        all.put("stalled", new Stalled());
        all.put("storm", new Storm());
        all.put("topics", new Topics());
        all.put("durable", new Durable(0));
        all.put("slowsync", new Durable(SLOWER_MS));
        all.put("lines", new Lines());
        all.put("ended", new Ended());
        all.put("http2", new Http2());
        all.put("cluster", new Cluster());
        all.put("returns", new Returns());
        all.put("jmh", new Jmh());
        return all;
    }

    /** Runs the scenarios of {@code bench}, in this order. */
    public static void main(String[] arguments) throws IOException {
        Options options = Options.of(System.getProperties());
        Map<String, Scenario> all = scenarios();
        List<String> unknown = new ArrayList<>(options.scenarios());
        unknown.removeAll(all.keySet());
        if (!unknown.isEmpty()) {
            throw new IllegalArgumentException("no scenario " + unknown + "; there are " + all.keySet() + " and smoke");
        }
        endWithParent();
        Core.DRIVER.take(ProcessHandle.current().pid()); // it drives the load
        Files.createDirectories(options.out());
        Report report = new Report(options.out(), options.facts());
        BenchServers servers = new BenchServers(options.out(), System.getProperties());
        try (Lab lab = new Lab(options, report, servers)) {
            for (String name : options.scenarios()) {
                all.get(name).run(lab);
            }
        }
        report.say("written: " + options.out().resolve("results.md"));
        System.exit(0);
    }

    /** Who stops Maven does not mean that the servers go on, and disturb what is measured next. */
    private static void endWithParent() {
        ProcessHandle.current().parent()
            .ifPresent(parent -> parent.onExit().thenRun(() -> Runtime.getRuntime().exit(1)));
    }
}
