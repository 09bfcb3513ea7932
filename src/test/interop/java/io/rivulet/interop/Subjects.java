package io.rivulet.interop;

import static io.rivulet.interop.Subject.Way.CUTS_IDS;
import static io.rivulet.interop.Subject.Way.DROPS_EMPTY_LINES;
import static io.rivulet.interop.Subject.Way.GLUES_DATA;
import static io.rivulet.interop.Subject.Way.HIDES_OPEN;
import static io.rivulet.interop.Subject.Way.HIDES_STATUS;
import static io.rivulet.interop.Subject.Way.IS_IMPATIENT;
import static io.rivulet.interop.Subject.Way.IS_REOPENED;
import static io.rivulet.interop.Subject.Way.JOINS_LINES;
import static io.rivulet.interop.Subject.Way.SHOWS_ENDS;
import static io.rivulet.interop.Subject.Way.SHOWS_HALVES;
import static io.rivulet.interop.Subject.Way.SPEAKS_OLD;
import static io.rivulet.interop.Subject.Way.TAKES_ID_EARLY;

import io.rivulet.browser.Browser;
import io.rivulet.kit.Await;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/** All clients. Those that must be installed or started are so once, beside each other, while others are tested. */
final class Subjects implements AutoCloseable {

    /** While packages are built beside it. */
    private static final Duration BROWSER_LIMIT = Duration.ofMinutes(5);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, CompletableFuture<Path>> folders = new ConcurrentHashMap<>();
    private final List<AutoCloseable> ends = new ArrayList<>();
    private final Desk desk;
    private volatile Browser chromium;

    Subjects() throws IOException {
        desk = new Desk();
        ends.add(desk);
        install("node", () -> {
            Path npm = Tools.program("npm");
            Path folder = Tools.copy("node");
            Tools.fetch(folder, npm.toString(), "install", "--no-package-lock", "--no-audit", "--no-fund");
            return folder;
        });
        install("python", () -> {
            Path python = Tools.program("python3");
            Path folder = Tools.copy("python");
            Tools.fetch(folder, python.toString(), "-m", "pip", "install", "--quiet", "--target", "packages", "-r",
                "requirements.txt");
            return folder;
        });
        install("go", () -> {
            Path go = Tools.program("go");
            Path folder = Tools.copy("go");
            Tools.fetch(folder, go.toString(), "mod", "download");
            Tools.build(folder, go.toString(), "build", "-o", "client", ".");
            return folder;
        });
        install("rust", () -> {
            Path cargo = Tools.program("cargo");
            Path folder = Tools.copy("rust");
            Tools.fetch(folder, cargo.toString(), "fetch");
            Tools.build(folder, cargo.toString(), "build", "--offline", "--quiet");
            return folder;
        });
        install("chromium", () -> {
            if (!Browser.isThereOrMustBe()) {
                throw new org.opentest4j.TestAbortedException("no Chromium on the PATH");
            }
            chromium = Browser.installed();
            end(chromium);
            chromium.tab().open(desk.page("chromium"));
            Await.until("Chromium has opened its page", BROWSER_LIMIT, () -> desk.isThere("chromium"));
            return Path.of("");
        });
        for (String library : List.of("sse.js", "event-source-polyfill")) {
            install(library, () -> {
                folder("chromium");
                folder("node");
                chromium.tab().open(desk.page(library));
                Await.until("Chromium has opened the page of " + library, BROWSER_LIMIT,
                    () -> desk.isThere(library));
                return Path.of("");
            });
        }
        install("firefox", () -> {
            end(new Firefox(Tools.program("firefox-esr", "firefox"), desk.page("firefox")));
            Await.until("Firefox has opened its page", BROWSER_LIMIT, () -> desk.isThere("firefox"));
            return Path.of("");
        });
    }

    /** The origin of the browsers' page. */
    String origin() {
        return desk.origin();
    }

    private void install(String name, Supplier<Path> steps) {
        folders.put(name, CompletableFuture.supplyAsync(steps, threads).whenComplete((folder, fault) -> {
            if (fault != null) {
                System.getLogger("interop").log(System.Logger.Level.WARNING, name + ": " + fault.getCause());
            }
        }));
    }

    private synchronized void end(AutoCloseable what) {
        ends.add(what);
    }

