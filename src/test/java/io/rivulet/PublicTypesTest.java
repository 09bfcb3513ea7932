package io.rivulet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * A type is public only where another package of the hub needs it. {@code jdeps} reads in the class files who needs
 * whom: they also know the types that only an expression has and no import names.
 */
class PublicTypesTest {

    /** Public for others than the packages of the hub: simple names, each with the reason. */
    private static final Map<String, String> FOR_OTHERS = Map.ofEntries(
        Map.entry("RivuletException", "the public face"),
        Map.entry("StreamResponse", "the public face"),
        Map.entry("RivuletAutoConfiguration", "Spring finds it by the name in META-INF/spring"),
        Map.entry("HubExtension", "CDI finds it by the name in META-INF/services"),
        Map.entry("Launcher", "the JVM starts it: the manifest of the WAR names it"),
        Map.entry("Commands", "Launcher finds it by its name, in the class loader that it makes"),
        Map.entry("Doors", "the tests of the doors put them before a server without a network"),
        Map.entry("MercureLinkFilter", "other applications map it to their resources, as the documents tell"),
        Map.entry("LogWriter", "the half of the seam that another engine implements"));

    private static final Pattern DECLARED = Pattern.compile(
        "(?m)^public\\s+(?:(?:abstract|final|sealed|non-sealed)\\s+)*(?:class|@?interface|enum|record)\\s+(\\w+)");
    private static final Pattern DEPENDENCY =
        Pattern.compile(" (io\\.rivulet\\.[\\w.]+)\\S* +-> (io\\.rivulet\\.[\\w.]+)");

    @Test
    void aTypeIsPublicOnlyWhereAnotherPackageNeedsIt() throws IOException {
        List<SourceFile> main = SourceFile.all().stream().filter(SourceFile::isMain).toList();
        Set<String> needed = needed(jdeps("target/classes"));
        needed.addAll(namedByTheContainer());
        List<String> faults = faults(main, needed, () -> jdeps("target/test-classes"));
        assertEquals(List.of(), faults, String.join("\n", faults));
    }

    @Test
    void anExceptionThatIsNotNeededAnyMoreIsSeen() {
        Set<String> needed = needed(jdeps("target/classes"));
        Set<String> stale = new TreeSet<>(FOR_OTHERS.keySet());
        SourceFile.all().stream().filter(SourceFile::isMain)
            .filter(file -> declared(file).stream().anyMatch(type -> !needed.contains(type)))
            .forEach(file -> stale.remove(file.type()));
        assertEquals(Set.of(), stale);
    }

    @Test
    void aPublicTypeThatOnlyItsOwnPackageNeedsIsSeen() {
        assertEquals(List.of("io.rivulet.hub.A is public, and no other package needs it"),
            faults("public final class A { }", " io.rivulet.hub.B -> io.rivulet.hub.A classes\n", ""));
        assertEquals(List.of("io.rivulet.hub.A is public, and no other package needs it"),
            faults("public sealed interface A permits B { }", " io.rivulet.hub.A$B -> io.rivulet.hub.A classes\n", ""));
    }

    @Test
    void aPublicTypeThatOnlyTestsNeedNamesThem() {
        assertEquals(List.of("io.rivulet.hub.A is public, and no other package needs it but the tests [io.rivulet.IT]"),
            faults("public record A(int b) { }", "", " io.rivulet.IT$1 -> io.rivulet.hub.A classes\n"
                + " io.rivulet.hub.ATest -> io.rivulet.hub.A classes\n"));
    }

    @Test
    void whatAnotherPackageNeedsMayBePublic() {
        for (String need : List.of("io.rivulet.http.B$C -> io.rivulet.hub.A$1",
            "io.rivulet.hub.stream.B -> io.rivulet.hub.A")) {
            assertEquals(List.of(), faults("public enum A { X }", " " + need + " classes\n", ""));
        }
        assertEquals(List.of(), faults("class A { public static class B { } }\n/* public class C */", "", ""));
    }

    private static List<String> faults(String text, String ofMain, String ofTests) {
        SourceFile file = SourceFile.of("src/main/java/io/rivulet/hub/A.java", text);
        return faults(List.of(file), needed(ofMain), () -> ofTests);
    }

    private static List<String> faults(List<SourceFile> files, Set<String> needed, Supplier<String> ofTests) {
        List<String> faults = new ArrayList<>();
        for (SourceFile file : files) {
            for (String type : declared(file)) {
                if (!needed.contains(type) && !FOR_OTHERS.containsKey(file.type())) {
                    Set<String> tests = new TreeSet<>();
                    dependencies(ofTests.get(), (from, to) -> {
                        if (to.equals(type)) {
                            tests.add(from);
                        }
                    });
                    faults.add(type + " is public, and no other package needs it"
                        + (tests.isEmpty() ? "" : " but the tests " + tests));
                }
            }
        }
        return faults;
    }

    private static List<String> declared(SourceFile file) {
        String inside = file.layer().isEmpty() ? "io.rivulet." : "io.rivulet." + file.layer() + ".";
        return DECLARED.matcher(file.code()).results().map(type -> inside + type.group(1)).toList();
    }

    private static Set<String> needed(String jdeps) {
        Set<String> needed = new HashSet<>();
        dependencies(jdeps, (from, to) -> needed.add(to));
        return needed;
    }

    /** What a line tells, of two types in different packages; a nested type is its outermost one. */
    private static void dependencies(String jdeps, BiConsumer<String, String> each) {
        Matcher lines = DEPENDENCY.matcher(jdeps);
        while (lines.find()) {
            if (!inside(lines.group(1)).equals(inside(lines.group(2)))) {
                each.accept(lines.group(1), lines.group(2));
            }
        }
    }

    private static String inside(String type) {
        return type.substring(0, type.lastIndexOf('.'));
    }

    private static String jdeps(String classes) {
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said, true);
        int status = ToolProvider.findFirst("jdeps").orElseThrow().run(out, out, "-v", "-filter:none", classes);
        assertEquals(0, status, said::toString);
        return said.toString();
    }

    /** The container makes these by the names that stand in its files. */
    private static Set<String> namedByTheContainer() throws IOException {
        Set<String> named = new TreeSet<>();
        Pattern name = Pattern.compile("io\\.rivulet\\.[\\w.]*[A-Z]\\w*");
        try (Stream<Path> files = Files.walk(Path.of("src/main/webapp/WEB-INF"))) {
            for (Path file : files.filter(f -> f.toString().endsWith(".xml")).toList()) {
                name.matcher(Files.readString(file)).results().forEach(found -> named.add(found.group()));
            }
        }
        return named;
    }
}
