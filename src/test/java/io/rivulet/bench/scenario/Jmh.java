package io.rivulet.bench.scenario;

import static io.rivulet.bench.report.Numbers.fixed;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.rivulet.bench.Lab;
import io.rivulet.bench.peer.JvmFlags;
import io.rivulet.bench.report.Table;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** The benchmarks of JMH, which the profile compiles from {@code src/test/bench/java}, as a table. */
public final class Jmh implements Scenario {

    @Override
    public void run(Lab lab) throws IOException {
        lab.close();
        Path results = lab.options().out().resolve("jmh.json").toAbsolutePath();
        lab.report().say("JMH runs; about three minutes");
        lab.servers().runOnce("org.openjdk.jmh.Main", new JvmFlags(lab.options().heap(), List.of()), 0,
            "io\\.rivulet\\..*Bench\\..*", "-prof", "gc", "-f", "1", "-wi", "3", "-i", "5", "-w", "1s", "-r", "1s",
            "-foe", "true", "-rf", "json", "-rff", results.toString());
        Table table = new Table("jmh: the parts by themselves", "benchmark", "with", "time", "± 99.9 %", "unit",
            "bytes allocated");
        for (JsonElement one : JsonParser.parseString(Files.readString(results)).getAsJsonArray()) {
            row(lab, table, one.getAsJsonObject());
        }
        lab.report().add(table);
    }

    private static void row(Lab lab, Table table, JsonObject one) throws IOException {
        String name = one.get("benchmark").getAsString().replaceAll(".*\\.(\\w+)Bench", "$1");
        String with = one.has("params") ? one.getAsJsonObject("params").entrySet().stream()
            .map(e -> e.getKey() + " " + e.getValue().getAsString()).collect(Collectors.joining(", ")) : "";
        JsonObject time = one.getAsJsonObject("primaryMetric");
        double bytes = one.getAsJsonObject("secondaryMetrics").entrySet().stream()
            .filter(e -> e.getKey().endsWith("gc.alloc.rate.norm"))
            .mapToDouble(e -> e.getValue().getAsJsonObject().get("score").getAsDouble()).findFirst()
            .orElse(Double.NaN);
        double score = time.get("score").getAsDouble();
        table.row(name, with, fixed(score, 1), fixed(time.get("scoreError").getAsDouble(), 1),
            time.get("scoreUnit").getAsString(), fixed(bytes, 0));
        lab.report().raw("jmh", name + " " + with, Map.of("score", score, "bytes", bytes));
    }
}
