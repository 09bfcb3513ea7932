package io.rivulet.boot.server;

import io.rivulet.config.BadSetting;
import io.rivulet.config.IpBlock;
import io.rivulet.config.Settings;
import io.rivulet.config.SettingsTable;
import jakarta.servlet.ServletContextListener;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.ee10.servlet.ErrorPageErrorHandler;
import org.eclipse.jetty.ee10.servlet.ResourceServlet;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http.UriCompliance.Violation;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.resource.Resource;
import org.eclipse.jetty.util.resource.ResourceFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Jetty with the hub at its root. {@code boot.Commands} runs one, on the main thread; the thread that is told of the
 * process's end closes it.
 *
 * <p>The hard thing is the order. The socket listens before the hub opens its log, so that clients wait in the system's
 * queue instead of being refused. At the end it goes first: who comes later is refused by the system, and tries again,
 * while a status such as 404 would end a page's stream for good. Then the hub ends its streams, each between two events
 * and with its last {@code retry}; what they are told needs the connections, so these close last.
 */
public final class OwnServer implements AutoCloseable {

    private static final long IDLE_MS = 60_000;
    /** How long the last bytes of ended streams may take on their way to the sockets. */
    private static final long LAST_BYTES_MS = 1_000;
    private static final long TLS_LOOK_S = 5;

    private static final Logger LOG = LoggerFactory.getLogger(OwnServer.class);

    private final Server server = new Server();
    private final ServletContextHandler app = new ServletContextHandler("/");
    private final ServerConnector connector;
    private final String scheme;

