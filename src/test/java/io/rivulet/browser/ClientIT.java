package io.rivulet.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.Gson;
import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.CuttingProxy;
import io.rivulet.kit.Inside;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.mercure.Token;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The client for browsers, in Chromium and in Firefox, on a page of another origin than the hub's. */
@Tag("once")
@EnabledIf(value = "io.rivulet.browser.Browser#isThereOrMustBe", disabledReason = "no browser on the PATH")
class ClientIT {

    /**
     * What each source of a page has told, by its name; the functions that the tests call. Pauses are short, so that a
     * test does not wait for its client when the machine was busy.
     */
    private static final String KIT = """
        const all = self.all = {}
        self.listen = (name, url, options) => {
          const source = new Rivulet(url, {pause: 1, ...options})
          const one = all[name] = { source, got: [], states: [], resumed: [], hellos: 0, done: {} }
          const take = e => one.got.push(e.type + ' ' + e.data.length + ' ' + e.data.slice(0, 40) + ' ' + e.lastEventId)
          source.onmessage = take
          source.addEventListener('alert', take)
          source.addEventListener('rivulet.hello', () => one.hellos++)
          source.onstate = s => one.states.push(s)
          source.onresume = r => one.resumed.push(r)
        }
        self.state = name => (all[name].states.at(-1) || {}).state
        self.data = name => all[name].got.map(line => line.split(' ')[2])
        """;

    private static final Map<Pages, RemotePage> PAGES = new EnumMap<>(Pages.class);
    private static final Deque<AutoCloseable> OPEN = new ArrayDeque<>();

    private static Tab chromium;
    private static Server server;
    private static Server strict;
    private RemotePage page;

    @BeforeAll
    static void launch() throws IOException {
        for (Pages kind : Pages.values()) {
            if (kind == Pages.CHROMIUM || Firefox.isThere()) {
                RemotePage page = new RemotePage();
                OPEN.push(page);
                PAGES.put(kind, page);
                Page shown = kind.open(page.url());
                OPEN.push(shown);
                if (shown instanceof Tab tab) {
                    chromium = tab;
                }
            }
        }
        PAGES.values().forEach(page -> page.awaitAnother(null));
        server = server().start().awaitOpen();
        OPEN.push(server);
    }

    @AfterAll
    static void end() throws Exception {
        while (!OPEN.isEmpty()) {
            OPEN.pop().close();
        }
    }

    static Stream<Pages> browsers() {
        return PAGES.keySet().stream();
    }

    private static Server.Builder server() {
        StringBuilder origins = new StringBuilder();
        PAGES.values().forEach(each -> origins.append(origins.isEmpty() ? "" : ",").append(each.origin()));
        return Server.in(Container.JETTY).set("cors.origins", origins.toString())
            .set("publish.origins", origins.toString()).set("retry.min", "500ms").set("retry.max", "600ms")
            .set("retry.closing", "500ms");
    }

    @AfterEach
    void leave() {
        if (page != null) {
            page.run("for (const name in self.all) all[name].source.close()");
        }
    }

    /** A fresh page that has the client from the hub at this port, and nothing remembered. */
    private void open(Pages browser, int port, String file) {
        page = PAGES.get(browser);
        page.hub(server.port());
        page.run("sessionStorage.clear()");
        page.reload();
        load(port, file);
    }

    private void load(int port, String file) {
        String at = "http://127.0.0.1:" + port;
        page.run("self.hub = '" + at + "/api/updates'\n" + (file.equals("rivulet.js")
            ? "self.Rivulet = (await import('" + at + "/rivulet.js')).Rivulet\n"
            : "await new Promise((done, fail) => document.head.append(Object.assign(document.createElement('script'),"
                + "{src: '" + at + "/" + file + "', crossOrigin: '', onload: done, onerror: fail})))\n") + KIT);
    }

    private void publish(String topic, int from, int to) throws IOException {
        try (Publisher publisher = Publisher.to(server)) {
            for (int i = from; i <= to; i++) {
                publisher.publish(topic, Integer.toString(i));
            }
        }
    }

    private void awaitState(String name, String state) {
        page.await("state('" + name + "') === '" + state + "'", "all." + name + ".states");
    }

