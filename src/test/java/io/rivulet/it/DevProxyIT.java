package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.rivulet.kit.Await;
import io.rivulet.kit.Inside;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.Server;
import io.rivulet.kit.SharedServer;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * Dev mode behind proxies of this machine, as they are set by default: a stranger who calls through one is not taken
 * for the developer. A proxy has an account of its own only where root starts it; one that is not installed is skipped.
 */
@OnEveryContainer
class DevProxyIT {

    @RegisterExtension
    static final SharedServer SHARED = SharedServer.plain();
    /** Every Linux has it, and the same number in each container. */
    private static final String NOBODY = "65534";

    private final Server server = SHARED.server();
    @TempDir
    private Path folder;
    private Process proxy;
    private long published;

    DevProxyIT(io.rivulet.kit.Container container) {
        assertEquals(container, server.container());
    }

    @BeforeEach
    void theDeveloperMayDoAll() throws IOException {
        assertEquals(200, publish(server.port(), "HTTP/1.1", "localhost:" + server.port()).status());
        published = Inside.of(server).count("published");
    }

    @AfterEach
    void end() throws InterruptedException {
        if (proxy != null) {
            proxy.destroy(); // a master that ends its workers
            assertTrue(proxy.waitFor(Await.LIMIT.toSeconds(), TimeUnit.SECONDS), "the proxy does not end");
        }
    }

    @Test
    void nginxWithABareProxyPass() throws Exception {
        assertRefused(nginx(""), "HTTP/1.0");
    }

    @Test
    void nginxThatKeepsItsConnections() throws Exception {
        assumeTrue(isRoot(), "only root starts a proxy with an account of its own");
        assertRefused(nginx("proxy_http_version 1.1;\nproxy_set_header Connection \"\";\n"), "uid " + NOBODY);
    }

    private int nginx(String more) throws IOException {
        int port = freePort();
        String own = Stream.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
            .map(kind -> kind + "_temp_path " + folder.resolve(kind) + ";\n").reduce("", String::concat);
        start(port, "nginx", "-c", config("daemon off;\n" + (isRoot() ? "user nobody " + group() + ";\n" : "")
            + "worker_processes 1;\npid " + folder.resolve("pid") + ";\nerror_log " + folder.resolve("log") + ";\n"
            + "events {}\nhttp {\naccess_log off;\n" + own + "server {\nlisten 127.0.0.1:" + port + ";\n"
            + "location / {\n" + more + "proxy_pass http://localhost:" + server.port() + ";\n}\n}\n}\n"));
        return port;
    }

    @Test
    void haproxyThatPassesTheHostOn() throws Exception {
        assumeTrue(isRoot(), "only root starts a proxy with an account of its own");
        int port = freePort();
        start(port, "haproxy", "-db", "-f", config("global\n  uid " + NOBODY + "\n  gid " + NOBODY + "\n"
            + "defaults\n  mode http\n  timeout connect 10s\n  timeout client 30s\n  timeout server 30s\n"
            + "listen all\n  bind 127.0.0.1:" + port + "\n  server hub 127.0.0.1:" + server.port() + "\n"));
        assertRefused(port, "uid " + NOBODY);
    }

    @Test
    void apacheWithAProxyPass() throws Exception {
        Path modules = Stream.of("/usr/lib/apache2/modules", "/usr/lib64/httpd/modules", "/usr/lib/httpd/modules")
            .map(Path::of).filter(Files::isDirectory).findFirst().orElse(null);
        assumeTrue(modules != null, "the modules of Apache are not installed");
        int port = freePort();
        String load = Stream.of("mpm_event", "authz_core", "proxy", "proxy_http", "unixd")
            .filter(name -> Files.exists(modules.resolve("mod_" + name + ".so")))
            .map(name -> "LoadModule " + name + "_module " + modules.resolve("mod_" + name + ".so") + "\n")
            .reduce("", String::concat);
        start(port, Files.exists(Path.of("/usr/sbin/apache2")) ? "apache2" : "httpd", "-DFOREGROUND", "-f",
            config("ServerRoot " + folder + "\nDefaultRuntimeDir " + folder + "\nPidFile " + folder.resolve("pid")
                + "\nErrorLog " + folder.resolve("log") + "\nListen 127.0.0.1:" + port + "\nServerName localhost\n"
                + load + (isRoot() ? "User #" + NOBODY + "\nGroup #" + NOBODY + "\n" : "")
                + "ProxyPass / http://localhost:" + server.port() + "/\n"));
        assertRefused(port, "proxy speaks");
    }

