package io.rivulet.bench;

import com.google.gson.Gson;
import com.google.gson.reflect.TypeToken;
import io.rivulet.bench.drive.Round;
import io.rivulet.bench.drive.RoundPlan;
import io.rivulet.bench.drive.Target;
import io.rivulet.bench.peer.BenchServers;
import io.rivulet.bench.peer.Core;
import io.rivulet.bench.peer.Jcmd;
import io.rivulet.bench.peer.JvmFlags;
import io.rivulet.bench.peer.Peer;
import io.rivulet.bench.peer.RivuletPlan;
import io.rivulet.bench.peer.Running;
import io.rivulet.bench.report.Report;
import io.rivulet.config.SettingsTable;
import io.rivulet.kit.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * What scenarios share: the options, the report, and the servers that stay up between them, each warmed with a load
 * before it is measured with it. A server that nobody talks to costs the others nothing.
 */
public final class Lab implements AutoCloseable {

    private static final Duration OPENING = Duration.ofMillis(500);
    /** For the compiler to come to an end of what the warm-up has given it. */
    public static final Duration COMPILER = Duration.ofMinutes(1);

    private final Options options;
    private final Report report;
    private final BenchServers servers;
    private final Map<String, Running> kept = new LinkedHashMap<>();
    private final Set<String> warmed = new HashSet<>();

    Lab(Options options, Report report, BenchServers servers) {
        this.options = options;
        this.report = report;
        this.servers = servers;
    }

    /** How much is measured. */
    public Options options() {
        return options;
    }

    /** Where it goes. */
    public Report report() {
        return report;
    }

    /** The starter of servers. */
    public BenchServers servers() {
        return servers;
    }

    /** Whether Rivulet has such a setting; another version may be measured. */
    public boolean knows(String setting) {
        return SettingsTable.rows().stream().anyMatch(row -> row.fullKey().equals("rivulet." + setting));
    }

    /** What the hub has counted since its start. */
    public Map<String, Long> counters(Running running) throws IOException {
        return new Gson().fromJson(running.ask("counters"), new TypeToken<TreeMap<String, Long>>() { }.getType());
    }

    /** Rivulet as the options want it. */
    public RivuletPlan rivulet(boolean jetty, JvmFlags flags) {
        RivuletPlan plan = RivuletPlan.in(jetty, flags);
        for (Map.Entry<String, String> setting : options.settings().entrySet()) {
            plan = plan.set(setting.getKey(), setting.getValue());
        }
        return plan;
    }

    /** Rivulet in each of these containers and, where other builds are given, those beside each. */
    public List<RivuletPlan> rivulets(JvmFlags flags, boolean... jetty) {
        List<RivuletPlan> plans = new ArrayList<>();
        for (boolean each : jetty) {
            RivuletPlan plan = rivulet(each, flags);
            for (int i = 0; i < options.before().size(); i++) {
                plans.add(plan.before(options.before().get(i), i + 1));
            }
            plans.add(plan);
        }
        return plans;
    }

    /** Starts a server for one scenario, which closes it. */
    public Running fresh(RivuletPlan plan) throws IOException {
        Running running = servers.start(plan);
        Await.pass(OPENING);
        return running;
    }

    /** Rivulet in each of these containers, kept running. */
    public List<Target> keptRivulets(boolean... jetty) throws IOException {
        List<Target> targets = new ArrayList<>();
        for (RivuletPlan plan : rivulets(options.flags(), jetty)) {
            if (!kept.containsKey(plan.title())) {
                kept.put(plan.title(), fresh(plan));
            }
            targets.add(kept.get(plan.title()).target());
        }
        return targets;
    }

    /** A peer, kept running; empty when it is not asked for or cannot be had. */
    public Optional<Target> keptPeer(Peer peer) throws IOException {
        if (!options.peers().contains(peer)) {
            return Optional.empty();
        }
        if (!kept.containsKey(peer.name())) {
            Optional<Running> started = servers.start(peer, options.flags());
            if (started.isEmpty()) {
                report.say(peer.title() + " is left out: this machine has not what it needs");
                return Optional.empty();
            }
            kept.put(peer.name(), started.get());
        }
        return Optional.of(kept.get(peer.name()).target());
    }

    /** These peers, as far as they can be had. */
    public List<Target> keptPeers(Peer... peers) throws IOException {
        List<Target> targets = new ArrayList<>();
        for (Peer peer : peers) {
            keptPeer(peer).ifPresent(targets::add);
        }
        return targets;
    }

    /**
     * Lets a server run under this load, the first time as long as asked, then a third of that for each other load; on
     * both cores, for on one alone the compiler would be at work for minutes; and until that has nothing left to do.
     * Then a quarter as long on its own core: what happens there is not what happened on two, so the first seconds
     * are the compiler's again (a sixth of the first round's publishes was missing).
     */
    public void warm(String load, Target target, Function<Target, RoundPlan> plan) {
        if (!warmed.add(target.name() + " " + load) || options.warmup() == 0) {
            return;
        }
        long ms = options.warmup() * (warmed.add(target.name()) ? 1_000L : 333L);
        RoundPlan usual = plan.apply(target);
        report.say("warming " + target.name() + " for " + ms / 1_000 + " s: " + load);
        try {
            Core.free(target.process().pid());
            Round.run(target, new RoundPlan(usual.crowd(), usual.load(), 0, ms));
            Jcmd.awaitCompiled(target.process(), COMPILER);
            Core.SERVER.take(target.process().pid());
            Round.run(target, new RoundPlan(usual.crowd(), usual.load(), 0, ms / 4));
            Jcmd.awaitCompiled(target.process(), COMPILER);
        } catch (IOException e) {
            report.say(target.name() + " could not be warmed: " + e.getMessage());
        }
    }

    /** Ends what is kept: for scenarios that want the machine's memory, and at the end. */
    @Override
    public void close() {
        kept.values().forEach(Running::close);
        kept.clear();
        warmed.clear();
    }
}
