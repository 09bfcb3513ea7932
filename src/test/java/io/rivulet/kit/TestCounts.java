package io.rivulet.kit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Adds up the reports of a build into one line, the last before Maven's own: {@code 2000 passed, 0 failed, 3 skipped}.
 * The build runs it behind all tests; those that this build left out do not count, though their reports may be there
 * from before.
 */
public final class TestCounts {

    private static final Pattern SUITE = Pattern.compile("<testsuite [^>]*>");
    private static final List<String> REPORTS = List.of("surefire-reports", "failsafe-reports");

    private TestCounts() {
    }

    /** {@code target} folder, and the instant at which the build began. */
    public static void main(String[] arguments) throws IOException {
        Instant began = Instant.parse(arguments[1]);
        System.out.println(line(Path.of(arguments[0]), began, Duration.between(began, Instant.now())));
    }

    static String line(Path target, Instant began, Duration took) throws IOException {
        int tests = 0;
        int failed = 0;
        int skipped = 0;
        for (String folder : REPORTS) {
            for (Path report : reports(target.resolve(folder), began)) {
                Matcher suite = SUITE.matcher(Files.readString(report));
                if (suite.find()) {
                    tests += count(suite.group(), "tests");
                    failed += count(suite.group(), "failures") + count(suite.group(), "errors");
                    skipped += count(suite.group(), "skipped");
                }
            }
        }
        return tests - failed - skipped + " passed, " + failed + " failed, " + skipped + " skipped, in "
            + took.toMinutes() + " min " + took.toSecondsPart() + " s; what they logged is in target/"
            + String.join(" and target/", REPORTS);
    }

    private static List<Path> reports(Path folder, Instant began) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file -> file.getFileName().toString().matches("TEST-.*\\.xml")
                && !file.toFile().isDirectory() && file.toFile().lastModified() >= began.toEpochMilli()).toList();
        }
    }

    private static int count(String suite, String name) {
        Matcher value = Pattern.compile(" " + name + "=\"(\\d+)\"").matcher(suite);
        return value.find() ? Integer.parseInt(value.group(1)) : 0;
    }
}
