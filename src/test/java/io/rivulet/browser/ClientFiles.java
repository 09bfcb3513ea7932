package io.rivulet.browser;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;

/**
 * Makes the two files of the client from their source: no comments, no indentation, and short names for its variables.
 *
 * <p>The source is ES5, has a variable in each {@code var}, and no names that {@code eval} or {@code with} would see.
 * So a variable may be renamed wherever its name stands as one. Functions begin with the same names again, where
 * nothing in them needs these: what repeats itself is packed best.
 */
final class ClientFiles {

    static final Path FOLDER = Path.of("src/main/client");
    private static final String LICENCE = "/*! Rivulet's client, Apache-2.0 */\n";
    private static final Pattern TOKEN = Pattern.compile("(?<space>\\s+|//[^\\n]*|/\\*.*?\\*/)"
        + "|(?<text>'(?:[^'\\\\]|\\\\.)*')"
        + "|(?<word>[A-Za-z_$][\\w$]*)|(?<number>\\d\\w*)"
        + "|(?<regex>/(?:[^/\\\\\\n]|\\\\.)+/\\w*)|(?<sign>\\+\\+|--|.)",
        Pattern.DOTALL);
    /** Behind these a slash begins an expression. */
    private static final String BEFORE_REGEX = "(,=:[!&|?{};";
    private static final Set<String> KEPT = Set.of("Rivulet");
    /** The most frequent first, for they are packed best. */
    private static final String LETTERS = "etnroisalcduhpmfgybvkwxqjzTERSONAICLPHDMUFGYBVKWXQJZ";

    private ClientFiles() {
    }

    /** The module. */
    static String module() {
        return LICENCE + shrink(source()) + "\nexport{Rivulet,Rivulet as default}\n";
    }

    /** The script, which makes a global of it. */
    static String script() {
        return LICENCE + "(function(){'use strict'\n" + shrink(source()) + "\nself.Rivulet=Rivulet})()\n";
    }

