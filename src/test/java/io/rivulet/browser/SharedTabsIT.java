package io.rivulet.browser;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonParser;
import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.Inside;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.WireClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIf;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Tabs that share one connection, in Chromium and in Firefox: each has every event once and in order. */
@Tag("once")
@EnabledIf(value = "io.rivulet.browser.Browser#isThereOrMustBe", disabledReason = "no browser on the PATH")
class SharedTabsIT {

    /** A lock of its own tells which of the locks are this tab's. */
    private static final String KIT = """
        const me = crypto.randomUUID()
        navigator.locks.request(me, () => new Promise(() => {}))
        self.leads = async () => {
          const held = (await navigator.locks.query()).held
          const mine = held.find(lock => lock.name === me)
          return held.some(lock => lock.clientId === mine?.clientId && lock.name === 'rivulet,' + hub + ',false,true')
        }
        self.listen = (options, topic = 'news') => {
          self.got = []
          self.states = []
          self.source = new Rivulet(hub + '?topic=' + topic, {share: true, pause: 1, mute: 30, ...options})
          source.onmessage = e => got.push(e.data)
          source.onstate = s => {
            states.push(s.transport + ' ' + s.state)
            self.last = s
          }
        }
        """;
    /** A leader that says nothing is missed soon. */
    private static final String IMPATIENT = "{heartbeat: 1, mute: 1}";

    /** One tab, what drives it, and its window. */
    private record One(RemotePage page, Page view) {
    }

    private static final Map<Pages, RemotePage> ORIGINS = new EnumMap<>(Pages.class);
    private static final List<AutoCloseable> OPEN = new ArrayList<>();
    private static Server server;

    private final List<One> tabs = new ArrayList<>();
    private int published;

    @BeforeAll
    static void launch() throws IOException {
        for (Pages kind : Pages.values()) {
            if (kind == Pages.CHROMIUM || Firefox.isThere()) {
                ORIGINS.put(kind, new RemotePage());
            }
        }
        OPEN.addAll(ORIGINS.values());
        String origins = String.join(",", ORIGINS.values().stream().map(RemotePage::origin).toList());
        server = Server.in(Container.JETTY).set("cors.origins", origins).set("publish.origins", origins).start()
            .awaitOpen();
        OPEN.add(server);
    }

    @AfterAll
    static void end() throws Exception {
        for (AutoCloseable each : OPEN) {
            each.close();
        }
    }

    @AfterEach
    void leave() {
        for (One tab : List.copyOf(tabs)) {
            close(tab);
        }
        // the hub learns that a tab is gone when it writes
        publishUntil("nobody listens any more", () -> streams() == 0);
    }

    static Stream<Pages> browsers() {
        return ORIGINS.keySet().stream();
    }

    private One open(Pages browser) throws IOException {
        One tab = begin(browser);
        load(tab);
        return tab;
    }

    /** A tab that loads its page; {@link #load} waits for that. */
    private One begin(Pages browser) throws IOException {
        RemotePage page = new RemotePage();
        One tab = new One(page, browser.window());
        tabs.add(tab);
        tab.view.begin(page.urlAt(ORIGINS.get(browser)));
        return tab;
    }

    private static void load(One tab) {
        tab.page.awaitAnother(null);
        String at = "http://127.0.0.1:" + server.port();
        tab.page.run("self.hub = '" + at + "/api/updates'\nself.Rivulet = (await import('" + at
            + "/rivulet.js')).Rivulet\n" + KIT);
    }

