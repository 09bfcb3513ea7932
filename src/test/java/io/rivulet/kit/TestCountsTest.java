package io.rivulet.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The last line of a build. */
class TestCountsTest {

    @TempDir
    private Path target;

    private void report(String name, String numbers, long modifiedMs) throws IOException {
        Path file = target.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "<?xml version=\"1.0\"?>\n<testsuite name=\"x\" time=\"1\" " + numbers + ">\n"
            + "</testsuite>");
        assertEquals(true, file.toFile().setLastModified(modifiedMs));
    }

    @Test
    void theReportsOfThisBuildAreAddedUp() throws IOException {
        report("surefire-reports/TEST-a.xml", "tests=\"10\" errors=\"1\" skipped=\"2\" failures=\"3\"", 5_000);
        report("failsafe-reports/TEST-b.xml", "tests=\"7\" errors=\"0\" skipped=\"0\" failures=\"0\"", 9_000);
        report("failsafe-reports/TEST-of-before.xml", "tests=\"100\" errors=\"9\"", 4_000);
        report("failsafe-reports/failsafe-summary.xml", "tests=\"100\"", 9_000);
        assertEquals("11 passed, 4 failed, 2 skipped, in 18 min 7 s; what they logged is in target/surefire-reports "
            + "and target/failsafe-reports", TestCounts.line(target, Instant.ofEpochMilli(5_000),
            Duration.ofSeconds(18 * 60 + 7)));
    }
}
