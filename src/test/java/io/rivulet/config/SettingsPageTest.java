package io.rivulet.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * The table of docs/settings.md is the table of the code. {@code mvn test -Dtest=SettingsPageTest -Dsettings.write}
 * writes it anew.
 */
class SettingsPageTest {

    private static final Path PAGE = Path.of("docs/settings.md");
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
        return "| `" + row.key() + "` | " + value + " | " + kind + " | " + row.sentence() + " |\n";
    }
}
