package io.rivulet.browser;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
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
 * So a variable may be renamed wherever its name stands as one: it gets the same other name everywhere, whatever its
 * scope, and no two get the same.
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
    private static final String LETTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

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
        Map<String, String> names = names(tokens);
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
                token = names.getOrDefault(token, token);
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

    /** What is declared, the most used first. */
    private static Map<String, String> names(List<String> tokens) {
        Set<String> declared = new HashSet<>();
        Set<String> taken = new HashSet<>(Set.of("do", "if", "in"));
        Map<String, Integer> uses = new HashMap<>();
        for (int i = 0; i < tokens.size(); i++) {
            String token = tokens.get(i);
            if (token.equals("var")) {
                declared.add(tokens.get(i + 1));
            } else if (token.equals("function") || token.equals("catch")) {
                int open = tokens.get(i + 1).equals("(") ? i + 1 : i + 2;
                if (open == i + 2) {
                    declared.add(tokens.get(i + 1));
                }
                for (int at = open + 1; !tokens.get(at).equals(")"); at++) {
                    if (isWord(tokens.get(at).charAt(0))) {
                        declared.add(tokens.get(at));
                    }
                }
            }
            if (isVariable(tokens, i)) {
                uses.merge(token, 1, Integer::sum);
            }
        }
        declared.removeAll(KEPT);
        uses.keySet().stream().filter(name -> !declared.contains(name)).forEach(taken::add);
        List<String> order = declared.stream()
            .sorted((a, b) -> uses.get(a).equals(uses.get(b)) ? a.compareTo(b) : uses.get(b) - uses.get(a)).toList();
        Map<String, String> names = new HashMap<>();
        int next = 0;
        for (String name : order) {
            String other = name(next++);
            while (taken.contains(other)) {
                other = name(next++);
            }
            names.put(name, other);
        }
        return names;
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
