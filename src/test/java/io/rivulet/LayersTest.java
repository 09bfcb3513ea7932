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

/**
 * The packages are the stages of the flow: each knows only those below it, so there can be no cycle. A package inside
 * another one counts like any package and has a line of its own in the order.
 */
class LayersTest {

    /**
     * From the top down. Packages that stand on one line do not know each other. Below http stand first the doors, then
     * what all doors share, then what that is made of; the seams of hub and log stand above and below what is inside:
     * who publishes or subscribes calls the hub, and the parts of the log serve its interface. Above all stand those
     * that put the public face into other frameworks, and see nothing else.
     */
    private static final List<String> ORDER = List.of(
        "spring cdi",
        "",
        "boot",
        "boot.server",
        "http.page",
        "http.operate",
        "http.mercure",
        "http.durable",
        "http.respond",
        "http.updates",
        "http.subscribe",
        "http.publish",
        "http",
        "http.stream",
        "http.access",
        "http.trace",
        "http.form",
        "feed meter",
        "hub",
        "hub.publish",
        "hub.presence",
        "hub.stream",
        "hub.stream.feed",
        "hub.resume",
        "hub.tail",
        "hub.dialect",
        "cluster",
        "cluster.kafka",
        "log.archive",
        "log.store",
        "log.segment",
        "log.index",
        "log.disk",
        "log",
        "auth.token",
        "auth",
        "event",
        "topic",
        "config metrics url",
        "refusal",
        "heap");
    /** The packages that know the container. */
    private static final Pattern SERVLET_LAYERS = Pattern.compile("|spring|cdi|boot(\\..*)?|http(\\..*)?");
    /** The packages that know the public face alone. */
    private static final List<String> GUESTS = List.of("spring", "cdi");
    private static final Pattern OURS = Pattern.compile("\\bio\\.rivulet\\.((?:[a-z]\\w*\\.)*)[A-Z*]");

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
    void anImportUpwardsBetweenPackagesInsideOneIsSeen() {
        assertFaulty("src/main/java/io/rivulet/hub/stream/X.java", "import io.rivulet.hub.presence.Presence;");
        assertFaulty("src/main/java/io/rivulet/http/form/X.java", "import io.rivulet.http.Problem;");
        assertFaulty("src/main/java/io/rivulet/log/X.java", "class X { io.rivulet.log.segment.SegmentLog log; }");
        assertFaulty("src/main/java/io/rivulet/hub/X.java", "import io.rivulet.http.form.Answer;");
        assertFaulty("src/main/java/io/rivulet/hub/stream/X.java", "import io.rivulet.hub.publish.*;");
        assertFaulty("src/main/java/io/rivulet/hub/stream/feed/X.java", "import io.rivulet.hub.stream.Shard;");
        assertTidy("src/main/java/io/rivulet/http/updates/X.java",
            "import io.rivulet.http.HubServlet;\nimport io.rivulet.http.publish.PublishHandler;");
        assertTidy("src/main/java/io/rivulet/hub/stream/X.java", "import io.rivulet.log.EventLog;");
    }

    @Test
    void aFrameworksPackageThatNamesMoreThanThePublicFaceIsSeen() {
        assertFaulty("src/main/java/io/rivulet/spring/X.java", "import io.rivulet.boot.Assembly;");
        assertFaulty("src/main/java/io/rivulet/cdi/X.java", "class X { io.rivulet.hub.Hub hub; }");
        assertFaulty("src/main/java/io/rivulet/boot/X.java", "import io.rivulet.spring.X;");
        assertTidy("src/main/java/io/rivulet/cdi/X.java",
            "import io.rivulet.RivuletHub;\nimport jakarta.servlet.ServletContext;");
    }

    @Test
    void aPackageWithoutALineIsSeen() {
        assertFaulty("src/main/java/io/rivulet/util/X.java", "class X { }");
        assertFaulty("src/main/java/io/rivulet/hub/util/X.java", "class X { }");
        assertFaulty("src/main/java/io/rivulet/hub/X.java", "import io.rivulet.log.util.X;");
    }

    @Test
    void servletsBelowHttpAreSeen() {
        assertFaulty("src/main/java/io/rivulet/hub/X.java", "import jakarta.servlet.AsyncContext;");
        assertFaulty("src/main/java/io/rivulet/hub/stream/X.java", "import jakarta.servlet.AsyncContext;");
        assertTidy("src/main/java/io/rivulet/http/X.java",
            "import jakarta.servlet.AsyncContext;\nimport io.rivulet.hub.Hub;");
        assertTidy("src/main/java/io/rivulet/http/stream/X.java", "import jakarta.servlet.AsyncContext;");
    }

    @Test
    void whatOnlyACommentNamesIsNoImport() {
        assertTidy("src/main/java/io/rivulet/refusal/X.java",
            "/** {@code io.rivulet.http.Problem} maps it. */ class X { }");
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

    private static void assertTidy(String path, String text) {
        assertEquals(List.of(), faults(SourceFile.of(path, text)));
    }

    private static List<String> faults(SourceFile file) {
        List<String> faults = new ArrayList<>();
        int own = line(file.layer());
        if (own < 0) {
            return List.of(file.path() + ": the package " + file.layer() + " has no line in the order of the layers");
        }
        Matcher names = OURS.matcher(file.code());
        while (names.find()) {
            String other = names.group(1).isEmpty() ? "" : names.group(1).substring(0, names.group(1).length() - 1);
            if (!other.equals(file.layer()) && line(other) <= own) {
                faults.add(file.path() + " names " + names.group() + "…, which is not below it");
            }
            if (GUESTS.contains(file.layer()) && !other.isEmpty() && !other.equals(file.layer())) {
                faults.add(file.path() + " names " + names.group() + "…, which is not the public face");
            }
        }
        if (!SERVLET_LAYERS.matcher(file.layer()).matches() && file.code().contains("jakarta.servlet")) {
            faults.add(file.path()
                + " names jakarta.servlet; only http, boot, the root and what is above it know the container");
        }
        return faults;
    }

    /** The line of a package in the order; -1 if it has none. */
    private static int line(String layer) {
        for (int i = 0; i < ORDER.size(); i++) {
            if (List.of(ORDER.get(i).split(" ")).contains(layer)) {
                return i;
            }
        }
        return -1;
    }
}
