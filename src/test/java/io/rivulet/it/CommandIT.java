package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.config.Settings;
import io.rivulet.event.Event;
import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.Server;
import io.rivulet.kit.WireClient;
import io.rivulet.log.LogRecord;
import io.rivulet.log.segment.SegmentLog;
import io.rivulet.metrics.Metrics;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The built WAR as a command: what a person at a shell sees, and that the command is no page of the deployed hub. */
@Tag("once")
class CommandIT {

    private static final String SECRET = "!ChangeThisMercureHubJWTSecretKey!";
    private static final String HUB = "https://localhost/.well-known/mercure";

    @TempDir
    private Path folder;

    private record Result(int status, String out, String err) {
    }

    /** Runs {@code java -jar rivulet.war} in a folder of its own. */
    private Result run(String... words) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of(ProcessHandle.current().info().command().orElse("java"),
            "-Xmx64m", "-XX:TieredStopAtLevel=1", "-Djava.io.tmpdir=" + folder,
            "-Drivulet.token.issuer=https://localhost",
            "-Drivulet.token.key=" + SECRET, "-Drivulet.resource=" + HUB, "-jar",
            Path.of(System.getProperty("war", "target/rivulet.war")).toAbsolutePath().toString()));
        command.addAll(List.of(words));
        Path out = folder.resolve("out");
        Path err = folder.resolve("err");
        Process process = new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        assertTrue(process.waitFor(Await.LIMIT.toSeconds(), TimeUnit.SECONDS), "the command does not end");
        Result result = new Result(process.exitValue(), Files.readString(out), Files.readString(err));
        Files.delete(out);
        Files.delete(err);
        try (var left = Files.list(folder)) {
            assertEquals(List.of(), left.filter(p -> !p.getFileName().toString().startsWith("hsperf")).toList());
        }
        return result;
    }

    @Test
    void theWarMakesATokenThatItsHubAccepts() throws Exception {
        Result made = run("token", "--publish", "news");
        assertEquals(0, made.status(), made.err());
        assertEquals("", made.err());
        String token = made.out().strip();
        assertEquals(token + "\n", made.out());
        try (Server server = Server.in(Container.JETTY).set("dev", "false").set("resource", HUB)
            .set("token.issuer", "https://localhost").set("token.key", SECRET).start()) {
            assertEquals(200, publish(server, token, "news"));
            assertEquals(403, publish(server, token, "other"));
            for (String path : List.of("/io/rivulet/boot/Launcher.class", "/io/", "/META-INF/MANIFEST.MF",
                "/WEB-INF/classes/io/rivulet/boot/Launcher.class")) {
                assertEquals(404, ask(server, "GET " + path + " HTTP/1.1\r\nHost: localhost\r\n\r\n"), path);
            }
            assertEquals(200, ask(server, "GET /home/app.js HTTP/1.1\r\nHost: localhost\r\n\r\n"));
        }
    }

    /** The process has 64 MB, and the log 80. */
    @Test
    void theWarBacksUpALogThatIsLargerThanItsMemory(@TempDir Path other) throws Exception {
        Path data = Files.createDirectory(other.resolve("data"));
        byte[] large = new byte[256 * 1024];
        Arrays.fill(large, (byte) 'x');
        long head;
        try (SegmentLog log = SegmentLog.open(data, Settings.with("log.sync", "never"), InstantSource.system(),
            System::nanoTime, new Metrics())) {
            for (int i = 0; i < 320; i++) {
                log.append(List.of(new LogRecord(Event.on("news").data(large).build(), null)));
            }
            head = log.range().head();
        }
        String backup = other.resolve("backup.ndjson").toString();
        Result exported = run("log", "export", backup, "--data.dir=" + data);
        assertEquals(0, exported.status(), exported.err());
        Result imported = run("log", "import", backup, "--data.dir=" + other.resolve("copy"));
        assertEquals(0, imported.status(), imported.err());
        Result verified = run("log", "verify", "--data.dir=" + other.resolve("copy"));
        assertEquals(0, verified.status(), verified.out());
        assertTrue(verified.out().contains("positions 1 to " + head), verified.out());
        assertEquals(2, run("log", "verify", "--data.dri=x").status());
    }

    @Test
    void whatIsNoCommandSaysWhatThereIs() throws Exception {
        Result nothing = run("tokens");
        assertEquals(2, nothing.status());
        assertEquals("", nothing.out());
        assertTrue(nothing.err().startsWith("there is no command \"tokens\"")
            && nothing.err().contains("--publish TOPIC") && nothing.err().contains("--port=8081"), nothing.err());
        Result wrong = run("token", "--publish", "news", "--algorithm", "RS256");
        assertEquals(2, wrong.status());
        assertEquals("", wrong.out());
        assertTrue(wrong.err().startsWith("no token: ") && !wrong.err().contains(SECRET), wrong.err());
        Result help = run("token", "--help");
        assertEquals(0, help.status());
        assertFalse(help.out().isEmpty());
    }

    private static int publish(Server server, String token, String topic) throws IOException {
        String form = "topic=" + topic + "&data=x";
        return ask(server, "POST /api/updates HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer " + token
            + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: " + form.length() + "\r\n\r\n"
            + form);
    }

    private static int ask(Server server, String request) throws IOException {
        try (WireClient client = WireClient.to(server)) {
            return client.send(request.getBytes(StandardCharsets.UTF_8)).readHead().status();
        }
    }
}
