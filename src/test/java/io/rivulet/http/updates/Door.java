package io.rivulet.http.updates;

import com.google.gson.JsonObject;
import io.rivulet.auth.Bans;
import io.rivulet.auth.Roles;
import io.rivulet.auth.token.TokenVerifier;
import io.rivulet.boot.Doors;
import io.rivulet.boot.Mount;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import io.rivulet.http.HubContext;
import io.rivulet.http.Problem;
import io.rivulet.http.access.Access;
import io.rivulet.http.access.Cors;
import io.rivulet.http.form.BytesInFlight;
import io.rivulet.http.form.CostlyTurns;
import io.rivulet.http.publish.LinePublishes;
import io.rivulet.http.stream.OpenResponses;
import io.rivulet.http.stream.WaitingCallers;
import io.rivulet.http.trace.AccessLog;
import io.rivulet.http.trace.LogLines;
import io.rivulet.hub.Hub;
import io.rivulet.log.MemoryEventLog;
import io.rivulet.meter.MeterText;
import io.rivulet.metrics.Metrics;
import io.rivulet.metrics.Metrics.Count;
import io.rivulet.topic.TopicSpace;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.FilterChain;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import org.eclipse.jetty.ee10.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http.HttpTester;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.LocalConnector;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * The hub's door without a network: the servlets in a Jetty with a LocalConnector, before a hub on a log in memory.
 * The peer's address is what the header {@code Test-Peer} says, else 127.0.0.1.
 */
public final class Door implements AutoCloseable {

    private static final Logger QUIET = Logger.getLogger("org.eclipse.jetty");
    private static final String PEER = "Test-Peer";
    /** All the threads that the container has. */
    public static final int THREADS = 16;

    public final Metrics metrics = new Metrics();
    public final Hub hub;
    final Bans bans;
    private final TokenVerifier tokens;
    private final MemoryEventLog log = new MemoryEventLog(InstantSource.system());
    private final AccessLog accessLog;
    private final LogLines logLines;
    private final LinePublishes lines;
    private final Doors doors;
    private final MeterText meters;
    private final OpenResponses responses;
    private final Server server = new Server(new QueuedThreadPool(THREADS));
    private final LocalConnector connector;
    private String storeTrouble;

    /** The topics of a hub at the URL of the setting {@code resource}, else at the root of localhost. */
    public static TopicSpace topics(Settings settings) {
        return TopicSpace.of(settings.get(SettingsTable.RESOURCE).orElse("http://localhost/.well-known/mercure"));
    }

    private Door(Path accessFile, boolean open, Handler.Singleton around, String... settings) throws Exception {
        this(accessFile, open, around, Settings.with(settings));
    }

    private Door(Path accessFile, boolean open, Handler.Singleton around, Settings all) throws Exception {
        QUIET.setLevel(java.util.logging.Level.WARNING);
        InstantSource clock = InstantSource.system();
        hub = new Hub(all, topics(all), clock, metrics);
        bans = new Bans(clock, null);
        tokens = TokenVerifier.of(all, hub.topics(), clock);
        if (open) {
            hub.open(log);
        }
        accessLog = accessFile == null ? AccessLog.NONE : new AccessLog(accessFile, clock, metrics);
        logLines = LogLines.of(all, clock, metrics);
        storeTrouble = open ? null : "the folder is held by /other";
        HttpConnectionFactory http = new HttpConnectionFactory();
        http.getHttpConfiguration().setUriCompliance(UriCompliance.DEFAULT.with("subscriptions",
            UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR)); // and nothing else: no decodeAmbiguousURIs
        http.getHttpConfiguration().addCustomizer((request, headers) -> peer(request));
        connector = new LocalConnector(server, http);
        connector.setIdleTimeout(30_000);
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        ErrorPageErrorHandler errors = new ErrorPageErrorHandler();
        errors.addErrorPage(400, 599, "/problem");
        context.setErrorHandler(errors);
        FilterHolder login = new FilterHolder(new LoginFilter());
        login.setAsyncSupported(true);
        context.addFilter(login, "/*", EnumSet.of(DispatcherType.REQUEST));
        meters = MeterText.of(hub);
        doors = new Doors(
            new Doors.Services(all, hub, clock, tokens, bans, accessLog, logLines, () -> storeTrouble, JsonObject::new,
                meters),
            new Mount("", true, true, false));
        doors.open(context.getServletContext(), null);
        responses = new OpenResponses(all, metrics);
        HubContext hasty = context(all, hub);
        lines = new LinePublishes(hasty);
        add(context, new ServletHolder("hasty", new UpdatesServlet(hasty, responses, lines, 500)), "/hasty");
        add(context, new ServletHolder(BrokenServlet.class), "/broken");
        if (around != null) {
            around.setHandler(context);
        }
        server.setHandler(around == null ? context : around);
        server.start();
    }

