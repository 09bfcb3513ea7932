package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Publisher;
import io.rivulet.kit.Server;
import io.rivulet.kit.StreamRequest;
import io.rivulet.kit.WireResponse;
import io.rivulet.mercure.Token;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The hub behind real proxies, set up as docs/deploy.md says: their configuration is read there. A proxy that the
 * machine does not have is skipped by name.
 */
@Tag("once")
class ProxyIT {

    private static final Path MANUAL = Path.of("docs/deploy.md");
    private static final Path APACHE_MODULES = Path.of("/usr/lib/apache2/modules");
    private static final int EVENTS = 20;
    /** A proxy that waits for more waits for 200 ms; so the quickest of many events tells, however slow the machine. */
    private static final long HELD_BACK_MS = 150;

    @TempDir
    private Path folder;

    enum Proxy {
        NGINX("nginx"), HAPROXY("haproxy"), APACHE("apache2"), CADDY("caddy");

        private final String program;

        Proxy(String program) {
            this.program = program;
        }

        private Path find() {
            return Stream.concat(Stream.of(System.getenv("PATH").split(File.pathSeparator)),
                    Stream.of("/usr/sbin", "/usr/local/sbin"))
                .map(place -> Path.of(place, program)).filter(Files::isExecutable).findFirst().orElse(null);
        }
    }

    /** The block of the manual in this language. */
    private static String documented(String language) throws IOException {
        Matcher block = Pattern.compile("(?s)```" + language + "\n(.*?)```").matcher(Files.readString(MANUAL));
        assertTrue(block.find(), MANUAL + " has no block of " + language);
        return block.group(1);
    }

    private String inFolder(String name, String text) throws IOException {
        return Files.writeString(folder.resolve(name), text).toString();
    }

    private List<String> command(Proxy proxy, String program, int port, int hub) throws IOException {
        String hubAddress = "127.0.0.1:" + hub;
        String rules = documented(proxy == Proxy.CADDY ? "caddyfile" : proxy.name().toLowerCase(Locale.ROOT))
            .replace("127.0.0.1:8080", hubAddress);
        return switch (proxy) {
            case NGINX -> {
                StringBuilder temporary = new StringBuilder();
                for (String kind : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
                    temporary.append(kind).append("_temp_path ").append(folder.resolve(kind)).append(";\n");
                }
                yield List.of(program, "-p", folder.toString(), "-c", inFolder("nginx.conf", """
                    daemon off;
                    master_process off;
                    pid %s/pid;
                    error_log %s/error.log;
                    events {}
                    http {
                    access_log off;
                    %sserver {
                    listen 127.0.0.1:%d;
                    %s}
                    }
                    """.formatted(folder, folder, temporary, port, rules)));
            }
            case HAPROXY -> {
                String comeBack = inFolder("come-back.http", documented("http"));
                yield List.of(program, "-db", "-f", inFolder("haproxy.cfg", """
                    defaults
                        mode http
                        timeout connect 5s
                        timeout client 50s
                        timeout server 50s
                    """ + rules.replace("bind :80", "bind 127.0.0.1:" + port)
                    .replace("/etc/haproxy/come-back.http", comeBack)));
            }
            case APACHE -> {
                inFolder("come-back.asis", documented("asis"));
                StringBuilder modules = new StringBuilder();
                for (String module : List.of("mpm_event", "authz_core", "mime", "asis", "proxy", "proxy_http")) {
                    modules.append("LoadModule ").append(module).append("_module ").append(APACHE_MODULES)
                        .append("/mod_").append(module).append(".so\n");
                }
                yield List.of(program, "-X", "-d", folder.toString(), "-f", inFolder("apache.conf", """
                    PidFile %s/pid
                    Mutex file:%s default
                    ErrorLog %s/error.log
                    ServerName localhost
                    Listen 127.0.0.1:%d
                    %sTypesConfig /dev/null
                    DocumentRoot %s
                    %s""".formatted(folder, folder, folder, port, modules, folder, rules)));
            }
            case CADDY -> List.of(program, "run", "--adapter", "caddyfile", "--config", inFolder("Caddyfile", """
                {
                admin off
                auto_https off
                }
                %s""".formatted(rules.replace("example.com {", "http://:" + port + " {\nbind 127.0.0.1"))));
        };
    }

    private static int freePort() throws IOException {
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return free.getLocalPort();
        }
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    private static StreamRequest stream(int port) {
        return EventStream.to(port).topic("news").header("Accept", "text/event-stream");
    }

    private static void publish(Server hub, String data) throws IOException {
        try (Publisher publisher = Publisher.to(hub)) {
            Publisher.accepted(publisher.post("?topic=news", Map.of("Authorization", "Bearer " + Token.all()),
                data.getBytes(StandardCharsets.UTF_8)));
        }
    }

    @ParameterizedTest
    @EnumSource
    void eventsComeAtOnceAndPagesOutliveARestartOfTheHub(Proxy proxy) throws Exception {
        Path program = proxy.find();
        Assumptions.assumeTrue(program != null && (proxy != Proxy.APACHE || Files.isDirectory(APACHE_MODULES)),
            () -> "this machine has no " + proxy.program);
        int port = freePort();
        try (Server hub = Token.believedBy(Server.in(Container.JETTY).set("dev", "false")).start()) {
            ProcessBuilder builder = new ProcessBuilder(command(proxy, program.toString(), port, hub.port()))
                .redirectErrorStream(true).redirectOutput(folder.resolve("output.log").toFile());
            builder.environment().put("XDG_CONFIG_HOME", folder.toString()); // where Caddy keeps what it has read
            builder.environment().put("XDG_DATA_HOME", folder.toString());
            Process process = builder.start();
            try {
                Await.until(proxy + " is there, or has ended: " + folder, () -> isOpen(port) || !process.isAlive());
                assertTrue(process.isAlive(), () -> proxy + " says: " + said());
                check(hub, port);
            } finally {
                process.destroy();
                if (!process.waitFor(10, TimeUnit.SECONDS)) {
                    process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
                }
            }
        }
    }

    private String said() {
        try {
            return Files.readString(folder.resolve("output.log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static void check(Server hub, int port) throws IOException {
        try (EventStream page = stream(port).open()) {
            page.awaitHello();
            List<Long> tookMs = new ArrayList<>();
            for (int i = 0; i < EVENTS; i++) {
                long fromNs = System.nanoTime();
                publish(hub, "event " + i);
                page.awaitData("event " + i);
                tookMs.add((System.nanoTime() - fromNs) / 1_000_000);
            }
            assertTrue(tookMs.stream().anyMatch(ms -> ms < HELD_BACK_MS), "each event is held back: " + tookMs);
            hub.stop();
            Await.until("the end of the stream", page::isEnded);
            WireResponse answer = stream(port).exchange();
            assertEquals(200, answer.status(), "an EventSource that gets anything else closes for good");
            assertTrue(answer.header("Content-Type").startsWith("text/event-stream"), answer.header("Content-Type"));
            assertEquals("retry: 3000\n:\n", answer.text());
            try (Publisher publisher = Publisher.to(port)) {
                int status = publisher.post("?topic=news", Map.of(), new byte[] {'x'}).status();
                assertTrue(status == 502 || status == 503, "a publish that reached nobody was answered " + status);
            }
            hub.start().awaitOpen();
            publish(hub, "after the restart");
            page.reconnect();
            page.awaitData("after the restart");
            assertTrue(page.hubEvents("hello").get(1).data().contains("\"resumed\":\"exact\""),
                page.hubEvents("hello").toString());
        }
    }
}
