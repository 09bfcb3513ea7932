package io.rivulet.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.rivulet.kit.Container;
import io.rivulet.kit.FaultyProxy;
import io.rivulet.kit.FaultyProxy.Fault;
import io.rivulet.kit.RealProxy;
import io.rivulet.kit.Server;
import io.rivulet.mercure.Token;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/**
 * The page Doctor names what a proxy does to the streams of the built WAR, and says that all is well where none does
 * anything. All ways to the hub are examined at the same time, each in a tab of its own: the page waits most of the
 * time. Where it says that it cannot judge on a machine that is busy, it is asked once more, as a person would.
 */
@Tag("once")
@EnabledIf(value = "io.rivulet.browser.Browser#isThereOrMustBe", disabledReason = "no browser on the PATH")
class DoctorIT {

    /** An examination has steps of a minute at most, and ends within seconds on a machine that is not busy. */
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final int AGAIN_MAX = 5;

    private static final String DEAF = "gzip on;\ngzip_types *;\nproxy_ignore_headers X-Accel-Buffering;\n";
    private static final Deque<AutoCloseable> OPEN = new ArrayDeque<>();
    private static final Map<Way, Tab> TABS = new EnumMap<>(Way.class);
    /** At a hub that lets nobody read without a token, and what it said before it was given one. */
    private static Tab closed;
    private static String toldWithoutToken;

    /** A way from the browser to the hub, by what stands there. */
    private enum Way {
        DIRECT, TOMCAT, HOLDS_ALL(Fault.HOLDS_ALL), COLLECTS(Fault.COLLECTS), WAITS_FOR_MORE(Fault.WAITS_FOR_MORE),
        COMPRESSES(Fault.COMPRESSES), COMPRESSES_AT_ONCE(Fault.COMPRESSES_AT_ONCE), CUTS(Fault.CUTS),
        CUTS_THE_SILENT(Fault.CUTS_THE_SILENT),
        CHANGES_HEADS(Fault.TAKES_CURSORS, Fault.SAYS_AGE, Fault.ANSWERS_OPTIONS, Fault.CALLS_NAMES),
        /** With the one line that people begin with. */
        NGINX_ALONE(RealProxy.Kind.NGINX, rules -> "location / { proxy_pass http://127.0.0.1:8080; }"),
        /** As one behind which another one stands: it does not see what the hub asks for. */
        NGINX_DEAF(RealProxy.Kind.NGINX, rules -> DEAF + NGINX_ALONE.change.apply(rules)),
        NGINX_REPAIRED(RealProxy.Kind.NGINX, rules -> NGINX_DEAF.change.apply(rules).replace("; }", ";\n"
            + repair("held", "nginx") + '\n' + repair("name", "nginx") + "\n}")),
        /** Without its option, it waits for more. */
        HAPROXY_WAITS(RealProxy.Kind.HAPROXY, rules -> rules.replace("option http-no-delay", "")),
        HAPROXY_REPAIRED(RealProxy.Kind.HAPROXY, rules -> rules),
        CADDY(RealProxy.Kind.CADDY, rules -> rules),
        APACHE_COMPRESSES(RealProxy.Kind.APACHE, rules -> rules + "\nSetOutputFilter DEFLATE\n"),
        APACHE_REPAIRED(RealProxy.Kind.APACHE, rules -> APACHE_COMPRESSES.change.apply(rules)
            + repair("compressed", "Apache") + '\n' + repair("name", "Apache").lines().findFirst().orElseThrow());

        private final Fault[] faults;
        private final RealProxy.Kind kind;
        private final UnaryOperator<String> change;

        Way(Fault... faults) {
            this.faults = faults;
            kind = null;
            change = null;
        }

        Way(RealProxy.Kind kind, UnaryOperator<String> change) {
            faults = new Fault[0];
            this.kind = kind;
            this.change = change;
        }

        boolean isThere() {
            return kind == null || kind.isThere();
        }
    }

    @TempDir
    private static Path folder;

