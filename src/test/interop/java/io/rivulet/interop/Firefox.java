package io.rivulet.interop;

import io.rivulet.kit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** An installed Firefox without a window and with an empty profile, on these pages. */
final class Firefox implements AutoCloseable {

    /** No first-run pages, and nothing that asks the network by itself. */
    private static final List<String> PREFERENCES = List.of("\"browser.shell.checkDefaultBrowser\", false",
        "\"datareporting.policy.dataSubmissionEnabled\", false", "\"toolkit.telemetry.enabled\", false",
        "\"app.update.auto\", false", "\"app.normandy.enabled\", false",
        "\"browser.safebrowsing.malware.enabled\", false", "\"browser.aboutwelcome.enabled\", false",
        "\"browser.startup.homepage_override.mstone\", \"ignore\"",
        "\"network.captive-portal-service.enabled\", false", "\"network.connectivity-service.enabled\", false",
        "\"extensions.update.enabled\", false", "\"services.settings.server\", \"data:,\"");

    private final Process process;

    Firefox(Path program, String... pages) {
        try {
            process = start(program, List.of(pages));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Process start(Path program, List<String> pages) throws IOException {
        Path profile = Files.createTempDirectory(Files.createDirectories(Path.of("target")), "firefox-")
            .toAbsolutePath();
        Files.write(profile.resolve("user.js"), PREFERENCES.stream().map(p -> "user_pref(" + p + ");").toList());
        List<String> command = new ArrayList<>(List.of(program.toString(), "--headless", "--no-remote", "--profile",
            profile.toString()));
        command.addAll(pages);
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true)
            .redirectOutput(profile.resolve("words.txt").toFile());
        builder.environment().put("HOME", profile.toString()); // it refuses root the home of somebody else
        return builder.start();
    }

    @Override
    public void close() {
        List<ProcessHandle> family = new ArrayList<>(process.descendants().toList());
        family.add(process.toHandle());
        family.forEach(ProcessHandle::destroyForcibly);
        Await.until("Firefox has ended", () -> family.stream().noneMatch(ProcessHandle::isAlive));
    }
}
