package io.rivulet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What a release rests on: the version, the form of the changelog, and workflows that run what a person may run. */
class ReleaseTest {

    private static final Pattern SEMVER = Pattern.compile("\\d+\\.\\d+\\.\\d+(-[0-9A-Za-z.-]+)?");
    private static final Pattern RELEASED = Pattern.compile("## \\[(" + SEMVER + ")] - (\\d{4}-\\d\\d-\\d\\d)");
    /** The kinds of change, in the order of Keep a Changelog. */
    private static final List<String> KINDS = List.of("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security");

    private static String pom(String element) throws IOException {
        Matcher found = Pattern.compile("<" + element + ">([^<]*)</" + element + ">")
            .matcher(Files.readString(Path.of("pom.xml")));
        assertTrue(found.find(), element);
        return found.group(1);
    }

    @Test
    void theVersionIsSemanticAndTheTimeOfTheArchivesIsSet() throws Exception {
        assertTrue(SEMVER.matcher(pom("version")).matches(), pom("version"));
        Instant.parse(pom("project.build.outputTimestamp"));
    }

    @Test
    void theChangelogHasItsForm() throws Exception {
        assertEquals(List.of(), faults(Files.readString(Path.of("CHANGELOG.md"))));
    }

    @Test
    void aChangelogWithoutItsFormIsSeen() {
        assertEquals(List.of(), faults("# Changelog\n## [Unreleased]\n### Added\n- a\n### Fixed\n- b\n"
            + "## [0.2.0] - 2026-12-01\n### Fixed\n- c\n## [0.1.0] - 2026-11-01\n### Added\n- d\n"));
        assertEquals(List.of("no section: ## 0.2.0"), faults("## [Unreleased]\n## 0.2.0\n"));
        assertEquals(List.of("no kind of change: ### New"), faults("## [Unreleased]\n### New\n"));
        assertEquals(List.of("out of order: ### Added"), faults("## [Unreleased]\n### Fixed\n### Added\n"));
        assertEquals(List.of("not first: ## [Unreleased]"),
            faults("## [0.1.0] - 2026-11-01\n### Added\n- d\n## [Unreleased]\n"));
    }

    private static List<String> faults(String changelog) {
        List<String> faults = new ArrayList<>();
        boolean first = true;
        int last = -1;
        for (String line : changelog.lines().toList()) {
            if (line.startsWith("### ")) {
                int kind = KINDS.indexOf(line.substring(4));
                if (kind < 0) {
                    faults.add("no kind of change: " + line);
                } else if (kind <= last) {
                    faults.add("out of order: " + line);
                }
                last = Math.max(last, kind);
            } else if (line.startsWith("## ")) {
                boolean unreleased = line.equals("## [Unreleased]");
                if (!unreleased && !RELEASED.matcher(line).matches()) {
                    faults.add("no section: " + line);
                } else if (unreleased && !first) {
                    faults.add("not first: " + line);
                }
                first = false;
                last = -1;
            }
        }
        return faults;
    }

    @Test
    void workflowsRunWhatContributorsAreToldToRun() throws Exception {
        String told = Files.readString(Path.of("CONTRIBUTING.md"));
        List<String> untold = new ArrayList<>();
        try (Stream<Path> files = Files.list(Path.of(".github/workflows"))) {
            for (Path file : files.sorted().toList()) {
                for (String line : Files.readAllLines(file)) {
                    Matcher run = Pattern.compile(" *- run: ((?:bash|mvn) .*?)( \"\\$.*)?").matcher(line);
                    if (run.matches() && !told.contains(run.group(1))) {
                        untold.add(file.getFileName() + ": " + run.group(1));
                    }
                }
            }
        }
        assertEquals(List.of(), untold);
    }
}