    /** As the worker of a proxy that sends nothing of its own; it needs no proxy, only another account. */
    @Test
    void aProgramOfAnotherAccount() throws Exception {
        assumeTrue(isRoot(), "only root may run a program as somebody else");
        assumeTrue(program("setpriv") != null && program("bash") != null, "setpriv and bash are not installed");
        String head = "POST /api/updates?topic=news HTTP/1.1\\r\\nHost: localhost:" + server.port()
            + "\\r\\nContent-Length: 1\\r\\nConnection: close\\r\\n\\r\\nx";
        assertTrue(asSomebody("0", head).startsWith("HTTP/1.1 200"), "root's, as the hub");
        published++;
        String answer = asSomebody(NOBODY, head);
        assertTrue(answer.startsWith("HTTP/1.1 403") && answer.contains("uid " + NOBODY), answer);
        assertEquals(published, Inside.of(server).count("published"));
    }

    @Test
    void aProxyThatTellsOfItselfOrSpeaksTheOlderProtocol() throws IOException {
        String host = "localhost:" + server.port();
        assertRefused(publish(server.port(), "HTTP/1.0", host), "HTTP/1.0");
        assertRefused(publish(server.port(), "HTTP/1.1", host + "\r\nVia: 1.1 proxy"), "proxy speaks");
        assertEquals(published, Inside.of(server).count("published"));
    }

    private String asSomebody(String uid, String head) throws Exception {
        Process process = new ProcessBuilder("setpriv", "--reuid=" + uid, "--clear-groups", "bash", "-c",
            "exec 3<>/dev/tcp/127.0.0.1/" + server.port() + " && printf '" + head + "' >&3 && cat <&3")
            .redirectErrorStream(true).start();
        String answer = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertTrue(process.waitFor(Await.LIMIT.toSeconds(), TimeUnit.SECONDS));
        return answer;
    }

    /** The stranger chooses the Host, also one that the hub takes for its own. */
    private void assertRefused(int port, String why) throws IOException {
        for (String host : List.of("localhost:" + server.port(), "evil.example")) {
            WireResponse answer = publish(port, "HTTP/1.1", host);
            assertRefused(answer, host.equals("evil.example") ? "" : why);
            WireResponse connections = exchange(port, "GET /api/connections HTTP/1.1\r\nHost: " + host
                + "\r\nConnection: close\r\n\r\n");
            assertRefused(connections, "");
        }
        assertEquals(published, Inside.of(server).count("published"));
    }

    private static void assertRefused(WireResponse answer, String why) {
        assertEquals(403, answer.status(), answer.text());
        assertTrue(answer.text().contains("dev mode") && answer.text().contains(why), answer.text());
    }

    private static WireResponse publish(int port, String version, String host) throws IOException {
        return exchange(port, "POST /api/updates?topic=news " + version + "\r\nHost: " + host
            + "\r\nContent-Length: 1\r\nConnection: close\r\n\r\nx");
    }

    private static WireResponse exchange(int port, String request) throws IOException {
        try (WireClient client = WireClient.to(port, 0)) {
            return client.send(request).read();
        }
    }

    private void start(int port, String program, String... arguments) throws IOException {
        Path file = program(program);
        assumeTrue(file != null, program + " is not installed");
        List<String> command = new ArrayList<>(List.of(file.toString()));
        command.addAll(Arrays.asList(arguments));
        Path output = folder.resolve("output");
        proxy = new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        Await.get(() -> program + " serves: " + read(output), Await.LIMIT, () -> {
            assertTrue(proxy.isAlive(), () -> program + " has ended: " + read(output) + read(folder.resolve("log")));
            try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
                return socket.isConnected() ? Boolean.TRUE : null;
            } catch (IOException e) {
                return null;
            }
        });
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            return e.toString();
        }
    }

    private String config(String text) throws IOException {
        return Files.writeString(folder.resolve("conf"), text).toString();
    }

    private static Path program(String name) {
        return Stream.concat(Stream.of(System.getenv("PATH").split(File.pathSeparator)),
                Stream.of("/usr/sbin", "/usr/local/sbin"))
            .map(place -> Path.of(place, name)).filter(Files::isExecutable).findFirst().orElse(null);
    }

    private static boolean isRoot() {
        return "root".equals(System.getProperty("user.name"));
    }

    /** The group of nobody has not the same name everywhere. */
    private static String group() throws IOException {
        return Files.readAllLines(Path.of("/etc/group")).stream().anyMatch(line -> line.startsWith("nogroup:"))
            ? "nogroup" : "nobody";
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
