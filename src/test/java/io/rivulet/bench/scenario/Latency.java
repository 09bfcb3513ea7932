package io.rivulet.bench.scenario;

import static io.rivulet.bench.report.Numbers.median;
import static io.rivulet.bench.report.Numbers.ms;

import io.rivulet.bench.Lab;
import io.rivulet.bench.drive.CrowdPlan;
import io.rivulet.bench.drive.Latencies;
import io.rivulet.bench.drive.Load;
import io.rivulet.bench.drive.RoundPlan;
import io.rivulet.bench.drive.RoundResult;
import io.rivulet.bench.drive.SyncProbe;
import io.rivulet.bench.drive.Target;
import io.rivulet.bench.peer.Peer;
import io.rivulet.bench.report.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * How late events arrive at a fixed rate, beside servers that store nothing. What the disk takes is measured in the
 * same run, between the rounds: beside a round it would slow the log's own syncs.
 */
public final class Latency implements Scenario {

    private static final int SIZE = 100;
    private static final int WARM_PUBLISHERS = 16;
    private static final String DISK = "write and sync of 200 bytes";

    private final String name;
    private final double rate;
    private final int timeFactor;

    /** At so many events a second; a round lasts {@code timeFactor} times as long as others. */
    public Latency(String name, double rate, int timeFactor) {
        this.name = name;
        this.rate = rate;
        this.timeFactor = timeFactor;
    }

    @Override
    public void run(Lab lab) throws IOException {
        List<Target> targets = lab.keptRivulets(true);
        targets.addAll(lab.keptPeers(Peer.BARE, Peer.NCHAN));
        int n = lab.options().subscribers();
        long timeMs = lab.options().seconds() * 1_000L * timeFactor;
        for (Target target : targets) { // at this rate alone the way of a publish would not be compiled in an hour
            lab.warm(name + ", publishing", target,
                t -> new RoundPlan(null, Load.closed(WARM_PUBLISHERS, SIZE, t), 0, timeMs));
        }
        List<Latencies> syncs = new ArrayList<>();
        Interleaved rounds = new Interleaved(lab, name, target -> new RoundPlan(CrowdPlan.of(n, target),
            Load.rate(rate, SIZE, target), 2_000, timeMs)).run(targets, () -> syncs.add(sync(lab, timeMs)));
        Table table = new Table(name + ": " + n + " subscribers, " + rate + " events/s of " + SIZE + " bytes", "server",
            "p50 ms", "p99 ms", "p50 of each round", "p99 of each round", "faults");
        Map<String, List<Latencies>> all = new LinkedHashMap<>();
        rounds.servers().forEach(s -> all.put(s, rounds.of(s).stream().map(RoundResult::latencies).toList()));
        all.put(DISK, syncs);
        all.forEach((server, latencies) -> table.row(server, ms(median(latencies, l -> l.percentileUs(0.5))),
            ms(median(latencies, l -> l.percentileUs(0.99))), each(latencies, 0.5), each(latencies, 0.99),
            rounds.faults(server)));
        lab.report().add(table.note("Columns 2 and 3 are medians of " + lab.options().rounds()
            + " interleaved rounds; the disk was measured between them.").note(limits(all)));
    }

    private Latencies sync(Lab lab, long timeMs) {
        try {
            Latencies syncs = SyncProbe.run(lab.options().out().resolve("sync-probe"), rate, timeMs);
            lab.report().say(name + ", disk: p50 " + ms(syncs.percentileUs(0.5)) + " ms, p99 "
                + ms(syncs.percentileUs(0.99)) + " ms");
            return syncs;
        } catch (IOException e) {
            throw new UncheckedIOException("the disk cannot be measured", e);
        }
    }

    private static String each(List<Latencies> rounds, double p) {
        return rounds.stream().map(l -> ms(l.percentileUs(p))).collect(Collectors.joining(", "));
    }

    /** What is asked of the medians: 1.2 nchan + 1 sync at p99, and the bare loop + 1.5 syncs at p50. */
    private static String limits(Map<String, List<Latencies>> all) {
        double p99 = 1.2 * of(all, Peer.NCHAN.title(), 0.99) + of(all, DISK, 0.99);
        double p50 = of(all, Peer.BARE.title(), 0.5) + 1.5 * of(all, DISK, 0.5);
        return "1.2 × nchan's p99 + the disk's p99: " + ms(p99) + " ms. The bare loop's p50 + 1.5 × the disk's p50: "
            + ms(p50) + " ms.";
    }

    private static double of(Map<String, List<Latencies>> all, String server, double p) {
        return median(all.getOrDefault(server, List.of()), l -> l.percentileUs(p));
    }
}
