package io.rivulet.kit;

import jakarta.servlet.ServletContext;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * The built WAR in an embedded container on a free port of the loopback interface. Several at once may have different
 * settings: they are context parameters. A restart keeps port and data.
 */
public final class Server implements AutoCloseable {

    /** Held, because the log manager forgets a logger's level with the logger. {@code -Dtest.log=INFO} shows more. */
    private static final Logger HUB = Logger.getLogger("io.rivulet");

    /** How much of its access log a message tells. */
    private static final int TOLD_LINES = 12;

    private final Container container;
    private final Plan plan;
    private Engine engine;
    private int port;

    private Server(Container container, Plan plan, int port) {
        this.container = container;
        this.plan = plan;
        this.port = port;
        HUB.setLevel(Level.parse(System.getProperty("test.log", "WARNING")));
    }

    /** A server in this container, in dev mode, with short heartbeats and its data in a folder of its own. */
    public static Builder in(Container container) {
        return new Builder(container);
    }

    /** A server that offers this, as {@link #in(Container)}. */
    public static Builder in(Offer offer) {
        return new Builder(offer.container()).speaks(offer.protocol());
    }

    /** Starts it again, on the same port and data. */
    public Server start() {
        engine = container == Container.JETTY ? new JettyEngine(plan) : new TomcatEngine(plan);
        try {
            port = engine.start(port);
        } catch (Exception e) {
            engine = null;
            throw new IllegalStateException("the server did not start: " + e, e);
        }
        return this;
    }

    /** Ends it as its container does when it is told to. */
    public void stop() {
        Engine running = engine;
        engine = null;
        if (running != null) {
            try {
                running.stop();
            } catch (Exception e) {
                throw new IllegalStateException("the server did not stop", e);
            }
        }
    }

    /** Ends it and starts it again. */
    public void restart() {
        stop();
        start();
    }

    /** Restarts the WAR alone, in a new class loader. */
    public void redeploy() {
        try {
            engine.redeploy();
        } catch (Exception e) {
            throw new IllegalStateException("the WAR did not start again", e);
        }
    }

    /** Waits until its log is open: before that publishes and streams are softly refused. */
    public Server awaitOpen() {
        Await.until("the log of " + this + " is open", () -> Health.of(this).isOpen());
        return this;
    }

    /** Its port on 127.0.0.1. */
    public int port() {
        return port;
    }

    /** Empty for the root. */
    public String contextPath() {
        return plan.contextPath();
    }

    /** Which container. */
    public Container container() {
        return container;
    }

    /** What its clients speak. */
    public Protocol protocol() {
        return plan.protocol();
    }

    /** Where its log is. */
    public Path dataDir() {
        return Path.of(plan.settings().get("rivulet.data.dir"));
    }

    /** The WAR's context. */
    public ServletContext context() {
        return engine.context();
    }

    /** The WAR's class loader. */
    public ClassLoader loader() {
        return engine.loader();
    }

    /** Tomcat only: deploys the same WAR as this version beside the one that runs (parallel deployment). */
    public void deployBeside(String version) {
        try {
            ((TomcatEngine) engine).deployBeside(version);
        } catch (Exception e) {
            throw new IllegalStateException("version " + version + " did not start", e);
        }
    }

    /** Tomcat only: ends the version that was there first. */
    public void undeployFirst() {
        ((TomcatEngine) engine).undeployFirst();
    }

    /** Tomcat only: the paths of web applications whose loaders its leak detector still finds after a reload. */
    public List<String> leaks() {
        return List.of(((TomcatEngine) engine).host().findReloadedContextMemoryLeaks());
    }

    @Override
    public void close() {
        stop();
        delete(plan.home());
    }

    /** Where it is mounted; without a slash at the end. */
    public String url() {
        return (protocol().isTls() ? "https" : "http") + "://localhost:" + port + plan.contextPath();
    }

    /** The client of the JDK, ready to trust this server. */
    public HttpClient.Builder httpClient() {
        return protocol().isTls() ? HttpClient.newBuilder().sslContext(Tls.trusting()) : HttpClient.newBuilder();
    }

    @Override
    public String toString() {
        return container + " at " + url();
    }

