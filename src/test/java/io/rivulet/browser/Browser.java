package io.rivulet.browser;

import com.google.gson.JsonObject;
import io.rivulet.kit.Await;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** An installed Chromium or Chrome without a window and with an empty profile, ended with {@link #close}. */
public final class Browser implements AutoCloseable {

    private static final List<String> NAMES =
        List.of("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome");
    private static final List<String> OPTIONS = List.of("--headless=new", "--remote-debugging-port=0",
        "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
        "--disable-component-update", "--disable-sync", "--disable-dev-shm-usage", "--hide-scrollbars",
        "--lang=en-GB", "about:blank");

    private static final String NONE =
        "no browser on the PATH: one of " + String.join(", ", NAMES);

    private final Path profile;
    private final Process process;
    private final DevTools tools;

    private Browser(String program) throws IOException {
        profile = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "browser-").toAbsolutePath();
        List<String> command = new ArrayList<>(List.of(program, "--user-data-dir=" + profile));
        if (System.getProperty("user.name").equals("root")) {
            // its sandbox refuses to run as root, as in most containers that build things
            command.add("--no-sandbox");
        }
        command.addAll(OPTIONS);
        File words = profile.resolve("words.txt").toFile();
        process = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(words).start();
        try {
            tools = new DevTools(Await.value("the browser's DevTools port, see " + words, this::address));
        } catch (AssertionError | RuntimeException e) {
            close();
            throw e;
        }
    }

    /**
     * For the condition of a test class: where there is no browser the class is skipped and a warning says so; with
     * CI=true it runs and fails, for nobody reads the warnings there.
     */
    public static boolean isThereOrMustBe() {
        boolean isThere = find().isPresent();
        boolean mustBe = "true".equals(System.getenv("CI"));
        if (!isThere && !mustBe) {
            System.getLogger(Browser.class.getName()).log(System.Logger.Level.WARNING,
                NONE + "; tests of the home page, Mercure and URL patterns are SKIPPED, which CI=true does not allow");
        }
        return isThere || mustBe;
    }

    /** The installed one, started. */
    public static Browser installed() {
        try {
            return new Browser(find().orElseThrow(() -> new AssertionError(NONE + "; CI=true asks for it")));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A new tab, empty. */
    public Tab tab() {
        return tab(Map.of("url", "about:blank"));
    }

    /** A new tab in a window of its own: it is seen, and its timers run, whatever other tabs there are. */
    Tab window() {
        return tab(Map.of("url", "about:blank", "newWindow", true));
    }

    private Tab tab(Map<String, ?> wish) {
        JsonObject target = tools.call(null, "Target.createTarget", wish);
        String id = target.get("targetId").getAsString();
        JsonObject session = tools.call(null, "Target.attachToTarget", Map.of("targetId", id, "flatten", true));
        return new Tab(tools, id, session.get("sessionId").getAsString());
    }

    @Override
    public void close() {
        List<ProcessHandle> family = new ArrayList<>(process.descendants().toList());
        process.destroy();
        try {
            if (!process.waitFor(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        family.forEach(ProcessHandle::destroyForcibly);
        Await.until("the browser has ended", () -> family.stream().noneMatch(ProcessHandle::isAlive));
        delete(profile);
    }

    private static Optional<String> find() {
        for (String name : NAMES) {
            for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
                Path program = Path.of(folder, name);
                if (Files.isExecutable(program)) {
                    return Optional.of(program.toString());
                }
            }
        }
        return Optional.empty();
    }

    /** From the file that the browser writes when it listens: port, and path. */
    private URI address() {
        if (!process.isAlive()) {
            throw new AssertionError("the browser ended at once, see " + profile.resolve("words.txt"));
        }
        try {
            List<String> lines = Files.readAllLines(profile.resolve("DevToolsActivePort"));
            return lines.size() < 2 ? null : URI.create("ws://127.0.0.1:" + lines.get(0) + lines.get(1));
        } catch (IOException e) {
            // not written yet
            return null;
        }
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        } catch (IOException | UncheckedIOException e) {
            // a profile that stays below target/ harms nobody
            System.Logger log = System.getLogger(Browser.class.getName());
            log.log(System.Logger.Level.INFO, "the profile stays: " + e);
        }
    }
}
