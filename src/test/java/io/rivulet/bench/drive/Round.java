package io.rivulet.bench.drive;

import io.rivulet.kit.Await;
import java.io.IOException;
import java.time.Duration;

/** Connects, publishes, warms, measures, disconnects. */
public final class Round {

    private Round() {
    }

    /** Runs it; the server is left without subscribers. */
    public static RoundResult run(Target target, RoundPlan plan) throws IOException {
        if (plan.crowd() == null) {
            return measure(target, plan, null);
        }
        try (Crowd crowd = new Crowd(target, plan.crowd())) {
            crowd.connect(0, crowd.size());
            return measure(target, plan, crowd);
        }
    }

    /** The same with subscribers that are there; null for none. */
    public static RoundResult measure(Target target, RoundPlan plan, Audience crowd) {
        return measure(target, target, plan, crowd);
    }

    /** The same where one node is published at, and the other one, which has the subscribers, is measured. */
    public static RoundResult measure(Target publishedAt, Target target, RoundPlan plan, Audience crowd) {
        Publishers publishers = Publishers.start(publishedAt, plan.load(), crowd);
        Latencies answers;
        try (publishers) {
            Await.pass(Duration.ofMillis(plan.warmMs()));
            Window window = Window.open(target, publishers, crowd);
            Await.pass(Duration.ofMillis(plan.timeMs()));
            window.close();
            answers = publishers.end();
            return window.result(answers);
        }
    }
}