    private void awaitData(String name, int last) {
        page.await("data('" + name + "').includes('" + last + "')", "data('" + name + "')");
        assertEquals(numbers(1, last), page.eval("data('" + name + "')"));
    }

    private static String numbers(int from, int to) {
        return new Gson().toJson(IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toList());
    }

    /** The XHR stream comes to its end of bytes in between; in Firefox an EventSource does not outlive the restart. */
    @ParameterizedTest
    @MethodSource("browsers")
    void allTransportsShowTheSameAndARestartOfTheHubLosesAndDoublesNothing(Pages browser) throws IOException {
        List<String> transports = List.of("eventsource", "fetch", "xhr", "poll");
        open(browser, server.port(), "rivulet.js");
        transports.forEach(name -> page.run("listen('" + name + "', hub + '?topic=news', {transports: ['" + name
            + "'], mute: 30})"));
        transports.forEach(name -> awaitState(name, "live"));
        publishAllKinds("before");
        server.restart();
        server.awaitOpen();
        publishAllKinds("after");
        page.await("Object.values(all).every(one => one.got.at(-1)?.includes('after the end'))",
            "Object.values(all).map(one => one.got.length)");
        String first = page.eval("all.fetch.got");
        assertEquals("16", page.eval("all.fetch.got.length"), first);
        transports.forEach(name -> assertEquals(first, page.eval("all." + name + ".got"), name));
        transports.forEach(name -> assertEquals("0",
            page.eval("all." + name + ".resumed.filter(r => r.resumed !== 'exact').length"), name));
    }

    private void publishAllKinds(String when) throws IOException {
        try (Publisher publisher = Publisher.to(server)) {
            publisher.publish("news", when + " first");
            publisher.publish("news", "");
            publisher.publish("news", "two\n\nlines");
            Publisher.accepted(publisher.form("topic", "news", "type", "alert", "data", "\u00fcber \ud83d\ude00"));
            for (int i = 0; i < 3; i++) {
                publisher.publish("news", (when + i).repeat(10_000));
            }
            publisher.publish("news", when + " the end");
        }
    }

    @ParameterizedTest
    @MethodSource("browsers")
    void withoutEventSourceFetchAndStreamsTheOldScriptDoesTheSame(Pages browser) throws IOException {
        open(browser, server.port(), "rivulet.es5.js");
        page.run("for (const name of ['EventSource', 'fetch', 'ReadableStream', 'Promise', 'AbortController',"
            + " 'TextDecoder']) delete self[name]");
        page.run("listen('one', hub + '?topic=news', {mute: 30})");
        page.run("listen('polls', hub + '?topic=news&topic=more', {transports: ['poll']})");
        awaitState("one", "live");
        awaitState("polls", "live");
        publish("news", 1, 2);
        awaitData("one", 2);
        page.run("all.one.source.publish('news', '3'); all.one.source.subscribe('more')");
        awaitData("one", 3);
        server.restart();
        server.awaitOpen();
        publish("news", 4, 5);
        publish("more", 6, 6);
        awaitData("one", 6);
        awaitData("polls", 6);
        assertEquals("xhr", page.eval("all.one.states.at(-1).transport"));
    }

    /** A page that does nothing at the end. The clock ticks longer than any time after which a browser comes back. */
    @ParameterizedTest
    @MethodSource("browsers")
    void anEventSourceOfATopicThatEndsAsksOnceMoreAndThenNeverAgain(Pages browser, @TempDir Path folder)
            throws IOException {
        Path log = folder.resolve("access.log");
        try (Server own = server().set("access.log", log.toString()).start().awaitOpen()) {
            open(browser, own.port(), "rivulet.js");
            page.run("self.got = []; self.run = new EventSource(hub + '?topic=run&since=earliest')\n"
                + "run.onmessage = e => got.push(e.data)");
            try (Publisher publisher = Publisher.to(own)) {
                publisher.publish("run", "a");
                Publisher.accepted(publisher.form("topic", "run", "data", "b", "end", ""));
            }
            page.await("run.readyState === EventSource.CLOSED", "run.readyState + got");
            assertEquals("[\"a\",\"b\"]", page.eval("got"));
            page.run("self.ticks = 0; self.clock = new EventSource(hub + '?topic=clock')\n"
                + "clock.onmessage = () => ticks++");
            page.await("ticks >= 3", "ticks");
            page.run("clock.close(); await fetch(hub + '?topic=run')");
            List<String> asked = Await.value("the page's own 204", () -> {
                List<String> statuses = asked(log);
                return statuses.stream().filter("204"::equals).count() >= 2 ? statuses : null;
            });
            assertEquals(List.of("200", "204", "200", "204"), asked);
        }
    }

