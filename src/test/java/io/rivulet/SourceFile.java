package io.rivulet;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Java file as the structure tests read it.
 *
 * @param path from the root of the project, with slashes
 * @param text as it is
 * @param code the same lines with comments and literals blanked out
 */
record SourceFile(String path, String text, String code) {

    private static final Pattern WHOLE_NAME = Pattern.compile("\\bio\\.rivulet\\.((?:[a-z]\\w*\\.)*)([A-Z]\\w*)");
    private static final Pattern IMPORT = Pattern.compile("(?m)^import [\\w.]+\\.(\\w+);");
    private static final Pattern HEAD = Pattern.compile("(?m)^(import|package) .*$");
    private static final Pattern SIMPLE_NAME = Pattern.compile("(?<![\\w.])[A-Z]\\w*");

    /** A method with the lines it takes. */
    record Method(String header, int line, int lines) {
    }

    static SourceFile of(String path, String text) {
        return new SourceFile(path, text, blank(text));
    }

    /** Foreign yardsticks of the benchmark: what they measure was measured with them as they are. */
    private static final Path FOREIGN = Path.of("src/test/bench/peers");

    /** All Java files below {@code src} that are ours. */
    static List<SourceFile> all() {
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            List<SourceFile> all = new ArrayList<>();
            for (Path file : files.filter(f -> f.toString().endsWith(".java"))
                .filter(f -> !f.startsWith(FOREIGN)).sorted().toList()) {
                all.add(of(file.toString().replace('\\', '/'), Files.readString(file)));
            }
            return all;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean isMain() {
        return path.startsWith("src/main/");
    }

    /** The package below {@code io.rivulet}, as in {@code http.form}; empty for the root. */
    String layer() {
        String inside = path.substring(path.indexOf("/io/rivulet/") + "/io/rivulet/".length());
        return inside.substring(0, Math.max(0, inside.lastIndexOf('/'))).replace('/', '.');
    }

    /** The simple name of the type that the file is named after. */
    String type() {
        return path.substring(path.lastIndexOf('/') + 1).replace(".java", "");
    }

    /** The type with its package below {@code io.rivulet}, as in {@code http.form.Answer}. */
    String name() {
        return layer().isEmpty() ? type() : layer() + "." + type();
    }

    /** Which of these types, given as {@link #name} does, its code names, itself left out. */
    Set<String> named(Set<String> types) {
        Set<String> named = new TreeSet<>();
        Set<String> imported = new HashSet<>();
        Matcher whole = WHOLE_NAME.matcher(code);
        while (whole.find()) {
            named.add(whole.group(1) + whole.group(2));
        }
        Matcher imports = IMPORT.matcher(code);
        while (imports.find()) {
            imported.add(imports.group(1));
        }
        Matcher simple = SIMPLE_NAME.matcher(HEAD.matcher(code).replaceAll(""));
        while (simple.find()) {
            if (!imported.contains(simple.group())) {
                named.add(layer().isEmpty() ? simple.group() : layer() + "." + simple.group());
            }
        }
        named.retainAll(types);
        named.remove(name());
        return named;
    }

    List<String> lines() {
        return text.lines().toList();
    }

    /** All methods and constructors, nested ones of inner classes too. */
    List<Method> methods() {
        List<Method> methods = new ArrayList<>();
        List<Integer> open = new ArrayList<>();
        int headerFrom = 0;
        for (int i = 0; i < code.length(); i++) {
            char c = code.charAt(i);
            if (c == '{') {
                open.add(headerFrom);
                headerFrom = i + 1;
            } else if (c == '}' && !open.isEmpty()) {
                int from = open.remove(open.size() - 1);
                String header = code.substring(from, code.indexOf('{', from)).strip();
                if (isMethod(header)) {
                    int start = from + code.substring(from).indexOf(header.substring(0, 1));
                    methods.add(new Method(header, lineAt(start), lineAt(i) - lineAt(start) + 1));
                }
                headerFrom = i + 1;
            } else if (c == ';') {
                headerFrom = i + 1;
            }
        }
        return methods;
    }

    private int lineAt(int index) {
        return (int) code.substring(0, index).chars().filter(c -> c == '\n').count() + 1;
    }

    private static boolean isMethod(String header) {
        String plain = header.replaceAll("@\\w+(\\([^)]*\\))?", "").strip();
        return plain.matches("(?s)[\\w<].*\\)(\\s*throws[\\w\\s.,]+)?") && !plain.contains("->")
            && !plain.matches("(?s)(if|for|while|switch|catch|synchronized|try|else|do|return)\\b.*")
            && !plain.matches("(?s).*\\b(new|record|class|enum|interface|yield)\\b.*") && !plain.contains("=");
    }

    /** What stands in strings and text blocks, a line for each; those that a plus joins are one. */
    String literals() {
        StringBuilder all = new StringBuilder();
        int last = 0;
        for (int i = 0; i < text.length(); i = Math.max(i + 1, end(text, i))) {
            if (text.charAt(i) == '"') {
                int mark = text.startsWith("\"\"\"", i) ? 3 : 1;
                all.append(code.substring(last, i).strip().equals("+") ? "" : "\n");
                last = end(text, i);
                all.append(text, i + mark, last - mark);
            }
        }
        return all.toString();
    }

    /** Blanks comments, strings, text blocks and characters; line breaks stay where they are. */
    private static String blank(String text) {
        StringBuilder code = new StringBuilder(text);
        int i = 0;
        while (i < text.length()) {
            int end = Math.min(end(text, i), text.length());
            i = end > i ? i : i + 1;
            for (; i < end; i++) {
                if (text.charAt(i) != '\n') {
                    code.setCharAt(i, ' ');
                }
            }
        }
        return code.toString();
    }

    /** Where the comment or literal ends that begins here; this very place when none does. */
    private static int end(String text, int from) {
        if (text.startsWith("//", from)) {
            return to(text, "\n", from);
        }
        if (text.startsWith("/*", from)) {
            return to(text, "*/", from + 2) + 2;
        }
        if (text.startsWith("\"\"\"", from)) {
            return to(text, "\"\"\"", from + 3) + 3;
        }
        return text.charAt(from) == '"' || text.charAt(from) == '\'' ? literal(text, from) : from;
    }

    private static int to(String text, String mark, int from) {
        int at = text.indexOf(mark, from);
        return at < 0 ? text.length() : at;
    }

    private static int literal(String text, int from) {
        int i = from + 1;
        while (i < text.length() && text.charAt(i) != text.charAt(from)) {
            i += text.charAt(i) == '\\' ? 2 : 1;
        }
        return i + 1;
    }
}
