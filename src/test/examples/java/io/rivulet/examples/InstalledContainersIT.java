package io.rivulet.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Health;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The guides of Tomcat, of Jetty in the containers as their projects ship them, and of the WAR by itself, line by line:
 * the commands and files are those of docs/deploy.md, each run by a shell.
 */
class InstalledContainersIT {

    private static final Path MANUAL = Path.of("docs/deploy.md");
    private static final Path CONTAINERS = Path.of("target/containers").toAbsolutePath();
    /** A whole container starts, on a machine that builds. */
    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final String HUB = "/.well-known/mercure";

    @TempDir
    private Path folder;
    private final List<String> environment = new ArrayList<>();

    /** The line of the manual that begins so, without its comment. */
    private static String documented(String beginning) throws IOException {
        return Files.readAllLines(MANUAL).stream().filter(line -> line.startsWith(beginning)).findFirst()
            .orElseThrow(() -> new AssertionError(MANUAL + " has no line that begins with " + beginning))
            .replaceFirst("\\s+#\\s.*", "");
    }

    private static Path unpacked(String beginning) throws IOException {
        try (Stream<Path> folders = Files.list(CONTAINERS)) {
            return folders.filter(each -> each.getFileName().toString().startsWith(beginning)).findFirst()
                .orElseThrow(() -> new AssertionError("no " + beginning + " in " + CONTAINERS));
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private ProcessBuilder shell(Path in, String command) {
        ProcessBuilder builder = new ProcessBuilder("bash", "-c", command).directory(in.toFile())
            .redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.startsWith("RIVULET_") || name.startsWith("CATALINA_"));
        for (int i = 0; i < environment.size(); i += 2) {
            builder.environment().put(environment.get(i), environment.get(i + 1));
        }
        builder.environment().put("RIVULET_DEV", "true"); // so that the test may publish
        String java = ProcessHandle.current().info().command().orElseThrow();
        builder.environment().merge("PATH", Path.of(java).getParent() + ":", (path, bin) -> bin + path);
        builder.environment().put("JAVA_HOME", Path.of(java).getParent().getParent().toString());
        return builder;
    }

    private void run(Path in, String command) throws Exception {
        Path said = folder.resolve("said.txt");
        Process process = shell(in, command).redirectOutput(said.toFile()).start();
        assertTrue(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS), command);
        assertEquals(0, process.exitValue(), () -> command + " says " + text(said));
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    private interface Check {
        void at(int port) throws Exception;
    }

    /** Runs the container until the check is over. */
    private void during(Path in, String command, int port, Check check) throws Exception {
        during(in, command, port, "/rivulet", check);
    }

    private void during(Path in, String command, int port, String path, Check check) throws Exception {
        Path said = folder.resolve("container.txt");
        Process container = shell(in, "exec " + command).redirectOutput(said.toFile()).start();
        try {
            Await.until("the container is there, or has ended: " + said, LIMIT,
                () -> !container.isAlive() || Health.of(port, path).isOpen());
            assertTrue(container.isAlive(), () -> command + " says " + text(said));
            check.at(port);
        } catch (AssertionError e) {
            throw new AssertionError(e.getMessage() + "; the container says " + text(said), e);
        } finally {
            container.descendants().forEach(ProcessHandle::destroy);
            container.destroy();
            if (!container.waitFor(Await.LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                container.descendants().forEach(ProcessHandle::destroyForcibly);
                container.destroyForcibly().waitFor();
            }
        }
    }

    private static void assertServesMercure(int port) throws IOException {
        Await.until("the hub of Mercure's own path is open", LIMIT, () -> Health.of(port, HUB).isOpen());
        try (WireClient client = WireClient.to(port, 0)) {
            WireResponse head = client.send("GET", HUB + "?match=news", Map.of(), null).readHead();
            assertEquals(200, head.status(), "an event stream is never redirected");
            assertTrue(head.header("Content-Type").startsWith("text/event-stream"), head.header("Content-Type"));
        }
    }

    @Test
    void tomcatsLinesDoWhatTheySay() throws Exception {
        Path home = unpacked("apache-tomcat-");
        Path base = Files.createDirectories(folder.resolve("base"));
        int port = freePort();
        for (String each : List.of("conf", "webapps", "logs", "temp", "work")) {
            Files.createDirectories(base.resolve(each));
        }
        try (Stream<Path> files = Files.list(home.resolve("conf"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.copy(file, base.resolve("conf").resolve(file.getFileName()));
            }
        }
        Path server = base.resolve("conf/server.xml");
        Files.writeString(server, Files.readString(server).replace("port=\"8005\"", "port=\"-1\"")
            .replace("<Connector port=\"8080\"", "<Connector address=\"127.0.0.1\" port=\"" + port + "\""));
        environment.addAll(List.of("CATALINA_HOME", home.toString(), "CATALINA_BASE", base.toString()));
        Path here = Path.of("").toAbsolutePath();
        run(here, documented("cp target/rivulet.war $CATALINA_BASE/webapps/ "));
        during(base, "bash " + home.resolve("bin/catalina.sh") + " run", port, at -> {
            try (EventStream stream = EventStream.to(at, "/rivulet").topic("news").open();
                 Publisher publisher = Publisher.to(at, "/rivulet")) {
                stream.awaitHello();
                publisher.publish("news", "of the first version");
                stream.awaitData("of the first version");
                run(here, documented("cp target/rivulet.war $CATALINA_BASE/webapps/rivulet##2.war"));
                Await.until("the new version has taken the log", LIMIT, stream::isEnded);
                Await.until("it is open", LIMIT, () -> Health.of(at, "/rivulet").isOpen());
                stream.reconnect();
                publisher.publish("news", "of the second");
                stream.awaitData("of the second");
            }
            run(here, "cp target/rivulet.war '" + base + "/webapps/.well-known#mercure.war'");
            assertServesMercure(at);
        });
    }

    /** Its ports and its folder are the test's: those of the manual may be taken. */
    @Test
    void theWarsOwnLinesDoWhatTheySay() throws Exception {
        Files.copy(Path.of("target/rivulet.war"), folder.resolve("rivulet.war"));
        List<String> lines = Files.readAllLines(MANUAL).stream().filter(line -> line.startsWith("java -jar rivulet.war")
            && line.contains("  #")).map(line -> line.replaceFirst("\\s+#\\s.*", "")).toList();
        assertEquals(3, lines.size(), lines.toString());
        run(folder, lines.get(2));
        assertTrue(lines.get(2).endsWith("--check") && text(folder.resolve("said.txt")).contains("rivulet.data.dir"));
        int port = freePort();
        for (String line : List.of(lines.get(0) + " --port=" + port, lines.get(1).replace("8081", "" + port)
            .replace("/var/lib/rivulet", folder.resolve("data").toString()))) {
            during(folder, line, port, "", at -> {
                try (EventStream stream = EventStream.to(at).topic("news").open();
                     Publisher publisher = Publisher.to(at)) {
                    stream.awaitHello();
                    publisher.publish("news", line);
                    stream.awaitData(line);
                }
            });
        }
        assertTrue(Files.exists(folder.resolve("rivulet-data")) && Files.exists(folder.resolve("data/meta")));
    }

    @Test
    void jettysLinesDoWhatTheySay() throws Exception {
        Path home = unpacked("jetty-home-");
        Path base = Files.createDirectories(folder.resolve("base"));
        int port = freePort();
        environment.addAll(List.of("JETTY_HOME", home.toString(), "JETTY_BASE", base.toString()));
        Matcher once = Pattern.compile("A Jetty needs `(java -jar [^`]*)` once").matcher(Files.readString(MANUAL));
        assertTrue(once.find());
        run(base, once.group(1));
        Path here = Path.of("").toAbsolutePath();
        run(here, documented("cp target/rivulet.war $CATALINA_BASE/webapps/ ").replace("CATALINA", "JETTY"));
        run(here, "cp target/rivulet.war $JETTY_BASE/");
        Matcher named = Pattern.compile("(?s)```xml\n(<\\?xml[^`]*?<Configure .*?)```")
            .matcher(Files.readString(MANUAL));
        assertTrue(named.find());
        Files.writeString(base.resolve("webapps/mercure.xml"), named.group(1));
        during(base, "java -jar $JETTY_HOME/start.jar jetty.http.host=127.0.0.1 jetty.http.port=" + port, port, at -> {
            try (EventStream stream = EventStream.to(at, "/rivulet").topic("news").open();
                 Publisher publisher = Publisher.to(at, "/rivulet")) {
                stream.awaitHello();
                publisher.publish("news", "hello");
                stream.awaitData("hello");
            }
            assertServesMercure(at);
        });
    }
}
