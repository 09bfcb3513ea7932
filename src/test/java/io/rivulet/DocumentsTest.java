package io.rivulet;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The documents: every relative link points to a file and a heading that are there, every file of {@code docs} can be
 * reached from its index, and every class that is named exists, with the member that is named with it. Each rule has a
 * test that it can fail.
 */
class DocumentsTest {

    private static final String INDEX = "docs/README.md";
    private static final Pattern FENCE = Pattern.compile("(?ms)^ *```.*?^ *```");
    private static final Pattern CODE = Pattern.compile("`[^`\n]*`");
    private static final Pattern LINK = Pattern.compile("\\[[^\\[\\]]*]\\(([^()\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+?) *$");

    private static final Pattern CLASS = Pattern.compile("\\bio\\.rivulet(?:\\.[a-z0-9]+)*\\.[A-Z]\\w*");
    /** In back-ticks: a type, before it perhaps the end of its package, behind it perhaps a member. */
    private static final Pattern NAME = Pattern.compile(
        "`((?:[a-z]\\w*[./])*)([A-Z]\\w*[a-z]\\w*)(?:\\.([A-Za-z]\\w*))?(?:\\([^`\n]*\\))?`");
    /** What a member looks like where it is declared; {@code %s} is its name. */
    private static final String MEMBER =
        "(?<!\\b(?:return|new|throw|else)) %1$s *[(,)=;{]|\\b(?:class|record|enum|interface) %1$s\\b";
    /** Names of others: of the JDK, of containers and libraries, of browsers, and fields of HTTP. */
    private static final Set<String> FOREIGN = Set.of(
        "FileChannel", "HttpURLConnection", "IllegalStateException", "MaxHeapFreeRatio", "RandomAccessFile",
        "SocketChannel",
        "AcceptRateLimit", "ConnectionLimit", "Connector", "RemoteIpValve", "ServletContainerInitializer",
        "WriteListener", "HdrHistogram", "LatencyUtils", "OpenTelemetry",
        "EventSource", "URLPattern",
        "DataObjectConverter", "ReplayStore", "SseEmitter", "DynamicUser", "ExecStart",
        "Accept", "Allow", "Authorization", "Bearer", "ETag", "Expect", "Forwarded", "Link", "Origin", "Referer",
        "Vary");

    @TempDir
    private Path folder;

    @Test
    void everyLinkPointsToAFileAndAHeading() throws IOException {
        assertEquals(List.of(), brokenLinks(Path.of("")));
    }

    @Test
    void everyFileOfTheDocsIsReachedFromTheirIndex() throws IOException {
        assertEquals(Set.of(), unreached(Path.of("")));
    }

    @Test
    void everyClassThatIsNamedInFullExists() throws IOException {
        assertEquals(List.of(), unknownClasses(Path.of("")));
    }

    @Test
    void everyNameOfAClassOrMemberExists() throws IOException {
        assertEquals(List.of(), unknownNames(Path.of("")));
    }

    @Test
    void aLinkToNoFileIsSeenAlsoThatOfAPicture() throws IOException {
        write("README.md", "[a](docs/none.md) ![b](docs/none.png) [c](" + INDEX + ") [d](https://example.com/none)");
        write(INDEX, "[up](../README.md) `[x](code.md)`\n```\n[y](fence.md)\n```\n");
        assertEquals(List.of("README.md: docs/none.md", "README.md: docs/none.png"), brokenLinks(folder));
    }

    @Test
    void aLinkToNoHeadingIsSeen() throws IOException {
        write("README.md", "# One\n## Two: `three` & four!\n## One\n```\n# Five\n```\n[a](#one) [b](#one-1)\n"
            + "[c](#two-three--four) [d](#five) [e](" + INDEX + "#none)");
        write(INDEX, "# Index");
        assertEquals(List.of("README.md: #five", "README.md: " + INDEX + "#none"), brokenLinks(folder));
    }

    @Test
    void aFileThatNobodyLinksToIsSeen() throws IOException {
        write(INDEX, "[a](a.md)");
        write("docs/a.md", "![picture](b.svg)");
        write("docs/b.svg", "");
        write("docs/c.md", "[index](README.md)");
        assertEquals(Set.of("docs/c.md"), unreached(folder));
    }

    @Test
    void aClassThatIsGoneIsSeen() throws IOException {
        write("src/main/java/io/rivulet/a/Here.java", "");
        write("README.md", "`io.rivulet.a.Here` and\n```xml\n<class>io.rivulet.a.Gone</class>\n```\nin `io.rivulet.a`");
        write(INDEX, "");
        assertEquals(List.of("README.md: io.rivulet.a.Gone"), unknownClasses(folder));
    }

    @Test
    void aNameThatIsGoneIsSeen() throws IOException {
        write("src/main/java/io/rivulet/a/Here.java",
            "class Here { enum Kind { RED } void go(int n) { return gone(n); } /* void past() { } */ }");
        write("README.md", "`Here` `a.Here` `a/Here` `Here.go` `Here.go(3)` `Here.Kind` `Here.RED` `Origin` `A.war`\n"
            + "`Gone` `b.Here` `b/Here` `Here.gone` `Here.past()` `Here.Sort` `Here.BLUE`\n```\n`Fenced`\n```\n");
        write(INDEX, "");
        assertEquals(Stream.of("Gone", "b.Here", "b/Here", "Here.gone", "Here.past()", "Here.Sort", "Here.BLUE")
            .map(name -> "README.md: `" + name + "`").toList(), unknownNames(folder));
    }

