package io.rivulet.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The table of docs/settings.md and the sample docs/rivulet.properties are the table of the code, and no document names
 * another setting. {@code mvn test -Dtest=SettingsPageTest -Dsettings.write} writes both anew.
 */
class SettingsPageTest {

    private static final Path PAGE = Path.of("docs/settings.md");
    private static final Path SAMPLE = Path.of("docs/rivulet.properties");
    private static final Pattern KEY = Pattern.compile("(?:(?<![\\w./-])|(?<=-D))rivulet\\.([a-z]+(?:\\.[a-z]+)*)");
    /** Files and events of the hub's own that are called so, and three keys that are for Spring Boot alone. */
    private static final Set<String> NO_SETTINGS = Set.of("properties", "config", "war", "js", "hello", "gap", "cursor",
        "end", "cancel", "request", "expiring", "topics", "access", "audit", "prefix", "home", "enabled");
    private static final String START = "<!-- settings -->\n";
    private static final String END = "<!-- /settings -->";

    @Test
    void thePageShowsTheTableInForce() throws IOException {
        String page = Files.readString(PAGE);
        int start = page.indexOf(START);
        int end = page.indexOf(END);
        assertTrue(start >= 0 && end > start, PAGE + " has no place for the settings: " + START.strip());
        if (System.getProperty("settings.write") != null) {
            Files.writeString(PAGE, page.substring(0, start + START.length()) + table() + page.substring(end));
            return;
        }
        assertEquals(table(), page.substring(start + START.length(), end),
            "write it anew: mvn test -Dtest=SettingsPageTest -Dsettings.write");
    }

    @Test
    void theSampleHasEachSettingWithItsDefault() throws IOException {
        if (System.getProperty("settings.write") != null) {
            Files.writeString(SAMPLE, sample());
            return;
        }
        assertEquals(sample(), Files.readString(SAMPLE),
            "write it anew: mvn test -Dtest=SettingsPageTest -Dsettings.write");
    }

    @Test
    void theSampleCanBeUsedAsItIsAndWithEveryLineInForce() throws IOException {
        Properties asItIs = new Properties();
        asItIs.load(new StringReader(sample()));
        assertEquals(Map.of(), asItIs);
        Properties all = new Properties();
        all.load(new StringReader(sample().replaceAll("(?m)^#(?=rivulet\\.[a-z.]+=)", "")));
        Map<String, String> values = new HashMap<>();
        all.stringPropertyNames().forEach(key -> values.put(key, all.getProperty(key)));
        assertEquals(SettingsTable.rows().size(), values.size());
        Settings settings = Settings.of(List.of(new SettingSources.Source("sample", values)));
        for (Setting<?> row : SettingsTable.rows()) {
            assertEquals(Settings.with().get(row), settings.get(row), row.key());
        }
    }

    @Test
    void everySettingThatADocumentNamesExists() throws IOException {
        Set<String> unknown = new TreeSet<>();
        List<Path> documents = new ArrayList<>(List.of(Path.of("README.md"), Path.of("CONTRIBUTING.md")));
        try (Stream<Path> files = Files.list(PAGE.getParent())) {
            documents.addAll(files.filter(file -> file.toString().endsWith(".md")).toList());
        }
        for (Path document : documents) {
            unknownKeys(Files.readString(document)).forEach(key -> unknown.add(document + ": " + key));
        }
        assertEquals(Set.of(), unknown);
    }

    @Test
    void aSettingThatDoesNotExistIsSeen() {
        assertEquals(List.of("log.snyc", "lag.min", "token.shop.issuers"), unknownKeys("`rivulet.log.sync`, "
            + "rivulet.log.snyc=x, -Drivulet.lag.min=x, "
            + "rivulet.token.shop.issuer, rivulet.token.shop.issuers, rivulet.role.<name>.publish, rivulet.hello, "
            + "io.rivulet.hub, target/rivulet.war"));
    }

    @Test
    void everySettingSaysEverythingAboutItself() {
        for (Setting<?> row : SettingsTable.rows()) {
            assertTrue(row.key().matches("[a-z]+(\\.[a-z]+)*"), row.key());
            assertTrue(row.sentence().endsWith(".") && row.sentence().length() > 20, row.key());
            assertTrue(!row.sentence().contains("|") && !row.kind().unit().isBlank(), row.key());
        }
        for (Family family : SettingsTable.families()) {
            for (Setting<?> member : family.members()) {
                assertTrue(member.sentence().endsWith(".") && !member.sentence().contains("|"), member.sentence());
                member.parse(member.defaultText(), "default");
            }
        }
    }

    private static List<String> unknownKeys(String text) {
        return KEY.matcher(text).results().map(match -> match.group(1)).filter(key -> !NO_SETTINGS.contains(key)
            && SettingsTable.rows().stream().noneMatch(row -> row.key().equals(key))
            && SettingsTable.families().stream().noneMatch(family -> family.prefix().equals(key + ".")
                || family.find(key) != null)).toList();
    }

    private static String sample() {
        StringBuilder sample = new StringBuilder("""
            # Rivulet's settings, each with its default. Copy this file to conf/rivulet.properties of the container, or
            # for java -jar rivulet.war into the folder where it is started, and take the # away where another value is
            # wanted. A line that is left out is no fault. docs/settings.md tells of the other places.
            """);
        for (Setting<?> row : SettingsTable.rows()) {
            sample.append("\n# ").append(row.sentence()).append('\n');
            sample.append("# ").append(row.range().isEmpty() ? row.kind().unit() : row.range())
                .append(SettingsTable.isLive(row) ? "; live\n" : "\n");
            sample.append('#').append(row.fullKey()).append('=').append(row.defaultText()).append('\n');
        }
        for (Family family : SettingsTable.families()) {
            for (Setting<?> member : family.members()) {
                sample.append("\n# ").append(member.sentence()).append('\n');
                sample.append('#').append(Setting.PREFIX).append(family.shownKey(member)).append('=')
                    .append(member.defaultText()).append('\n');
            }
        }
        return sample.toString();
    }

    private static String table() {
        return "| setting (`rivulet.`…) | default | range or kind | what it does |\n|---|---|---|---|\n"
            + SettingsTable.rows().stream().map(SettingsPageTest::line).collect(Collectors.joining())
            + SettingsTable.families().stream().flatMap(f -> f.members().stream().map(m -> line(f, m)))
                .collect(Collectors.joining());
    }

    private static String line(Family family, Setting<?> member) {
        String unnamed = family.unnamed() ? "`" + family.prefix() + member.key() + "`, " : "";
        return line(member).replaceFirst("`[^`]*`",
            Matcher.quoteReplacement(unnamed + "`" + family.shownKey(member) + "`"));
    }

    private static String line(Setting<?> row) {
        String value = row.defaultText().isEmpty() ? "" : "`" + row.defaultText() + "`";
        String kind = row.range().isEmpty() ? row.kind().unit() : row.range();
        return "| `" + row.key() + "` | " + value + " | " + kind + " | " + row.sentence()
            + (SettingsTable.isLive(row) ? " *Live.*" : "") + " |\n";
    }
}
