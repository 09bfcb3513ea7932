package io.rivulet.meter;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.rivulet.hub.HubScene;
import io.rivulet.kit.Exposition;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * docs/observe.md lists the meters of the code, and the dashboard and the alert rules beside it ask for no other.
 * {@code mvn test -Dtest=ObservePageTest -Dmeters.write} writes the list anew.
 */
class ObservePageTest {

    private static final Path PAGE = Path.of("docs/observe.md");
    private static final Path DASHBOARD = Path.of("docs/observe-dashboard.json");
    private static final Path ALERTS = Path.of("docs/observe-alerts.yml");
    private static final String START = "<!-- meters -->\n";
    private static final String END = "<!-- /meters -->";
    private static final Pattern NAME = Pattern.compile("\\b(?:rivulet|jvm|process|system)_[a-z0-9_]+");
    private static final Pattern SELECTOR = Pattern.compile("\\b(rivulet_[a-z0-9_]+)\\{([^}]*)}");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)(?:=~|!~|!=|=)\"([^\"]*)\"");
    private static final Pattern RULE = Pattern.compile("(?m)^ *- alert: (\\w+)\n *expr: (.+)\n *for: \\d+[smh]\n"
        + " *labels: \\{severity: (?:page|ticket)}\n *annotations:\n *summary: .+\n");

    /** They come with the first pause of the collector, and not before. */
    private static final Set<String> OF_PAUSES =
        Set.of("jvm_gc_pause_seconds_count", "jvm_gc_pause_seconds_sum", "jvm_gc_pause_seconds_max");

    private static Exposition exposition;

    @BeforeAll
    static void scrape(@TempDir Path folder) throws Exception {
        try (HubScene scene = new HubScene(folder); MeterText text = MeterText.of(scene.hub)) {
            exposition = Exposition.of(text.text(null), false);
        }
    }

    @Test
    void thePageListsTheMetersOfTheHub() throws IOException {
        String page = Files.readString(PAGE);
        int start = page.indexOf(START);
        int end = page.indexOf(END);
        assertTrue(start >= 0 && end > start, PAGE + " has no place for the meters: " + START.strip());
        if (System.getProperty("meters.write") != null) {
            Files.writeString(PAGE, page.substring(0, start + START.length()) + table() + page.substring(end));
            return;
        }
        assertEquals(table(), page.substring(start + START.length(), end),
            "write it anew: mvn test -Dtest=ObservePageTest -Dmeters.write");
    }

    @Test
    void pageDashboardAndAlertsNameNoOtherMeters() throws IOException {
        Set<String> known = new TreeSet<>(exposition.names());
        known.addAll(OF_PAUSES);
        exposition.meters().forEach(meter -> known.add(meter.name()));
        for (Path file : List.of(PAGE, DASHBOARD, ALERTS)) {
            Set<String> unknown = NAME.matcher(Files.readString(file)).results().map(MatchResult::group)
                .collect(Collectors.toCollection(TreeSet::new));
            unknown.removeAll(known);
            assertEquals(Set.of(), unknown, file.toString());
        }
    }

    @Test
    void whatTheySelectByIsALabelWithThatValue() throws IOException {
        List<String> faults = new ArrayList<>();
        for (String expression : expressions()) {
            SELECTOR.matcher(expression).results().forEach(selector ->
                MATCHER.matcher(selector.group(2)).results().filter(label -> !Set.of("instance", "job")
                    .contains(label.group(1))).forEach(label -> {
                        Pattern values = Pattern.compile(label.group(2));
                        if (samples(selector.group(1)).noneMatch(sample -> values
                            .matcher(sample.labels().getOrDefault(label.group(1), "")).matches())) {
                            faults.add(selector.group());
                        }
                    }));
        }
        assertEquals(List.of(), faults);
    }

    @Test
    void everyExpressionIsWhole() throws IOException {
        List<String> expressions = expressions();
        assertTrue(expressions.size() > 20, expressions.toString());
        for (String expression : expressions) {
            int open = 0;
            for (char c : expression.replaceAll("\"[^\"]*\"", "").toCharArray()) {
                open += "({[".indexOf(c) >= 0 ? 1 : ")}]".indexOf(c) >= 0 ? -1 : 0;
                assertTrue(open >= 0, expression);
            }
            assertEquals(0, open, expression);
            // a rate of what is no counter is nonsense that Prometheus does not refuse
            Pattern.compile("(?:rate|increase)\\(([a-z_]+)").matcher(expression).results().forEach(rated ->
                assertTrue(rated.group(1).matches(".*_(total|bucket|count|sum)"), expression));
        }
    }

    @Test
    void everyAlertSaysWhatToDo() throws IOException {
        String alerts = Files.readString(ALERTS);
        List<String> rules = RULE.matcher(alerts).results().map(rule -> rule.group(1)).toList();
        assertEquals(alerts.lines().filter(line -> line.contains("- alert:")).count(), rules.size());
        String page = Files.readString(PAGE);
        rules.forEach(rule -> assertTrue(page.contains("| " + rule + " |"), "the page does not tell of " + rule));
    }

    private static Stream<Exposition.Sample> samples(String name) {
        return exposition.meters().stream().flatMap(meter -> meter.samples().stream())
            .filter(sample -> sample.name().equals(name));
    }

    private static List<String> expressions() throws IOException {
        List<String> all = new ArrayList<>();
        collect(JsonParser.parseString(Files.readString(DASHBOARD)), all);
        RULE.matcher(Files.readString(ALERTS)).results().forEach(rule -> all.add(rule.group(2)));
        return all;
    }

    private static void collect(JsonElement json, List<String> into) {
        if (json.isJsonArray()) {
            json.getAsJsonArray().forEach(each -> collect(each, into));
        } else if (json.isJsonObject()) {
            json.getAsJsonObject().entrySet().forEach(member -> {
                if (member.getKey().equals("expr")) {
                    into.add(member.getValue().getAsString());
                } else {
                    collect(member.getValue(), into);
                }
            });
        }
    }

    private static String table() {
        return "| meter | type | labels | what |\n|---|---|---|---|\n" + exposition.meters().stream()
            .filter(meter -> meter.name().startsWith("rivulet_") && !meter.name().endsWith("_max"))
            .map(ObservePageTest::row).sorted().collect(Collectors.joining());
    }

    private static String row(Exposition.Meter meter) {
        String labels = meter.labels().stream().map(label -> label + ": " + meter.samples().stream()
            .map(sample -> sample.labels().get(label)).distinct().collect(Collectors.joining(", ")))
            .collect(Collectors.joining("; "));
        return "| `" + meter.name() + "` | " + meter.type() + " | " + labels + " | " + meter.help() + " |\n";
    }
}
