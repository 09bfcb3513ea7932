package io.rivulet.bench.scenario;

import static io.rivulet.bench.report.Numbers.fixed;
import static io.rivulet.bench.report.Numbers.median;
import static io.rivulet.bench.report.Numbers.ms;
import static io.rivulet.bench.report.Numbers.range;

import io.rivulet.bench.Lab;
import io.rivulet.bench.drive.Crowd;
import io.rivulet.bench.drive.CrowdPlan;
import io.rivulet.bench.drive.Faults;
import io.rivulet.bench.drive.Load;
import io.rivulet.bench.drive.Round;
import io.rivulet.bench.drive.RoundPlan;
import io.rivulet.bench.drive.RoundResult;
import io.rivulet.bench.drive.Target;
import io.rivulet.bench.report.Table;
import io.rivulet.cluster.Engines;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Nodes at an engine beside one hub by itself: what they take together, how late an event is that was published at
 * another node, what a delivery costs a node, and what those who come back cost the engine. Each has a turn in each
 * round. Of several nodes the first is published at, and the last one has the subscribers.
 */
public final class Cluster implements Scenario {

    private static final int SIZE = 100;
    private static final int NODES = 3;
    private static final double TAIL_RATE = 50;
    /** Few, so that the way of an event is measured and not the writing to many. */
    private static final int TAIL_SUBSCRIBERS = 10;
    /** Events a second, and milliseconds of the p99, that are wanted on a machine that does nothing else. */
    private static final double LINES_WANTED = 20_000;
    private static final Map<Engines, Double> TAIL_P99_MS = Map.of(Engines.POSTGRESQL, 10.0, Engines.REDIS, 3.0);

    /** What all rounds of a team gave. */
    private static final class Figures {
        private final List<Intake> intakes = new ArrayList<>();
        private final List<RoundResult> tails = new ArrayList<>();
        private final List<RoundResult> fanouts = new ArrayList<>();
        private final List<Double> lines = new ArrayList<>();
    }

    @Override
    public void run(Lab lab) throws IOException {
        lab.close();
        List<Team> teams = new ArrayList<>();
        try {
            teams.add(Team.alone(lab));
            startNodes(lab, teams);
            for (Team team : teams) {
                warm(lab, team);
            }
            Map<Team, Figures> all = new LinkedHashMap<>();
            teams.forEach(team -> all.put(team, new Figures()));
            rounds(lab, teams, team -> measure(lab, team, all.get(team)));
            reportIntake(lab, all);
            reportTail(lab, all);
            reportFanout(lab, all);
            ClusterReturns.run(lab, teams.stream().filter(team -> team.engine() != null).toList());
            rounds(lab, teams, team -> lines(lab, team, all.get(team))); // last: servers tidy up behind so much
            reportLines(lab, all);
        } finally {
            teams.forEach(Team::close);
        }
    }

    private interface Turn {
        void of(Team team) throws IOException;
    }

    private static void rounds(Lab lab, List<Team> teams, Turn turn) throws IOException {
        for (int round = 0; round < lab.options().rounds(); round++) {
            for (int i = 0; i < teams.size(); i++) {
                turn.of(teams.get((i + round) % teams.size()));
            }
        }
    }

    /** Starts one node and some at each engine that is here. */
    static void startNodes(Lab lab, List<Team> teams) throws IOException {
        for (Engines engine : Engines.values()) {
            if (!lab.options().has(engine.name())) {
                continue;
            }
            if (engine.isThere()) {
                teams.add(Team.of(lab, engine, 1));
                teams.add(Team.of(lab, engine, NODES));
            } else {
                lab.report().say(engine.title() + " is left out: " + engine.missing());
            }
        }
    }

    private static void warm(Lab lab, Team team) {
        for (Target node : team.nodes()) {
            lab.warm("publishing", node,
                target -> new RoundPlan(null, Load.closed(Intake.CONNECTIONS, SIZE, target), 0, 1));
        }
        lab.warm("deliveries", team.last(), target -> fanout(lab, target));
    }

    private static RoundPlan fanout(Lab lab, Target at) {
        return new RoundPlan(CrowdPlan.of(lab.options().subscribers(), at), Load.closed(1, SIZE, at), 1_000,
            lab.options().seconds() * 1_000L);
    }

    private static void measure(Lab lab, Team team, Figures figures) throws IOException {
        long ms = lab.options().seconds() * 1_000L;
        Intake intake = Intake.of(team, SIZE, ms);
        RoundResult tail = listened(team, new RoundPlan(CrowdPlan.of(TAIL_SUBSCRIBERS, team.last()),
            Load.rate(TAIL_RATE, SIZE, team.first()), 1_000, 2 * ms));
        RoundResult fanout = listened(team, fanout(lab, team.last()));
        figures.intakes.add(intake);
        figures.tails.add(tail);
        figures.fanouts.add(fanout);
        lab.report().raw("cluster, intake", team.name(), intake.raw());
        lab.report().raw("cluster, tail", team.name(), tail.raw());
        lab.report().raw("cluster, deliveries", team.name(), fanout.raw());
        lab.report().say("cluster, " + team.name() + ": " + fixed(intake.posts(), 0) + " posts/s, tail p99 "
            + ms(tail.latencies().percentileUs(0.99)) + " ms, "
            + fixed(fanout.cpuUsPerDelivery(), 2) + " µs a delivery");
    }

