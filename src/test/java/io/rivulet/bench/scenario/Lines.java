package io.rivulet.bench.scenario;

import static io.rivulet.bench.report.Numbers.fixed;
import static io.rivulet.bench.report.Numbers.median;

import io.rivulet.bench.Lab;
import io.rivulet.bench.drive.LineFlood;
import io.rivulet.bench.drive.Load;
import io.rivulet.bench.drive.Round;
import io.rivulet.bench.drive.RoundPlan;
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
 * What a body that is published line by line takes in: one connection beside one that posts each event, and sixteen
 * beside what the log itself commits for as many threads.
 */
public final class Lines implements Scenario {

    private static final int CONNECTIONS = 16;
    private static final int SIZE = 100;
    /** What is wanted of one connection beside one that posts, and of all beside the log alone. */
    private static final double TO_POSTS = 8;
    private static final double TO_LOG = 0.5;

    @Override
    public void run(Lab lab) throws IOException {
        lab.close();
        boolean[] containers = lab.options().smoke() ? new boolean[] {true} : new boolean[] {true, false};
        Map<String, List<double[]>> results = new LinkedHashMap<>();
        List<Double> own = new ArrayList<>();
        List<Running> servers = new ArrayList<>();
        long millis = lab.options().seconds() * 1_000L;
        try {
            for (RivuletPlan plan : lab.rivulets(lab.options().flags(), containers)) {
                servers.add(lab.fresh(plan));
            }
            for (Running server : servers) {
                lab.warm("publishing", server.target(), target -> posts(target, millis));
                LineFlood.linesPerSecond(server.target(), CONNECTIONS, SIZE, millis);
                results.put(server.target().name(), new ArrayList<>());
            }
            for (int round = 0; round < lab.options().rounds(); round++) {
                for (Running server : servers) {
                    Target target = server.target();
                    double posts = Round.measure(target, posts(target, millis), null).eventsPerSecond();
                    double one = LineFlood.linesPerSecond(target, 1, SIZE, millis);
                    double many = LineFlood.linesPerSecond(target, CONNECTIONS, SIZE, millis);
                    results.get(target.name()).add(new double[] {posts, one, many});
                    lab.report().say("lines, " + target.name() + ": " + fixed(posts, 0) + " posts/s, " + fixed(one, 0)
                        + " lines/s, " + fixed(many, 0) + " over " + CONNECTIONS + " connections");
                }
                own.add(logRate(lab));
            }
        } finally {
            servers.forEach(Running::close);
        }
        report(lab, results, median(own, rate -> rate));
    }

    private static void report(Lab lab, Map<String, List<double[]>> results, double ownRate) throws IOException {
        Table table = new Table("lines: " + SIZE + " bytes, durable, nobody listens", "server",
            "POSTs/s, 1 connection", "lines/s, 1 connection", "to the POSTs", "lines/s, " + CONNECTIONS
            + " connections", "to the log's own rate");
        results.forEach((server, all) -> {
            double posts = median(all, rates -> rates[0]);
            double one = median(all, rates -> rates[1]);
            double many = median(all, rates -> rates[2]);
            table.row(server, fixed(posts, 0), fixed(one, 0), fixed(one / posts, 1), fixed(many, 0),
                fixed(many / ownRate, 2));
            lab.report().say("lines, " + server + ": " + fixed(one / posts, 1) + " times the posts, at least "
                + fixed(TO_POSTS, 0) + " wanted: " + verdict(one / posts >= TO_POSTS) + "; " + fixed(many / ownRate, 2)
                + " of the log's own rate, at least " + TO_LOG + " wanted: " + verdict(many / ownRate >= TO_LOG));
        });
        table.row("the log alone, " + CONNECTIONS + " threads", "", "", "", fixed(ownRate, 0), fixed(1, 2));
        lab.report().add(table.note("Medians of " + lab.options().rounds() + " interleaved rounds."));
    }

    private static String verdict(boolean isWell) {
        return isWell ? "pass" : "fail";
    }

    private static RoundPlan posts(Target target, long millis) {
        return new RoundPlan(null, Load.closed(1, SIZE, target), 500, millis);
    }

    private static double logRate(Lab lab) throws IOException {
        Path folder = lab.options().out().resolve("data").toAbsolutePath().resolve("log-alone");
        return Double.parseDouble(lab.servers().runOnce("io.rivulet.log.segment.GroupCommitRate", lab.options().flags(),
            0, folder.toString(), Integer.toString(CONNECTIONS), Integer.toString(SIZE),
            Integer.toString(lab.options().seconds())));
    }
}
