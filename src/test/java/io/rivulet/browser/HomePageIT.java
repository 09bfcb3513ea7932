package io.rivulet.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.OwnWar;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.mercure.Token;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The home page on the built WAR: what a person sees there, read from the document. */
@Tag("once")
@EnabledIf(value = "io.rivulet.browser.Browser#isThereOrMustBe", disabledReason = "no browser on the PATH")
class HomePageIT {

    /** All that feeds and publishers show; what the page says about its own connection is not in it. */
    private static final String SHOWN = "[...document.querySelectorAll('#time, #date, #received, #events, #prices, "
        + "#host .facts, #quake-list, #lines, #last-id')].map(e => e.textContent).join('|')"
        + " + document.querySelectorAll('circle').length + document.querySelectorAll('canvas').length";
    private static final String DATA = "JSON.stringify([...document.querySelectorAll('.event .data')]"
        + ".map(e => e.textContent).reverse())";

    private static final String ANSWERS = "[...document.querySelectorAll('.answer')].map(e => e.textContent)";

    @TempDir
    private static Path folders;
    private static CompletableFuture<Hub> next;

    private Path folder;
    private Server server;
    private Tab tab;

    /** One with a log to follow, in a folder of its own. */
    private record Hub(Server server, Path folder) {
    }

    private static Hub hub() {
        try {
            Path folder = Files.createTempDirectory(folders, "hub-");
            Path followed = Files.writeString(folder.resolve("app.log"), "the first line\n");
            return new Hub(Server.in(Container.JETTY).set("feed.log.app", followed.toString())
                .set("retry.min", "500ms").set("retry.max", "600ms").set("retry.closing", "500ms").start(), folder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @BeforeAll
    static void begin() {
        next = CompletableFuture.supplyAsync(HomePageIT::hub);
    }

    /** The hub of the next test starts while this one waits for its page. */
    @BeforeEach
    void serve() {
        Hub hub = next.join();
        next = CompletableFuture.supplyAsync(HomePageIT::hub);
        server = hub.server();
        folder = hub.folder();
        tab = Pages.chromium().tab();
    }

    @AfterAll
    static void end() {
        next.join().server().close();
    }

    @AfterEach
    void leave() {
        tab.close();
        server.close();
    }

    @Test
    void theClockTicksAndEveryFeedIsSeen() {
        visit();
        String first = tab.text("#time");
        tab.await("document.getElementById('time').textContent > '" + first + "'");
        tab.await("document.querySelectorAll('#host-chart canvas, #quotes-chart canvas').length === 2");
        tab.await("[...document.querySelectorAll('#prices dd')].every(e => e.textContent > '0')");
        tab.await("parseInt(document.getElementById('threads').textContent) > 5");
        tab.await("document.querySelectorAll('#quake-list li').length >= 1");
        tab.await("document.querySelectorAll('#globe circle').length >= 1");
        tab.await("document.getElementById('lines').textContent.includes('the first line')");
        tab.await("document.getElementById('lines').textContent.includes('GET /api/updates HTTP')");
        assertEquals("simulated", tab.text("#quotes h2 .badge"));
        assertFalse(tab.text("#lines").contains("?topic"), "the log shows no query");
        assertEquals(22, tab.text("#connection").length(), tab.text("#connection"));
        nothingIsWrong();
    }

    @Test
    void aNotificationPublishedThroughTheFormArrivesWithItsId() {
        visit();
        String data = "<b>\"Über\" & 'so'</b>";
        tab.type("[name=data]", data);
        tab.click("#publish button");
        tab.await("document.querySelector('#published .id')?.textContent.length > 20");
        String id = tab.text("#published .id");
        tab.await("document.querySelectorAll('.event').length === 1");
        assertEquals(data, tab.text(".event .data"));
        assertEquals(id, tab.text(".event .id"));
        tab.await("document.querySelector('.event .own').textContent === 'news'");
        assertEquals("", tab.eval("document.querySelector('[name=data]').value"));
        nothingIsWrong();
    }

    @Test
    void whereTokensAreBelievedThePageAsksForOneAndPublishesWithIt() {
        server.close();
        server = Token.believedBy(Server.in(Container.JETTY)).set("dev", "false").start();
        visit();
        tab.type("[name=data]", "with a token");
        tab.click("#publish button");
        tab.await("document.getElementById('published').textContent.includes('needs a token')");
        tab.type("#token", Token.all());
        tab.click("#publish button");
        tab.await("document.querySelector('#published .id')?.textContent.length > 20");
        tab.await("document.querySelectorAll('.event').length === 1");
        assertEquals("with a token", tab.text(".event .data"));
    }

    @Test
    void aTopicThatThePageDoesNotHearYetIsHeardFromTheEventOn() {
        visit();
        tab.type("[name=topic]", "harbour");
        tab.type("[name=type]", "alert");
        tab.type("[name=data]", "first\nsecond");
        tab.click("#publish button");
        tab.await("document.querySelectorAll('.event').length === 1");
        assertEquals("first\nsecond", tab.text(".event .data"));
        assertEquals("alert", tab.text(".event .badge"));
        assertEquals("exact", tab.text("#resumed"));
        nothingIsWrong();
    }

    @Test
    void aRefusalSaysWhatTheHubSaid() {
        visit();
        tab.type("[name=type]", "rivulet.mine");
        tab.type("[name=data]", "no");
        tab.click("#publish button");
        tab.await("document.getElementById('published').textContent.includes('rivulet.')");
        assertEquals("no", tab.eval("document.querySelector('[name=data]').value"), "what was typed is kept");
        assertEquals("true", tab.eval("document.querySelectorAll('.event').length === 0"));
    }

    @Test
    void aMarkerFedIntoATopicIsSeen() throws IOException {
        visit();
        Files.writeString(folder.resolve("app.log"), "marker 4711\n", StandardOpenOption.APPEND);
        try (Publisher publisher = Publisher.to(server)) {
            Publisher.accepted(publisher.form("topic", "earthquakes", "type", "earthquake", "data",
                "{\"happened\":\"2026-11-23T00:00:00Z\",\"magnitude\":9.9,\"place\":\"Marker\",\"type\":\"earthquake\","
                    + "\"depthKm\":1,\"longitude\":0,\"latitude\":0,\"speed\":1}"));
            Publisher.accepted(publisher.form("topic", "host", "type", "host", "data", "no figures"));
        }
        tab.await("document.getElementById('quake-list').textContent.includes('Marker')");
        tab.await("document.getElementById('lines').textContent.includes('marker 4711')");
        tab.await(DATA + " === '[\"no figures\"]'");
        nothingIsWrong();
    }

    @Test
    void withTheStreamBlockedNothingMoves() throws IOException {
        tab.block("*/api/updates*", 0);
        tab.open(url());
        tab.await("document.body.dataset.state !== 'open'");
        Await.until("the page has tried", () -> !tab.blocked().isEmpty());
        String before = tab.eval(SHOWN);
        int tries = tab.blocked().size();
        awaitTicks(3);
        Await.until("the page has tried again", () -> tab.blocked().size() > tries);
        assertEquals(before, tab.eval(SHOWN));
        assertEquals("--:--:--", tab.text("#time"));
        assertEquals("0", tab.text("#received"));
        tab.unblock();
        tab.await("document.body.dataset.state === 'open'");
        tab.await("document.getElementById('time').textContent !== '--:--:--'");
    }

    @Test
    void aRestartLosesNothingAndDoublesNothing() throws IOException {
        visit();
        List<String> published = new ArrayList<>(publish("before", 3));
        tab.await(DATA + ".split(',').length === 3");
        server.stop();
        tab.await("document.body.dataset.state === 'lost'");
        String still = tab.eval(SHOWN);
        int asked = tab.asked().size();
        Await.until("the page asks for its stream, and once more", () -> tab.asked().size() >= asked + 2);
        assertEquals(still, tab.eval(SHOWN), "nothing moves without the server");
        tab.screenshot("offline");
        server.start().awaitOpen();
        published.addAll(publish("away", 5));
        tab.await("document.body.dataset.state === 'open'");
        published.addAll(publish("after", 2));
        tab.await(DATA + ".split(',').length >= " + published.size());
        everyEventOnce(published);
        assertEquals("exact", tab.text("#resumed"));
    }

    @Test
    void aRestartOfTheRunnableWarIsNoMoreThanReconnecting() throws IOException {
        int port;
        List<String> published;
        try (OwnWar war = new OwnWar(folder, Map.of(), "--port=0", "--retry.closing=500ms").awaitOpen();
             Publisher publisher = Publisher.to(war.port())) {
            port = war.port();
            tab.open("http://localhost:" + port + "/");
            tab.await("document.body.dataset.state === 'open'");
            published = new ArrayList<>(publish(publisher, "before", 3));
            tab.await(DATA + ".split(',').length === 3");
            war.terminate();
            assertEquals(143, war.awaitGone());
            tab.await("document.body.dataset.state === 'lost'");
        }
        try (OwnWar war = new OwnWar(folder, Map.of(), "--port=" + port).awaitOpen();
             Publisher publisher = Publisher.to(war.port())) {
            published.addAll(publish(publisher, "away", 3));
            tab.await("document.body.dataset.state === 'open'");
            tab.await(DATA + ".split(',').length >= " + published.size());
            everyEventOnce(published);
            assertEquals("exact", tab.text("#resumed"));
            assertEquals(List.of(), tab.complaints().stream().filter(c -> c.contains("ERR_INCOMPLETE")).toList(),
                "no stream was cut");
        }
    }

    @Test
    void overTlsTheRunnableWarSpeaksHttp2ToTheBrowser() throws IOException {
        try (OwnWar war = OwnWar.overTls(folder, "--port=0")) {
            tab.trustAnybody().open(war.at().toString());
            tab.await("document.body.dataset.state === 'open'");
            tab.await("document.getElementById('time').textContent !== '--:--:--'");
            assertEquals("h2", tab.eval("performance.getEntriesByType('navigation')[0].nextHopProtocol"));
            tab.type("[name=data]", "over TLS");
            tab.click("#publish button");
            tab.await(DATA + " === '[\"over TLS\"]'");
        }
    }

    @Test
    void anAnswerIsShownInTwoPanesIsStoppedAndIsReadAgainAfterItsEnd() {
        visit();
        tab.click("#ask");
        tab.await(ANSWERS + "[0].startsWith('This text is made up.')");
        tab.await(ANSWERS + "[1].startsWith('This text is made up.')");
        tab.click("#stop");
        String stopped = "[...document.querySelectorAll('#answers .state')]"
            + ".every(e => e.textContent.startsWith('stopped'))";
        tab.await(stopped);
        String first = tab.eval(ANSWERS + "[0]");
        assertTrue(first.endsWith("(stopped)"), first);
        assertEquals(first, tab.eval(ANSWERS + "[1]"));
        tab.screenshot("answers");
        reload();
        tab.await(stopped);
        assertEquals(first + "|" + first, tab.eval(ANSWERS + ".join('|')"), "it has ended, and is read once more");
        tab.eval("document.querySelectorAll('.answer').forEach(e => e.textContent = 'old')");
        tab.click("#again");
        tab.await(ANSWERS + ".join('|') === " + new Gson().toJson(first + "|" + first));
        tab.await(stopped);
        nothingIsWrong();
    }

    @Test
    void anAnswerThatIsBeingWrittenSurvivesAReload() {
        visit();
        tab.click("#ask");
        tab.await(ANSWERS + "[0].length > 40");
        String before = tab.eval(ANSWERS + "[0]");
        reload();
        tab.await(ANSWERS + ".every(text => text.startsWith(" + new Gson().toJson(before) + ") && text.length > "
            + before.length() + ")");
        nothingIsWrong();
    }

    private void reload() {
        tab.eval("document.body.dataset.old = 'yes'");
        tab.eval("location.reload()");
        tab.await("document.readyState === 'complete' && !document.body.dataset.old");
    }

    /** What Firefox does at a refused connection, and every browser at an answer that is no stream. */
    @Test
    void aPageWhoseBrowserGaveUpComesBackByItselfAfterItsLastEvent() throws IOException {
        visit();
        List<String> published = new ArrayList<>(publish("before", 2));
        tab.await(DATA + ".split(',').length === 2");
        tab.block("*/api/updates*", 503);
        server.restart();
        server.awaitOpen();
        Await.until("the page has made new streams", () -> tab.blocked().size() >= 3);
        String cursor = tab.eval("document.getElementById('last-id').textContent");
        String last = tab.blocked().get(tab.blocked().size() - 1);
        assertTrue(last.contains("last_event_id=" + cursor.replace(":", "%3A")), last + " after " + cursor);
        published.addAll(publish("away", 3));
        tab.unblock();
        tab.await("document.body.dataset.state === 'open'");
        tab.await(DATA + ".split(',').length >= " + published.size());
        everyEventOnce(published);
    }

    /** A page in the back-forward cache holds no connection; when it is shown again it goes on where it was. */
    @Test
    void aPageThatIsLeftAndShownAgainHasMissedNothing() throws IOException {
        visit();
        List<String> published = new ArrayList<>(publish("before", 2));
        tab.await(DATA + ".split(',').length === 2");
        tab.eval("dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))");
        String still = tab.eval(SHOWN);
        published.addAll(publish("away", 3));
        awaitTicks(2);
        assertEquals(still, tab.eval(SHOWN));
        tab.eval("dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))");
        tab.await(DATA + ".split(',').length >= " + published.size());
        everyEventOnce(published);
        assertEquals("exact", tab.text("#resumed"));
    }

    @Test
    void belowAContextPathInTheOtherContainerItIsAliveToo() {
        try (Server other = Server.in(Container.TOMCAT).at("/rivulet").start()) {
            tab.open("http://localhost:" + other.port() + "/rivulet/");
            tab.await("document.getElementById('time').textContent !== '--:--:--'");
            tab.type("[name=data]", "below a path");
            tab.click("#publish button");
            tab.await(DATA + " === '[\"below a path\"]'");
            assertEquals("http://localhost:" + other.port() + "/rivulet/api/updates", tab.text("#url"));
            nothingIsWrong();
        }
    }

    /** What the other tests read as "nothing doubled, nothing missed" would show if it were so. */
    @Test
    void anEventThatComesTwiceIsShownTwiceAndCountedAndAGapIsTold() {
        tab.answer("*/api/updates*", 200, "text/event-stream", """
            retry: 3600000
            event: rivulet.hello
            data: {"connection":"c","resumed":"partial","missed":3}
            id: c1

            data: once
            id: e1

            data: once
            id: e1

            event: rivulet.gap
            data: {"missed":2}
            id: c2

            """);
        tab.open(url());
        tab.await(DATA + " === '[\"once\",\"once\"]'");
        tab.await("document.getElementById('missed').textContent === '5'");
        assertEquals("1", tab.text("#doubled"));
        assertEquals("partial", tab.text("#resumed"));
        assertEquals("doubled", tab.text(".event .badge.bad"));
    }

    @Test
    void fourTabsAreOpenAndPublishingStillWorks() {
        List<Tab> tabs = new ArrayList<>(List.of(tab));
        for (int i = 1; i < 4; i++) {
            tabs.add(Pages.chromium().tab());
        }
        for (Tab each : tabs) {
            each.open(url());
            each.await("document.body.dataset.state === 'open'");
        }
        Tab last = tabs.get(3);
        last.bringToFront();
        last.type("[name=data]", "to all four");
        last.click("#publish button");
        for (Tab each : tabs) {
            each.await(DATA + " === '[\"to all four\"]'");
        }
        tabs.subList(1, 4).forEach(Tab::close);
    }

    @Test
    void itFitsAPhoneAndBothColourSchemes() throws IOException {
        tab.size(1200, 900, false);
        tab.scheme("light");
        visit();
        publish("x".repeat(500), 1);
        publish("Ferry leaves in ten minutes", 1);
        tab.await("document.querySelectorAll('.event').length === 2");
        tab.await("document.querySelectorAll('canvas').length === 2");
        String light = tab.eval("getComputedStyle(document.documentElement).backgroundColor");
        tab.screenshot("light");
        tab.scheme("dark");
        String dark = tab.eval("getComputedStyle(document.documentElement).backgroundColor");
        assertFalse(light.equals(dark), light);
        tab.screenshot("dark");
        tab.fitsPhone("main *", "svg, .u-wrap, pre code");
        assertEquals("true", tab.eval("String([...document.querySelectorAll('pre b')].length > 3"
            + " && [...document.querySelectorAll('pre b')].every(b => b.getClientRects().length === 1))"),
            "a URL is on one line, and whoever wants its end scrolls");
        tab.screenshot("phone");
        nothingIsWrong();
    }

    /** The last time below a chart stands at its right edge, and half of it needs room there. */
    @Test
    void theLastLabelOfAChartIsNotCut() {
        visit();
        tab.await("document.querySelectorAll('canvas').length === 2");
        assertEquals("true", tab.eval("String([...document.querySelectorAll('.u-wrap')].every(wrap => wrap"
            + ".getBoundingClientRect().right - 28 >= wrap.querySelector('.u-over').getBoundingClientRect().right))"));
    }

    @Test
    void everyCommandCanBeCopied() {
        visit();
        assertEquals("true", tab.eval("String(document.querySelectorAll('pre').length > 3"
            + " && [...document.querySelectorAll('pre')].every(pre => pre.nextElementSibling.className === 'copy'))"));
        tab.eval("document.querySelector('.copy').click()");
        tab.await("document.querySelector('.copy').textContent !== 'Copy'");
    }

    /** The line that stands beside each feed is run as it stands, all of them at once. */
    @Test
    void theLineBesideEachFeedHearsIt() throws IOException {
        Map<String, String> heard = Map.of("api/updates'", "data: {\"time\":", "?topic=news'", "data: hear me",
            "?topic=host'", "event: host", "?topic=quotes/*'", "event: quote", "?topic=earthquakes'",
            "event: earthquake", "?topic=logs/*'", "event: log");
        visit();
        List<String> commands = JsonParser.parseString(tab.eval("JSON.stringify([...document.querySelectorAll('pre')]"
            + ".map(e => e.textContent).filter(text => text.startsWith('curl -N')))")).getAsJsonArray().asList()
            .stream().map(JsonElement::getAsString).toList();
        assertEquals(heard.size(), commands.size(), commands.toString());
        Map<String, Path> outputs = new TreeMap<>();
        List<Process> running = new ArrayList<>();
        try (Publisher publisher = Publisher.to(server)) {
            for (String command : commands) {
                Path output = folder.resolve("output-" + outputs.size());
                running.add(new ProcessBuilder("sh", "-c", "exec " + command).redirectErrorStream(true)
                    .redirectOutput(output.toFile()).start());
                outputs.put(command, output);
            }
            outputs.forEach((command, output) -> {
                String what = heard.entrySet().stream().filter(each -> command.endsWith(each.getKey())).findFirst()
                    .orElseThrow(() -> new AssertionError(command)).getValue();
                Await.get(() -> what + " of " + command + ", which says " + read(output), Await.LIMIT, () -> {
                    publish(publisher, "hear me", 1);
                    return read(output).contains(what) ? Boolean.TRUE : null;
                });
            });
        } finally {
            running.forEach(Process::destroyForcibly);
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** It would be "offline, trying again" for ever, though the hub is well and only asks for a token. */
    @Test
    void whoeverIsNotLetInIsToldSo() {
        server.close();
        server = Token.believedBy(Server.in(Container.JETTY).set("dev", "false").set("anonymous", "false")).start();
        tab.open(url());
        tab.await("document.body.dataset.state === 'refused'");
        assertEquals("not let in: reading takes a token or a login here", tab.text("#state"));
        tab.screenshot("refused");
    }

    private void visit() {
        tab.open(url());
        tab.await("document.body.dataset.state === 'open'");
    }

    /** Until somebody else has seen so many seconds of the clock, which the page would show as well. */
    private void awaitTicks(int seconds) throws IOException {
        try (EventStream other = EventStream.to(server).topic("clock").open()) {
            Await.until(seconds + " seconds of the clock", () -> other.events().size() > seconds);
        }
    }

    private String url() {
        return "http://localhost:" + server.port() + "/";
    }

    private List<String> publish(String word, int count) throws IOException {
        try (Publisher publisher = Publisher.to(server)) {
            return publish(publisher, word, count);
        }
    }

    private static List<String> publish(Publisher publisher, String word, int count) {
        List<String> all = new ArrayList<>();
        try {
            for (int i = 1; i <= count; i++) {
                all.add(word + " " + i);
                publisher.publish("news", word + " " + i);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return all;
    }

    private void everyEventOnce(List<String> published) {
        assertEquals("[\"" + String.join("\",\"", published) + "\"]", tab.eval(DATA));
        assertEquals("0", tab.text("#doubled"));
        assertEquals("0", tab.text("#missed"));
    }

    private void nothingIsWrong() {
        assertEquals(List.of(), tab.complaints());
        assertEquals("0", tab.text("#doubled"));
        assertEquals("0", tab.text("#missed"));
    }
}
