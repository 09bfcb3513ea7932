package io.rivulet.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rivulet.kit.Await;
import io.rivulet.kit.CuttingProxy;
import io.rivulet.kit.Inside;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;

/** How the client for browsers comes back: after a long time, at which moments, and in a page that was left. */
@Tag("once")
@EnabledIf(value = "io.rivulet.browser.Browser#isThereOrMustBe", disabledReason = "no browser on the PATH")
class ClientReturnsIT extends ClientScene {

    @Test
    void afterTwentySecondsWithoutANetworkNothingIsMissingAndItSaysWhatItDoes() throws IOException {
        try (CuttingProxy proxy = new CuttingProxy(server.port())) {
            open(proxy.port(), "rivulet.js");
            run("listen('one', hub + '?topic=news', {mute: 3, heartbeat: 2})");
            awaitState("one", "live");
            publish("news", 1, 1);
            awaitData("one", 1);
            proxy.shut();
            Instant end = Instant.now().plusSeconds(20);
            awaitState("one", "offline");
            publish("news", 2, 20);
            Await.until("twenty seconds have gone", Duration.ofSeconds(30), () -> Instant.now().isAfter(end));
            publish("news", 21, 21);
            proxy.open();
            awaitData("one", 21);
            awaitState("one", "live");
            assertEach("[\"catching up\",\"live\"]", "(states => states.slice(states.lastIndexOf('offline') + 1)"
                + ".filter(state => state !== 'connecting'))(all.one.states.map(told => told.state))",
                "all.one.states");
            assertEach("[{\"resumed\":\"exact\",\"missed\":0}]", "all.one.resumed");
        }
    }

    /** Chance is the test's own, and a pause is noted in place of being waited for. Nobody listens at that port. */
    @Test
    void itsPausesDoubleToTheLongestAndAreLongerByChanceSoThatAThousandDoNotComeAtOnce() throws IOException {
        int port;
        try (ServerSocket closed = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = closed.getLocalPort();
        }
        open(server.port(), "rivulet.js");
        run("""
            self.pauses = chance => new Promise(done => {
              const later = setTimeout, random = Math.random, seen = []
              const known = [1, 2, 4, 8, 16, 30].map(s => s * 500 * (1 + chance))
              Math.random = () => chance
              self.setTimeout = (run, ms) => {
                if (!known.includes(ms)) return later(run, ms)
                seen.push(ms)
                if (seen.length < 8) return later(run)
                self.setTimeout = later
                Math.random = random
                done(seen)
              }
              listen('of' + chance, 'http://127.0.0.1:%d/api/updates?topic=news', {pause: 30, transports: ['fetch']})
            })""".formatted(port));
        assertEach("[500,1000,2000,4000,8000,15000,15000,15000]", "await pauses(0)");
        assertEach("[875,1750,3500,7000,14000,26250,26250,26250]", "await pauses(0.75)");
    }

    /** Chromium keeps such a page, also one with an open stream. A Firefox that is driven keeps no page at all. */
    @Test
    void aPageThatTheBrowserKeptWhileAnotherOneWasShownMissesNothing() throws Exception {
        Await.until("nobody listens any more", () -> Inside.of(server).streams() == 0);
        String left = PAGES.get(Pages.CHROMIUM).emptyUrl();
        try (Page page = Pages.CHROMIUM.window().open(left)) {
            page.eval("(async () => {\n" + client(server.port(), "rivulet.js")
                + "listen('one', hub + '?topic=news')\n"
                + "addEventListener('pageshow', shown => { self.kept = shown.persisted })\n})()");
            page.await("state('one') === 'live'");
            publish("news", 1, 1);
            page.await("data('one').join() === '1'");
            page.open(left + "?another");
            Await.until("a page that was left has no stream", () -> Inside.of(server).streams() == 0);
            publish("news", 2, 2);
            page.eval("history.back()");
            awaitBetweenPages(page, shown -> shown.eval("String(self.kept)").equals("true"));
            page.await("data('one').join() === '1,2'");
            assertEquals("0", page.eval("all.one.resumed.filter(r => r.resumed !== 'exact').length"));
            page.eval("all.one.source.close()");
            assertEquals(List.of(), page.complaints());
        }
    }

    /** What asks while one page gives way to another gets no answer; it asks again. */
    private static void awaitBetweenPages(Page page, Predicate<Page> condition) {
        Await.until("the page that was left is shown", () -> {
            try {
                return condition.test(page);
            } catch (AssertionError e) {
                return false;
            }
        });
    }
}
