package io.rivulet.browser;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import io.rivulet.kit.Await;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * An installed Firefox without a window and with an empty profile, driven by WebDriver BiDi, whose messages are shaped
 * as those of Chromium's DevTools are. For the test's thread.
 */
final class Firefox implements AutoCloseable {

    private static final List<String> NAMES = List.of("firefox-esr", "firefox");
    private static final Pattern LISTENS = Pattern.compile("BiDi listening on (ws://\\S+)");
    /** No first-run pages, and nothing that asks the network by itself. */
    private static final List<String> PREFERENCES = List.of("\"browser.shell.checkDefaultBrowser\", false",
        "\"datareporting.policy.dataSubmissionEnabled\", false", "\"toolkit.telemetry.enabled\", false",
        "\"app.update.auto\", false", "\"app.normandy.enabled\", false", "\"browser.aboutwelcome.enabled\", false",
        "\"browser.safebrowsing.malware.enabled\", false", "\"browser.startup.homepage_override.mstone\", \"ignore\"",
        "\"network.captive-portal-service.enabled\", false", "\"network.connectivity-service.enabled\", false",
        "\"extensions.update.enabled\", false", "\"services.settings.server\", \"data:,\"",
        "\"dom.ipc.processCount.webIsolated\", 10"); // a tab that stands still holds up none of its origin
    /** A broken policy is told to the document alone. */
    private static final String WATCH = "() => { window.broken = []; addEventListener('securitypolicyviolation', "
        + "e => window.broken.push(e.violatedDirective + ' ' + e.blockedURI)) }";

    private final Process process;
    private final DevTools tools;

    private Firefox(Path program) throws IOException {
        Path profile = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "firefox-")
            .toAbsolutePath();
        Files.write(profile.resolve("user.js"), PREFERENCES.stream().map(p -> "user_pref(" + p + ");").toList());
        File words = profile.resolve("words.txt").toFile();
        ProcessBuilder builder = new ProcessBuilder(program.toString(), "--headless", "--no-remote", "--profile",
            profile.toString(), "--remote-debugging-port", "0", "about:blank").redirectErrorStream(true)
            .redirectOutput(words);
        builder.environment().put("HOME", profile.toString()); // it refuses root the home of somebody else
        process = builder.start();
        try {
            tools = new DevTools(Await.value("Firefox listens, see " + words, () -> address(words.toPath())));
            tools.call(null, "session.new", Map.of("capabilities", Map.of()));
            tools.call(null, "session.subscribe", Map.of("events", List.of("log.entryAdded")));
            tools.call(null, "script.addPreloadScript", Map.of("functionDeclaration", WATCH));
        } catch (AssertionError | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Whether this machine has one. */
    static boolean isThere() {
        return find().isPresent();
    }

    /** The installed one, started; null where there is none. */
    static Firefox installed() {
        return find().map(program -> {
            try {
                return new Firefox(program);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }).orElse(null);
    }

    private static Optional<Path> find() {
        return NAMES.stream().flatMap(name -> Stream.of(System.getenv("PATH").split(File.pathSeparator))
            .map(folder -> Path.of(folder, name))).filter(Files::isExecutable).findFirst();
    }

    private static URI address(Path words) {
        try {
            Matcher listens = LISTENS.matcher(Files.readString(words));
            return listens.find() ? URI.create(listens.group(1) + "/session") : null;
        } catch (IOException e) {
            return null; // not written yet
        }
    }

    /** A new page, empty. */
    Page page() {
        return new FirefoxPage(tools, tools.call(null, "browsingContext.create", Map.of("type", "tab"))
            .get("context").getAsString());
    }

    @Override
    public void close() {
        List<ProcessHandle> family = new ArrayList<>(process.descendants().toList());
        family.add(process.toHandle());
        family.forEach(ProcessHandle::destroyForcibly);
        Await.until("Firefox has ended", () -> family.stream().noneMatch(ProcessHandle::isAlive));
    }

    /** One of its tabs. */
    private static final class FirefoxPage implements Page {

        private final DevTools tools;
        private final String context;
        private final List<String> complaints = new CopyOnWriteArrayList<>();

        FirefoxPage(DevTools tools, String context) {
            this.tools = tools;
            this.context = context;
            tools.listen("", this::told);
        }

        private void told(JsonObject event) {
            JsonObject entry = event.getAsJsonObject("params");
            if (event.get("method").getAsString().equals("log.entryAdded")
                && entry.get("level").getAsString().matches("error|warn")) {
                complaints.add(entry.get("text").toString());
            }
        }

        @Override
        public Page open(String url) {
            tools.call(null, "browsingContext.navigate",
                Map.of("context", context, "url", url, "wait", "complete"));
            return this;
        }

        @Override
        public void begin(String url) {
            tools.call(null, "browsingContext.navigate", Map.of("context", context, "url", url, "wait", "none"));
        }

        @Override
        public String eval(String expression) {
            JsonObject answer = tools.call(null, "script.evaluate", Map.of("expression",
                "Promise.resolve(" + expression + ").then(value => value == null ? '' : "
                    + "typeof value === 'object' ? JSON.stringify(value) : String(value))",
                "target", Map.of("context", context), "awaitPromise", true));
            if (!answer.get("type").getAsString().equals("success")) {
                throw new AssertionError(expression + ": " + answer);
            }
            JsonElement value = answer.getAsJsonObject("result").get("value");
            return value == null ? "" : value.getAsString();
        }

        @Override
        public void await(String expression) {
            Await.get(() -> expression + " in Firefox; complaints: " + complaints, Await.LIMIT,
                () -> eval(expression).equals("true") ? Boolean.TRUE : null);
        }

        @Override
        public List<String> complaints() {
            List<String> all = new ArrayList<>(complaints);
            String broken = eval("window.broken.join('; ')");
            if (!broken.isEmpty()) {
                all.add(broken);
            }
            return all;
        }

        @Override
        public void close() {
            tools.call(null, "browsingContext.close", Map.of("context", context));
        }
    }
}
