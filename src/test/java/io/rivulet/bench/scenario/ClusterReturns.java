package io.rivulet.bench.scenario;

import static io.rivulet.bench.report.Numbers.fixed;

import io.rivulet.bench.Lab;
import io.rivulet.bench.drive.Aim;
import io.rivulet.bench.drive.Crowd;
import io.rivulet.bench.drive.CrowdPlan;
import io.rivulet.bench.drive.Load;
import io.rivulet.bench.drive.Pause;
import io.rivulet.bench.drive.Publishers;
import io.rivulet.bench.report.Table;
import io.rivulet.kit.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What those who come back cost the engine: its calls and its CPU while thousands resume from their cursors, beside as
 * long a time in which nothing happens. Of several nodes they come back to another one than they were at.
 *
 * <p>What the nodes ask by themselves is more than that, and must be the same in both times. So a time is some of the
 * 3 s after which each node tells of itself, and begins when what was published before has been copied and counted.
 */
final class ClusterReturns {

    private static final int SIZE = 100;
    private static final int MISSED = 10;
    private static final Duration LIMIT = Duration.ofMinutes(1);
    private static final Duration QUIET = Duration.ofSeconds(3);
    private static final Duration LOOK = Duration.ofMillis(50);

    private ClusterReturns() {
    }

    /** What the engine has done in a time. */
    private record Counts(long calls, long cpuMs) {
    }

    /** Measures each of these teams. */
    static void run(Lab lab, List<Team> teams) throws IOException {
        int clients = 2 * lab.options().subscribers();
        Duration time = Duration.ofMillis(lab.options().size(12_000, 3_000));
        Table table = new Table("cluster: the engine while " + clients + " clients come back, each " + MISSED
            + " events behind", "who", "calls in " + time.toSeconds() + " s, nothing happens", "calls, they come back",
            "CPU ms, nothing happens", "CPU ms, they come back", "all have all after s", "faults");
        for (Team team : teams) {
            row(lab, team, clients, time, table);
        }
        lab.report().add(table.note("By its own counts: `xact_commit` of pg_stat_database, `total_commands_processed`"
            + " of INFO, and the requests that brokers have answered at the listener of the nodes. PostgreSQL's may be"
            + " a second late. What the nodes ask by themselves goes on in both times."));
    }

    private static void row(Lab lab, Team team, int clients, Duration time, Table table) throws IOException {
        CrowdPlan plan = CrowdPlan.of(clients, team.last()).comingBack();
        try (Crowd crowd = new Crowd(team.last(), plan)) {
            crowd.connect(0, clients);
            publish(team, 0, 1);
            require(crowd, clients, 0, 0);
            Await.pass(QUIET);
            Counts idle = over(team, time, () -> { });
            crowd.cut(0, clients);
            publish(team, 1, MISSED);
            crowd.moveTo(team.first());
            Await.pass(QUIET);
            double[] seconds = new double[1];
            Counts busy = over(team, time, () -> {
                long fromNs = System.nanoTime();
                crowd.resume(0, clients);
                require(crowd, clients, 1, MISSED - 1);
                seconds[0] = (System.nanoTime() - fromNs) / 1e9;
            });
            table.row(team.name(), idle.calls(), busy.calls(), idle.cpuMs(), busy.cpuMs(), fixed(seconds[0], 2),
                crowd.faults().text());
            lab.report().raw("cluster, returns", team.name(), Map.of("idle_calls", idle.calls(), "busy_calls",
                busy.calls(), "idle_cpu_ms", idle.cpuMs(), "busy_cpu_ms", busy.cpuMs(), "seconds", seconds[0]));
            lab.report().say("cluster, " + team.name() + ": " + clients + " came back in " + fixed(seconds[0], 2)
                + " s; calls " + idle.calls() + " and " + busy.calls());
        }
    }

    private interface Act {
        void go() throws IOException;
    }

    /** The counts of so long a time, in which this is done. */
    private static Counts over(Team team, Duration time, Act act) throws IOException {
        long calls = team.engine().calls();
        long cpuMs = team.engineCpuMs(); // without what it costs to count the calls
        long untilNs = System.nanoTime() + time.toNanos();
        act.go();
        Await.pass(Duration.ofNanos(Math.max(0, untilNs - System.nanoTime())));
        cpuMs = team.engineCpuMs() - cpuMs;
        return new Counts(team.engine().calls() - calls, cpuMs);
    }

    private static void publish(Team team, int stream, int events) {
        try (Publishers one = Publishers.start(team.first(), Load.only(events, SIZE, Aim.atTopic("bench", stream)),
            null)) {
            one.awaitEnd();
        }
    }

    private static void require(Crowd crowd, int clients, int stream, int number) throws IOException {
        if (!Pause.forUpTo(LIMIT, LOOK, () -> crowd.reached(0, clients, stream, number) == clients)) {
            throw new IOException("only " + crowd.reached(0, clients, stream, number) + " of " + clients
                + " have got all; " + crowd.faults());
        }
    }
}