    /** The folder where it is installed; when that failed, why. */
    private Path folder(String name) {
        try {
            return folders.get(name).get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof Error error) {
                throw error;
            }
            throw (RuntimeException) e.getCause();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    List<Subject> all() {
        return List.of(
            Subject.of("JDK HttpClient", JdkHttpClient::new, IS_REOPENED),
            Subject.of("okhttp-sse 4.12.0", OkHttpSse::new, IS_REOPENED),
            Subject.of("okhttp-eventsource 4.3.0", OkHttpEventSource::new, IS_IMPATIENT, SPEAKS_OLD),
            Subject.of("Jersey SSE 3.1.11", JerseySse::new, SHOWS_HALVES, SHOWS_ENDS),
            Subject.of("Spring WebClient 6.2.12", SpringWebClient::new, IS_REOPENED, SHOWS_HALVES,
                SHOWS_ENDS, DROPS_EMPTY_LINES),
            Subject.of("Spring RestClient 6.2.12", SpringRestClient::new, IS_REOPENED),
            Subject.of("Vert.x WebClient 5.1.1", VertxWebClient::new, IS_REOPENED, HIDES_OPEN),
            Subject.of("Micronaut HTTP client 4.10.11", MicronautClient::new, IS_REOPENED, HIDES_OPEN,
                JOINS_LINES),
            node("eventsource2", "eventsource 2.0.2", SPEAKS_OLD, TAKES_ID_EARLY, GLUES_DATA),
            node("eventsource4", "eventsource 4.1.1"),
            node("fetch-event-source", "@microsoft/fetch-event-source 2.0.1", SPEAKS_OLD, TAKES_ID_EARLY),
            node("eventsource-client", "eventsource-client 1.2.0"),
            node("undici", "undici EventSource 7.30.2", HIDES_STATUS),
            page("chromium", "Chromium", HIDES_STATUS, SPEAKS_OLD),
            page("firefox", "Firefox", HIDES_STATUS, SPEAKS_OLD),
            library("sse.js", "sse.js 2.8.0"),
            library("event-source-polyfill", "event-source-polyfill 1.0.31"),
            python("httpx-sse", "httpx-sse 0.4.3", IS_IMPATIENT, IS_REOPENED),
            python("requests", "requests 2.34.2", IS_REOPENED),
            python("sseclient-py", "sseclient-py 1.9.0", IS_REOPENED),
            python("launchdarkly", "launchdarkly-eventsource 1.7.4 (Python)"),
            go("go-sse", "go-sse 0.11.0", SHOWS_ENDS),
            go("launchdarkly", "launchdarkly/eventsource 1.11.0 (Go)"),
            go("donovanhide", "donovanhide/eventsource 2021-08-30 (Go)"),
            go("r3labs", "r3labs/sse 2.10.0 (Go)", HIDES_STATUS, SHOWS_HALVES, SHOWS_ENDS, CUTS_IDS),
            rust("eventsource-client", "eventsource-client 0.18.0 (Rust)"),
            rust("reqwest-eventsource", "reqwest-eventsource 0.6.0 (Rust)"));
    }

    private Subject python(String client, String name, Subject.Way... ways) {
        return Subject.of(name, () -> new ProgramClient(folder("python"),
            Tools.command(Tools.program("python3"), "client.py", client)), ways);
    }

    private Subject go(String client, String name, Subject.Way... ways) {
        return Subject.of(name, () -> {
            Path folder = folder("go");
            return new ProgramClient(folder, List.of(folder.resolve("client").toString(), client));
        }, ways);
    }

    private Subject rust(String client, String name, Subject.Way... ways) {
        return Subject.of(name, () -> {
            Path folder = folder("rust");
            return new ProgramClient(folder, List.of(folder.resolve("target/debug/interop").toString(), client));
        }, ways);
    }

    private Subject library(String library, String name, Subject.Way... ways) {
        return Subject.of(name, () -> {
            folder(library);
            return desk.library(library);
        }, ways);
    }

    private Subject node(String client, String name, Subject.Way... ways) {
        return Subject.of(name, () -> new ProgramClient(folder("node"),
            Tools.command(Tools.program("node"), "client.mjs", client)), ways);
    }

    private Subject page(String browser, String name, Subject.Way... ways) {
        return Subject.of(name, () -> {
            folder(browser);
            return desk.client(browser);
        }, ways);
    }

    @Override
    public void close() {
        folders.values().forEach(f -> f.handle((folder, fault) -> folder).join());
        threads.shutdownNow();
        Session.endAll(ends);
    }
}
