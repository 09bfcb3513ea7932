package io.rivulet.mercure;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of requirements in the documentation and the tests that carry their ids say the same. */
class RequirementTableTest {

    private static final Path TABLE = Path.of("docs/mercure.md");
    private static final Pattern ROW = Pattern.compile("^\\| ([A-Z]+-\\d\\d) \\| ([^|]+) \\| ([^|]+) \\|$");
    private static final Pattern TEST =
        Pattern.compile("\\bvoid ((?:(?:SUB|PUB|TOK|AD|SUBA|ERR|REC|ACT|DIS|OLD)\\d\\d_)+)");
    /** What the protocol asks for: the last number of each family. */
    private static final Map<String, Integer> LAST = Map.of("SUB", 22, "PUB", 19, "TOK", 14, "AD", 7, "SUBA", 2,
        "ERR", 7, "REC", 11, "ACT", 13, "DIS", 4, "OLD", 15);

    @Test
    void everyRequirementHasARow() throws IOException {
        Set<String> all = new TreeSet<>();
        LAST.forEach((family, last) -> {
            for (int i = 1; i <= last; i++) {
                all.add("%s-%02d".formatted(family, i));
            }
        });
        assertEquals(114, all.size());
        assertEquals(all, rows().keySet());
    }

    @Test
    void everyRowThatSaysPassHasATestAndNoOtherRowIsWithoutAReason() throws IOException {
        Set<String> tested = tested();
        List<String> faults = new ArrayList<>();
        rows().forEach((id, says) -> {
            boolean pass = says.equals("pass") || says.startsWith("pass; ");
            if (pass && !tested.contains(id)) {
                faults.add(id + " says pass and has no test");
            }
            if (!pass && says.length() < 20) {
                faults.add(id + " says neither pass nor why not");
            }
        });
        assertEquals(List.of(), faults);
    }

    @Test
    void everyIdOfATestHasARow() throws IOException {
        Set<String> unknown = new TreeSet<>(tested());
        unknown.removeAll(rows().keySet());
        assertEquals(Set.of(), unknown);
    }

    @Test
    void idsAreFoundInTheNamesOfTests() {
        assertEquals(Set.of("SUB-05", "PUB-11"), idsIn("    vo" + "id SUB05_PUB11_something() {\n    int SUB06_x;"));
        assertTrue(idsIn("class SUB05_X { void sub05_x() {} }").isEmpty());
    }

    private static Map<String, String> rows() throws IOException {
        Map<String, String> rows = new TreeMap<>();
        for (String line : Files.readAllLines(TABLE)) {
            Matcher row = ROW.matcher(line);
            if (row.matches()) {
                assertEquals(null, rows.put(row.group(1), row.group(3).strip()), row.group(1) + " stands twice");
            }
        }
        return rows;
    }

    private static Set<String> tested() throws IOException {
        Set<String> ids = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Path.of("src/test/java"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
                ids.addAll(idsIn(Files.readString(file)));
            }
        }
        return ids;
    }

    private static Set<String> idsIn(String source) {
        Set<String> ids = new TreeSet<>();
        Matcher test = TEST.matcher(source);
        while (test.find()) {
            for (String id : test.group(1).split("_")) {
                ids.add(id.replaceAll("(\\d\\d)$", "-$1"));
            }
        }
        return ids;
    }
}
