package io.rivulet.kit;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A proxy of this machine before a hub, set up as docs/deploy.md says: its configuration is read there. */
public final class RealProxy implements AutoCloseable {

    private static final Path MANUAL = Path.of("docs/deploy.md");
    private static final Path APACHE_MODULES = Path.of("/usr/lib/apache2/modules");
    private static final List<String> MODULES = List.of("mpm_event", "authz_core", "mime", "asis", "setenvif", "filter",
        "deflate", "proxy", "proxy_http");

    private final Kind kind;
    private final Path folder;
    private final int port;
    private final Process process;

    /** Those that are tested. */
    public enum Kind {
        NGINX("nginx"), HAPROXY("haproxy"), APACHE("apache2"), CADDY("caddy");

        private final String program;

        Kind(String program) {
            this.program = program;
        }

        /** Whether this machine has it. */
        public boolean isThere() {
            return find() != null && (this != APACHE || Files.isDirectory(APACHE_MODULES));
        }

        private String where() {
            return find().toString();
        }

        private Path find() {
            return Stream.concat(Stream.of(System.getenv("PATH").split(File.pathSeparator)),
                    Stream.of("/usr/sbin", "/usr/local/sbin"))
                .map(place -> Path.of(place, program)).filter(Files::isExecutable).findFirst().orElse(null);
        }

        @Override
        public String toString() {
            return program;
        }
    }

    private RealProxy(Kind kind, Path folder, int hub, UnaryOperator<String> change) throws IOException {
        this.kind = kind;
        this.folder = folder;
        port = freePort();
        ProcessBuilder builder = new ProcessBuilder(command(hub, change)).redirectErrorStream(true)
            .redirectOutput(folder.resolve("output.log").toFile());
        builder.environment().put("XDG_CONFIG_HOME", folder.toString()); // where Caddy keeps what it has read
        builder.environment().put("XDG_DATA_HOME", folder.toString());
        process = builder.start();
    }

    /** Starts it before the hub at this port of 127.0.0.1; the folder is its own. */
    public static RealProxy start(Kind kind, Path folder, int hub) throws IOException {
        return start(kind, folder, hub, UnaryOperator.identity());
    }

    /** nginx that hands on a body while it comes, by what the manual says below its block. */
    public static RealProxy handingOnBodies(Path folder, int hub) throws IOException {
        String manual = Files.readString(MANUAL);
        StringBuilder more = new StringBuilder("proxy_http_version 1.1;");
        for (String each : List.of("proxy_request_buffering off;", "client_max_body_size 0;")) {
            assertTrue(manual.contains("`" + each + "`"), MANUAL + " does not say " + each);
            more.append(' ').append(each);
        }
        return start(Kind.NGINX, folder, hub, rules -> rules.replace("proxy_http_version 1.1;", more));
    }

    /** The same with other lines than those of the manual, which are given to {@code change}. */
    public static RealProxy start(Kind kind, Path folder, int hub, UnaryOperator<String> change) throws IOException {
        RealProxy proxy = new RealProxy(kind, folder, hub, change);
        try {
            Await.until(kind + " is there, or has ended: " + folder, () -> isOpen(proxy.port)
                || !proxy.process.isAlive());
            assertTrue(proxy.process.isAlive(), () -> kind + " says: " + proxy.said());
            return proxy;
        } catch (AssertionError e) {
            proxy.close();
            throw e;
        }
    }

    /** Its port on 127.0.0.1. */
    public int port() {
        return port;
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

    private List<String> command(int hub, UnaryOperator<String> change) throws IOException {
        String hubAddress = "127.0.0.1:" + hub;
        String rules = change.apply(documented(kind == Kind.CADDY ? "caddyfile" : kind.name().toLowerCase(Locale.ROOT)))
            .replace("127.0.0.1:8080", hubAddress);
        return switch (kind) {
            case NGINX -> {
                StringBuilder temporary = new StringBuilder();
                for (String kind : List.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")) {
                    temporary.append(kind).append("_temp_path ").append(folder.resolve(kind)).append(";\n");
                }
                yield List.of(kind.where(), "-p", folder.toString(), "-c", inFolder("nginx.conf", """
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
                yield List.of(kind.where(), "-db", "-f", inFolder("haproxy.cfg", """
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
                for (String module : MODULES) {
                    modules.append("LoadModule ").append(module).append("_module ").append(APACHE_MODULES)
                        .append("/mod_").append(module).append(".so\n");
                }
                yield List.of(kind.where(), "-X", "-d", folder.toString(), "-f", inFolder("apache.conf", """
                    PidFile %s/pid
                    Mutex file:%s default
                    ErrorLog %s/error.log
                    ServerName localhost
                    Listen 127.0.0.1:%d
                    %sTypesConfig /dev/null
                    DocumentRoot %s
                    %s""".formatted(folder, folder, folder, port, modules, folder, rules)));
            }
            case CADDY -> List.of(kind.where(), "run", "--adapter", "caddyfile", "--config", inFolder("Caddyfile", """
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

    private String said() {
        try {
            return Files.readString(folder.resolve("output.log"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
            }
        } catch (InterruptedException e) {
            throw new AssertionError("interrupted while " + kind + " ends", e);
        }
    }
}
