package io.rivulet.interop;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/** A client that is a program of its own and tells what happens in lines of JSON. */
final class ProgramClient implements Client {

    private static final AtomicInteger RUNS = new AtomicInteger();

    private final Path folder;
    private final List<String> command;

    ProgramClient(Path folder, List<String> command) {
        this.folder = folder;
        this.command = command;
    }

    @Override
    public void start(Wish wish, Session session) throws IOException {
        List<String> whole = new ArrayList<>(command);
        whole.addAll(List.of(wish.url(), wish.token(), wish.lastEventId(), String.join(",", wish.types())));
        Path errors = folder.resolve("stderr-" + RUNS.incrementAndGet() + ".txt");
        ProcessBuilder builder = new ProcessBuilder(whole).directory(folder.toFile()).redirectError(errors.toFile());
        builder.environment().put("PYTHONPATH", folder.resolve("packages").toString());
        builder.environment().put("PYTHONIOENCODING", "utf-8");
        Process process = builder.start();
        session.onClose(() -> {
            if (!process.destroyForcibly().waitFor(10, TimeUnit.SECONDS)) {
                throw new AssertionError("it does not end: " + whole);
            }
        });
        Thread reader = new Thread(() -> read(process, session), "test-program-client");
        reader.setDaemon(true);
        reader.start();
    }

    private static void read(Process process, Session session) {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                session.said(parse(line));
            }
        } catch (IOException | UncheckedIOException e) {
            // destroyed while it spoke, at the end of the test
        }
    }

    static Said parse(String line) {
        JsonObject said = JsonParser.parseString(line).getAsJsonObject();
        String what = said.get("what").getAsString();
        JsonElement status = said.get("status");
        JsonElement last = said.get("final");
        return new Said(what, text(said, "id"), text(said, "type"), text(said, "data"),
            status == null || status.isJsonNull() ? 0 : status.getAsInt(), text(said, "text"),
            what.equals("closed") || last != null && last.getAsBoolean());
    }

    private static String text(JsonObject said, String name) {
        return said.has(name) && !said.get(name).isJsonNull() ? said.get(name).getAsString() : null;
    }
}
