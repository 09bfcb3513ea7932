package io.rivulet.bench.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What comes out: results.md, a plot for some tables, and every round as a line of results.jsonl. */
public final class Report {

    private final Gson gson = new GsonBuilder().serializeSpecialFloatingPointValues().create();
    private final Path folder;
    private final Map<String, String> circumstances;
    private final List<String> parts = new ArrayList<>();
    private final long startNs = System.nanoTime();

    /** {@code settings} are added to the facts of the machine. */
    public Report(Path folder, Map<String, String> settings) throws IOException {
        this.folder = Files.createDirectories(folder);
        circumstances = new LinkedHashMap<>(Machine.facts());
        circumstances.putAll(settings);
        circumstances.put("date", Instant.now().truncatedTo(ChronoUnit.MINUTES).toString());
        Files.deleteIfExists(folder.resolve("results.jsonl"));
    }

    /** A line of raw figures; everything a table is made of comes by here. */
    public void raw(String scenario, String server, Map<String, Object> figures) throws IOException {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("scenario", scenario);
        line.put("server", server);
        line.putAll(figures);
        Files.writeString(folder.resolve("results.jsonl"), gson.toJson(line) + "\n", StandardOpenOption.CREATE,
            StandardOpenOption.APPEND);
    }

    /** Adds a table, and writes all that there is: a later scenario may fail. */
    public void add(Table table) throws IOException {
        parts.add(table.markdown());
        write();
        say("\n" + table.markdown());
    }

    /** Adds a plot below the last table. */
    public void add(String name, Bars bars) throws IOException {
        Files.writeString(folder.resolve(name + ".svg"), bars.svg());
        parts.add("![" + name + "](" + name + ".svg)\n\n");
        write();
    }

    /** Tells the person who waits. */
    public void say(String line) {
        Duration since = Duration.ofNanos(System.nanoTime() - startNs);
        System.out.printf("%d:%02d %s%n", since.toMinutes(), since.toSecondsPart(), line);
    }

    private void write() throws IOException {
        Table facts = new Table("Circumstances", "what", "value");
        circumstances.forEach(facts::row);
        Files.writeString(folder.resolve("results.md"),
            "# Results\n\n" + facts.markdown() + String.join("", parts));
    }
}
