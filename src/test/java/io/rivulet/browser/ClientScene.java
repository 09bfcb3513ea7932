package io.rivulet.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.Gson;
import io.rivulet.kit.Container;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;

/**
 * A page with the client in Chromium and in Firefox, of another origin than the hub's, and that hub. A test does each
 * step in both browsers before the next one: they share its hub, its restart and its waits, most of which are the
 * client's.
 */
abstract class ClientScene {

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

    static final Map<Pages, RemotePage> PAGES = new EnumMap<>(Pages.class);
    static final Deque<AutoCloseable> OPEN = new ArrayDeque<>();

    static Tab chromium;
    static Server server;
    /** Those of this test. */
    Map<Pages, RemotePage> pages = Map.of();

    @BeforeAll
    static void launch() throws IOException {
        for (Pages kind : Pages.values()) {
            if (kind == Pages.CHROMIUM || Firefox.isThere()) {
                RemotePage page = new RemotePage();
                OPEN.push(page);
                PAGES.put(kind, page);
                Page shown = kind.window().open(page.url());
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

    static Server.Builder server() {
        String origins = String.join(",", PAGES.values().stream().map(RemotePage::origin).toList());
        return Server.in(Container.JETTY).set("cors.origins", origins).set("publish.origins", origins)
            .set("retry.min", "500ms").set("retry.max", "600ms").set("retry.closing", "500ms");
    }

    @AfterEach
    void leave() {
        run("for (const name in self.all) all[name].source.close()");
    }

    /** A fresh page in each browser that has the client from the hub at this port, and nothing remembered. */
    void open(int port, String file) {
        openIn(PAGES, port, file);
    }

    /** Only Chromium can be told all things. */
    void openInChromium(int port, String file) {
        openIn(Map.of(Pages.CHROMIUM, PAGES.get(Pages.CHROMIUM)), port, file);
    }

    private void openIn(Map<Pages, RemotePage> browsers, int port, String file) {
        pages = browsers;
        pages.values().forEach(page -> page.hub(server.port()));
        run("sessionStorage.clear()");
        reload();
        load(port, file);
    }

    void reload() {
        Map<Pages, String> before = new EnumMap<>(Pages.class);
        pages.forEach((browser, page) -> before.put(browser, page.reload()));
        pages.forEach((browser, page) -> page.awaitAnother(before.get(browser)));
    }

    void load(int port, String file) {
        run(client(port, file));
        // what a page publishes there no other page hears
        pages.forEach((browser, page) -> page.run("self.own = 'of-" + browser + "'"));
    }

    /** Gets the client from the hub at this port into a page; for the inside of an async function. */
    static String client(int port, String file) {
        String at = "http://127.0.0.1:" + port;
        return "self.hub = '" + at + "/api/updates'\n" + (file.equals("rivulet.js")
            ? "self.Rivulet = (await import('" + at + "/rivulet.js')).Rivulet\n"
            : "await new Promise((done, fail) => document.head.append(Object.assign(document.createElement('script'),"
                + "{src: '" + at + "/" + file + "', crossOrigin: '', onload: done, onerror: fail})))\n") + KIT;
    }

    /** In each browser; a message says in which one it failed. */
    void each(Consumer<RemotePage> step) {
        pages.forEach((browser, page) -> {
            try {
                step.accept(page);
            } catch (AssertionError e) {
                throw new AssertionError(browser + ": " + e.getMessage(), e);
            }
        });
    }

    void run(String code) {
        each(page -> page.run(code));
    }

    void await(String expression, String about) {
        each(page -> page.await(expression, about));
    }

    void assertEach(String expected, String expression) {
        assertEach(expected, expression, "");
    }

    /** Of a failure {@code about} is told as well. */
    void assertEach(String expected, String expression, String about) {
        each(page -> assertEquals(expected, page.eval(expression),
            () -> expression + (about.isEmpty() ? "" : "; " + about + " is " + page.eval(about))));
    }

    void publish(String topic, int from, int to) throws IOException {
        try (Publisher publisher = Publisher.to(server)) {
            for (int i = from; i <= to; i++) {
                publisher.publish(topic, Integer.toString(i));
            }
        }
    }

    void awaitState(String name, String state) {
        await("state('" + name + "') === '" + state + "'", "all." + name + ".states");
    }

    void awaitData(String name, int last) {
        await("data('" + name + "').includes('" + last + "')", "data('" + name + "')");
        assertEach(numbers(1, last), "data('" + name + "')");
    }

    static String numbers(int from, int to) {
        return new Gson().toJson(IntStream.rangeClosed(from, to).mapToObj(Integer::toString).toList());
    }
}
