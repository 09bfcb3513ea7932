package io.rivulet.bench.serve;

import jakarta.servlet.ServletContext;
import java.nio.file.Files;
import org.apache.catalina.Context;
import org.apache.catalina.Lifecycle;
import org.apache.catalina.LifecycleState;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.ContextConfig;
import org.apache.catalina.startup.Tomcat;

/** Tomcat with the limits of the Spring peer: room for 30,000 connections. */
final class TomcatHost implements Host {

    private final ServerPlan plan;
    private final Tomcat tomcat = new Tomcat();
    private StandardContext app;

    TomcatHost(ServerPlan plan) {
        this.plan = plan;
    }

    @Override
    public int start() throws Exception {
        tomcat.setBaseDir(Files.createDirectories(plan.home().resolve("tomcat")).toString());
        Files.createDirectories(plan.home().resolve("tomcat/webapps"));
        Connector connector = new Connector("org.apache.coyote.http11.Http11NioProtocol");
        connector.setPort(plan.number("port", 0));
        connector.setProperty("address", "127.0.0.1");
        connector.setProperty("acceptCount", "4096");
        connector.setProperty("maxConnections", "30000");
        connector.setProperty("maxKeepAliveRequests", "-1");
        connector.setProperty("connectionTimeout", Integer.toString(plan.number("idleMs", 60_000)));
        if (plan.number("sendBuffer", 0) > 0) {
            connector.setProperty("socket.txBufSize", Integer.toString(plan.number("sendBuffer", 0)));
        }
        plan.arguments().forEach((key, value) -> {
            if (key.startsWith(ServerPlan.CONNECTOR)) {
                connector.setProperty(key.substring(ServerPlan.CONNECTOR.length()), value);
            }
        });
        tomcat.setConnector(connector);
        app = new StandardContext();
        app.setName("");
        app.setPath("");
        app.setDocBase(plan.isEmpty() ? plan.home().toString() : plan.war().toString());
        app.addLifecycleListener(plan.isEmpty() ? new Tomcat.FixContextListener() : new ContextConfig());
        app.addLifecycleListener(event -> {
            if (event.getType().equals(Lifecycle.CONFIGURE_START_EVENT)) {
                prepare(app);
            }
        });
        tomcat.getHost().addChild(app);
        tomcat.start();
        if (app.getState() != LifecycleState.STARTED) {
            throw new IllegalStateException("the web application did not start: " + app.getStateName());
        }
        return connector.getLocalPort();
    }

    private void prepare(Context context) {
        if (plan.isEmpty()) {
            Wrapper post = Tomcat.addServlet(context, "post", new EmptyPost(plan.answersLater()));
            post.setAsyncSupported(true);
            post.addMapping("/*");
        }
        plan.settings().forEach(context::addParameter);
    }

    @Override
    public ServletContext context() {
        return app.getServletContext();
    }

    @Override
    public void stop() throws Exception {
        tomcat.stop();
        tomcat.destroy();
    }
}
