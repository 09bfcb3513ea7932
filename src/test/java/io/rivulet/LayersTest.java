package io.rivulet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The packages are the stages of the flow: each knows only those below it, so there can be no cycle. */
class LayersTest {

    /** From the top down; those of one row do not know each other. */
    private static final List<List<String>> ROWS = List.of(List.of(""), List.of("http"), List.of("feed"),
        List.of("hub"), List.of("cluster"), List.of("log"), List.of("auth"), List.of("event"), List.of("topic"),
        List.of("metrics", "config", "limit", "url"));
    private static final List<String> SERVLET_LAYERS = List.of("", "http");
    private static final Pattern OURS = Pattern.compile("\\bio\\.rivulet\\.(?:([a-z]+)\\.)?[A-Z*]");

    @Test
    void importsGoToLowerPackagesOnly() {
        List<String> faults = new ArrayList<>();
        SourceFile.all().stream().filter(SourceFile::isMain).forEach(file -> faults.addAll(faults(file)));
        assertEquals(List.of(), faults);
    }

    @Test
    void anImportUpwardsIsSeen() {
        assertFaulty("src/main/java/io/rivulet/event/X.java", "import io.rivulet.hub.Hub;");
        assertFaulty("src/main/java/io/rivulet/hub/X.java", "import static io.rivulet.http.Problem.of;");
        assertFaulty("src/main/java/io/rivulet/hub/X.java", "import io.rivulet.Rivulet;");
    }

    @Test
    void aNameWithoutImportIsSeen() {
        assertFaulty("src/main/java/io/rivulet/event/X.java", "class X { io.rivulet.hub.Hub hub; }");
    }

    @Test
    void anImportSidewaysIsSeen() {
        assertFaulty("src/main/java/io/rivulet/metrics/X.java", "import io.rivulet.config.Settings;");
    }

    @Test
    void aPackageWithoutAPlaceIsSeen() {
        assertFaulty("src/main/java/io/rivulet/util/X.java", "class X { }");
    }

    @Test
    void servletsBelowHttpAreSeen() {
        assertFaulty("src/main/java/io/rivulet/hub/X.java", "import jakarta.servlet.AsyncContext;");
        assertEquals(List.of(), faults(SourceFile.of("src/main/java/io/rivulet/http/X.java",
            "import jakarta.servlet.AsyncContext;\nimport io.rivulet.hub.Hub;")));
    }

    @Test
    void whatOnlyACommentNamesIsNoImport() {
        assertEquals(List.of(), faults(SourceFile.of("src/main/java/io/rivulet/limit/X.java",
            "/** {@code io.rivulet.http.Problem} maps it. */ class X { }")));
    }

    @Test
    void everyPackageSaysWhatItIs() {
        Map<String, Boolean> told = new HashMap<>();
        for (SourceFile file : SourceFile.all()) {
            if (file.isMain()) {
                told.merge(file.layer(), file.path().endsWith("package-info.java"), Boolean::logicalOr);
            }
        }
        told.values().removeIf(said -> said);
        assertEquals(Map.of(), told, "packages without package-info.java");
    }

    private static void assertFaulty(String path, String text) {
        assertFalse(faults(SourceFile.of(path, text)).isEmpty(), path + ": " + text);
    }

    private static List<String> faults(SourceFile file) {
        List<String> faults = new ArrayList<>();
        int own = row(file.layer());
        if (own < 0) {
            return List.of(file.path() + ": the package has no place in the order of the layers");
        }
        Matcher names = OURS.matcher(file.code());
        while (names.find()) {
            String other = names.group(1) == null ? "" : names.group(1);
            if (!other.equals(file.layer()) && row(other) <= own) {
                faults.add(file.path() + " names " + names.group() + "…, which is not below it");
            }
        }
        if (!SERVLET_LAYERS.contains(file.layer()) && file.code().contains("jakarta.servlet")) {
            faults.add(file.path() + " names jakarta.servlet; only http and the root know the container");
        }
        return faults;
    }

    private static int row(String layer) {
        for (int i = 0; i < ROWS.size(); i++) {
            if (ROWS.get(i).contains(layer)) {
                return i;
            }
        }
        return -1;
    }
}
