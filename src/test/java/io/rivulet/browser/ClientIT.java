package io.rivulet.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.Gson;
import io.rivulet.kit.Await;
import io.rivulet.kit.CuttingProxy;
import io.rivulet.kit.Inside;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.mercure.Token;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.api.io.TempDir;

/** The client for browsers, in Chromium and in Firefox. */
@Tag("once")
@EnabledIf(value = "io.rivulet.browser.Browser#isThereOrMustBe", disabledReason = "no browser on the PATH")
class ClientIT extends ClientScene {

    private static Server strict;

    /** The XHR stream comes to its end of bytes in between; in Firefox an EventSource does not outlive the restart. */
    @Test
    void allTransportsShowTheSameAndARestartOfTheHubLosesAndDoublesNothing() throws IOException {
        List<String> transports = List.of("eventsource", "fetch", "xhr", "poll");
        open(server.port(), "rivulet.js");
        transports.forEach(name -> run("listen('" + name + "', hub + '?topic=news', {transports: ['" + name
            + "'], mute: 30})"));
        transports.forEach(name -> awaitState(name, "live"));
        publishAllKinds("before");
        server.restart();
        server.awaitOpen();
        publishAllKinds("after");
        await("Object.values(all).every(one => one.got.at(-1)?.includes('after the end'))",
            "Object.values(all).map(one => one.got.length)");
        assertEach("16", "all.fetch.got.length", "all.fetch.got");
        each(page -> transports.forEach(name ->
            assertEquals(page.eval("all.fetch.got"), page.eval("all." + name + ".got"), name)));
        transports.forEach(name ->
            assertEach("0", "all." + name + ".resumed.filter(r => r.resumed !== 'exact').length"));
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

    @Test
    void withoutEventSourceFetchAndStreamsTheOldScriptDoesTheSame() throws IOException {
        open(server.port(), "rivulet.es5.js");
        run("for (const name of ['EventSource', 'fetch', 'ReadableStream', 'Promise', 'AbortController',"
            + " 'TextDecoder']) delete self[name]");
        run("listen('one', hub + '?topic=news&topic=' + own, {mute: 30})");
        run("listen('polls', hub + '?topic=news&topic=more&topic=' + own, {transports: ['poll']})");
        awaitState("one", "live");
        awaitState("polls", "live");
        publish("news", 1, 2);
        awaitData("one", 2);
        run("all.one.source.publish(own, '3'); all.one.source.subscribe('more')");
        awaitData("one", 3);
        server.restart();
        server.awaitOpen();
        publish("news", 4, 5);
        publish("more", 6, 6);
        awaitData("one", 6);
        awaitData("polls", 6);
        assertEach("xhr", "all.one.states.at(-1).transport");
    }

    /** A page that does nothing at the end. The clock ticks longer than any time after which a browser comes back. */
    @Test
    void anEventSourceOfATopicThatEndsAsksOnceMoreAndThenNeverAgain(@TempDir Path folder) throws IOException {
        Path log = folder.resolve("access.log");
        try (Server own = server().set("access.log", log.toString()).start().awaitOpen()) {
            open(own.port(), "rivulet.js");
            run("self.got = []; self.run = new EventSource(hub + '?topic=run&since=earliest')\n"
                + "run.onmessage = e => got.push(e.data)");
            try (Publisher publisher = Publisher.to(own)) {
                publisher.publish("run", "a");
                Publisher.accepted(publisher.form("topic", "run", "data", "b", "end", ""));
            }
            await("run.readyState === EventSource.CLOSED", "run.readyState + got");
            assertEach("[\"a\",\"b\"]", "got");
            run("self.ticks = 0; self.clock = new EventSource(hub + '?topic=clock')\n"
                + "clock.onmessage = () => ticks++");
            await("ticks >= 3", "ticks");
            run("clock.close(); await fetch(hub + '?topic=run')");
            // of each browser the stream, the answer that ended it, the clock, and the page's own question
            int each = 2 * pages.size();
            List<String> asked = Await.value("the pages' own 204", () -> {
                List<String> statuses = asked(log);
                return statuses.stream().filter("204"::equals).count() >= each ? statuses : null;
            });
            assertEquals(Map.of("200", each, "204", each),
                asked.stream().collect(Collectors.toMap(status -> status, status -> 1, Integer::sum)),
                asked.toString());
        }
    }

    /** The statuses of all that asked for a stream. */
    private static List<String> asked(Path log) {
        try {
            return Files.readAllLines(log).stream()
                .filter(line -> line.contains("\"GET /api/updates ") && !line.contains("stream-end"))
                .map(line -> line.replaceAll(".*\" (\\d+) .*", "$1")).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aStreamThatIsOpenButMuteIsWalkedAroundAndTheWayIsRemembered() throws IOException {
        open(server.port(), "rivulet.js");
        run("listen('one', '/mute/api/updates?topic=news', {mute: 1, heartbeat: 1})"); // it looks twice a heartbeat
        awaitState("one", "live");
        publish("news", 1, 3);
        awaitData("one", 3);
        run("listen('two', '/mute/api/updates?topic=news', {mute: 1, heartbeat: 1})");
        awaitState("two", "live");
        assertEach("[\"poll\"]", "[...new Set(all.two.states.map(s => s.transport))]");
    }

    @Test
    void aNetworkThatGoesAwayCostsNothingAndWhatIsPublishedMeanwhileIsPublishedOnce() throws IOException {
        try (CuttingProxy proxy = new CuttingProxy(server.port())) {
            open(proxy.port(), "rivulet.js");
            run("listen('one', hub + '?topic=news&topic=' + own, {queue: 2, mute: 3, heartbeat: 2})");
            awaitState("one", "live");
            publish("news", 1, 1);
            awaitData("one", 1);
            proxy.shut();
            awaitState("one", "offline");
            publish("news", 2, 2);
            run("const {source, done} = all.one\n"
                + "source.publish(own, '3').then(id => { done.first = id })\n"
                + "source.publish(own, 4).then(id => { done.second = id })\n"
                + "await source.publish(own, 'too many').catch(e => { done.third = e.message })");
            assertEach("too many publishes wait: 2", "all.one.done.third");
            proxy.open();
            awaitData("one", 4);
            await("'second' in all.one.done", "all.one.done");
            // the ids are those of the events
            assertEach("true", "[all.one.done.first, all.one.done.second].every((id, i) => "
                + "all.one.got[i + 2].endsWith(id))", "[all.one.done, all.one.got]");
            assertEach("[{\"resumed\":\"exact\",\"missed\":0}]", "all.one.resumed", "all.one.states");
        }
    }

    /** A network that swallows everything says nothing: the heartbeats are missed. */
    @Test
    void aStreamThatFallsSilentIsTakenUpAgain() throws IOException {
        try (CuttingProxy proxy = new CuttingProxy(server.port())) {
            open(proxy.port(), "rivulet.js");
            run("listen('one', hub + '?topic=news', {heartbeat: 1})");
            awaitState("one", "live");
            proxy.holdBehind("data: 1\n");
            publish("news", 1, 3);
            awaitData("one", 3);
        }
    }

    @Test
    void aReloadAndTheCacheOfThePagesThatWereLeftMissNothing() throws IOException {
        open(server.port(), "rivulet.js");
        Await.until("nobody listens any more", () -> Inside.of(server).streams() == 0);
        run("listen('one', hub + '?topic=news', {persist: 'here'})");
        awaitState("one", "live");
        publish("news", 1, 1);
        awaitData("one", 1);
        run("dispatchEvent(new PageTransitionEvent('pagehide', {persisted: true}))");
        Await.until("a page that is not shown has no stream", () -> Inside.of(server).streams() == 0);
        publish("news", 2, 2);
        run("dispatchEvent(new PageTransitionEvent('pageshow', {persisted: true}))");
        awaitData("one", 2);
        reload();
        publish("news", 3, 4);
        load(server.port(), "rivulet.js");
        run("listen('one', hub + '?topic=news', {persist: 'here'})");
        await("data('one').includes('4')", "data('one')");
        assertEach(numbers(3, 4), "data('one')");
    }

    @Test
    void topicsComeAndGoOnTheStreamThatIsOpenAndStayOverARestart() throws IOException {
        open(server.port(), "rivulet.js");
        run("listen('one', hub + '?topic=a', {topics: ['b']})");
        awaitState("one", "live");
        run("await all.one.source.subscribe('c'); await all.one.source.subscribe('c')");
        publish("a", 1, 1);
        publish("c", 2, 2);
        awaitData("one", 2);
        run("all.one.source.unsubscribe('c'); all.one.source.unsubscribe('b')"); // c is wanted once more
        run("await all.one.source.subscribe('d')");
        publish("b", 0, 0);
        publish("c", 3, 3);
        awaitData("one", 3);
        assertEach("1", "all.one.hellos"); // on one stream
        assertEach("true", "all.one.source.subscribe('').then(() => 'no', e => e.status === 400)");
        server.restart();
        server.awaitOpen();
        publish("b", 0, 0);
        publish("d", 4, 4);
        publish("c", 5, 5);
        awaitData("one", 5);
    }

    @Test
    void topicsThatNoUrlHoldsStayOverACutAndALateOneBegins() throws IOException {
        try (CuttingProxy proxy = new CuttingProxy(server.port())) {
            open(proxy.port(), "rivulet.js");
            String last = "one/of/many/" + "x".repeat(140) + 59;
            run("self.names = [...Array(60).keys()].map(i => 'one/of/many/' + 'x'.repeat(140) + i)\n"
                + "listen('one', hub + '?topic=news', {mute: 30})");
            awaitState("one", "live");
            run("await Promise.all(names.map(all.one.source.subscribe))");
            publish(last, 1, 1);
            awaitData("one", 1);
            proxy.shut();
            awaitState("one", "connecting");
            run("self.added = all.one.source.subscribe('late')");
            publish("late", 0, 0);
            publish(last, 2, 2);
            proxy.open();
            run("await added");
            publish("late", 3, 3);
            awaitData("one", 3);
            assertEach("exact", "[...new Set(all.one.resumed.map(r => r.resumed))].join()");
        }
    }

    @Test
    void theScriptForOldBrowsersIsEcmaScript5() throws IOException {
        openInChromium(server.port(), "rivulet.es5.js");
        RemotePage page = PAGES.get(Pages.CHROMIUM);
        page.run(ClientFiles.acorn());
        String parse = "const read = text => acorn.parse(text, {ecmaVersion: 5})\n"
            + "const text = await (await fetch(hub.replace('api/updates', 'rivulet.es5.js'))).text()\n";
        assertEquals("true", page.run(parse + "return read(text).body.length === 1").getAsString());
        assertEquals("SyntaxError", page.run(parse
            + "try { read(text + 'var f = () => 1') } catch (e) { return e.name }").getAsString());
    }

    /** A hub that believes tokens, also in a cookie, and lets nobody publish without one. */
    private static Server strict() {
        if (strict == null) {
            strict = Token.believedBy(server()).set("dev", "false").set("token.cookie", "access").start().awaitOpen();
            OPEN.push(strict);
        }
        return strict;
    }

    /** The first token is nobody's, the second ends soon. Its time begins when all pages are there. */
    @Test
    void aTokenIsAskedForAgainWhenItIsRefusedAndBeforeItEndsAndTheStreamGoesOn() {
        open(strict().port(), "rivulet.js");
        long end = Instant.now().getEpochSecond() + 10;
        Token rights = Token.v1().publish("*").subscribe("*").claim("sub", "\"me\"");
        List<String> tokens = List.of(rights.sign(new byte[64]), rights.claim("exp", Long.toString(end)).sign(),
            rights.claim("exp", Long.toString(end + 3_600)).sign());
        run("self.tokens = " + new Gson().toJson(tokens)
            + "\nlisten('one', hub + '?topic=' + own, {token: () => Promise.resolve(tokens.shift())})");
        awaitState("one", "live");
        run("listen('two', hub + '?topic=news', {token: '" + tokens.get(0) + "'})");
        awaitState("two", "refused");
        assertEach("{\"status\":401,\"final\":true}",
            "(({status, final}) => ({status, final}))(all.two.states.at(-1))");
        assertEach("true 2", "(all.two.states.at(-1).requestId.length > 4) + ' ' + all.two.source.readyState");
        Await.until("the second token has ended", () -> Instant.now().getEpochSecond() > end);
        run("await all.one.source.publish(own, '1', {private: true})");
        awaitData("one", 1);
        assertEach("1 [] fetch", "all.one.hellos + ' ' + JSON.stringify(tokens) + ' '"
            + " + all.one.states.at(-1).transport");
    }

    @Test
    void aPageThatComesBackWithoutItsTokenIsToldThatItIsAnonymous() throws IOException {
        try (CuttingProxy proxy = new CuttingProxy(strict().port())) {
            open(proxy.port(), "rivulet.js");
            run("document.cookie = 'access=" + Token.v1().subscribe("*").claim("sub", "\"me\"").sign()
                + "; path=/'\nlisten('one', hub + '?topic=news', {withCredentials: true})");
            awaitState("one", "live");
            run("document.cookie = 'access=; path=/; max-age=0'");
            assertEach("[]", "all.one.states.filter(state => state.anonymous)");
            proxy.shut();
            proxy.open();
            await("all.one.states.some(told => told.state === 'live' && told.anonymous)", "all.one.states");
        }
    }

    /** Whatever a page does with an EventSource it may do with this one, and sees the same. */
    @Test
    void itIsWhatAnEventSourceIs() throws IOException {
        open(server.port(), "rivulet.js");
        run("""
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
        await("surfaces.every(one => one.source.readyState === 1)", "surfaces.map(one => one.source.readyState)");
        try (Publisher publisher = Publisher.to(server)) {
            publisher.publish("surface", "1\n2");
            for (String type : List.of("alert", "alert", "end", "alert")) {
                Publisher.accepted(publisher.form("topic", "surface", "type", type, "data", "of " + type));
            }
        }
        await("surfaces.every(one => one.source.readyState === 2)", "surfaces.map(one => one.said)");
        each(page -> assertEquals(page.eval("surfaces[0].said"), page.eval("surfaces[1].said")));
        assertEach("8", "surfaces[1].said.length", "surfaces[1].said");
    }

    @Test
    void whatIsMissingIsTold() {
        open(server.port(), "rivulet.js");
        run("listen('one', hub + '?topic=news', {lastEventId: 'urn:rivulet:of-another-history'})");
        awaitState("one", "live");
        assertEach("reset", "all.one.resumed.map(r => r.resumed).join()");
        each(page -> page.made("event: rivulet.hello\ndata: {\"resumed\":\"live\"}\nid: a\n\ndata: 1\nid: b\n\n"
            + "event: rivulet.gap\ndata: {\"missed\":3}\nid: c\n\ndata: 5\nid: d\n\n"));
        for (String transport : List.of("eventsource", "fetch", "xhr")) {
            run("listen('" + transport + "', '/made', {transports: ['" + transport + "']})");
            await("data('" + transport + "').join() === '1,5'", "all." + transport + ".got");
            assertEach("[{\"resumed\":\"partial\",\"missed\":3}]", "all." + transport + ".resumed");
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
            open(forgets.port(), "rivulet.js");
            run("listen('one', hub + '?topic=*', {lastEventId: '" + first + "'})");
            await("data('one').includes('last')", "all.one.got.length");
            // once, or more often where more is forgotten while it reads
            assertEach("partial", "[...new Set(all.one.resumed.map(r => r.resumed))].join()");
            String got = "data('one').filter(data => /^x+$/.test(data)).length";
            String missed = "all.one.resumed.reduce((sum, r) => sum + r.missed, 0)";
            assertEach("true", got + " < 800 && " + got + " + " + missed + " >= 800", "[" + got + ", all.one.resumed]");
            leave();
        }
    }

    @Test
    void withoutTopicsItWaitsAndWhenAllHaveEndedItSaysSo() throws IOException {
        String run = "run/" + UUID.randomUUID(); // an ended topic stays ended
        open(server.port(), "rivulet.js");
        run("listen('one', hub, {topics: []})");
        awaitState("one", "idle");
        run("await all.one.source.subscribe('" + run + "')");
        publish(run, 1, 1);
        awaitData("one", 1);
        try (Publisher publisher = Publisher.to(server)) {
            Publisher.accepted(publisher.form("topic", run, "data", "2", "end", "true"));
        }
        awaitState("one", "ended");
        awaitData("one", 2);
        assertEach("finished 2", "all.one.states.at(-1).reason + ' ' + all.one.source.readyState");
    }

    /** Only Chromium can be told to do so. */
    @Test
    void aFrozenTabMissesNothing() throws IOException {
        try (CuttingProxy proxy = new CuttingProxy(server.port())) {
            openInChromium(proxy.port(), "rivulet.js");
            run("listen('one', hub + '?topic=news')");
            awaitState("one", "live");
            chromium.freeze(true);
            publish("news", 1, 1);
            proxy.shut();
            publish("news", 2, 3);
            proxy.open();
            chromium.freeze(false);
            chromium.bringToFront();
            awaitData("one", 3);
            assertEach("exact", "all.one.resumed.map(r => r.resumed).join()");
        }
    }

    /** The browser itself says that it is offline, which only Chromium can be told to. */
    @Test
    void aBrowserThatIsOfflineComesBackAtOnce() throws IOException {
        openInChromium(server.port(), "rivulet.js");
        run("listen('one', hub + '?topic=news', {pause: 3600})");
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
