package io.rivulet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * A file is one idea: a type of a few lines that only one other file uses is a part of that file's idea and
 * stands there. Lines with code count, without the head of package and imports.
 */
class FragmentsTest {

    private static final int LINES_MIN = 40;

    /** Small files that stay: simple names, each with the reason. */
    private static final Map<String, String> ALONE = Map.ofEntries(
        Map.entry("RivuletMeters", "a part of the public face, which users name"),
        Map.entry("Ed25519Signer", "the JDK's algorithm behind an interface of the JWT library"),
        Map.entry("Ed25519Verifier", "the JDK's algorithm behind an interface of the JWT library"),
        Map.entry("Capacity", "one question to the container; the wiring asks one after the other"),
        Map.entry("ConnectorLimit", "one question to the container; the wiring asks one after the other"),
        Map.entry("ContainerSettings", "one question to the container; the wiring asks one after the other"),
        Map.entry("PortCheck", "one question to the container; the wiring asks one after the other"),
        Map.entry("WriteLimit", "one question to the container; the wiring asks one after the other"),
        Map.entry("Greeting", "the lines that a person reads when the hub has started"),
        Map.entry("ClockFeed", "a feed, as each is a file"),
        Map.entry("RefusalLog", "a rule of privacy: what a line tells of a refusal, and that it never has a token"),
        Map.entry("Redaction", "a rule of privacy: these things no line of a log may tell"),
        Map.entry("LogLevel", "the one word to java.util.logging: what holds its logger, and gives its level back"),
        Map.entry("MetricsServlet", "a door, as each is a file"),
        Map.entry("HttpChunk", "the framing of a chunk, with a test of its own"),
        Map.entry("KafkaThreads", "the order in which threads and their classes end, with a test of its own"),
        Map.entry("AcceptPace", "the arithmetic of a rate, with a test of its own"),
        Map.entry("ReaderLimits", "the arithmetic of what may stand in a heap, with a test of its own"),
        Map.entry("HistoryAnswer", "memory between two threads and who gives it back, with a test of its own"),
        Map.entry("FromProxies", "a rule of security: whose word about a client's address counts"),
        Map.entry("DrainServlet", "a door, as each is a file"),
        Map.entry("NodesServlet", "a door, as each is a file"),
        Map.entry("ErrorServlet", "a door, as each is a file"),
        Map.entry("ExplainServlet", "a door, as each is a file"),
        Map.entry("LegacyDialect", "a dialect, as each is a file"),
        Map.entry("EndlessDialect", "a dialect, as each is a file"),
        Map.entry("BareDialect", "a dialect, as each is a file"),
        Map.entry("DeferredAnswers", "the order of answers and syncs, with a test of its own"),
        Map.entry("CopyWait", "the bound of a wait, with a test of its own"),
        Map.entry("LagReport", "the lines that an operator reads of a node that is behind, with a test"),
        Map.entry("LogWriter", "the half of the seam that another engine implements"));

    @Test
    void aFragmentStandsInTheFileThatUsesIt() {
        Map<String, String> fragments = fragments(SourceFile.all().stream().filter(SourceFile::isMain).toList());
        fragments.keySet().removeIf(name -> ALONE.containsKey(simple(name)));
        List<String> faults = List.copyOf(fragments.values());
        assertEquals(List.of(), faults, String.join("\n", faults));
    }

    @Test
    void anExceptionThatIsNotNeededAnyMoreIsSeen() {
        Set<String> stale = new TreeSet<>(ALONE.keySet());
        fragments(SourceFile.all().stream().filter(SourceFile::isMain).toList()).keySet()
            .forEach(name -> stale.remove(simple(name)));
        assertEquals(Set.of(), stale);
    }

    @Test
    void aFragmentIsSeenWhereverItsOnlyUserIs() {
        assertEquals(List.of("hub.B has 3 lines, and only hub.A uses it"), faults(Map.of(
            "hub/A", "class A { B b; }", "hub/B", "package io.rivulet.hub;\nclass B {\n  int x;\n}\n// no line\n")));
        assertEquals(List.of("hub.B has 1 lines, and only http.form.A uses it"), faults(Map.of(
            "http/form/A", "import io.rivulet.hub.B;\nclass A { B b; }", "hub/B", "public class B { }")));
    }

    @Test
    void whatTwoUseAndWhatIsLongMayStand() {
        assertEquals(List.of(), faults(Map.of("hub/A", "class A { B b; }", "hub/B", "class B { }",
            "hub/C", "class C extends B { }")));
        assertEquals(List.of(), faults(Map.of("hub/A", "class A { B b; }",
            "hub/B", "class B {\n" + "  int x;\n".repeat(LINES_MIN - 2) + "}")));
        assertEquals(List.of(), faults(Map.of("hub/A", "class A { /* as B */ String b = \"B\"; }",
            "hub/B", "class B { }")));
    }

    private static List<String> faults(Map<String, String> texts) {
        List<SourceFile> files = new ArrayList<>();
        texts.forEach((name, text) -> files.add(SourceFile.of("src/main/java/io/rivulet/" + name + ".java", text)));
        return List.copyOf(fragments(files).values());
    }

    /** The sentence on each fragment, by its name. */
    private static Map<String, String> fragments(List<SourceFile> files) {
        Map<String, SourceFile> types = new TreeMap<>();
        files.forEach(file -> types.put(file.name(), file));
        Map<String, Set<String>> users = new TreeMap<>();
        types.forEach((name, file) -> file.named(types.keySet())
            .forEach(used -> users.computeIfAbsent(used, u -> new TreeSet<>()).add(name)));
        Map<String, String> fragments = new TreeMap<>();
        users.forEach((name, by) -> {
            long lines = lines(types.get(name));
            if (by.size() == 1 && lines < LINES_MIN) {
                fragments.put(name, name + " has " + lines + " lines, and only " + by.iterator().next() + " uses it");
            }
        });
        return fragments;
    }

    private static String simple(String name) {
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static long lines(SourceFile file) {
        return file.code().lines().filter(line -> !line.isBlank() && !line.matches("(import|package) .*")).count();
    }
}
