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
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
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

    private enum Kind {
        CHROMIUM, FIREFOX
    }

    private static final Map<Kind, RemotePage> PAGES = new EnumMap<>(Kind.class);
    private static final List<AutoCloseable> OPEN = new ArrayList<>();

    private static Server server;
    private RemotePage page;

    @BeforeAll
    static void launch() throws IOException {
        Browser chromium = Browser.installed();
        OPEN.add(chromium);
        RemotePage ofChromium = new RemotePage();
        OPEN.add(ofChromium);
        PAGES.put(Kind.CHROMIUM, ofChromium);
        chromium.tab().open(ofChromium.url());
        Firefox firefox = Firefox.installed();
        if (firefox != null) {
            OPEN.add(firefox);
            RemotePage ofFirefox = new RemotePage();
            OPEN.add(ofFirefox);
            PAGES.put(Kind.FIREFOX, ofFirefox);
            firefox.page().open(ofFirefox.url());
        }
        PAGES.values().forEach(page -> page.awaitAnother(null));
        server = server().start().awaitOpen();
        OPEN.add(server);
    }

    @AfterAll
    static void end() throws Exception {
        for (AutoCloseable each : OPEN) {
            each.close();
        }
    }

    static Stream<Kind> browsers() {
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
    private void open(Kind browser, int port, String file) {
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
    void allTransportsShowTheSameAndARestartOfTheHubLosesAndDoublesNothing(Kind browser) throws IOException {
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
    void withoutEventSourceFetchAndStreamsTheOldScriptDoesTheSame(Kind browser) throws IOException {
        open(browser, server.port(), "rivulet.es5.js");
        page.run("for (const name of ['EventSource', 'fetch', 'ReadableStream', 'Promise', 'AbortController',"
            + " 'TextDecoder']) delete self[name]");
        page.run("listen('one', hub + '?topic=news', {mute: 30})");
        awaitState("one", "live");
        publish("news", 1, 2);
        awaitData("one", 2);
        page.run("all.one.source.publish('news', '3'); all.one.source.subscribe('more')");
        awaitData("one", 3);
        server.restart();
        server.awaitOpen();
        publish("news", 4, 5);
        publish("more", 6, 6);
        awaitData("one", 6);
        assertEquals("xhr", page.eval("all.one.states.at(-1).transport"));
    }

    @ParameterizedTest
    @MethodSource("browsers")
    void aStreamThatIsOpenButMuteIsWalkedAroundAndTheWayIsRemembered(Kind browser) throws IOException {
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
    void aNetworkThatGoesAwayCostsNothingAndWhatIsPublishedMeanwhileIsPublishedOnce(Kind browser) throws IOException {
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
    void aStreamThatFallsSilentIsTakenUpAgain(Kind browser) throws IOException {
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
    void aReloadAndTheCacheOfThePagesThatWereLeftMissNothing(Kind browser) throws IOException {
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
    void topicsComeAndGoOnTheStreamThatIsOpenAndStayOverARestart(Kind browser) throws IOException {
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
        open(Kind.CHROMIUM, server.port(), "rivulet.es5.js");
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

    /** The first token is nobody's, the second ends soon. */
    @Test
    void aTokenIsAskedForAgainWhenItIsRefusedAndBeforeItEndsAndTheStreamGoesOn() throws Exception {
        try (Server strict = Token.believedBy(server()).set("dev", "false").set("anonymous", "false").start()
            .awaitOpen()) {
            open(Kind.CHROMIUM, strict.port(), "rivulet.js");
            long end = Instant.now().getEpochSecond() + 16;
            Token rights = Token.v1().publish("*").subscribe("*").claim("sub", "\"me\"");
            List<String> tokens = List.of(rights.sign(new byte[64]), rights.claim("exp", Long.toString(end)).sign(),
                rights.claim("exp", Long.toString(end + 3_600)).sign());
            page.run("self.tokens = " + new Gson().toJson(tokens) + "\nlisten('one', hub + '?topic=news',"
                + " {token: () => Promise.resolve(tokens.shift())})");
            awaitState("one", "live");
            Await.until("the first token has ended", () -> Instant.now().getEpochSecond() > end);
            page.run("await all.one.source.publish('news', '1', {private: true})");
            awaitData("one", 1);
            assertEquals("1 [] fetch", page.eval("all.one.hellos + ' ' + JSON.stringify(tokens) + ' '"
                + " + all.one.states.at(-1).transport"));
            page.run("listen('two', hub + '?topic=news')");
            awaitState("two", "refused");
            assertEquals("{\"status\":401,\"final\":true}", page.eval("(({status, final}) => ({status, final}))"
                + "(all.two.states.at(-1))"));
            assertEquals("true 2", page.eval("(all.two.states.at(-1).requestId.length > 4) + ' '"
                + " + all.two.source.readyState"));
        }
    }
}
