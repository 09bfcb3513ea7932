package io.rivulet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.rivulet.config.Setting;
import io.rivulet.config.SettingSources;
import io.rivulet.config.SettingsTable;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What can be checked of the way this code is written; every rule has a test that it can fail. */
class TidyTest {

    private static final int FILE_LINES_MAX = 600;
    private static final int METHOD_LINES_MAX = 60;
    private static final int COLUMNS_MAX = 120;

    /** Names that are banned, where, and what to do instead; {@code except} gives files with the reason. */
    private record Ban(String regex, Predicate<SourceFile> where, String instead, Map<String, String> except) {
        Ban(String regex, Predicate<SourceFile> where, String instead) {
            this(regex, where, instead, Map.of());
        }
    }

    private static final Predicate<SourceFile> EVERYWHERE = f -> true;
    private static final Predicate<SourceFile> MAIN = SourceFile::isMain;

    private static final List<Ban> BANS = List.of(
        new Ban("Thread\\s*\\.\\s*sleep", EVERYWHERE, "await a condition (kit.Await), or own the clock"),
        new Ban("TimeUnit\\.\\w+\\.sleep", EVERYWHERE, "await a condition (kit.Await), or own the clock"),
        new Ban("\\bAwait\\.pass\\(|\\bpark(Nanos|Until)\\(", f -> !f.isMain(),
            "await a condition (kit.Await): a time that passes shows nothing", Allowed.PAUSES),
        new Ban("printStackTrace", EVERYWHERE, "throw it, or log it with what was being done"),
        new Ban("System\\.(out|err)\\b", EVERYWHERE, "slf4j in the hub, an assertion in a test",
            Map.of("kit/ServerProcess", "its standard output is how it tells its parent the port",
                "kit/TestCounts", "the last line of a build",
                "boot/Launcher", "a command line speaks by its output",
                "it/", "the figures an issue asks to be printed",
                "bench/", "it tells a person who waits for minutes, and its parent the port",
                "hostile/", "it tells a person who waits for minutes, and its parent what was answered",
                "log/", "the figures an issue asks to be printed")),
        new Ban("System\\.(getProperty|getenv)|(Boolean|Integer|Long)\\.get(Boolean|Integer|Long)\\(", MAIN,
            "a row in config.SettingsTable", Allowed.PROPERTIES),
        new Ban("\\.getParameter(Map|Values|Names)?\\(", f -> f.isMain() && f.path().contains("/io/rivulet/http/"),
            "http.Form: getParameter eats a body that was meant as data"),
        new Ban("request\\.get(ContentType|CharacterEncoding|DateHeader|IntHeader|Reader|Parts?|RequestURL)\\(", MAIN,
            "http.form.RequestHead: a container may throw at what a stranger wrote", Map.of(
                "http/mercure/MercureLinkFilter", "it stands before other applications, whose URLs it tells")),
        new Ban("\\b(supply|run|then\\w+|handle|whenComplete|complete|accept\\w+)Async\\(", MAIN,
            "a thread of ours: the common pool outlives the web application",
            Allowed.ASYNC),
        new Ban("commonPool|parallelStream|\\.parallel\\(\\)", MAIN,
            "a thread of ours: the common pool outlives the web application"),
        new Ban("\\bThreadLocal\\b", MAIN, "lend from a pool: container threads outlive the web application"),
        new Ban("\\bnew Timer\\(", EVERYWHERE, "a thread of its own, with a name"),
        new Ban("\\bschedule(AtFixedRate|WithFixedDelay)\\(|\\b(new)?ScheduledThreadPool|ThreadScheduledExecutor\\b",
            MAIN,
            "refusal.LastingTicker: an executor never calls again what has thrown"),
        new Ban("\\bnew (Thread|ThreadPoolExecutor)\\(|\\bExecutors\\.|\\bHttpClient\\.new", MAIN,
            "refusal.LastingTicker, or a refusal.LastingLoop and its file in the list of threads", Allowed.THREADS),
        new Ban("Instant\\.now\\(\\)|Clock\\.system|System\\.currentTimeMillis", MAIN,
            "the injected java.time.InstantSource", Allowed.TIME),
        new Ban("\\.awaitTermination\\(.*DAYS", EVERYWHERE, "a limit that a person would wait for"));