    /** Opens tabs that listen with these options, and waits until all of them hear. */
    private void listen(Pages browser, int count, String options) throws IOException {
        List<One> fresh = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            fresh.add(begin(browser));
        }
        for (One tab : fresh) {
            load(tab);
            tab.page.run("listen(" + options + ")");
        }
        tabs.forEach(tab -> tab.page.await("states.at(-1) === 'shared live'", "states"));
    }

    private void close(One tab) {
        tabs.remove(tab);
        tab.view.close();
        tab.page.close();
    }

    private One leader() {
        return Await.value("one of them leads", this::leaderNow);
    }

    private One leaderNow() {
        return tabs.stream().filter(tab -> tab.page.eval("leads()").equals("true")).findFirst().orElse(null);
    }

    private static int streams() {
        return Inside.of(server).streams();
    }

    private void publish() {
        try (Publisher publisher = Publisher.to(server)) {
            publisher.publish("news", Integer.toString(++published));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void publishUntil(String what, BooleanSupplier condition) {
        Await.until(what, () -> {
            publish();
            return condition.getAsBoolean();
        });
    }

    private void assertAllHaveAll() {
        publish();
        String all = new Gson().toJson(IntStream.rangeClosed(1, published).mapToObj(Integer::toString).toList());
        for (One tab : tabs) {
            tab.page.await("got.at(-1) === '" + published + "'", "states + ' ' + got.slice(-9)");
            assertEquals(all, tab.page.eval("got"));
        }
    }

    private void assertOneConnection() {
        publishUntil("they have one connection", () -> streams() == 1);
    }

    @ParameterizedTest
    @MethodSource("browsers")
    void tenTabsHoldOneConnectionAndALeaderThatIsClosedIsReplaced(Pages browser) throws IOException {
        listen(browser, 10, "{}");
        assertOneConnection();
        for (int i = 0; i < 20; i++) {
            publish();
        }
        assertAllHaveAll();
        for (int i = 0; i < 2; i++) {
            close(leader());
            publishUntil("another leads", () -> leaderNow() != null);
            assertAllHaveAll();
            assertOneConnection();
        }
    }

    @Test
    void aLeaderThatCrashesIsReplaced() throws IOException {
        listen(Pages.CHROMIUM, 3, "{}");
        publish();
        One leader = leader();
        ((Tab) leader.view).crash();
        tabs.remove(leader);
        publishUntil("another leads", () -> leaderNow() != null);
        assertAllHaveAll();
        assertOneConnection();
        close(leader);
    }

    @Test
    void aLeaderThatIsFrozenIsReplacedAndGoesOnAsOneOfTheOthers() throws IOException {
        listen(Pages.CHROMIUM, 3, IMPATIENT);
        publish();
        One leader = leader();
        ((Tab) leader.view).freeze(true);
        tabs.remove(leader);
        publishUntil("another leads", () -> leaderNow() != null);
        assertAllHaveAll();
        ((Tab) leader.view).freeze(false);
        tabs.add(leader);
        publishUntil("it hears again", () -> leader.page.eval("got.length > 1").equals("true"));
        assertAllHaveAll();
        assertOneConnection();
        assertAllHaveAll();
    }

    /** For the browser that freezes no page. Whether somebody takes its place meanwhile is up to the machine. */
    @Test
    void aLeaderThatStandsStillCostsNothing() throws IOException {
        Assumptions.assumeTrue(Firefox.isThere(), "no Firefox on the PATH");
        listen(Pages.FIREFOX, 3, IMPATIENT);
        publish();
        One leader = leader();
        leader.page.run("setTimeout(() => { const end = Date.now() + 6000; while (Date.now() < end); }, 100)");
        publishUntil("it goes on", () -> leader.page.eval("got.length > 0").equals("true"));
        assertAllHaveAll();
        assertOneConnection();
        assertAllHaveAll();
    }

    @ParameterizedTest
    @MethodSource("browsers")
    void topicsAreCountedOverAllTabs(Pages browser) throws IOException {
        listen(browser, 3, "{}");
        One leader = leader();
        One first = tabs.get(tabs.indexOf(leader) == 0 ? 1 : 0);
        One second = tabs.stream().filter(tab -> tab != leader && tab != first).findFirst().orElseThrow();
        first.page.run("await source.subscribe('more')");
        second.page.run("await source.subscribe('more'); await source.subscribe('mine/*')");
        assertEquals("[mine/*, more, news]", topics());
        first.page.run("source.unsubscribe('more'); await source.subscribe('other')");
        assertEquals("[mine/*, more, news, other]", topics());
        try (Publisher publisher = Publisher.to(server)) {
            publisher.publish("more", "more");
            publisher.publish("mine/1", "mine");
            publisher.publish("other", "other");
            publisher.publish("news", "last");
        }
        tabs.forEach(tab -> tab.page.await("got.at(-1) === 'last'", "got"));
        assertEquals("[\"last\"] [\"other\",\"last\"] [\"more\",\"mine\",\"last\"]",
            leader.page.eval("got") + " " + first.page.eval("got") + " " + second.page.eval("got"));
        second.page.run("source.unsubscribe('mine/*')");
        Await.until("nobody wants it any more", () -> topics().equals("[more, news, other]"));
        close(second);
        Await.until("whoever wanted it is gone", () -> topics().equals("[news, other]"));
        assertOneConnection();
    }

    private static void publish(String topic, String data, String... more) throws IOException {
        try (Publisher publisher = Publisher.to(server)) {
            List<String> fields = new ArrayList<>(List.of("topic", topic, "data", data));
            fields.addAll(List.of(more));
            Publisher.accepted(publisher.form(fields.toArray(String[]::new)));
        }
    }

    @ParameterizedTest
    @MethodSource("browsers")
    void aTopicThatIsAddedBeginsThen(Pages browser) throws IOException {
        listen(browser, 2, "{}");
        One lone = open(browser);
        lone.page.run("listen({share: false})");
        lone.page.await("states.at(-1) === 'eventsource live'", "states");
        for (int i = 0; i < 3; i++) {
            publish("late", "before " + i);
            publish(); // its stream has passed the other one then
            tabs.get(i).page.await("got.at(-1) === '" + published + "'", "got");
            tabs.get(i).page.run("await source.subscribe('late')");
        }
        publish("late", "after");
        for (One tab : tabs) {
            tab.page.await("got.at(-1) === 'after'", "got");
        }
        assertEquals("1,before 1,2,before 2,3,after 1,2,before 2,3,after 1,2,3,after",
            String.join(" ", tabs.stream().map(tab -> tab.page.eval("got.join()")).toList()));
    }

    @ParameterizedTest
    @MethodSource("browsers")
    void aTabEndsWithItsOwnTopicsAsALoneOneDoes(Pages browser) throws IOException {
        String run = "run/" + UUID.randomUUID();
        String other = run + "/other";
        listen(browser, 1, "{}");
        List<One> three = List.of(open(browser), open(browser), open(browser));
        List<String> options = List.of("{share: false}", "{}", "{topics: ['" + other + "']}");
        for (int i = 0; i < 3; i++) {
            three.get(i).page.run("listen(" + options.get(i) + ", '" + run + "')");
            three.get(i).page.await("/live/.test(states.at(-1))", "states");
        }
        String how = "JSON.stringify({...last, transport: ''}) + got + source.readyState";
        publish(run, "last", "end", "");
        for (One tab : three) {
            tab.page.await("got.length === 1", "got");
        }
        for (One tab : three.subList(0, 2)) {
            tab.page.await("last.state === 'ended'", "states");
        }
        assertEquals(three.get(0).page.eval(how), three.get(1).page.eval(how));
        publish(other, "", "end", "");
        three.get(2).page.await("last.state === 'ended'", "states");
        assertEquals("[\"last\"]", three.get(2).page.eval("got"), "an end without a word is no event");
        One late = open(browser);
        late.page.run("listen({}, '" + other + "')");
        late.page.await("states.at(-1) === 'shared refused'", "states");
        assertEquals("204", late.page.eval("last.status"));
        assertEquals("shared live", tabs.get(0).page.eval("states.at(-1)"));
        Await.until("nobody wants the others any more", () -> topics().equals("[news]"));
    }

    /** Of the only stream there is. */
    private static String topics() {
        try {
            String answer = WireClient.exchange(server, "GET /api/connections HTTP/1.1\r\nHost: localhost\r\n"
                + "Connection: close\r\n\r\n").text();
            TreeSet<String> topics = new TreeSet<>();
            for (JsonElement one : JsonParser.parseString(answer).getAsJsonObject().getAsJsonArray("connections")) {
                one.getAsJsonObject().getAsJsonArray("topics").forEach(topic -> topics.add(topic.getAsString()));
            }
            return topics.toString();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @ParameterizedTest
    @MethodSource("browsers")
    void whoAsksForSomethingElseOrCannotShareHasAConnectionOfItsOwn(Pages browser) throws IOException {
        listen(browser, 2, "{}");
        assertOneConnection();
        One own = open(browser);
        int streams = 1;
        for (String options : List.of("{share: 'me'}", "{token: () => ''}")) {
            own.page.run("listen(" + options + ")");
            own.page.await("/live/.test(states.at(-1))", "states");
            streams++;
            int expected = streams;
            Await.until("it has a connection of its own", () -> streams() == expected);
        }
        own.page.run("self.BroadcastChannel = undefined; listen()");
        own.page.await("states.at(-1) === 'eventsource live'", "states");
        close(own);
        One other = tabs.get(0);
        other.page.run("await source.subscribe('jobs/{id}')");
        assertEquals("eventsource live", other.page.eval("states.at(-1)"),
            "no tab tells which events are of a template");
        assertAllHaveAll();
    }
}
