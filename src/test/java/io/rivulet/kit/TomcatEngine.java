package io.rivulet.kit;

import jakarta.servlet.ServletContext;
import java.nio.file.Files;
import java.security.Principal;
import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Lifecycle;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.Wrapper;
import org.apache.catalina.authenticator.BasicAuthenticator;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.realm.GenericPrincipal;
import org.apache.catalina.realm.RealmBase;
import org.apache.catalina.startup.ContextConfig;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.http2.Http2Protocol;
import org.apache.tomcat.util.descriptor.web.LoginConfig;
import org.apache.tomcat.util.net.SSLHostConfig;
import org.apache.tomcat.util.net.SSLHostConfigCertificate;

/** Tomcat, as its embedded distribution starts a WAR: with the default servlet and the usual welcome file. */
final class TomcatEngine implements Engine {

    private static final Logger QUIET = Logger.getLogger("org.apache");

    private final Plan plan;
    private Tomcat tomcat;
    private StandardContext app;
    private StandardContext first;

    TomcatEngine(Plan plan) {
        this.plan = plan;
        QUIET.setLevel(Level.WARNING);
    }

    @Override
    public int start(int port) throws Exception {
        tomcat = new Tomcat();
        tomcat.setBaseDir(Files.createDirectories(plan.home().resolve("tomcat")).toString());
        Files.createDirectories(plan.home().resolve("tomcat/webapps"));
        Connector connector = new Connector("org.apache.coyote.http11.Http11NioProtocol");
        connector.setPort(port);
        connector.setProperty("address", "127.0.0.1");
        connector.setProperty("acceptCount", Integer.toString(plan.acceptQueue()));
        // from the start: one that is made while a thread of the hub's ends a stream inherits, before Java 24, the
        // application's class loader for life
        connector.setProperty("minSpareThreads", "50");
        if (plan.idle() != null) {
            connector.setProperty("connectionTimeout", Long.toString(plan.idle().toMillis()));
        }
        if (plan.connections() > 0) {
            connector.setProperty("maxConnections", Integer.toString(plan.connections()));
        }
        if (plan.protocol().isTls()) {
            secure(connector);
        }
        if (plan.protocol().isHttp2()) {
            Http2Protocol http2 = new Http2Protocol();
            if (plan.writeTimeout() != null) {
                http2.setWriteTimeout(plan.writeTimeout().toMillis());
            }
            if (plan.idle() != null) {
                http2.setStreamReadTimeout(plan.idle().toMillis());
                http2.setKeepAliveTimeout(plan.idle().toMillis());
            }
            connector.addUpgradeProtocol(http2);
        }
        if (plan.relaxed()) {
            connector.setEncodedSolidusHandling("passthrough");
            connector.setEncodedReverseSolidusHandling("passthrough");
            connector.setProperty("relaxedQueryChars", "{}|^\"[]<>`\\");
        }
        if (plan.sendBuffer() > 0) {
            connector.setProperty("socket.txBufSize", Integer.toString(plan.sendBuffer()));
        }
        tomcat.setConnector(connector);
        app = deploy("");
        try {
            tomcat.start();
            check(app);
        } catch (LifecycleException | IllegalStateException e) {
            stop();
            throw e;
        }
        return connector.getLocalPort();
    }

    private static void secure(Connector connector) {
        connector.setScheme("https");
        connector.setSecure(true);
        connector.setProperty("SSLEnabled", "true");
        SSLHostConfig host = new SSLHostConfig();
        SSLHostConfigCertificate certificate = new SSLHostConfigCertificate(host, SSLHostConfigCertificate.Type.EC);
        certificate.setCertificateKeystoreFile(Tls.keyStore().toString());
        certificate.setCertificateKeystorePassword(Tls.PASSWORD);
        host.addCertificate(certificate);
        connector.addSslHostConfig(host);
    }

    /** Adds the WAR as this version of its path; a second one stands beside the first (parallel deployment). */
    private StandardContext deploy(String version) throws Exception {
        StandardHost host = (StandardHost) tomcat.getHost();
        StandardContext context = new StandardContext();
        context.setName(plan.contextPath() + (version.isEmpty() ? "" : "##" + version));
        context.setPath(plan.contextPath());
        context.setWebappVersion(version);
        context.setDocBase(plan.war().toString());
        context.setParentClassLoader(new WithoutKafka());
        context.addLifecycleListener(new ContextConfig());
        context.setFailCtxIfServletStartFails(true);
        context.addLifecycleListener(event -> {
            if (event.getType().equals(Lifecycle.CONFIGURE_START_EVENT)) {
                addDefaults(context); // at each start: a reload forgets them
            }
        });
        if (!plan.logins().isEmpty()) {
            login(context);
        }
        host.addChild(context);
        if (host.getState().isAvailable()) {
            check(context);
        }
        return context;
    }

    /** What the login-config of a web.xml and a realm would do; who shows a name is checked without being asked. */
    private void login(StandardContext context) {
        context.setRealm(new Users(plan.logins()));
        context.setLoginConfig(new LoginConfig("BASIC", "kit", null, null));
        context.setPreemptiveAuthentication(true);
        context.getPipeline().addValve(new BasicAuthenticator());
    }

    /** The users of the plan. */
    private static final class Users extends RealmBase {
        private final List<Login> logins;

        Users(List<Login> logins) {
            this.logins = logins;
        }

        @Override
        protected String getPassword(String name) {
            return logins.stream().filter(login -> login.name().equals(name)).map(Login::password).findFirst()
                .orElse(null);
        }

        @Override
        protected Principal getPrincipal(String name) {
            return logins.stream().filter(login -> login.name().equals(name))
                .map(login -> new GenericPrincipal(name, login.roles())).findFirst().orElse(null);
        }
    }

    /** What conf/web.xml and conf/context.xml of a Tomcat that is installed would say. */
    private void addDefaults(StandardContext context) {
        if (context.findServletMapping("/") == null) {
            Wrapper files = Tomcat.addServlet(context, "default", "org.apache.catalina.servlets.DefaultServlet");
            files.setAsyncSupported(true);
            files.addMapping("/");
        }
        if (context.findWelcomeFiles().length == 0) {
            context.addWelcomeFile("index.html");
        }
        Tomcat.addDefaultMimeTypeMappings(context);
        plan.settings().forEach(context::addParameter);
    }

    /** Starts another version of the same path, which gets all new requests. */
    void deployBeside(String version) throws Exception {
        first = app;
        app = deploy(version);
    }

    /** Takes the version away that was there first. */
    void undeployFirst() {
        tomcat.getHost().removeChild(first);
    }

    /** The container itself; for its leak detector. */
    StandardHost host() {
        return (StandardHost) tomcat.getHost();
    }

    private static void check(StandardContext context) {
        if (context.getState() != LifecycleState.STARTED) {
            throw new IllegalStateException("the web application did not start: " + context.getStateName());
        }
    }

    @Override
    public void stop() throws Exception {
        tomcat.stop();
        tomcat.destroy();
    }

    @Override
    public void redeploy() {
        app.reload();
        check(app);
    }

    @Override
    public ServletContext context() {
        return app.getServletContext();
    }

    @Override
    public ClassLoader loader() {
        return app.getLoader().getClassLoader();
    }
}
