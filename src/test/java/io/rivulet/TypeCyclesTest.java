package io.rivulet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

/**
 * Counts the types of a package that lie on a cycle: each of them names another one, and from there a way leads back.
 * Such types can only be read all at once, so none is wanted. A nested type counts with the file it stands in. The
 * order of the packages ({@code LayersTest}) forbids a cycle across packages, so each package is looked at alone.
 */
class TypeCyclesTest {

    /** How many types of a package may lie on cycles. */
    private record Allowance(String layer, int types, String reason) {
    }

    private static final List<Allowance> ALLOWED = List.of(
        new Allowance("hub.stream.feed", 3, "a sealed interface names its kinds: Feed"),
        new Allowance("topic", 2, "a sealed interface names its kinds: TopicMatcher"),
        new Allowance("url", 2, "a URL is parsed relative to another one, and Url.parse is the way in"));

    @Test
    void noPackageHasMoreTypesOnCyclesThanAllowed() {
        List<String> faults = new ArrayList<>();
        cycles(SourceFile.all().stream().filter(SourceFile::isMain).toList()).forEach((layer, cycles) -> {
            int types = cycles.stream().mapToInt(Set::size).sum();
            int allowed = ALLOWED.stream().filter(a -> a.layer().equals(layer)).mapToInt(Allowance::types).sum();
            if (types > allowed) {
                faults.add(layer + " has " + types + " types on cycles, at most " + allowed + ": " + cycles);
            }
        });
        assertEquals(List.of(), faults, String.join("\n", faults));
    }

    /** So that a cycle that is gone does not come back; a package that is not there has nothing to allow yet. */
    @Test
    void anAllowanceThatIsLargerThanNeededIsSeen() {
        List<SourceFile> main = SourceFile.all().stream().filter(SourceFile::isMain).toList();
        Map<String, List<Set<String>>> cycles = cycles(main);
        List<String> stale = new ArrayList<>();
        for (Allowance allowed : ALLOWED) {
            int types = cycles.getOrDefault(allowed.layer(), List.of()).stream().mapToInt(Set::size).sum();
            if (types < allowed.types() && main.stream().anyMatch(file -> file.layer().equals(allowed.layer()))) {
                stale.add(allowed.layer() + " has " + types + " types on cycles, and may have " + allowed.types());
            }
        }
        assertEquals(List.of(), stale);
    }

    @Test
    void twoTypesThatNameEachOtherAreSeen() {
        assertEquals("{hub.stream=[[hub.stream.A, hub.stream.B]]}", cycles(Map.of("hub/stream/A", "class A { B b; }",
            "hub/stream/B", "class B { List<A> as; }", "hub/stream/C", "class C { A a; }")));
    }

    @Test
    void longCyclesAndSeveralOfThemAreSeen() {
        assertEquals("{log=[[log.A, log.B, log.C], [log.D, log.E]]}", cycles(Map.of("log/A", "class A { B b; }",
            "log/B", "class B { void f() { C.f(); } }", "log/C", "class C extends A { D d; }",
            "log/D", "record D(E e) { }", "log/E", "enum E { X; D d; }")));
    }

    @Test
    void aNestedTypeCountsWithItsFile() {
        assertEquals("{hub=[[hub.A, hub.B]]}", cycles(Map.of("hub/A", "class A { static class Inner { B b; } }",
            "hub/B", "class B { A.Inner inner; }")));
    }

    @Test
    void aChainIsNoCycle() {
        assertEquals("{}", cycles(Map.of("hub/A", "class A { B b; C c; }", "hub/B", "class B { C c; }",
            "hub/C", "/** Serves {@link A}. */ class C { String s = \"A\"; }")));
    }

    @Test
    void theSameNameInAnotherPackageIsAnotherType() {
        assertEquals("{}", cycles(Map.of("hub/A", "class A { B b; }",
            "hub/B", "import io.rivulet.log.A;\nclass B { A a; }", "log/A", "class A { }")));
        assertEquals("{}", cycles(Map.of("hub/A", "class A { B b; }", "hub/B", "class B { io.rivulet.log.A a; }")));
    }

    private static String cycles(Map<String, String> texts) {
        List<SourceFile> files = new ArrayList<>();
        texts.forEach((name, text) -> files.add(SourceFile.of("src/main/java/io/rivulet/" + name + ".java", text)));
        return cycles(files).toString();
    }

    /** The cycles of each package that has any, each as the types it joins. */
    private static Map<String, List<Set<String>>> cycles(List<SourceFile> files) {
        Map<String, Map<String, SourceFile>> layers = new TreeMap<>();
        files.forEach(file -> layers.computeIfAbsent(file.layer(), l -> new TreeMap<>()).put(file.name(), file));
        Map<String, List<Set<String>>> cycles = new TreeMap<>();
        layers.forEach((layer, types) -> {
            Map<String, Set<String>> reached = reached(types);
            Set<Set<String>> joined = new TreeSet<>(Comparator.comparing(Set::toString));
            for (String type : reached.keySet()) {
                if (reached.get(type).contains(type)) {
                    Set<String> cycle = new TreeSet<>(reached.get(type));
                    cycle.removeIf(other -> !reached.get(other).contains(type));
                    joined.add(cycle);
                }
            }
            if (!joined.isEmpty()) {
                cycles.put(layer, List.copyOf(joined));
            }
        });
        return cycles;
    }

    /** For each type of a package those that it names, and those that they name, and so on. */
    private static Map<String, Set<String>> reached(Map<String, SourceFile> types) {
        Map<String, Set<String>> reached = new TreeMap<>();
        types.forEach((type, file) -> reached.put(type, file.named(types.keySet())));
        for (String middle : types.keySet()) {
            for (Set<String> from : reached.values()) {
                if (from.contains(middle)) {
                    from.addAll(reached.get(middle));
                }
            }
        }
        return reached;
    }
}