    private static void lines(Lab lab, Team team, Figures figures) throws IOException {
        double lines = Intake.lines(team, SIZE, lab.options().seconds() * 1_000L);
        figures.lines.add(lines);
        lab.report().raw("cluster, lines", team.name(), Map.of("lines_per_second", lines));
        lab.report().say("cluster, " + team.name() + ": " + fixed(lines, 0) + " lines/s");
    }

    private static RoundResult listened(Team team, RoundPlan plan) throws IOException {
        try (Crowd crowd = new Crowd(team.last(), plan.crowd())) {
            crowd.connect(0, crowd.size());
            return Round.measure(team.first(), team.last(), plan, crowd);
        }
    }

    private static void reportIntake(Lab lab, Map<Team, Figures> all) throws IOException {
        Table table = new Table("cluster: " + Intake.CONNECTIONS + " connections publish " + SIZE
            + " bytes durably, nobody listens", "who", "publishes/s", "to embedded", "CPU µs per publish, all nodes",
            "the engine's", "p50 ms", "p99 ms", "faults");
        double alone = median(all.values().iterator().next().intakes, Intake::posts);
        all.forEach((team, figures) -> {
            List<Intake> rounds = figures.intakes;
            double posts = median(rounds, Intake::posts);
            table.row(team.name(), fixed(posts, 0), fixed(posts / alone, 2), fixed(median(rounds, Intake::cpuUs), 1),
                fixed(median(rounds, Intake::engineCpuUs), 1), ms(median(rounds, r -> r.answers().percentileUs(0.5))),
                ms(median(rounds, r -> r.answers().percentileUs(0.99))),
                faults(rounds.stream().mapToLong(Intake::refused).sum(), List.of()));
        });
        lab.report().add(table.note("Medians of " + lab.options().rounds() + " interleaved rounds. All nodes of a row "
            + "share the servers' core; the engine may use both. Each syncs what it acknowledges, but Kafka, of "
            + "which two brokers of three have it in memory then."));
    }

    private static void reportLines(Lab lab, Map<Team, Figures> all) throws IOException {
        Table table = new Table("cluster: " + Intake.FLOODS + " connections publish lines of " + SIZE
            + " bytes durably, nobody listens", "who", "lines/s", "to embedded", "wanted");
        double alone = median(all.values().iterator().next().lines, rate -> rate);
        all.forEach((team, figures) -> {
            double lines = median(figures.lines, rate -> rate);
            boolean hasAim = team.name().endsWith(Engines.POSTGRESQL.title());
            table.row(team.name(), fixed(lines, 0), fixed(lines / alone, 2), hasAim ? fixed(LINES_WANTED, 0) : "");
        });
        lab.report().add(table.note("Medians of " + lab.options().rounds() + " interleaved rounds."));
    }

    private static void reportTail(Lab lab, Map<Team, Figures> all) throws IOException {
        Table table = new Table("cluster: from a publish to " + TAIL_SUBSCRIBERS + " subscribers, " + TAIL_RATE
            + " events/s", "who", "p50 ms", "p99 ms", "p99 of each round", "p99 wanted on an idle machine", "faults");
        all.forEach((team, figures) -> {
            List<RoundResult> rounds = figures.tails;
            String wanted = TAIL_P99_MS.entrySet().stream()
                .filter(aim -> team.name().endsWith(aim.getKey().title())).map(aim -> fixed(aim.getValue(), 0))
                .findFirst().orElse("");
            table.row(team.name(), ms(median(rounds, r -> r.latencies().percentileUs(0.5))),
                ms(median(rounds, r -> r.latencies().percentileUs(0.99))), String.join(", ",
                    rounds.stream().map(r -> ms(r.latencies().percentileUs(0.99))).toList()), wanted,
                faults(rounds.stream().mapToLong(RoundResult::refused).sum(), rounds));
        });
        lab.report().add(table.note("Of several nodes one is published at and another one has the subscribers."));
    }

    private static String faults(long refused, List<RoundResult> heard) {
        Faults sum = heard.stream().map(RoundResult::faults).reduce(new Faults(0, 0, 0, null), Faults::plus);
        return (sum.text() + (refused > 0 ? " " + refused + " publishes refused" : "")).strip();
    }

    private static void reportFanout(Lab lab, Map<Team, Figures> all) throws IOException {
        Table table = new Table("cluster: CPU of the node that has " + lab.options().subscribers() + " subscribers",
            "who", "CPU µs per delivery", "least to most", "to embedded", "deliveries/s", "faults");
        double alone = median(all.values().iterator().next().fanouts, RoundResult::cpuUsPerDelivery);
        all.forEach((team, figures) -> {
            List<RoundResult> rounds = figures.fanouts;
            double cpu = median(rounds, RoundResult::cpuUsPerDelivery);
            table.row(team.name(), fixed(cpu, 2), range(rounds, RoundResult::cpuUsPerDelivery, 2),
                fixed(cpu / alone, 2), fixed(median(rounds, RoundResult::deliveriesPerSecond), 0),
                faults(rounds.stream().mapToLong(RoundResult::refused).sum(), rounds));
        });
        lab.report().add(table.note("One publisher in a closed loop; of several nodes it publishes at another one."));
    }
}