    @BeforeAll
    static void examineAll() throws IOException {
        Server hub = opened(Token.believedBy(Server.in(Container.JETTY).set("dev", "false")).start());
        Server tomcat = opened(Token.believedBy(Server.in(Container.TOMCAT).set("dev", "false")).start());
        Server strict = opened(Token.believedBy(Server.in(Container.JETTY).set("dev", "false")
            .set("anonymous", "false")).start());
        for (Way way : Way.values()) {
            if (way.isThere()) {
                int port = way == Way.TOMCAT ? tomcat.port() : hub.port();
                if (way.faults.length > 0) {
                    port = opened(new FaultyProxy(port, way.faults)).port();
                } else if (way.kind != null) {
                    Path own = Files.createDirectory(folder.resolve(way.name()));
                    port = opened(RealProxy.start(way.kind, own, port, way.change)).port();
                }
                TABS.put(way, begin(port));
            }
        }
        closed = begin(strict.port());
        TABS.values().forEach(DoctorIT::examine);
        examine(closed);
        closed.await("document.getElementById('doctor-let-in')?.dataset.level === 'fault'", LIMIT);
        toldWithoutToken = closed.text("#doctor-let-in");
        closed.await("document.getElementById('doctor-examine').disabled === false", LIMIT);
        closed.type("#doctor-token", Token.all());
        examine(closed);
    }

    /** A tab that loads the page. */
    private static Tab begin(int port) {
        Tab tab = opened(Pages.chromium().window());
        tab.begin("http://127.0.0.1:" + port + "/home/doctor.html");
        return tab;
    }

    @AfterAll
    static void leave() throws Exception {
        while (!OPEN.isEmpty()) {
            OPEN.pop().close();
        }
    }

    private static <T extends AutoCloseable> T opened(T one) {
        OPEN.push(one);
        return one;
    }