    /** The key of a setting, or of a section of settings; not the event {@code rivulet.heartbeat}. */
    private static final Pattern SETTING_KEY = Pattern.compile("(?<!event: )rivulet\\.(?:"
        + Stream.concat(Stream.of(SettingSources.CONFIG.substring("rivulet.".length())), Stream.concat(
            SettingsTable.rows().stream().map(Setting::key),
            SettingsTable.families().stream().map(family -> family.prefix().replaceFirst("\\.$", ""))))
            .map(Pattern::quote).collect(Collectors.joining("|")) + ")(?![\\w-])");

    @Test
    void everyFileIsTidy() {
        List<String> faults = new ArrayList<>();
        SourceFile.all().forEach(file -> faults.addAll(faults(file)));
        assertEquals(List.of(), faults, String.join("\n", faults));
    }

    @Test
    void anExceptionThatIsNotNeededAnyMoreIsSeen() {
        List<String> stale = new ArrayList<>();
        for (Ban ban : BANS) {
            for (String file : ban.except().keySet()) {
                if (!file.endsWith("/") && SourceFile.all().stream().noneMatch(f -> excepted(f, file)
                    && Pattern.compile(ban.regex()).matcher(f.code()).find())) {
                    stale.add(file + " does not use " + ban.regex());
                }
            }
        }
        assertEquals(List.of(), stale);
    }

    @Test
    void aLongFileIsSeen() {
        assertFault("has 601 lines", "src/main/java/io/rivulet/hub/X.java", "\n".repeat(601));
        assertTidy("src/main/java/io/rivulet/hub/X.java", "\n".repeat(600));
    }

    @Test
    void aLongLineIsSeen() {
        assertFault("columns", "src/test/java/io/rivulet/X.java", "//" + "x".repeat(119));
    }

    @Test
    void aLongMethodIsSeen() {
        String body = "    @Override\n    public <T> List<T> run(T a)\n        throws IOException {\n%s    }\n";
        assertFault("61 lines", "src/main/java/io/rivulet/hub/X.java",
            "class X {\n" + body.formatted("        if (x) { y(\"{\"); }\n".repeat(57)) + "}\n");
        assertTidy("src/main/java/io/rivulet/hub/X.java",
            "class X {\n" + body.formatted("        if (x) { y(\"{\"); }\n".repeat(56)) + "}\n");
    }

    @Test
    void everyBanIsSeen() {
        String main = "src/main/java/io/rivulet/http/X.java";
        for (String call : List.of("Thread.sleep(1)", "TimeUnit.SECONDS.sleep(1)", "e.printStackTrace()",
            "System.out.println()", "System.err.flush()", "System.getProperty(k)", "System.getenv(k)",
            "Integer.getInteger(k)", "request.getParameter(k)", "request.getParameterMap()",
            "request.getContentType()", "request.getReader()",
            "CompletableFuture.supplyAsync(x)", "f.thenApplyAsync(x)", "ForkJoinPool.commonPool()",
            "list.parallelStream()", "new ThreadLocal<>()", "new Timer(x)", "new Thread(x)",
            "new ThreadPoolExecutor(x)", "Executors.newCachedThreadPool()", "HttpClient.newHttpClient()",
            "pool.scheduleWithFixedDelay(x)", "pool.scheduleAtFixedRate(x)", "Instant.now()", "Clock.systemUTC()",
            "System.currentTimeMillis()")) {
            assertFault("instead", main, "class X { Object x = " + call + "; }");
        }
    }

    @Test
    void aBlindWaitIsSeenUnderAnyName() {
        for (String call : List.of("Thread.sleep(1)", "Await.pass(Duration.ofSeconds(1))", "LockSupport.parkNanos(1)",
            "parkUntil(deadline)")) {
            assertFault("instead", "src/test/java/io/rivulet/it/XIT.java", "class XIT { { " + call + "; } }");
        }
        assertTidy("src/test/java/io/rivulet/it/XIT.java", "class XIT { { Await.until(what, () -> isOpen()); } }");
    }

