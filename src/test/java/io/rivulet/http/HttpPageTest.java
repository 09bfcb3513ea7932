package io.rivulet.http;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rivulet.http.updates.Door;
import io.rivulet.refusal.Refused.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** docs/http.md and the code say the same of paths, methods and refusals. */
class HttpPageTest {

    private static final Path PAGE = Path.of("docs/http.md");
    /** Paths with OPTIONS are the hub's; the others are files and pages. */
    private static final Pattern PATHS = Pattern.compile("(?m)^\\| (`/[^|]*`) \\| ([A-Z, ]+, OPTIONS) \\|");
    private static final Pattern REFUSAL = Pattern.compile("(?m)^\\| (\\d{3}) \\| `([a-z-]+)` \\|");
    private static final Pattern METHODS = Pattern.compile("String METHODS = \"([A-Z, ]+)\";");

    @Test
    void everyPathKnowsTheMethodsThatThePageGivesIt() throws Exception {
        try (Door door = Door.dev()) { // which has one more
            Map<String, String> told = new TreeMap<>();
            Map<String, String> known = new TreeMap<>();
            for (MatchResult row : rows(PATHS).toList()) {
                for (String path : row.group(1).replace("`", "").split(", ")) {
                    told.put(path, row.group(2));
                    known.put(path, door.send("OPTIONS " + path, "").get("Allow"));
                }
            }
            assertEquals(told, known);
        }
    }

    @Test
    void everyServletOfTheHubIsOnThePage() throws Exception {
        List<String> ofCode = new ArrayList<>();
        try (Stream<Path> files = Files.walk(Path.of("src/main/java/io/rivulet/http"))) {
            // the files of the home page are its own business
            for (Path file : files.filter(f -> Files.isRegularFile(f) && !f.endsWith("HomeFiles.java")).toList()) {
                METHODS.matcher(Files.readString(file)).results().forEach(m -> ofCode.add(m.group(1)));
            }
        }
        assertEquals(ofCode.stream().sorted().toList(), rows(PATHS).map(r -> r.group(2)).sorted().toList());
    }

    @Test
    void everyRefusalIsOnThePageWithItsStatus() throws Exception {
        Set<String> ofCode = new TreeSet<>(Set.of("500 fault"));
        for (Reason reason : Reason.values()) {
            ofCode.add(Problem.status(reason) + " " + reason.name().toLowerCase(Locale.ROOT).replace('_', '-'));
        }
        assertEquals(ofCode, new TreeSet<>(rows(REFUSAL).map(r -> r.group(1) + " " + r.group(2)).toList()));
    }

    private static Stream<MatchResult> rows(Pattern row) throws IOException {
        return row.matcher(Files.readString(PAGE)).results();
    }
}
