package io.rivulet.browser;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
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

    /** The module. What knows modules knows arrow functions. */
    static String module() {
        return LICENCE + shrink(source(), true) + "\nexport{Rivulet,Rivulet as default}\n";
    }

    /** The script, which makes a global of it. */
    static String script() {
        return LICENCE + "(function(){'use strict'\n" + shrink(source(), false) +"\nself.Rivulet=Rivulet})()\n";
    }

    /** A parser of JavaScript, to run in a page. */
    static String acorn() throws IOException {
        Properties pom = new Properties();
        ClassLoader jars = ClientFiles.class.getClassLoader();
        try (InputStream in = jars.getResourceAsStream("META-INF/maven/org.webjars.npm/acorn/pom.properties")) {
            pom.load(in);
        }
        try (InputStream in = jars.getResourceAsStream("META-INF/resources/webjars/acorn/" + pom.getProperty("version")
            + "/dist/acorn.js")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
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
    static String shrink(String source, boolean hasArrows) {
        List<String> tokens = renamed(tokens(source));
        mergeVars(tokens);
        if (hasArrows) {
            makeArrows(tokens);
        }
        tokens.removeIf(String::isEmpty);
        StringBuilder out = new StringBuilder(source.length() / 2);
        String before = "\n";
        for (int i = 0; i < tokens.size(); i++) {
            String token = tokens.get(i);
            if (token.equals("\n")) {
                String after = i + 1 < tokens.size() ? tokens.get(i + 1) : "";
                if ("\n{(,[=&|?:;".indexOf(before.charAt(before.length() - 1)) >= 0 || after.startsWith("}")) {
                    continue;
                }
            }
            boolean words = isWord(before.charAt(before.length() - 1)) && isWord(token.charAt(0));
            boolean signs = token.charAt(0) == before.charAt(before.length() - 1) && "+-".indexOf(token.charAt(0)) >= 0;
            out.append(words || signs ? " " : "").append(token);
            before = token;
        }
        return out.toString().strip();
    }

    private static List<String> renamed(List<String> tokens) {
        Map<Integer, String> names = names(tokens);
        List<String> renamed = new ArrayList<>(tokens);
        for (int i = 0; i < tokens.size(); i++) {
            if (isVariable(tokens, i)) {
                String name = names.get(i);
                renamed.set(i, name.equals("true") ? "!0" : name.equals("false") ? "!1" : name);
            }
        }
        return renamed;
    }

    /** Of statements that follow each other, and each declare a variable, one. What goes is empty then. */
    private static void mergeVars(List<String> tokens) {
        Deque<Boolean> outer = new ArrayDeque<>();
        boolean isVar = false; // the statement of now, in the innermost brackets
        for (int i = 0; i < tokens.size(); i++) {
            String token = tokens.get(i);
            if (depth(token) > 0) {
                outer.push(isVar);
                isVar = false;
            } else if (depth(token) < 0) {
                isVar = outer.pop();
            } else if (token.equals("\n") && i + 1 < tokens.size()) {
                if (tokens.get(i + 1).equals("\n")) {
                    tokens.set(i, ""); // one is enough
                    continue;
                }
                boolean wasVar = isVar;
                isVar = tokens.get(i + 1).equals("var");
                if (wasVar && isVar) {
                    tokens.set(i, ",");
                    tokens.set(i + 1, "");
                }
            } else if (token.equals("var")) {
                isVar |= i == 0 || tokens.get(i - 1).equals("{"); // not of an if, which ends with its one statement
            }
        }
    }

    /** Functions without a name: {@code e=>e.data} where it only returns something, and {@code (e,t)=>{...}}. */
    private static void makeArrows(List<String> tokens) {
        for (int i = 0; i + 1 < tokens.size(); i++) {
            if (!tokens.get(i).equals("function") || !tokens.get(i + 1).equals("(")) {
                continue;
            }
            int close = closing(tokens, i + 1);
            int end = closing(tokens, close + 1);
            tokens.set(i, "");
            if (close == i + 3) {
                tokens.set(i + 1, "");
                tokens.set(close, "=>");
            } else {
                tokens.set(close, ")=>");
            }
            int first = close + 2;
            while (tokens.get(first).equals("\n")) {
                first++;
            }
            if (tokens.get(first).equals("return") && isOneStatement(tokens.subList(first, end))) {
                tokens.set(close + 1, "");
                Collections.fill(tokens.subList(close + 2, first + 1), "");
                for (int at = end; at == end || tokens.get(at).equals("\n"); at--) {
                    tokens.set(at, "");
                }
            }
        }
    }

    private static int depth(String token) {
        return token.isEmpty() ? 0 : "({[".contains(token) ? 1 : ")}]".contains(token) ? -1 : 0;
    }

    private static int closing(List<String> tokens, int open) {
        int depth = 0;
        int at = open;
        do {
            depth += depth(tokens.get(at++));
        } while (depth > 0);
        return at - 1;
    }

    /** Whether this is {@code return x}, and what is returned is no object: its brace would begin a block. */
    private static boolean isOneStatement(List<String> tokens) {
        int depth = 0;
        int last = tokens.size();
        while (tokens.get(last - 1).equals("\n")) {
            last--;
        }
        for (String token : tokens.subList(0, last)) {
            depth += depth(token);
            if (depth == 0 && token.equals("\n")) {
                return false;
            }
        }
        return tokens.size() > 1 && !tokens.get(1).equals("{");
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