    @Test
    void whatIsOnlyTextIsNoCall() {
        assertTidy("src/main/java/io/rivulet/http/X.java",
            "class X { /* Thread.sleep */ Object x = \"Instant.now()\"; }");
    }

    @Test
    void aSettingsKeyWrittenAsTextIsSeen() {
        String path = "src/main/java/io/rivulet/http/X.java";
        for (String text : List.of("\"more (rivulet.body.max)\"", "\"rivulet.token.key\"", "\"-Drivulet.config=x\"",
            "\"see (rivulet.\"\n    + \"publish.rate)\"", "\"\"\"\n    set rivulet.role.admin.operate\n\"\"\"")) {
            assertFault("SettingsTable", path, "class X { String x = " + text + "; }");
        }
        assertTidy(path, "/** {@code rivulet.body.max} */ class X { String x = \"rivulet.hello\"; }");
        assertTidy(path, "class X { String x = \"event: rivulet.heartbeat\"; }");
        assertTidy("src/main/java/io/rivulet/config/X.java", "class X { String x = \"rivulet.retry.min\"; }");
    }

    @Test
    void leftoversAreSeen() {
        assertFault("unfinished", "src/test/java/io/rivulet/X.java", "// TO" + "DO later");
        assertFault("unfinished", "src/main/java/io/rivulet/hub/X.java", "/* FIX" + "ME */");
    }

    @Test
    void aSwallowedExceptionIsSeen() {
        assertFault("swallowed", "src/main/java/io/rivulet/hub/X.java", "try { x(); } catch (IOException e) {\n }");
        assertTidy("src/main/java/io/rivulet/hub/X.java", "try { x(); } catch (IOException e) {\n // why\n }");
    }

    @Test
    void tabsAndTrailingBlanksAreSeen() {
        assertFault("tab", "src/main/java/io/rivulet/hub/X.java", "\tint x;");
        assertFault("blank", "src/main/java/io/rivulet/hub/X.java", "int x; \n");
    }

    private static void assertFault(String part, String path, String text) {
        List<String> faults = faults(SourceFile.of(path, text));
        assertFalse(faults.stream().noneMatch(f -> f.contains(part)), text + " gives " + faults);
    }

    private static void assertTidy(String path, String text) {
        assertEquals(List.of(), faults(SourceFile.of(path, text)));
    }

    private static List<String> faults(SourceFile file) {
        List<String> faults = new ArrayList<>();
        List<String> lines = file.lines();
        if (lines.size() > FILE_LINES_MAX) {
            faults.add(file.path() + " has " + lines.size() + " lines; at most " + FILE_LINES_MAX);
        }
        for (int i = 0; i < lines.size(); i++) {
            String at = file.path() + ":" + (i + 1) + " ";
            String line = lines.get(i);
            if (line.length() > COLUMNS_MAX) {
                faults.add(at + "has " + line.length() + " columns; at most " + COLUMNS_MAX);
            }
            if (line.contains("\t")) {
                faults.add(at + "has a tab; indent by 4 spaces");
            }
            if (line.endsWith(" ") && !line.isBlank()) {
                faults.add(at + "ends in a blank");
            }
            if (line.matches(".*\\b(TO" + "DO|FIX" + "ME|XX" + "X)\\b.*")) {
                faults.add(at + "is unfinished: do it, or write an issue");
            }
        }
        for (SourceFile.Method method : file.methods()) {
            if (method.lines() > METHOD_LINES_MAX) {
                faults.add(file.path() + ":" + method.line() + " the method has " + method.lines()
                    + " lines; at most " + METHOD_LINES_MAX);
            }
        }
        Matcher swallowed = Pattern.compile("catch\\s*\\([^)]*\\)\\s*\\{\\s*\\}").matcher(file.text());
        while (swallowed.find()) {
            faults.add(file.path() + " an exception is swallowed without a reason: " + swallowed.group());
        }
        Matcher key = SETTING_KEY.matcher(file.literals());
        if (file.isMain() && !file.layer().equals("config") && key.find()) {
            faults.add(file.path() + " writes a setting's key as text: " + key.group()
                + "; instead: SettingsTable.….fullKey()");
        }
        for (Ban ban : BANS) {
            Matcher call = Pattern.compile(ban.regex()).matcher(file.code());
            if (ban.where().test(file) && ban.except().keySet().stream().noneMatch(e -> excepted(file, e))
                && call.find()) {
                faults.add(file.path() + " " + call.group() + " is banned; instead: " + ban.instead());
            }
        }
        return faults;
    }

