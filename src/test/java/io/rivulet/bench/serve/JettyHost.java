package io.rivulet.bench.serve;

import io.rivulet.kit.JettyProtocols;
import io.rivulet.kit.Protocol;
import jakarta.servlet.ServletContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.ee10.webapp.WebAppContext;
import org.eclipse.jetty.server.AcceptRateLimit;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** Jetty with the connector of the bare loop: one acceptor, one selector, no version header. */
final class JettyHost implements Host {

    private static final int ACCEPT_QUEUE = 4_096;

    private final ServerPlan plan;
    private final Server server = new Server();
    private WebAppContext app;

    JettyHost(ServerPlan plan) {
        this.plan = plan;
    }

    @Override
    public int start() throws Exception {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost("127.0.0.1");
        connector.setPort(plan.number("port", 0));
        connector.setIdleTimeout(plan.number("idleMs", 60_000));
        connector.setAcceptQueueSize(ACCEPT_QUEUE);
        if (plan.number("sendBuffer", 0) > 0) {
            connector.setAcceptedSendBufferSize(plan.number("sendBuffer", 0));
        }
        server.addConnector(connector);
        if (plan.number("acceptsPer10Ms", 0) > 0) {
            server.addBean(new AcceptRateLimit(plan.number("acceptsPer10Ms", 0), 10, TimeUnit.MILLISECONDS, connector));
        }
        streams("h2cPort", Protocol.H2C);
        streams("h2Port", Protocol.H2);
        app = plan.isEmpty() ? empty() : rivulet();
        server.setHandler(app);
        server.start();
        return connector.getLocalPort();
    }

    /** Another connector, for streams in another protocol. */
    private void streams(String portKey, Protocol protocol) {
        if (plan.number(portKey, 0) > 0) {
            HttpConfiguration http = new HttpConfiguration();
            http.setSendServerVersion(false);
            ServerConnector connector = new ServerConnector(server, 1, 1, JettyProtocols.factories(protocol, http));
            connector.setHost("127.0.0.1");
            connector.setPort(plan.number(portKey, 0));
            connector.setIdleTimeout(plan.number("idleMs", 60_000));
            server.addConnector(connector);
        }
    }

    private WebAppContext rivulet() throws Exception {
        WebAppContext web = new WebAppContext();
        web.setContextPath("/");
        web.setWar(plan.war().toString());
        web.setTempDirectory(Files.createDirectories(plan.home().resolve("jetty-temp")).toFile());
        web.setThrowUnavailableOnStartupException(true);
        for (Map.Entry<String, String> setting : plan.settings().entrySet()) {
            web.setInitParameter(setting.getKey(), setting.getValue());
        }
        return web;
    }

    /** Deployed as a WAR is, with sessions and security, so that only what the servlet does differs. */
    private WebAppContext empty() throws Exception {
        WebAppContext web = new WebAppContext();
        web.setContextPath("/");
        Path folder = Files.createDirectories(plan.home().resolve("empty"));
        web.setBaseResource(web.getResourceFactory().newResource(folder));
        ServletHolder holder = new ServletHolder(new EmptyPost(plan.answersLater()));
        holder.setAsyncSupported(true);
        web.addServlet(holder, "/*");
        return web;
    }

    @Override
    public ServletContext context() {
        return app.getServletContext();
    }

    @Override
    public void stop() throws Exception {
        server.stop();
    }
}
