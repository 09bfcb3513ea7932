package io.rivulet.interop;

import static io.rivulet.interop.Subject.Way.DROPS_EMPTY_LINES;
import static io.rivulet.interop.Subject.Way.GLUES_DATA;
import static io.rivulet.interop.Subject.Way.HIDES_STATUS;
import static io.rivulet.interop.Subject.Way.IS_REOPENED;
import static io.rivulet.interop.Subject.Way.SHOWS_HALVES;
import static io.rivulet.interop.Subject.Way.SPEAKS_OLD;
import static io.rivulet.interop.Subject.Way.TAKES_ID_EARLY;

import io.rivulet.browser.Browser;
import io.rivulet.kit.Await;
import java.io.IOException;
import java.nio.file.Path;
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

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Map<String, CompletableFuture<Path>> folders = new ConcurrentHashMap<>();
    private final List<AutoCloseable> ends = new ArrayList<>();
    private final Desk desk;

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
            Browser browser = Browser.installed();
            end(browser);
            browser.tab().open(desk.page("chromium"));
            return Path.of("");
        });
        install("firefox", () -> {
            end(new Firefox(Tools.program("firefox-esr", "firefox"), desk.page("firefox")));
            Await.until("Firefox has opened its page", Session.LIMIT, () -> desk.isThere("firefox"));
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
            Subject.of("okhttp-eventsource 4.3.0", OkHttpEventSource::new, SPEAKS_OLD),
            Subject.of("Jersey SSE 3.1.11", JerseySse::new, SHOWS_HALVES),
            Subject.of("Spring WebClient 6.2.12", SpringWebClient::new, IS_REOPENED, SHOWS_HALVES,
                DROPS_EMPTY_LINES),
            node("eventsource2", "eventsource 2.0.2", SPEAKS_OLD, TAKES_ID_EARLY, GLUES_DATA),
            node("eventsource4", "eventsource 4.1.1"),
            node("fetch-event-source", "@microsoft/fetch-event-source 2.0.1", SPEAKS_OLD, TAKES_ID_EARLY),
            node("eventsource-client", "eventsource-client 1.2.0"),
            page("chromium", "Chromium", HIDES_STATUS, SPEAKS_OLD),
            page("firefox", "Firefox", HIDES_STATUS, SPEAKS_OLD),
            Subject.of("httpx-sse 0.4.3", () -> {
                Path folder = folder("python");
                return new ProgramClient(folder, Tools.command(Tools.program("python3"), "client.py"));
            }, IS_REOPENED),
            Subject.of("go-sse 0.11.0", () -> {
                Path folder = folder("go");
                return new ProgramClient(folder, List.of(folder.resolve("client").toString()));
            }),
            Subject.of("eventsource-client 0.18.0 (Rust)", () -> {
                Path folder = folder("rust");
                return new ProgramClient(folder, List.of(folder.resolve("target/debug/interop").toString()));
            }));
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