    /** The statuses of all that asked for a stream, in the order in which they began. */
    private static List<String> asked(Path log) {
        try {
            return Files.readAllLines(log).stream()
                .filter(line -> line.contains("\"GET /api/updates ") && !line.contains("stream-end"))
                .map(line -> line.replaceAll(".*\" (\\d+) .*", "$1")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("browsers")
    void aStreamThatIsOpenButMuteIsWalkedAroundAndTheWayIsRemembered(Pages browser) throws IOException {
        open(browser, server.port(), "rivulet.js");
        page.run("listen('one', '/mute/api/updates?topic=news', {mute: 1})");
        awaitState("one", "live");
        publish("news", 1, 3);
        awaitData("one", 3);
        page.run("listen('two', '/mute/api/updates?topic=news', {mute: 1})");
        awaitState("two", "live");
        assertEquals("[\"poll\"]", page.eval("[...new Set(all.two.states.map(s => s.transport))]"));
    }

    @ParameterizedTest
    @MethodSource("browsers")
    void aNetworkThatGoesAwayCostsNothingAndWhatIsPublishedMeanwhileIsPublishedOnce(Pages browser) throws IOException {
        try (CuttingProxy proxy = new CuttingProxy(server.port())) {
            open(browser, proxy.port(), "rivulet.js");
            page.run("listen('one', hub + '?topic=news', {queue: 2, mute: 3})");
            awaitState("one", "live");
            publish("news", 1, 1);
            awaitData("one", 1);
            proxy.shut();
            awaitState("one", "offline");
            publish("news", 2, 2);
            page.run("const {source, done} = all.one\n"
                + "source.publish('news', '3').then(id => { done.first = id })\n"
                + "source.publish('news', 4).then(id => { done.second = id })\n"
                + "await source.publish('news', 'too many').catch(e => { done.third = e.message })");
            assertEquals("too many publishes wait: 2", page.eval("all.one.done.third"));
            proxy.open();
            awaitData("one", 4);
            page.await("'second' in all.one.done", "all.one.done");
            assertEquals("true", page.eval("[all.one.done.first, all.one.done.second].every((id, i) => "
                + "all.one.got[i + 2].endsWith(id))"), "the ids are those of the events");
            assertEquals("[{\"resumed\":\"exact\",\"missed\":0}]", page.eval("all.one.resumed"));
        }
    }

    /** A network that swallows everything says nothing: the heartbeats are missed. */
    @ParameterizedTest
    @MethodSource("browsers")
    void aStreamThatFallsSilentIsTakenUpAgain(Pages browser) throws IOException {
        try (CuttingProxy proxy = new CuttingProxy(server.port())) {
            open(browser, proxy.port(), "rivulet.js");
            page.run("listen('one', hub + '?topic=news', {heartbeat: 1})");
            awaitState("one", "live");
            proxy.holdBehind("data: 1\n");
            publish("news", 1, 3);
            awaitData("one", 3);
        }
    }

    @ParameterizedTest
    @MethodSource("browsers")
    void aReloadAndTheCacheOfThePagesThatWereLeftMissNothing(Pages browser) throws IOException {
        open(browser, server.port(), "rivulet.js");
        Await.until("nobody listens any more", () -> Inside.of(server).streams() == 0);
        page.run("listen('one', hub + '?topic=news', {persist: 'here'})");
        awaitState("one", "live");
        publish("news", 1, 1);
        awaitData("one", 1);
        page.run("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))");
        Await.until("a page that is not shown has no stream", () -> Inside.of(server).streams() == 0);
        publish("news", 2, 2);
        page.run("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))");
        awaitData("one", 2);
        page.reload();
        publish("news", 3, 4);
        load(server.port(), "rivulet.js");
        page.run("listen('one', hub + '?topic=news', {persist: 'here'})");
        page.await("data('one').includes('4')", "data('one')");
        assertEquals(numbers(3, 4), page.eval("data('one')"));
    }

    @ParameterizedTest
    @MethodSource("browsers")
    void topicsComeAndGoOnTheStreamThatIsOpenAndStayOverARestart(Pages browser) throws IOException {
        open(browser, server.port(), "rivulet.js");
        page.run("listen('one', hub + '?topic=a', {topics: ['b']})");
        awaitState("one", "live");
        page.run("await all.one.source.subscribe('c'); await all.one.source.subscribe('c')");
        publish("a", 1, 1);
        publish("c", 2, 2);
        awaitData("one", 2);
        page.run("all.one.source.unsubscribe('c'); all.one.source.unsubscribe('b')"); // c is wanted once more
        page.run("await all.one.source.subscribe('d')");
        publish("b", 0, 0);
        publish("c", 3, 3);
        awaitData("one", 3);
        assertEquals("1", page.eval("all.one.hellos"), "on one stream");
        assertEquals("true", page.eval("all.one.source.subscribe('').then(() => 'no', e => e.status === 400)"));
        server.restart();
        server.awaitOpen();
        publish("b", 0, 0);
        publish("d", 4, 4);
        publish("c", 5, 5);
        awaitData("one", 5);
    }

    @Test
    void theScriptForOldBrowsersIsEcmaScript5() throws IOException {
        open(Pages.CHROMIUM, server.port(), "rivulet.es5.js");
        page.run(acorn());
        String parse = "const read = text => acorn.parse(text, {ecmaVersion: 5})\n"
            + "const text = await (await fetch(hub.replace('api/updates', 'rivulet.es5.js'))).text()\n";
        assertEquals("true", page.run(parse + "return read(text).body.length === 1").getAsString());
        assertEquals("SyntaxError", page.run(parse
            + "try { read(text + 'var f = () => 1') } catch (e) { return e.name }").getAsString());
    }

    private static String acorn() throws IOException {
        Properties pom = new Properties();
        ClassLoader jars = ClientIT.class.getClassLoader();
        try (InputStream in = jars.getResourceAsStream("META-INF/maven/org.webjars.npm/acorn/pom.properties")) {
            pom.load(in);
        }
        try (InputStream in = jars.getResourceAsStream("META-INF/resources/webjars/acorn/" + pom.getProperty("version")
            + "/dist/acorn.js")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** A hub that believes tokens, also in a cookie, and lets nobody publish without one. */
    private static Server strict() {
        if (strict == null) {
            strict = Token.believedBy(server()).set("dev", "false").set("token.cookie", "access").start().awaitOpen();
            OPEN.push(strict);
        }
        return strict;
    }

    /** The first token is nobody's, the second ends soon. Both browsers wait for its end at the same time. */
    @Test
    void aTokenIsAskedForAgainWhenItIsRefusedAndBeforeItEndsAndTheStreamGoesOn() {
        long end = Instant.now().getEpochSecond() + 16;
        Token rights = Token.v1().publish("*").subscribe("*").claim("sub", "\"me\"");
        List<String> tokens = List.of(rights.sign(new byte[64]), rights.claim("exp", Long.toString(end)).sign(),
            rights.claim("exp", Long.toString(end + 3_600)).sign());
        for (Pages browser : PAGES.keySet()) {
            open(browser, strict().port(), "rivulet.js");
            page.run("self.tokens = " + new Gson().toJson(tokens) + "\nlisten('one', hub + '?topic=of-" + browser
                + "', {token: () => Promise.resolve(tokens.shift())})");
            awaitState("one", "live");
        }
        Await.until("the first token has ended", () -> Instant.now().getEpochSecond() > end);
        for (Pages browser : PAGES.keySet()) {
            page = PAGES.get(browser);
            page.run("await all.one.source.publish('of-" + browser + "', '1', {private: true})");
            awaitData("one", 1);
            assertEquals("1 [] fetch", page.eval("all.one.hellos + ' ' + JSON.stringify(tokens) + ' '"
                + " + all.one.states.at(-1).transport"));
            page.run("listen('two', hub + '?topic=news', {token: '" + tokens.get(0) + "'})");
            awaitState("two", "refused");
            assertEquals("{\"status\":401,\"final\":true}", page.eval("(({status, final}) => ({status, final}))"
                + "(all.two.states.at(-1))"));
            assertEquals("true 2", page.eval("(all.two.states.at(-1).requestId.length > 4) + ' '"
                + " + all.two.source.readyState"));
            leave();
        }
    }

    @ParameterizedTest
    @MethodSource("browsers")
    void aPageThatComesBackWithoutItsTokenIsToldThatItIsAnonymous(Pages browser) throws IOException {
        try (CuttingProxy proxy = new CuttingProxy(strict().port())) {
            open(browser, proxy.port(), "rivulet.js");
            page.run("document.cookie = 'access=" + Token.v1().subscribe("*").claim("sub", "\"me\"").sign()
                + "; path=/'\nlisten('one', hub + '?topic=news', {withCredentials: true})");
            awaitState("one", "live");
            page.run("document.cookie = 'access=; path=/; max-age=0'");
            assertEquals("[]", page.eval("all.one.states.filter(state => state.anonymous)"));
            proxy.shut();
            proxy.open();
            page.await("all.one.states.some(told => told.state === 'live' && told.anonymous)", "all.one.states");
        }
    }

    /** Whatever a page does with an EventSource it may do with this one, and sees the same. */
    @ParameterizedTest
    @MethodSource("browsers")
    void itIsWhatAnEventSourceIs(Pages browser) throws IOException {
        open(browser, server.port(), "rivulet.js");
        page.run("""
            self.surface = Source => {
              const said = [], source = new Source(hub + '?topic=surface')
              said.push([Source.CONNECTING, Source.OPEN, Source.CLOSED, source.CONNECTING, source.OPEN, source.CLOSED,
                source.readyState, source.url, source.withCredentials, source.onopen, source.onmessage, source.onerror])
              source.onopen = event => said.push([event.type, event.target === source, source.readyState])
              source.onerror = event => said.push([event.type])
              source.onmessage = function (event) {
                said.push([this === source, event.type, event.data, event.lastEventId, event.origin,
                  event.target === source, event.currentTarget === source])
              }
              const twice = event => said.push(['twice', event.data]), gone = () => said.push('gone')
              for (const listener of [twice, twice, gone]) source.addEventListener('message', listener)
              source.removeEventListener('message', gone)
              source.addEventListener('alert', { handleEvent(event) { said.push(['object', event.type, event.data]) } })
              source.addEventListener('alert', event => said.push(['once', event.data]), { once: true })
              source.addEventListener('end', () => {
                source.close()
                said.push(source.readyState)
              })
              return { said, source }
            }
            self.surfaces = [surface(EventSource), surface(Rivulet)]""");
        page.await("surfaces.every(one => one.source.readyState === 1)", "surfaces.map(one => one.source.readyState)");
        try (Publisher publisher = Publisher.to(server)) {
            publisher.publish("surface", "1\n2");
            for (String type : List.of("alert", "alert", "end", "alert")) {
                Publisher.accepted(publisher.form("topic", "surface", "type", type, "data", "of " + type));
            }
        }
        page.await("surfaces.every(one => one.source.readyState === 2)", "surfaces.map(one => one.said)");
        assertEquals(page.eval("surfaces[0].said"), page.eval("surfaces[1].said"));
        assertEquals("8", page.eval("surfaces[1].said.length"), page.eval("surfaces[1].said"));
    }

    @ParameterizedTest
    @MethodSource("browsers")
    void whatIsMissingIsTold(Pages browser) {
        open(browser, server.port(), "rivulet.js");
        page.run("listen('one', hub + '?topic=news', {lastEventId: 'urn:rivulet:of-another-history'})");
        awaitState("one", "live");
        assertEquals("reset", page.eval("all.one.resumed.map(r => r.resumed).join()"));
        page.made("event: rivulet.hello\ndata: {\"resumed\":\"live\"}\nid: a\n\ndata: 1\nid: b\n\n"
            + "event: rivulet.gap\ndata: {\"missed\":3}\nid: c\n\ndata: 5\nid: d\n\n");
        for (String transport : List.of("eventsource", "fetch", "xhr")) {
            page.run("listen('" + transport + "', '/made', {transports: ['" + transport + "']})");
            page.await("data('" + transport + "').join() === '1,5'", "all." + transport + ".got");
            assertEquals("[{\"resumed\":\"partial\",\"missed\":3}]", page.eval("all." + transport + ".resumed"));
        }
    }

    /** One hub that forgets soon, for both browsers. */
    @Test
    void whoComesTooLateIsToldHowMuchIsGoneAndGetsTheRest() throws IOException {
        try (Server forgets = server().set("log.retain.events", "320").set("ring.bytes", "16k").start().awaitOpen();
             Publisher publisher = Publisher.to(forgets)) {
            String first = publisher.publish("noise", "1");
            for (int batch = 0; batch < 40; batch++) {
                Publisher.accepted(publisher.post("", "application/x-ndjson", IntStream.range(0, 20)
                    .mapToObj(i -> "{\"topic\":\"noise\",\"data\":\"" + "x".repeat(100) + "\"}")
                    .collect(Collectors.joining("\n"))));
            }
            Await.until("history is trimmed", () -> Inside.of(forgets).count("segments_deleted") >= 20);
            publisher.publish("noise", "last");
            for (Pages browser : PAGES.keySet()) {
                open(browser, forgets.port(), "rivulet.js");
                page.run("listen('one', hub + '?topic=*', {lastEventId: '" + first + "'})");
                page.await("data('one').includes('last')", "all.one.got.length");
                // once, or more often where more is forgotten while it reads
                assertEquals("partial", page.eval("[...new Set(all.one.resumed.map(r => r.resumed))].join()"));
                String got = "data('one').filter(data => /^x+$/.test(data)).length";
                String missed = "all.one.resumed.reduce((sum, r) => sum + r.missed, 0)";
                assertEquals("true", page.eval(got + " < 800 && " + got + " + " + missed + " >= 800"),
                    page.eval("[" + got + ", all.one.resumed]"));
                leave();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("browsers")
    void withoutTopicsItWaitsAndWhenAllHaveEndedItSaysSo(Pages browser) throws IOException {
        String run = "run/" + UUID.randomUUID(); // an ended topic stays ended
        open(browser, server.port(), "rivulet.js");
        page.run("listen('one', hub, {topics: []})");
        awaitState("one", "idle");
        page.run("await all.one.source.subscribe('" + run + "')");
        publish(run, 1, 1);
        awaitData("one", 1);
        try (Publisher publisher = Publisher.to(server)) {
            Publisher.accepted(publisher.form("topic", run, "data", "2", "end", "true"));
        }
        awaitState("one", "ended");
        awaitData("one", 2);
        assertEquals("finished 2", page.eval("all.one.states.at(-1).reason + ' ' + all.one.source.readyState"));
    }

    /** Only Chromium can be told to do so. */
    @Test
    void aFrozenTabMissesNothing() throws IOException {
        try (CuttingProxy proxy = new CuttingProxy(server.port())) {
            open(Pages.CHROMIUM, proxy.port(), "rivulet.js");
            page.run("listen('one', hub + '?topic=news')");
            awaitState("one", "live");
            chromium.freeze(true);
            publish("news", 1, 1);
            proxy.shut();
            publish("news", 2, 3);
            proxy.open();
            chromium.freeze(false);
            chromium.bringToFront();
            awaitData("one", 3);
            assertEquals("exact", page.eval("all.one.resumed.map(r => r.resumed).join()"));
        }
    }

    /** The browser itself says that it is offline, which only Chromium can be told to. */
    @Test
    void aBrowserThatIsOfflineComesBackAtOnce() throws IOException {
        open(Pages.CHROMIUM, server.port(), "rivulet.js");
        page.run("listen('one', hub + '?topic=news', {pause: 3600})");
        awaitState("one", "live");
        chromium.offline(true);
        try {
            chromium.await("state('one') === 'offline'");
            publish("news", 1, 2);
        } finally {
            chromium.offline(false);
        }
        awaitData("one", 2);
    }
}
