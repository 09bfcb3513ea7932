package io.rivulet.bench.scenario;

import io.rivulet.bench.Lab;
import io.rivulet.bench.drive.Faults;
import io.rivulet.bench.drive.Round;
import io.rivulet.bench.drive.RoundPlan;
import io.rivulet.bench.drive.RoundResult;
import io.rivulet.bench.drive.Target;
import io.rivulet.bench.report.Numbers;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Rounds that take turns between servers, so that whatever else the machine does happens to all of them. */
final class Interleaved {

    private final Lab lab;
    private final String scenario;
    private final Function<Target, RoundPlan> plan;
    private final Map<String, List<RoundResult>> results = new LinkedHashMap<>();
    private final Map<String, String> failures = new LinkedHashMap<>();

    Interleaved(Lab lab, String scenario, Function<Target, RoundPlan> plan) {
        this.lab = lab;
        this.scenario = scenario;
        this.plan = plan;
    }

    /** Warms each, then measures each once a round; {@code afterRound} does what else belongs to a round. */
    Interleaved run(List<Target> targets, Runnable afterRound) throws IOException {
        for (Target target : targets) {
            results.put(target.name(), new ArrayList<>());
            lab.warm(scenario, target, plan);
        }
        for (int round = 0; round < lab.options().rounds(); round++) {
            for (int i = 0; i < targets.size(); i++) {
                one(targets.get((i + round) % targets.size()), round);
            }
            afterRound.run();
        }
        return this;
    }

    private void one(Target target, int round) throws IOException {
        try {
            RoundResult result = Round.run(target, plan.apply(target));
            results.get(target.name()).add(result);
            lab.report().raw(scenario, target.name(), result.raw());
            lab.report().say(String.format("%s round %d, %s: %s µs a delivery, %s/s, p50 %s ms, p99 %s ms %s", scenario,
                round + 1, target.name(), Numbers.fixed(result.cpuUsPerDelivery(), 2),
                Numbers.fixed(result.deliveriesPerSecond(), 0), Numbers.ms(result.latencies().percentileUs(0.5)),
                Numbers.ms(result.latencies().percentileUs(0.99)), result.faults().text()));
        } catch (IOException e) {
            failures.put(target.name(), e.getMessage());
            lab.report().say(scenario + " round " + (round + 1) + ", " + target.name() + " failed: " + e.getMessage());
        }
    }

    /** All rounds of a server that succeeded. */
    List<RoundResult> of(String server) {
        return results.getOrDefault(server, List.of());
    }

    /** The servers, in their order. */
    List<String> servers() {
        return List.copyOf(results.keySet());
    }

    /** What went wrong in all rounds of a server together; empty when nothing did. */
    String faults(String server) {
        Faults sum = of(server).stream().map(RoundResult::faults).reduce(new Faults(0, 0, 0, null), Faults::plus);
        long refused = of(server).stream().mapToLong(RoundResult::refused).sum();
        return (sum.text() + (refused > 0 ? " " + refused + " publishes refused" : "")
            + (failures.containsKey(server) ? " failed: " + failures.get(server) : "")).strip();
    }
}
