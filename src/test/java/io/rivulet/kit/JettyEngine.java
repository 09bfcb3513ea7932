package io.rivulet.kit;

import jakarta.servlet.ServletContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.eclipse.jetty.ee10.webapp.WebAppContext;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.security.HashLoginService;
import org.eclipse.jetty.security.UserStore;
import org.eclipse.jetty.security.authentication.BasicAuthenticator;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.security.Credential;

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
        ServerConnector connector = new ServerConnector(server, JettyProtocols.factories(plan.protocol(), http));
        connector.setHost("127.0.0.1");
        connector.setPort(port);
        connector.setIdleTimeout(plan.idle() == null ? 60_000 : plan.idle().toMillis());
        connector.setAcceptQueueSize(plan.acceptQueue());
        if (plan.relaxed()) {
            // the line of docs/mercure.md
            http.setUriCompliance(UriCompliance.from("DEFAULT,AMBIGUOUS_PATH_SEPARATOR,AMBIGUOUS_PATH_ENCODING,"
                + "AMBIGUOUS_PATH_PARAMETER,SUSPICIOUS_PATH_CHARACTERS"));
        }
        if (plan.sendBuffer() > 0) {
            connector.setAcceptedSendBufferSize(plan.sendBuffer());
        }
        server.addConnector(connector);
        app = new WebAppContext();
        app.setContextPath(plan.contextPath().isEmpty() ? "/" : plan.contextPath());
        app.setWar(plan.war().toString());
        app.getHiddenClassMatcher().add(WithoutKafka.PACKAGE);
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
