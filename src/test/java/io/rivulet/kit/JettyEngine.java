package io.rivulet.kit;

import jakarta.servlet.ServletContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.ee10.webapp.WebAppContext;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.http2.server.HTTP2CServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.security.HashLoginService;
import org.eclipse.jetty.security.UserStore;
import org.eclipse.jetty.security.authentication.BasicAuthenticator;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.security.Credential;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** Jetty 12 with its ee10 environment. */
final class JettyEngine implements Engine {

    /** Held, because the log manager forgets a logger's level with the logger. */
    private static final Logger QUIET = Logger.getLogger("org.eclipse.jetty");

    private final Plan plan;
    private Server server;
    private WebAppContext app;

    JettyEngine(Plan plan) {
        this.plan = plan;
        QUIET.setLevel(Level.WARNING);
    }

    @Override
    public int start(int port) throws Exception {
        server = new Server();
        HttpConfiguration http = new HttpConfiguration();
        ServerConnector connector = new ServerConnector(server, factories(http));
        connector.setHost("127.0.0.1");
        connector.setPort(port);
        connector.setIdleTimeout(60_000);
        connector.setAcceptQueueSize(plan.acceptQueue());
        if (plan.relaxed()) {
            http.setUriCompliance(
                UriCompliance.DEFAULT.with("subscriptions", UriCompliance.Violation.AMBIGUOUS_PATH_SEPARATOR));
        }
        if (plan.sendBuffer() > 0) {
            connector.setAcceptedSendBufferSize(plan.sendBuffer());
        }
        server.addConnector(connector);
        app = new WebAppContext();
        app.setContextPath(plan.contextPath().isEmpty() ? "/" : plan.contextPath());
        app.setWar(plan.war().toString());
        Path temp = Files.createDirectories(plan.home().resolve("jetty-temp"));
        app.setTempDirectory(temp.toFile());
        app.setThrowUnavailableOnStartupException(true);
        app.getServletHandler().setDecodeAmbiguousURIs(plan.relaxed());
        plan.settings().forEach(app::setInitParameter);
        if (!plan.logins().isEmpty()) {
            login();
        }
        server.setHandler(app);
        try {
            server.start();
        } catch (Exception e) {
            server.stop();
            throw e;
        }
        return connector.getLocalPort();
    }

    /** What a start with the modules http, http2c, ssl and http2 would have. */
    private ConnectionFactory[] factories(HttpConfiguration http) {
        HttpConnectionFactory http1 = new HttpConnectionFactory(http);
        if (!plan.protocol().isTls()) {
            return plan.protocol().isHttp2()
                ? new ConnectionFactory[] {http1, new HTTP2CServerConnectionFactory(http)}
                : new ConnectionFactory[] {http1};
        }
        http.addCustomizer(new SecureRequestCustomizer());
        SslContextFactory.Server ssl = new SslContextFactory.Server();
        ssl.setKeyStorePath(Tls.keyStore().toString());
        ssl.setKeyStorePassword(Tls.PASSWORD);
        if (!plan.protocol().isHttp2()) {
            return new ConnectionFactory[] {new SslConnectionFactory(ssl, http1.getProtocol()), http1};
        }
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory();
        alpn.setDefaultProtocol(http1.getProtocol());
        return new ConnectionFactory[] {new SslConnectionFactory(ssl, alpn.getProtocol()), alpn,
            new HTTP2ServerConnectionFactory(http), http1};
    }

    /** What the login-config of a web.xml and a realm would do. */
    private void login() {
        UserStore users = new UserStore();
        plan.logins().forEach(login -> users.addUser(login.name(), Credential.getCredential(login.password()),
            login.roles().toArray(String[]::new)));
        HashLoginService realm = new HashLoginService("kit");
        realm.setUserStore(users);
        app.getSecurityHandler().setLoginService(realm);
        app.getSecurityHandler().setAuthenticator(new BasicAuthenticator());
    }

    @Override
    public void stop() throws Exception {
        server.stop();
    }

    @Override
    public void redeploy() throws Exception {
        app.stop();
        plan.settings().forEach(app::setInitParameter);
        app.start();
    }

    @Override
    public ServletContext context() {
        return app.getServletContext();
    }

    @Override
    public ClassLoader loader() {
        return app.getClassLoader();
    }
}
