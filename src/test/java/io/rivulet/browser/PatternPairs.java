package io.rivulet.browser;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Patterns and inputs that the browser is asked about. */
final class PatternPairs {

    static final String HUB = "https://hub.example/.well-known/mercure";

    record Pair(String pattern, String input, String base) { }

    private static final Path TABLE = Path.of("src/test/resources/io/rivulet/browser/patterns.txt");

    private static final List<String> STARTS = List.of("https://a.example", "http{s}?://*.example", "*://a.example:*",
        "https\\://:h.example:8443", "foo://a", "", "", "");
    private static final List<String> PATHS = List.of("/", "/*", "/:a", "/:a?", "/:a/:b", "/a{/:b}*", "/(\\d+)",
        "/b.:x", "/:a(x|y)/*", "/%41", "/\u00e4 :b", "/./c", "/{a-}?:n");
    private static final List<String> ENDS = List.of("", "", "?x=:y", "?*", "#*", "?a=(\\d)&*#:h", "#{b}?");
    private static final List<String> WORDS = List.of("a", "x", "y", "12", "b", "a/b", "", "\u00e4", "A", "b.c", "a-z");

    private PatternPairs() { }

    /** Of each kind in the table every pattern with every input. */
    static Set<Pair> table() {
        Set<Pair> pairs = new LinkedHashSet<>();
        List<String> patterns = new ArrayList<>();
        List<String> inputs = new ArrayList<>();
        String base = HUB;
        for (String line : lines()) {
            List<String> all = List.of(line.split("  "));
            List<String> some = all.subList(1, all.size());
            switch (all.get(0)) {
                case "P" -> patterns.addAll(some);
                case "I" -> inputs.addAll(some);
                case "B" -> base = some.get(0);
                default -> {
                    addAll(pairs, patterns, inputs, base);
                    patterns.clear();
                    inputs.clear();
                    base = HUB;
                }
            }
        }
        addAll(pairs, patterns, inputs, base);
        return pairs;
    }

    private static List<String> lines() {
        try {
            return Files.readAllLines(TABLE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void addAll(Set<Pair> pairs, List<String> patterns, List<String> inputs, String base) {
        for (String pattern : patterns) {
            inputs.forEach(input -> pairs.add(new Pair(pattern, input.equals("''") ? "" : input, base)));
        }
    }

    /** Put together at random, but always the same; many of the inputs are made to match. */
    static Set<Pair> generated(int count) {
        Random random = new Random(14);
        Set<Pair> pairs = new LinkedHashSet<>();
        while (pairs.size() < count) {
            String pattern = one(STARTS, random) + one(PATHS, random) + one(ENDS, random);
            String input = pattern.replaceAll("\\([^)]*\\)", one(WORDS, random))
                .replaceAll("(?<!\\\\):[a-z]+[?*]?", one(WORDS, random)).replaceAll("\\{([^}]*)\\}[?*]?", "$1")
                .replaceAll(":\\*", ":81").replace("*", one(WORDS, random)).replace("\\", "");
            pairs.add(new Pair(pattern, input, HUB));
        }
        return pairs;
    }

    private static String one(List<String> from, Random random) {
        return from.get(random.nextInt(from.size()));
    }
}