    /** What it knows, for the message of a failure: which it is, its counters, and who has come and gone lately. */
    String told() {
        StringBuilder told = new StringBuilder(this + " in " + protocol());
        try {
            told.append("; ").append(Inside.of(this).counts());
            List<String> log = Files.readAllLines(dataDir().resolve("access.log"));
            told.append("; last in the access log: ")
                .append(log.subList(Math.max(0, log.size() - TOLD_LINES), log.size()));
        } catch (IOException | RuntimeException | AssertionError e) {
            told.append("; nothing more is known: ").append(e); // it is down, or has no such log
        }
        return told.toString();
    }

    private static void delete(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What may differ between servers. */
    public static final class Builder {
        private final Container container;
        private final Map<String, String> settings = new TreeMap<>();
        private Path home;
        private Path data;
        private String contextPath = "";
        private Path war = Path.of(System.getProperty("war", "target/rivulet.war")).toAbsolutePath();
        private int sendBuffer;
        private int acceptQueue = 512;
        private int connections;
        private Duration writeTimeout;
        private Duration idle;
        private boolean relaxed;
        private Protocol protocol = Protocol.HTTP;
        private final List<Login> logins = new ArrayList<>();
        private int port;

        private Builder(Container container) {
            this.container = container;
            set("dev", "true");
            set("heartbeat", "1s");
            set("drain", "2s"); // for those that are behind when a test ends
            set("retry.closing", "1s"); // pages that a test restarts the server for come back before its patience ends
        }

        /** A setting, without {@code rivulet.} before its key. */
        public Builder set(String key, String value) {
            settings.put("rivulet." + key, value);
            return this;
        }

        /** The same of several. */
        public Builder set(Map<String, String> values) {
            values.forEach(this::set);
            return this;
        }

        /** Where the WAR is mounted; empty for the root, else with a slash in front. */
        public Builder at(String path) {
            this.contextPath = path;
            return this;
        }

        /** Where its log is; else in its own folder, gone with the server. */
        public Builder data(Path folder) {
            this.data = folder;
            return this;
        }

        /** Another WAR than the one that was built. */
        public Builder war(Path file) {
            this.war = file.toAbsolutePath();
            return this;
        }

        /** A small send buffer, so that a stalled client is noticed after kilobytes instead of megabytes. */
        public Builder sendBuffer(int bytes) {
            this.sendBuffer = bytes;
            return this;
        }

        /** For storms of connections. */
        public Builder acceptQueue(int size) {
            this.acceptQueue = size;
            return this;
        }

        /** A connector that takes so many connections and lets the next ones wait; Tomcat's alone can be told. */
        public Builder connections(int max) {
            this.connections = max;
            return this;
        }

        /** How long Tomcat's HTTP/2 lets a write wait for its socket, before it cuts the connection. */
        public Builder writeTimeout(Duration limit) {
            writeTimeout = limit;
            return this;
        }

        /** How long the container waits for more of a request, a minute unless said. */
        public Builder idle(Duration limit) {
            idle = limit;
            return this;
        }

        /** A connector that is set up as the documentation of Mercure's active subscriptions says. */
        public Builder relaxed() {
            this.relaxed = true;
            return this;
        }

        /** What its clients speak; HTTP/1.1 without TLS unless said. */
        public Builder speaks(Protocol other) {
            protocol = other;
            return this;
        }

        /** A user whom the container itself lets in by HTTP Basic; whoever shows no name is let in as nobody. */
        public Builder user(String name, String password, String... roles) {
            logins.add(new Login(name, password, List.of(roles)));
            return this;
        }

        /** A given port instead of a free one. */
        public Builder port(int number) {
            this.port = number;
            return this;
        }

        /** The server, not started. */
        public Server build() {
            try {
                home = Files.createTempDirectory("rivulet-server-");
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            settings.put("rivulet.data.dir", (data == null ? home.resolve("data") : data).toString());
            return new Server(container, new Plan(war, contextPath, Map.copyOf(settings), home, sendBuffer,
                acceptQueue, connections, writeTimeout, idle, relaxed, protocol, List.copyOf(logins)), port);
        }

        /** Starts it, and waits until it serves. */
        public Server start() {
            Server server = build();
            try {
                return server.start().awaitOpen();
            } catch (RuntimeException | AssertionError e) {
                server.close();
                throw e;
            }
        }
    }
}