    /**
     * A server that does not listen yet.
     *
     * @param files the root of the WAR
     * @param hub   starts the hub with the application, and ends it
     * @throws io.rivulet.config.BadSetting when the files of TLS cannot be used
     */
    public OwnServer(Settings settings, URI files, ServletContextListener hub) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        PemFiles pem = PemFiles.of(settings);
        scheme = pem == null ? "http" : "https";
        connector = new PacedConnector(server, settings.get(SettingsTable.ACCEPT_RATE),
            behindProxies(settings, pem == null ? plain(http) : tls(http, pem)));
        connector.setHost(settings.get(SettingsTable.ADDRESS));
        connector.setPort(settings.get(SettingsTable.PORT));
        connector.setIdleTimeout(IDLE_MS);
        connector.setAcceptQueueSize(settings.get(SettingsTable.ACCEPT_QUEUE));
        server.addConnector(connector);
        server.setHandler(app);
        serve(files, hub);
        if (settings.get(SettingsTable.PRESENCE)) {
            allowEncodedPaths(http);
        }
    }

    /** With the PROXY protocol before them, where that is wanted. */
    private static ConnectionFactory[] behindProxies(Settings settings, ConnectionFactory... factories) {
        if (!settings.get(SettingsTable.PROXY_PROTOCOL)) {
            return factories;
        }
        List<IpBlock> proxies = settings.get(SettingsTable.TRUSTED_PROXIES);
        if (proxies.isEmpty()) {
            throw new BadSetting(SettingsTable.PROXY_PROTOCOL.fullKey() + " needs "
                + SettingsTable.TRUSTED_PROXIES.fullKey() + ": from anybody else such a header is no proof");
        }
        List<ConnectionFactory> all = new ArrayList<>(List.of(factories));
        all.add(0, new FromProxies(proxies, factories[0]));
        return all.toArray(ConnectionFactory[]::new);
    }

    private void serve(URI files, ServletContextListener hub) {
        Resource war = ResourceFactory.of(app).newResource(files);
        app.setBaseResource(war);
        ServletHolder home = new ServletHolder("home-files", ResourceServlet.class);
        home.setInitParameter("baseResource", war.resolve("home/").getURI().toString());
        home.setInitParameter("dirAllowed", "false");
        app.addServlet(home, "/home/*"); // these alone are files: nobody can ask for a class or a library
        ErrorPageErrorHandler errors = new ErrorPageErrorHandler();
        errors.addErrorPage(ErrorPageErrorHandler.GLOBAL_ERROR_PAGE, "/problem"); // as web.xml says
        app.setErrorHandler(errors);
        app.addEventListener(hub);
    }

    /** The addresses of Mercure's subscriptions have slashes, percent signs and backslashes in their segments. */
    private void allowEncodedPaths(HttpConfiguration http) {
        http.setUriCompliance(UriCompliance.DEFAULT.with("subscriptions", Violation.AMBIGUOUS_PATH_SEPARATOR,
            Violation.AMBIGUOUS_PATH_ENCODING, Violation.AMBIGUOUS_PATH_PARAMETER,
            Violation.SUSPICIOUS_PATH_CHARACTERS));
        app.getServletHandler().setDecodeAmbiguousURIs(true);
    }

    private static ConnectionFactory[] plain(HttpConfiguration http) {
        return new ConnectionFactory[] {new HttpConnectionFactory(http), new HTTP2CServerConnectionFactory(http)};
    }

    private ConnectionFactory[] tls(HttpConfiguration http, PemFiles pem) {
        // whoever reaches it by another name than the certificate's decides that with its own check of the certificate
        http.addCustomizer(new SecureRequestCustomizer(false));
        HttpConnectionFactory http1 = new HttpConnectionFactory(http);
        SslContextFactory.Server ssl = new SslContextFactory.Server();
        ssl.setKeyStore(pem.read());
        ssl.setKeyStorePassword(PemFiles.PASSWORD);
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
        alpn.setDefaultProtocol(http1.getProtocol());
        List<ConnectionFactory> factories = new ArrayList<>(List.of(new SslConnectionFactory(ssl, alpn.getProtocol()),
            alpn, new HTTP2ServerConnectionFactory(http), http1));
        server.addEventListener(new LifeCycle.Listener() {
            @Override
            public void lifeCycleStarted(LifeCycle started) {
                lookAgain(ssl, pem);
            }
        });
        return factories.toArray(ConnectionFactory[]::new);
    }

    /** Takes renewed files; connections that are open keep the old certificate. */
    private void lookAgain(SslContextFactory.Server ssl, PemFiles pem) {
        connector.getScheduler().schedule(() -> {
            pem.reloadIfChanged(ssl);
            lookAgain(ssl, pem);
        }, TLS_LOOK_S, TimeUnit.SECONDS);
    }

    /**
     * Takes the port. Clients may connect from now on, and are served after {@link #start}.
     *
     * @throws IOException when another program has the port, or the address is none of this machine's; the message says
     *                     which setting decides
     */
    public void listen() throws IOException {
        try {
            connector.open();
        } catch (IOException e) {
            String where = connector.getHost() + ":" + connector.getPort();
            throw new IOException(e.getCause() instanceof BindException || e instanceof BindException
                ? "the port of " + where + " is in use by another program; choose another one: --port="
                    + (connector.getPort() + 1)
                : where + " cannot be listened at: " + e.getMessage(), e);
        }
    }

    /** Where it is, as a person on this machine writes it; after {@link #listen}. */
    public String url() {
        String host = connector.getHost();
        try {
            InetAddress address = InetAddress.getByName(host);
            host = address.isLoopbackAddress() || address.isAnyLocalAddress() ? "localhost" : host;
        } catch (IOException e) {
            // it is told as it was set
        }
        return scheme + "://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + connector.getLocalPort();
    }

    /**
     * Starts the hub and serves.
     *
     * @throws Exception what the hub threw: nothing runs then, after {@link #close}
     */
    public void start() throws Exception {
        server.start();
    }

    /** Waits for the end. */
    public void join() throws InterruptedException {
        server.join();
    }

    /** Ends streams, hub and server, in this order. Any thread; whatever fails keeps the rest from nothing. */
    @Override
    public void close() {
        connector.close();
        stop(app);
        // the responses are complete, and Jetty writes their last bytes by itself; it closes their connections then
        connector.shutdown().orTimeout(LAST_BYTES_MS, TimeUnit.MILLISECONDS).handle((done, late) -> done).join();
        stop(server);
    }

    private static void stop(LifeCycle part) {
        try {
            part.stop();
        } catch (Exception e) {
            LOG.warn("{} did not stop as it should", part, e);
        }
    }
}