    /** The lines that the page shows for a fault and a proxy. */
    private static String repair(String fault, String proxy) {
        try {
            String script = Files.readString(Path.of("src/main/webapp/home/repairs.js"));
            String json = script.substring(script.indexOf("here */") + 7, script.indexOf("/* to here"));
            for (JsonElement each : JsonParser.parseString(json).getAsJsonArray()) {
                if (each.getAsJsonObject().get("fault").getAsString().equals(fault)) {
                    for (JsonElement lines : each.getAsJsonObject().getAsJsonArray("lines")) {
                        if (lines.getAsJsonObject().get("for").getAsString().equals(proxy)) {
                            return lines.getAsJsonObject().getAsJsonArray("text").asList().stream()
                                .map(JsonElement::getAsString).collect(Collectors.joining("\n"));
                        }
                    }
                }
            }
            throw new AssertionError("repairs.js has no lines for " + fault + " and " + proxy);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void examine(Tab tab) {
        tab.await("document.getElementById('doctor-examine')?.disabled === false");
        tab.eval("document.getElementById('doctor-examine').click()");
    }

    /** The tab of this way when these checks have been judged. */
    private static Tab judged(Way way, String... checks) {
        Assumptions.assumeTrue(way.isThere(), () -> "this machine has no " + way.kind);
        Tab tab = TABS.get(way);
        for (int i = 0; i < AGAIN_MAX; i++) {
            tab.await("document.getElementById('doctor-examine').disabled === false", LIMIT);
            boolean isUnsure = false;
            for (String check : checks) {
                isUnsure |= level(tab, check).equals("unsure");
            }
            if (!isUnsure) {
                return tab;
            }
            examine(tab);
        }
        return Assumptions.abort("the page says that this machine is too slow to judge " + way + ": " + said(tab));
    }

    private static String level(Tab tab, String check) {
        return tab.eval("document.getElementById('doctor-" + check + "')?.dataset.level ?? 'none'");
    }

    private static String said(Tab tab) {
        return tab.eval("document.getElementById('doctor-verdict').textContent + ': ' + [...document"
            + ".querySelectorAll('#doctor-checks li')].map(e => [...e.children].map(c => c.textContent).join(' | '))"
            + ".join('\\n')");
    }

    private static String repairs(Tab tab, String level) {
        return tab.eval("[...document.querySelectorAll('#doctor-repairs article[data-level=" + level
            + "]')].map(e => e.dataset.fault).sort().join()");
    }

    private static void assertLevel(Tab tab, String level, String... checks) {
        for (String check : checks) {
            assertEquals(level, level(tab, check), check + " of " + said(tab));
        }
    }

    private static void assertAllIsWell(Tab tab) {
        assertEquals("All is well", tab.text("#doctor-verdict"), said(tab));
        assertLevel(tab, "well", "pace", "heartbeats", "cut", "resume", "EventSource", "compression", "head", "cors",
            "name");
        assertEquals("HTTP/1.1", tab.text("#doctor-version .value"));
        assertLevel(tab, "advice", "version", "at-once");
        assertEquals("", repairs(tab, "fault"));
        assertEquals("http1", repairs(tab, "advice"));
        assertEquals(List.of(), tab.complaints());
    }

    @Test
    void whereNothingStandsBetweenAllIsWellAndASilentStreamStaysOpen() {
        String[] all = {"pace", "heartbeats", "cut", "resume", "EventSource"};
        assertAllIsWell(judged(Way.DIRECT, all));
        assertAllIsWell(judged(Way.TOMCAT, all));
        Tab tab = TABS.get(Way.DIRECT);
        tab.await("document.querySelector('#doctor-watch .value')?.textContent.startsWith('open for')");
    }

    @Test
    void anAnswerThatIsHeldUntilItsEndIsNamed() {
        Tab tab = judged(Way.HOLDS_ALL, "pace");
        assertLevel(tab, "fault", "pace");
        assertEquals("held", repairs(tab, "fault"), said(tab));
        assertTrue(tab.text("#doctor-repairs").contains("proxy_buffering off;"), said(tab));
    }

    @Test
    void aStreamThatIsCollectedByKilobytesIsNamed() {
        Tab tab = judged(Way.COLLECTS, "pace");
        assertLevel(tab, "fault", "pace");
        assertEquals("held", repairs(tab, "fault"), said(tab));
    }

    @Test
    void aProxyThatWaitsForMoreIsNamed() {
        Tab tab = judged(Way.WAITS_FOR_MORE, "pace");
        assertLevel(tab, "fault", "pace");
        assertEquals("late", repairs(tab, "fault"), said(tab));
        assertTrue(tab.text("#doctor-repairs").contains("option http-no-delay"), said(tab));
    }

    @Test
    void aCompressorThatCollectsIsNamedAsTheCause() {
        Tab tab = judged(Way.COMPRESSES, "pace");
        assertLevel(tab, "fault", "pace", "compression");
        assertEquals("compressed,held", repairs(tab, "fault"), said(tab));
    }

    @Test
    void aCompressorThatHandsOnAtOnceIsAnAdvice() {
        Tab tab = judged(Way.COMPRESSES_AT_ONCE, "pace", "heartbeats", "resume");
        assertLevel(tab, "well", "pace", "heartbeats");
        assertLevel(tab, "advice", "compression");
        assertEquals("All is well", tab.text("#doctor-verdict"), said(tab));
    }

    @Test
    void aStreamThatSomebodyCutsIsNamed() {
        Tab tab = judged(Way.CUTS, "cut");
        assertLevel(tab, "fault", "cut");
        assertTrue(repairs(tab, "fault").contains("cut"), said(tab));
    }

    @Test
    void aSilentStreamThatSomebodyCutsLaterIsNamedThen() {
        Tab tab = judged(Way.CUTS_THE_SILENT, "pace", "cut");
        assertLevel(tab, "well", "pace", "cut");
        tab.await("document.getElementById('doctor-watch')?.dataset.level === 'fault'");
        tab.await("document.getElementById('doctor-verdict').dataset.level === 'fault'");
        assertEquals("cut", repairs(tab, "fault"), said(tab));
    }

    @Test
    void aLostCursorACacheAForeignAnswerAndAnotherNameAreNamed() {
        Tab tab = judged(Way.CHANGES_HEADS, "pace", "resume");
        assertLevel(tab, "fault", "resume", "head", "cors");
        assertLevel(tab, "advice", "name");
        assertEquals("cached,cors,cursor", repairs(tab, "fault"), said(tab));
        assertEquals("http1,name", repairs(tab, "advice"), said(tab));
        assertEquals("3 things are wrong", tab.text("#doctor-verdict"), said(tab));
    }

    @Test
    void nginxAsPeopleBeginWithItStreamsAndAsksByAnotherName() {
        Tab tab = judged(Way.NGINX_ALONE, "pace", "heartbeats", "resume");
        assertEquals("All is well", tab.text("#doctor-verdict"), said(tab));
        assertLevel(tab, "advice", "name");
        assertTrue(tab.text("#doctor-between .value").contains("nginx"), said(tab));
        assertEquals("true", tab.eval("String(document.querySelector('#doctor-repairs details').open)"),
            "its lines are open");
    }

    @Test
    void nginxThatDoesNotHearTheHubIsNamedAndIsWellWithTheLinesOfThePage() {
        Tab tab = judged(Way.NGINX_DEAF, "pace");
        assertLevel(tab, "fault", "pace");
        assertTrue(repairs(tab, "fault").contains("held"), said(tab));
        assertAllIsWell(judged(Way.NGINX_REPAIRED, "pace", "heartbeats", "cut", "resume", "EventSource"));
    }

    @Test
    void apacheThatCompressesIsNamedAndIsWellWithTheLinesOfThePage() {
        Tab tab = judged(Way.APACHE_COMPRESSES, "pace", "compression");
        assertTrue(List.of("advice", "fault").contains(level(tab, "compression")), said(tab));
        assertAllIsWell(judged(Way.APACHE_REPAIRED, "pace", "heartbeats", "cut", "resume", "EventSource"));
    }

    @Test
    void haproxyThatWaitsForMoreIsNamedAndIsWellAsTheManualHasIt() {
        Tab tab = judged(Way.HAPROXY_WAITS, "pace");
        assertLevel(tab, "fault", "pace");
        assertEquals("late", repairs(tab, "fault"), said(tab));
        assertAllIsWell(judged(Way.HAPROXY_REPAIRED, "pace", "heartbeats", "cut", "resume", "EventSource"));
    }

    @Test
    void caddyAsTheManualHasItIsWell() {
        assertAllIsWell(judged(Way.CADDY, "pace", "heartbeats", "cut", "resume", "EventSource"));
    }

    @Test
    void itFitsAPhoneAndBothColourSchemes() {
        for (Way way : List.of(Way.DIRECT, Way.CHANGES_HEADS, Way.HOLDS_ALL)) {
            Tab tab = judged(way, "pace", "resume");
            String name = "doctor-" + way.name().toLowerCase(Locale.ROOT);
            tab.eval("document.querySelectorAll('#doctor-repairs details:first-of-type').forEach(e => e.open = true)");
            tab.size(1200, 900, false);
            for (String scheme : List.of("light", "dark")) {
                tab.scheme(scheme);
                tab.screenshot(name + '-' + scheme);
                assertEquals("", ConsoleIT.faults(tab), name + " in " + scheme);
            }
            tab.fitsPhone("#page-doctor *", "svg, pre code");
            tab.screenshot(name + "-phone");
            tab.size(1200, 900, false);
        }
    }

    @Test
    void whereReadingTakesATokenItSaysSoAndExaminesWithOne() {
        assertTrue(toldWithoutToken.contains("a token that may subscribe to clock"), toldWithoutToken);
        closed.await("document.getElementById('doctor-pace')?.dataset.level === 'well'", LIMIT);
    }

    /** By figures, so that no machine can be too slow for it. */
    @Test
    void itJudgesByTheOrderOfEventsAndSaysWhereAMachineIsTooSlow() {
        Tab tab = TABS.get(Way.DIRECT);
        String judge = "(() => { const all = Array.from({length: 8}, (_, i) => i);"
            + " return import('/home/diagnosis.js').then(judge => judge.pace({isHidden: %s, pausedMs: %s,"
            + " polled: all.map(i => ({id: i, at: %s})),"
            + " reading: {head: {}, events: all.map(i => ({id: i, piece: i, at: %s}))}}))"
            + ".then(it => it.level + ' ' + it.fault) })()";
        assertEquals("well undefined", tab.eval(judge.formatted("false", "0", "1000 * i", "1000 * i + 5")));
        assertEquals("well undefined", tab.eval(judge.formatted("false", "0", "1000 * i", "1000 * i - 5")));
        assertEquals("well undefined", tab.eval(judge.formatted("false", "9000", "7000 + i % 2", "7000")),
            "a page that stood still read all at once, by both ways");
        assertEquals("fault late", tab.eval(judge.formatted("false", "0", "1000 * i", "1000 * i + 205")));
        assertEquals("unsure undefined", tab.eval(judge.formatted("false", "400", "1000 * i", "1000 * i + 205")));
        assertEquals("fault late", tab.eval(judge.formatted("false", "400", "1000 * i", "1000 * i + 1000")),
            "no pause of 0.4 s makes each event a second late");
        assertEquals("unsure undefined", tab.eval(judge.formatted("true", "0", "1000 * i", "1000 * i + 205")));
        assertEquals("fault held", tab.eval(judge.formatted("true", "9000", "1000 * i", "1000 * i + 3000")));
        assertEquals("fault held", tab.eval(judge.formatted("false", "0", "1000 * i", "7000")));
    }
}
