package io.rivulet.interop;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.rivulet.browser.Browser;
import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.RealProxy;
import io.rivulet.kit.Server;
import io.rivulet.mercure.Token;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/**
 * Pages in Chromium and Firefox behind each proxy of docs/deploy.md, while the hub restarts: nothing is missing, and
 * neither an EventSource nor the hub's own client gives up. Behind one more, which holds back all that is not
 * complete, the client alone gets through. The pages are a file of the WAR, so that they are of the hub's own origin,
 * and tell what they show by publishing it. It runs by itself: ten pages are enough for a machine.
 */
@Isolated
class BrowsersBehindProxiesIT {

    private static final int BEFORE = 5;
    private static final int ALL = 10;
    private static final Duration LIMIT = Duration.ofSeconds(90);
    /** A page comes back 1 to 1.5 s after its stream has ended: each meets its proxy without the hub. */
    private static final Duration DOWN = Duration.ofSeconds(3);
    private static final String PAGE =
        "<!doctype html><title>shows</title><script type='module' src='shows.js'></script>";
    /** nginx as one behind which another one stands: it does not see what the hub asks for. */
    private static final String DEAF = """
        gzip on;
        gzip_types *;
        proxy_ignore_headers X-Accel-Buffering;
        location / { proxy_pass http://127.0.0.1:8080; }
        """;
    /** All that it shows is told again with each event; while the hub is down nobody can be told. */
    private static final String SCRIPT = """
        import { Rivulet } from '../rivulet.js'
        const given = new URLSearchParams(location.hash.slice(1));
        function show(name, source) {
          const shown = [name];
          let telling = false;
          async function tell() {
            if (telling) return;
            telling = true;
            for (let told = 0; told < shown.length;) {
              const text = shown.join(' '), length = shown.length;
              try {
                const answer = await fetch('../api/updates?topic=shown',
                  {method: 'POST', headers: {Authorization: 'Bearer ' + given.get('token')}, body: text});
                if (answer.ok) { told = length; continue; }
              } catch (e) {
                // the proxy or the hub is away
              }
              await new Promise(again => setTimeout(again, 300));
            }
            telling = false;
          }
          source.onmessage = e => { shown.push(e.data); tell(); };
          source.addEventListener('rivulet.hello', () => { if (shown.length === 1) { shown.push('open'); tell(); } });
          source.onerror = () => { if (source.readyState === 2) { shown.push('dead'); tell(); } };
        }
        const updates = '../api/updates?topic=news';
        if (!given.has('mute')) show(given.get('name'), new EventSource(updates));
        show(given.get('name') + '-client', new Rivulet(updates, { mute: +given.get('mute') || 10, pause: 2 }));
        """;

    @TempDir
    private Path folder;

    /** The WAR with the page in it. */
    private Path war() throws IOException {
        Path war = folder.resolve("shows.war");
        Files.copy(Path.of(System.getProperty("war", "target/rivulet.war")), war);
        try (FileSystem files = FileSystems.newFileSystem(URI.create("jar:" + war.toUri()), Map.of())) {
            Files.writeString(files.getPath("/home/shows.html"), PAGE);
            Files.writeString(files.getPath("/home/shows.js"), SCRIPT);
        }
        return war;
    }

    private static String page(String name, RealProxy proxy) {
        return "http://127.0.0.1:" + proxy.port() + "/home/shows.html#token=" + Token.all() + "&name=" + name;
    }

    private static void publish(Server hub, int from, int to) throws IOException {
        try (Publisher publisher = Publisher.to(hub)) {
            for (int i = from; i <= to; i++) {
                Publisher.accepted(publisher.post("?topic=news", Map.of("Authorization", "Bearer " + Token.all()),
                    Integer.toString(i).getBytes(StandardCharsets.UTF_8)));
            }
        }
    }

    /** What each page has told last, by its name. */
    private static Map<String, String> shown(EventStream reports) {
        Map<String, String> shown = new TreeMap<>();
        reports.events().forEach(report -> {
            String[] words = report.data().split(" ", 2);
            shown.put(words[0], words[1]);
        });
        return shown;
    }

    private static void awaitShown(EventStream reports, List<String> names, int last) {
        String end = last == 0 ? "open" : " " + last;
        Await.until("all of " + names + " show" + end + "; last: " + shown(reports), LIMIT, () -> {
            Map<String, String> shown = shown(reports);
            return names.stream().allMatch(name -> shown.getOrDefault(name, "").endsWith(end));
        });
    }

    @Test
    void pagesMissNothingAndNoneIsDead() throws Exception {
        Path firefox = Tools.program("firefox-esr", "firefox");
        Assumptions.assumeTrue(Browser.isThereOrMustBe(), "no Chromium on the PATH");
        Deque<AutoCloseable> open = new ArrayDeque<>();
        try (Server hub = Token.believedBy(Server.in(Container.JETTY).war(war()).set("dev", "false")).start();
             EventStream reports = EventStream.to(hub).topic("shown").open()) {
            List<String> names = new ArrayList<>();
            List<String> ofFirefox = new ArrayList<>();
            Browser chromium = Browser.installed();
            open.push(chromium);
            for (RealProxy.Kind kind : RealProxy.Kind.values()) {
                if (kind.isThere()) {
                    RealProxy proxy = RealProxy.start(kind, Files.createDirectory(folder.resolve(kind.toString())),
                        hub.port());
                    open.push(proxy);
                    chromium.tab().open(page("chromium-" + kind, proxy));
                    ofFirefox.add(page("firefox-" + kind, proxy));
                    for (String name : List.of("chromium-" + kind, "firefox-" + kind)) {
                        names.addAll(List.of(name, name + "-client"));
                    }
                }
            }
            Assumptions.assumeTrue(!names.isEmpty(), "this machine has none of the proxies");
            if (RealProxy.Kind.NGINX.isThere()) {
                RealProxy deaf = RealProxy.start(RealProxy.Kind.NGINX, Files.createDirectory(folder.resolve("deaf")),
                    hub.port(), rules -> DEAF);
                open.push(deaf);
                chromium.tab().open(page("chromium-deaf&mute=1", deaf));
                ofFirefox.add(page("firefox-deaf&mute=1", deaf));
                names.addAll(List.of("chromium-deaf-client", "firefox-deaf-client"));
            }
            open.push(new Firefox(firefox, ofFirefox.toArray(String[]::new)));
            awaitShown(reports, names, 0);
            publish(hub, 1, BEFORE);
            awaitShown(reports, names, BEFORE);
            hub.stop();
            Await.pass(DOWN);
            hub.start().awaitOpen();
            publish(hub, BEFORE + 1, ALL);
            reports.reconnect();
            awaitShown(reports, names, ALL);
            String all = "open " + IntStream.rangeClosed(1, ALL).mapToObj(Integer::toString)
                .collect(Collectors.joining(" "));
            shown(reports).forEach((name, text) -> assertEquals(all, text, name));
        } finally {
            while (!open.isEmpty()) {
                open.pop().close();
            }
        }
    }
}