    private static String source() {
        try {
            return Files.readString(FOLDER.resolve("source.js"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How many bytes a text takes on its way, where it is compressed as well as can be. */
    static int gzipped(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes) {
            {
                def.setLevel(Deflater.BEST_COMPRESSION);
            }
        }) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.size();
    }

    /** Without spaces, but for line ends: these end statements. */
    static String shrink(String source) {
        List<String> tokens = tokens(source);
        Map<Integer, String> names = names(tokens);
        StringBuilder out = new StringBuilder(source.length() / 2);
        String before = "\n";
        for (int i = 0; i < tokens.size(); i++) {
            String token = tokens.get(i);
            if (token.equals("\n")) {
                String after = i + 1 < tokens.size() ? tokens.get(i + 1) : "";
                if ("\n{(,[=&|?:;".indexOf(before.charAt(before.length() - 1)) >= 0 || after.startsWith("}")) {
                    continue;
                }
            } else if (isVariable(tokens, i)) {
                token = names.get(i);
            }
            boolean words = isWord(before.charAt(before.length() - 1)) && isWord(token.charAt(0));
            boolean signs = token.charAt(0) == before.charAt(before.length() - 1) && "+-".indexOf(token.charAt(0)) >= 0;
            out.append(words || signs ? " " : "").append(token);
            before = token;
        }
        return out.toString().strip();
    }

    private static boolean isWord(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '$';
    }

    private static List<String> tokens(String source) {
        List<String> tokens = new ArrayList<>();
        Matcher matcher = TOKEN.matcher(source);
        String before = ";";
        for (int at = 0; at < source.length();) {
            matcher.region(at, source.length());
            if (!matcher.lookingAt()) {
                throw new IllegalStateException("no token at " + at);
            }
            String token = matcher.group();
            if (matcher.group("regex") != null && BEFORE_REGEX.indexOf(before.charAt(before.length() - 1)) < 0
                && !before.equals("return")) {
                token = "/"; // a division
            }
            at += token.length();
            if (matcher.group("space") == null) {
                tokens.add(token);
                before = token;
            } else if (token.contains("\n")) {
                tokens.add("\n");
            }
        }
        return tokens;
    }

    /**
     * The name that each token gets: in each scope the shortest that nothing there needs, in the order in which they
     * are declared, or of many the most used first.
     */
    private static Map<Integer, String> names(List<String> tokens) {
        Map<Integer, Scope> scopes = scopes(tokens);
        List<Scope> order = new ArrayList<>(new LinkedHashSet<>(scopes.values()));
        Map<Integer, Scope> owners = new HashMap<>();
        for (int i = 0; i < tokens.size(); i++) {
            String token = tokens.get(i);
            if (isVariable(tokens, i)) {
                Scope owner = scopes.get(i).owner(token);
                owners.put(i, owner);
                if (owner != null) {
                    owner.uses.merge(token, 1, Integer::sum);
                }
                for (Scope each = scopes.get(i); each != owner; each = each.outer) {
                    each.needs.put(token, owner);
                }
            }
        }
        order.forEach(Scope::rename);
        Map<Integer, String> names = new HashMap<>();
        owners.forEach((i, owner) -> names.put(i, owner == null ? tokens.get(i) : owner.names.get(tokens.get(i))));
        return names;
    }

    /** The scope that each token stands in, those outside first. Parameters stand in their function. */
    private static Map<Integer, Scope> scopes(List<String> tokens) {
        Map<Integer, Scope> scopes = new LinkedHashMap<>();
        Deque<Boolean> braces = new ArrayDeque<>();
        Scope scope = new Scope(null);
        boolean isHead = false;
        for (int i = 0; i < tokens.size(); i++) {
            String token = tokens.get(i);
            scopes.put(i, scope);
            if (token.equals("function")) {
                if (!tokens.get(i + 1).equals("(")) {
                    i++;
                    scope.declared.add(tokens.get(i));
                    scopes.put(i, scope);
                }
                scope = new Scope(scope);
                for (i++; !tokens.get(i).equals(")"); i++) {
                    scopes.put(i, scope);
                    if (isWord(tokens.get(i).charAt(0))) {
                        scope.declared.add(tokens.get(i));
                    }
                }
                scopes.put(i, scope);
                isHead = true;
            } else if (token.equals("var") || token.equals("catch")) {
                scope.declared.add(tokens.get(i + (token.equals("var") ? 1 : 2)));
            } else if (token.equals("{")) {
                braces.push(isHead);
                isHead = false;
            } else if (token.equals("}") && braces.pop()) {
                scope = scope.outer;
            }
        }
        return scopes;
    }

    /** A function, or all of the source. */
    private static final class Scope {

        private final Scope outer;
        private final Set<String> declared = new LinkedHashSet<>();
        private final Map<String, Integer> uses = new HashMap<>();
        /** What is used here or further in, and declared further out, or nowhere. */
        private final Map<String, Scope> needs = new HashMap<>();
        private final Map<String, String> names = new HashMap<>();

        Scope(Scope outer) {
            this.outer = outer;
        }

        Scope owner(String name) {
            return declared.contains(name) ? this : outer == null ? null : outer.owner(name);
        }

        void rename() {
            Set<String> taken = new HashSet<>(Set.of("do", "if", "in"));
            needs.forEach((name, owner) -> taken.add(owner == null ? name : owner.names.get(name)));
            int next = 0;
            boolean isLarge = outer == null || declared.size() > LETTERS.length() / 2;
            List<String> order = !isLarge ? List.copyOf(declared)
                : declared.stream().sorted(Comparator.comparing((String name) -> -uses.get(name))
                    .thenComparing(Comparator.naturalOrder())).toList();
            for (String name : order) {
                String other = KEPT.contains(name) ? name : name(next++);
                while (taken.contains(other)) {
                    other = name(next++);
                }
                names.put(name, other);
            }
        }
    }

    private static String name(int number) {
        int letters = LETTERS.length();
        return number < letters ? LETTERS.substring(number, number + 1)
            : name(number / letters - 1) + LETTERS.charAt(number % letters);
    }

    /** Not what stands behind a dot, and not the key of a property. */
    private static boolean isVariable(List<String> tokens, int at) {
        String token = tokens.get(at);
        if (!isWord(token.charAt(0)) || Character.isDigit(token.charAt(0))) {
            return false;
        }
        int before = at - 1;
        while (before >= 0 && tokens.get(before).equals("\n")) {
            before--;
        }
        String behind = before < 0 ? ";" : tokens.get(before);
        boolean isKey = at + 1 < tokens.size() && tokens.get(at + 1).equals(":")
            && (behind.equals("{") || behind.equals(","));
        return !behind.equals(".") && !isKey;
    }
}
