package io.rivulet.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.rivulet.kit.Await;
import io.rivulet.kit.Container;
import io.rivulet.kit.EventStream;
import io.rivulet.kit.Health;
import io.rivulet.kit.OnEveryContainer;
import io.rivulet.kit.WireClient;
import io.rivulet.kit.WireResponse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.catalina.Context;
import org.apache.catalina.Lifecycle;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.startup.HostConfig;
import org.apache.catalina.startup.Tomcat;
import org.eclipse.jetty.ee10.webapp.WebAppContext;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.ContextHandlerCollection;
import org.eclipse.jetty.util.resource.ResourceFactory;
import org.eclipse.jetty.xml.XmlConfiguration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The WAR as a person drops it into a container: in Tomcat the name of the file is the path, in Jetty a file beside it
 * says so, as docs/deploy.md has it. Settings come from the folder of the container.
 */
@OnEveryContainer
class DroppedIT {

    private static final Path WAR = Path.of(System.getProperty("war", "target/rivulet.war")).toAbsolutePath();
    private static final String HUB = "/.well-known/mercure";
    private static final String FORM = "application/x-www-form-urlencoded";

    private final Container container;
    @TempDir
    private Path base;
    private AutoCloseable running;
    private int port;

    DroppedIT(Container container) {
        this.container = container;
    }

    @BeforeEach
    void drop() throws Exception {
        Files.createDirectories(base.resolve("conf"));
        Files.createDirectories(base.resolve("webapps"));
        Files.writeString(base.resolve("conf/rivulet.properties"), "rivulet.dev=true\nrivulet.drain=1s\n");
        if (container == Container.TOMCAT) {
            startTomcat();
        } else {
            startJetty();
        }
    }

    private void startTomcat() throws Exception {
        Files.copy(WAR, base.resolve("webapps/.well-known#mercure.war"));
        Files.copy(WAR, base.resolve("webapps/news#live.war"));
        Tomcat tomcat = new Tomcat();
        tomcat.setBaseDir(base.toString());
        Connector connector = new Connector();
        connector.setPort(0);
        connector.setProperty("address", "127.0.0.1");
        tomcat.setConnector(connector);
        tomcat.getHost().addContainerListener(event -> {
            if (event.getType().equals(org.apache.catalina.Container.ADD_CHILD_EVENT)) {
                Context app = (Context) event.getData();
                app.addLifecycleListener(state -> addFiles(app, state.getType()));
            }
        });
        tomcat.getHost().addLifecycleListener(new HostConfig());
        running = () -> {
            tomcat.stop();
            tomcat.destroy();
        };
        tomcat.start();
        port = connector.getLocalPort();
    }

    /** As conf/web.xml has it, which Tomcat reads from the base of the first of a JVM alone. */
    private static void addFiles(Context app, String state) {
        if (state.equals(Lifecycle.CONFIGURE_START_EVENT)) {
            Wrapper files = Tomcat.addServlet(app, "default", "org.apache.catalina.servlets.DefaultServlet");
            files.setAsyncSupported(true);
            files.addMapping("/");
        }
    }

    /** Its scanner of the folder is not among the libraries here; the files that it would read are. */
    private void startJetty() throws Exception {
        System.clearProperty("catalina.base"); // of a Tomcat that was here before
        System.setProperty("jetty.base", base.toString());
        Files.copy(WAR, base.resolve("rivulet.war"));
        Server jetty = new Server();
        ServerConnector connector = new ServerConnector(jetty);
        connector.setHost("127.0.0.1");
        jetty.addConnector(connector);
        ContextHandlerCollection apps = new ContextHandlerCollection();
        apps.addHandler(app(""));
        apps.addHandler(app("/news/live"));
        jetty.setHandler(apps);
        running = jetty::stop;
        jetty.start();
        port = connector.getLocalPort();
    }

    /** As the guide has it, or with this path instead. */
    private WebAppContext app(String path) throws Exception {
        Matcher guide = Pattern.compile("(?s)```xml\n(<\\?xml[^`]*?<Configure .*?)```")
            .matcher(Files.readString(Path.of("docs/deploy.md")));
        assertTrue(guide.find());
        String xml = path.isEmpty() ? guide.group(1) : guide.group(1).replace(">" + HUB + "<", ">" + path + "<");
        Path file = Files.writeString(base.resolve("webapps/app" + path.length() + ".xml"), xml);
        WebAppContext app = new WebAppContext();
        XmlConfiguration configuration = new XmlConfiguration(ResourceFactory.of(app).newResource(file));
        configuration.getProperties().put("jetty.base", base.toString());
        configuration.configure(app);
        app.setTempDirectory(Files.createDirectories(base.resolve("temp" + path.length())).toFile());
        app.setThrowUnavailableOnStartupException(true);
        return app;
    }

    @AfterEach
    void stop() throws Exception {
        System.clearProperty("jetty.base");
        if (running != null) {
            running.close();
        }
    }

    private WireResponse ask(String method, String target, Map<String, String> headers, String body)
        throws IOException {
        try (WireClient client = WireClient.to(port, 0)) {
            client.send(method, target, headers, body.isEmpty() ? null : body.getBytes(StandardCharsets.UTF_8));
            return client.read();
        }
    }

    private static void awaitText(InputStream stream, String text) throws IOException {
        StringBuilder read = new StringBuilder();
        while (read.indexOf(text) < 0) {
            int next = stream.read();
            assertTrue(next >= 0, "the stream has ended: " + read);
            read.append((char) next);
        }
    }

    @Test
    void calledAsMercuresPathTheContextItselfIsTheHub() throws Exception {
        Await.until("the log is open", () -> Health.of(port, HUB).isOpen());
        for (String slash : new String[] {"", "/"}) {
            try (WireClient client = WireClient.to(port, 0)) {
                client.send("GET", HUB + slash + "?match=news", Map.of(), null);
                WireResponse head = client.readHead();
                assertEquals(200, head.status(), "an event stream is never redirected");
                assertTrue(head.header("Content-Type").startsWith("text/event-stream"), head.header("Content-Type"));
                WireResponse published = ask("POST", HUB + slash, Map.of("Content-Type", FORM),
                    "topic=news&data=hello" + slash);
                assertEquals(200, published.status(), published.text());
                awaitText(client.body(head), "data: hello" + slash + "\n");
            }
        }
        assertEquals(200, ask("GET", HUB + "/index.html", Map.of(), "").status());
        try (EventStream stream = EventStream.to(port, HUB).topic("news").query("since", "earliest").open()) {
            stream.awaitData("hello", "hello/");
        }
    }

    @Test
    void underAnyOtherNameAllPathsAreBelowIt() throws Exception {
        String path = "/news/live";
        Await.until("the log is open", () -> Health.of(port, path).isOpen());
        WireResponse toPage = ask("GET", path, Map.of(), "");
        assertEquals(302, toPage.status(), toPage.text());
        assertTrue(toPage.header("Location").endsWith(path + "/"), toPage.header("Location"));
        assertEquals(200, ask("GET", path + "/", Map.of(), "").status());
        try (EventStream stream = EventStream.to(port, path).topic("t").open()) {
            stream.awaitHello();
            for (String target : new String[] {path + HUB, path + "/api/updates"}) {
                assertEquals(200, ask("POST", target, Map.of("Content-Type", FORM), "topic=t&data=x").status());
            }
            stream.awaitData("x", "x");
        }
    }
}
