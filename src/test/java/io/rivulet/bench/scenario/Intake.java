package io.rivulet.bench.scenario;

import io.rivulet.bench.drive.Latencies;
import io.rivulet.bench.drive.LineFlood;
import io.rivulet.bench.drive.Load;
import io.rivulet.bench.drive.Publishers;
import io.rivulet.bench.drive.Target;
import io.rivulet.kit.Await;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What a {@link Team} takes from publishers, who are spread over its nodes.
 *
 * @param posts       a second, each of one event
 * @param cpuUs       of all nodes for each of these
 * @param engineCpuUs of the engine
 * @param answers     how long they took
 * @param refused     how many were
 */
record Intake(double posts, double cpuUs, double engineCpuUs, Latencies answers, long refused) {

    static final int CONNECTIONS = 64;
    /** Connections that publish lines. */
    static final int FLOODS = 16;
    private static final Duration WARM = Duration.ofMillis(500);

    /** Measures for so long. */
    static Intake of(Team team, int size, long ms) throws IOException {
        List<Publishers> publishers = new ArrayList<>();
        Latencies answers = new Latencies();
        List<Target> nodes = team.nodes();
        for (int i = 0; i < nodes.size(); i++) {
            publishers.add(Publishers.start(nodes.get(i),
                Load.closed(share(CONNECTIONS, i, nodes.size()), size, nodes.get(i)), null));
        }
        Await.pass(WARM);
        publishers.forEach(Publishers::startMeasuring);
        long fromNs = System.nanoTime();
        long before = publishers.stream().mapToLong(Publishers::sent).sum();
        long cpuMs = -team.cpuMs();
        long engineMs = -team.engineCpuMs();
        Await.pass(Duration.ofMillis(ms));
        double seconds = (System.nanoTime() - fromNs) / 1e9;
        long events = publishers.stream().mapToLong(Publishers::sent).sum() - before;
        cpuMs += team.cpuMs();
        engineMs += team.engineCpuMs();
        publishers.forEach(each -> answers.add(each.end()));
        return new Intake(events / seconds, cpuMs * 1e3 / events, engineMs * 1e3 / events, answers,
            publishers.stream().mapToLong(Publishers::refused).sum());
    }

    private static int share(int all, int number, int of) {
        return all * (number + 1) / of - all * number / of;
    }

    /** Lines a second, in bodies that are published line by line for so long. */
    static double lines(Team team, int size, long ms) throws IOException {
        List<Target> nodes = team.nodes();
        ExecutorService threads = Executors.newFixedThreadPool(nodes.size());
        try {
            List<Callable<Double>> floods = new ArrayList<>();
            for (int i = 0; i < nodes.size(); i++) {
                Target node = nodes.get(i);
                int connections = share(FLOODS, i, nodes.size());
                floods.add(() -> LineFlood.linesPerSecond(node, connections, size, ms));
            }
            double sum = 0;
            for (Future<Double> flood : threads.invokeAll(floods)) {
                sum += flood.get();
            }
            return sum;
        } catch (InterruptedException | ExecutionException e) {
            throw new IOException("lines were not published", e);
        } finally {
            threads.shutdownNow();
        }
    }

    /** For the file of raw lines. */
    Map<String, Object> raw() {
        Map<String, Object> raw = new LinkedHashMap<>();
        raw.put("posts_per_second", posts);
        raw.put("cpu_us_per_post", cpuUs);
        raw.put("engine_cpu_us_per_post", engineCpuUs);
        raw.put("answer_p50_us", answers.percentileUs(0.5));
        raw.put("answer_p99_us", answers.percentileUs(0.99));
        raw.put("refused", refused);
        return raw;
    }
}