    /** {@code hub/X} is that class of main or test; {@code it/} is that package of the tests. */
    private static boolean excepted(SourceFile file, String name) {
        return name.endsWith("/") ? !file.isMain() && file.path().contains("/io/rivulet/" + name)
            : file.path().endsWith("/io/rivulet/" + name + ".java");
    }

    /** The exceptions, each with its reason. */
    private static final class Allowed {
        static final Map<String, String> PROPERTIES = Map.of(
            "boot/HostSettings", "it fills the table's sources and asks the container for its base folder",
            "boot/PortCheck", "what the build tells and the JVM remembers about the port of jetty:run");
        static final Map<String, String> ASYNC = Map.of();
        static final Map<String, String> PAUSES = Map.ofEntries(
            Map.entry("kit/Await", "it is what waits for conditions"),
            Map.entry("kit/EventStream", "a client tries again after a pause, as browsers do"),
            Map.entry("it/KillIT", "a kill comes at a random moment, and its publishers try again after a pause"),
            Map.entry("it/ConvergenceIT", "what disturbs clients comes at random moments"),
            Map.entry("it/SubscribeIT", "clients leave in waves, at different moments of a heartbeat"),
            Map.entry("hub/ConvergenceTest", "clients read until nothing came for a while"),
            Map.entry("hub/ConflationModelTest", "clients read until nothing came for a while"),
            Map.entry("cluster/Follower", "a client tries again after a pause, as browsers do"),
            Map.entry("cluster/SteadyPublisher", "a load has a pace"),
            Map.entry("cluster/AppendingNode", "a load has a pace"),
            Map.entry("interop/", "how long a connection has been silent is what is tested, and a load has a pace"),
            Map.entry("bench/", "a load has a pace"),
            Map.entry("hostile/", "honest clients and attackers have a pace"));
        static final Map<String, String> TIME = Map.of();
        static final Map<String, String> THREADS = Map.ofEntries(
            Map.entry("refusal/LastingTicker", "it is one"),
            Map.entry("hub/RunningHub", "the committer runs in a LastingLoop of its own"),
            Map.entry("hub/AnswerThread", "it runs in a LastingLoop"),
            Map.entry("hub/AlarmClock", "it runs in a LastingLoop"),
            Map.entry("hub/presence/PresenceTeller", "it runs in a LastingLoop"),
            Map.entry("hub/stream/ShardThread", "it runs in a LastingLoop"),
            Map.entry("hub/stream/Readers", "they run in a LastingLoop"),
            Map.entry("hub/stream/Barrier", "it runs in a LastingLoop"),
            Map.entry("log/segment/Janitor", "it runs in a LastingLoop"),
            Map.entry("cluster/SharedLog", "it runs in a LastingLoop"),
            Map.entry("cluster/OutboxDrain", "it runs in a LastingLoop"),
            Map.entry("cluster/NodeNotes", "it runs in a LastingLoop"),
            Map.entry("log/store/StoreKeeper", "it runs in a LastingLoop"),
            Map.entry("feed/Feeds", "it runs in a LastingLoop"),
            Map.entry("http/trace/LineQueue", "it runs in a LastingLoop"),
            Map.entry("http/stream/WriterPool", "each lane runs in a LastingLoop"),
            Map.entry("auth/token/JwksSource", "each load is a task of its own, and each gets a thread"),
            Map.entry("boot/ServeCommand", "it ends the server when the process is told to end"),
            Map.entry("http/operate/SlashCheck", "it looks once, and ends"));
    }
}