    private void write(String file, String text) throws IOException {
        Path path = folder.resolve(file);
        Files.createDirectories(path.getParent());
        Files.writeString(path, text);
    }

    private static List<String> brokenLinks(Path root) throws IOException {
        List<String> broken = new ArrayList<>();
        for (String document : documents(root)) {
            for (String link : links(root, document)) {
                String[] parts = link.split("#", 2);
                String target = parts[0].isEmpty() ? document : resolved(document, parts[0]);
                if (!Files.exists(root.resolve(target))
                    || parts.length > 1 && !anchors(Files.readString(root.resolve(target))).contains(parts[1])) {
                    broken.add(document + ": " + link);
                }
            }
        }
        return broken;
    }

    private static Set<String> unreached(Path root) throws IOException {
        Set<String> unreached = new TreeSet<>(files(root, "docs", 10));
        Deque<String> next = new ArrayDeque<>(List.of(INDEX));
        Set<String> seen = new HashSet<>(next);
        while (!next.isEmpty()) {
            String document = next.pop();
            unreached.remove(document);
            if (document.startsWith("docs/") && document.endsWith(".md")) {
                for (String link : links(root, document)) {
                    String target = resolved(document, link.split("#", 2)[0]);
                    if (seen.add(target)) {
                        next.push(target);
                    }
                }
            }
        }
        return unreached;
    }

    private static List<String> unknownClasses(Path root) throws IOException {
        List<String> unknown = new ArrayList<>();
        for (String document : documents(root)) {
            CLASS.matcher(Files.readString(root.resolve(document))).results().map(MatchResult::group)
                .filter(name -> Stream.of("main", "test").noneMatch(half -> Files.exists(
                    root.resolve("src/" + half + "/java/" + name.replace('.', '/') + ".java"))))
                .forEach(name -> unknown.add(document + ": " + name));
        }
        return unknown;
    }

    private static List<String> unknownNames(Path root) throws IOException {
        Map<String, List<SourceFile>> types = new HashMap<>();
        for (String file : files(root, "src", 20)) {
            if (file.endsWith(".java")) {
                SourceFile source = SourceFile.of(file, Files.readString(root.resolve(file)));
                types.computeIfAbsent(source.type(), t -> new ArrayList<>()).add(source);
            }
        }
        List<String> unknown = new ArrayList<>();
        for (String document : documents(root)) {
            NAME.matcher(withoutFences(Files.readString(root.resolve(document)))).results()
                .filter(name -> !FOREIGN.contains(name.group(2)))
                .filter(name -> types.getOrDefault(name.group(2), List.of()).stream()
                    .noneMatch(type -> isIn(type, name.group(1)) && has(type, name.group(3))))
                .forEach(name -> unknown.add(document + ": " + name.group()));
        }
        return unknown;
    }

    private static boolean isIn(SourceFile type, String packageEnd) {
        return type.path().endsWith("/" + packageEnd.replace('.', '/') + type.type() + ".java");
    }

    private static boolean has(SourceFile type, String memberOrNull) {
        return memberOrNull == null
            || Pattern.compile(MEMBER.formatted(memberOrNull)).matcher(type.code()).find()
            || memberOrNull.matches("[A-Z0-9_]+") && type.code().matches("(?s).*\\b" + memberOrNull + "\\b.*");
    }

    private static List<String> documents(Path root) throws IOException {
        Set<String> all = new TreeSet<>(files(root, "", 1));
        all.addAll(files(root, "docs", 10));
        return all.stream().filter(f -> f.endsWith(".md")).toList();
    }

    private static List<String> files(Path root, String below, int depth) throws IOException {
        try (Stream<Path> all = Files.walk(root.resolve(below), depth)) {
            return all.filter(Files::isRegularFile).map(f -> root.relativize(f).toString().replace('\\', '/'))
                .toList();
        }
    }

    /** Where a link of this document leads, from the root. */
    private static String resolved(String document, String link) {
        return Path.of(document).resolveSibling(link).normalize().toString().replace('\\', '/');
    }

    /** The targets of all links that are no URLs. */
    private static List<String> links(Path root, String document) throws IOException {
        String text = CODE.matcher(withoutFences(Files.readString(root.resolve(document)))).replaceAll("");
        return LINK.matcher(text).results().map(m -> m.group(1)).filter(l -> !l.matches("[a-z]+:.*")).toList();
    }

    /** The names that GitHub gives to the headings of a document. */
    private static Set<String> anchors(String text) {
        Set<String> anchors = new HashSet<>();
        Map<String, Integer> times = new HashMap<>();
        Matcher heading = HEADING.matcher(withoutFences(text));
        while (heading.find()) {
            String name = heading.group(1).replaceAll("\\[([^\\]]*)]\\([^)]*\\)", "$1").toLowerCase(Locale.ROOT)
                .replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-');
            int before = times.merge(name, 1, Integer::sum) - 1;
            anchors.add(before == 0 ? name : name + "-" + before);
        }
        return anchors;
    }

    private static String withoutFences(String text) {
        return FENCE.matcher(text).replaceAll("");
    }
}