    /** What a servlet of this hub shares with others, where nobody shows a token. */
    public static HubContext context(Settings settings, Hub hub) {
        InstantSource clock = InstantSource.system();
        Access access = new Access(settings, TokenVerifier.of(settings, hub.topics(), clock),
            new Roles(settings, hub.topics()), new Bans(clock, null));
        return new HubContext(settings, hub, clock, access, new Cors(settings), new Problem(clock, null, hub.metrics()),
            new BytesInFlight(settings.get(SettingsTable.FLIGHT_BYTES)), new CostlyTurns(),
            new WaitingCallers());
    }

    /** A hub that is open, with these settings over the defaults. */
    public static Door with(String... settings) throws Exception {
        return new Door(null, true, null, settings);
    }

    /** The same with settings that a test changes. */
    public static Door with(Settings settings) throws Exception {
        return new Door(null, true, null, settings);
    }

    /** In dev mode. */
    public static Door dev(String... settings) throws Exception {
        List<String> all = new ArrayList<>(List.of("dev", "true"));
        all.addAll(List.of(settings));
        return with(all.toArray(String[]::new));
    }

    /** In dev mode, behind a handler of Jetty's. */
    public static Door behind(Handler.Singleton handler) throws Exception {
        return new Door(null, true, handler, "dev", "true");
    }

    /** In dev mode, with this access log. */
    public static Door logging(Path file) throws Exception {
        return new Door(file, true, null, "dev", "true");
    }

    /** A hub whose store has not opened. */
    public static Door opening() throws Exception {
        return new Door(null, false, null, "dev", "true");
    }

    /** Sends a request line with headers, each on a line; the rest is added: HTTP/1.1, Host, Connection, length. */
    public HttpTester.Response send(String head, String body) throws Exception {
        return send(head, body.getBytes(StandardCharsets.UTF_8));
    }

    /** The same with a body of bytes. */
    public HttpTester.Response send(String head, byte[] body) throws Exception {
        String[] lines = head.split("\n", 2);
        String rest = lines.length == 1 || lines[1].isBlank() ? "" : lines[1].strip().replace("\n", "\r\n") + "\r\n";
        String whole = lines[0].strip() + " HTTP/1.1\r\n" + rest
            + (("\n" + rest).contains("\nHost: ") ? "" : "Host: localhost:8080\r\n")
            + (body.length > 0 && !rest.contains("Content-Length") ? "Content-Length: " + body.length + "\r\n" : "")
            + "Connection: close\r\n\r\n";
        byte[] start = whole.getBytes(StandardCharsets.ISO_8859_1);
        return raw(ByteBuffer.allocate(start.length + body.length).put(start).put(body).flip());
    }

    /** Sends these bytes as they are. */
    public HttpTester.Response raw(ByteBuffer bytes) throws Exception {
        return HttpTester.parseResponse(connector.getResponse(bytes, false, 20, TimeUnit.SECONDS));
    }

    /** Opens a stream and reads nothing of it; closing it is the client's going away. */
    public java.io.Closeable stream(String target) {
        return begin("GET " + target + " HTTP/1.1\r\nHost: localhost\r\n\r\n");
    }

    /** Sends these bytes and waits for an answer, without ending its side. */
    public HttpTester.Response drip(String bytes) throws Exception {
        LocalConnector.LocalEndPoint client = connector.connect();
        client.addInput(bytes);
        return HttpTester.parseResponse(client.getResponse(false, 20, TimeUnit.SECONDS));
    }

    /** Begins a request whose answer is read as it comes. */
    public Reading reading(String head) {
        LocalConnector.LocalEndPoint client = connector.connect();
        String[] lines = head.split("\n", 2);
        client.addInput(lines[0] + " HTTP/1.1\r\nHost: localhost:8080\r\n"
            + (lines.length == 1 ? "" : lines[1].strip().replace("\n", "\r\n") + "\r\n") + "\r\n");
        return new Reading(client);
    }

    /** An answer under way; closing it is the client's going away. */
    public record Reading(LocalConnector.LocalEndPoint client) implements java.io.Closeable {

        /** The first line of all that came so far that begins so, once it is there. */
        public String awaitLine(String beginning) {
            io.rivulet.kit.Await.until("a line begins " + beginning, () -> line(beginning) != null);
            return line(beginning);
        }

        /** All that came so far. */
        public String text() {
            return StandardCharsets.UTF_8.decode(client.getOutput().asReadOnlyBuffer()).toString();
        }

        private String line(String beginning) {
            String text = text();
            return text.substring(0, text.lastIndexOf('\n') + 1).lines().filter(l -> l.startsWith(beginning))
                .findFirst().orElse(null);
        }

        @Override
        public void close() {
            client.close();
        }
    }

    /** Begins a request and goes no further, until it is closed. */
    public java.io.Closeable begin(String bytes) {
        LocalConnector.LocalEndPoint client = connector.connect();
        client.addInput(bytes);
        return client::close;
    }

    /** Sends these bytes and nothing more, ever: the client ends its side. Null when there is no answer. */
    public HttpTester.Response cut(String bytes) throws Exception {
        LocalConnector.LocalEndPoint client = connector.connect();
        client.addInput(bytes);
        client.addInputEOF();
        String answer = client.getResponse(false, 20, TimeUnit.SECONDS);
        return answer == null || answer.isEmpty() ? null : HttpTester.parseResponse(answer);
    }

    /** The whole answer to HEAD, as text. */
    public String head(String target) throws Exception {
        return connector.getResponse("HEAD " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n",
            true, 20, TimeUnit.SECONDS);
    }

    public HttpTester.Response get(String target) throws Exception {
        return send("GET " + target, "");
    }

    public HttpTester.Response form(String body) throws Exception {
        return send("POST /api/updates\nContent-Type: application/x-www-form-urlencoded", body);
    }

    /** How many events are in the log and how many were acknowledged, which is the same when nothing leaked. */
    public long published() {
        long head = log.range().head();
        return head == metrics.get(Count.PUBLISHED) ? head : -1;
    }

    /** The newest event of the log. */
    public io.rivulet.event.Event newest() throws Exception {
        long head = log.range().head();
        return log.read(head - 1, head, io.rivulet.topic.TopicSelection.ofTopics(List.of("*")), 1 << 24)
            .entries().get(0).event();
    }

    public MemoryEventLog log() {
        return log;
    }

    private static void add(ServletContextHandler context, ServletHolder holder, String path) {
        holder.setAsyncSupported(true);
        context.addServlet(holder, path);
    }

    private static Request peer(Request request) {
        String address = request.getHeaders().get(PEER);
        SocketAddress remote = new InetSocketAddress(address == null ? "127.0.0.1" : address, 40_000);
        ConnectionMetaData connection = new ConnectionMetaData.Wrapper(request.getConnectionMetaData()) {
            @Override
            public SocketAddress getRemoteSocketAddress() {
                return remote;
            }
        };
        return new Request.Wrapper(request) {
            @Override
            public ConnectionMetaData getConnectionMetaData() {
                return connection;
            }
        };
    }

    @Override
    public void close() {
        hub.close();
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the server did not stop", e);
        }
        doors.close();
        if (meters != null) {
            meters.close();
        }
        lines.close();
        responses.close();
        tokens.close();
        accessLog.close();
        logLines.close();
        log.close();
    }

    /** What a container's login does: {@code Test-User: ann editor} is the user ann, who has the role editor. */
    private static final class LoginFilter extends jakarta.servlet.http.HttpFilter {
        static final long serialVersionUID = 1;

        @Override
        protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws java.io.IOException, jakarta.servlet.ServletException {
            String user = request.getHeader("Test-User");
            if (user == null) {
                chain.doFilter(request, response);
                return;
            }
            String[] words = user.split(" ");
            chain.doFilter(new HttpServletRequestWrapper(request) {
                @Override
                public java.security.Principal getUserPrincipal() {
                    return () -> words[0];
                }

                @Override
                public boolean isUserInRole(String role) {
                    return role.equals(words[1]);
                }
            }, response);
        }
    }

    /** Fails as no servlet should. */
    public static final class BrokenServlet extends jakarta.servlet.http.HttpServlet {
        static final long serialVersionUID = 1;

        @Override
        protected void doGet(jakarta.servlet.http.HttpServletRequest request,
                             jakarta.servlet.http.HttpServletResponse response) {
            throw new IllegalStateException("secret of the inside");
        }
    }
}
